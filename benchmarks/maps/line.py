"""A slow line between a browser and a server on this machine: every byte of every worker goes through it, and is counted."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

CHUNK = 8_192


@dataclass
class Line:
    """A proxy on loopback that lets bytes through late and slowly; `down` counts those to the browser."""

    upstream: int
    bits_per_s: float = 1.6e6
    round_trip_s: float = 0.150
    port: int = 0
    down: int = 0
    last: float = 0.0  # when the last byte came, in seconds of `time.time`
    _free: float = 0.0  # when the line is free again
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def __enter__(self) -> Self:
        """Open the line."""
        opened = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(opened,), daemon=True)
        self._thread.start()
        opened.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        asyncio.run_coroutine_threadsafe(self._ended(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    async def _ended(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _run(self, opened: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncio.start_server(self._met, "127.0.0.1", self.port)
        )
        self.port = server.sockets[0].getsockname()[1]
        opened.set()
        self._loop.run_forever()

    async def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(self.round_trip_s)  # a connection is a round trip of its own
        try:
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        except OSError:
            writer.close()
            return
        with suppress(asyncio.CancelledError):  # the line is closed
            await asyncio.gather(
                self._pump(reader, up_writer, self._up), self._pump(up_reader, writer, self._paced)
            )

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        due: Callable[[int], float],
    ) -> None:
        """Pass bytes on, each when it is due, in their order."""
        waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        sending = asyncio.ensure_future(self._send(waiting, writer, counted=due == self._paced))
        try:
            while data := await reader.read(CHUNK):
                waiting.put_nowait((due(len(data)), data))
        except OSError:
            pass
        waiting.put_nowait((0.0, b""))
        await _quietly(sending)

    async def _send(
        self,
        waiting: asyncio.Queue[tuple[float, bytes]],
        writer: asyncio.StreamWriter,
        *,
        counted: bool,
    ) -> None:
        while True:
            at, data = await waiting.get()
            if not data:
                break
            await asyncio.sleep(max(0.0, at - time.monotonic()))
            writer.write(data)
            await writer.drain()
            if counted:
                self.down += len(data)
                self.last = time.time()
        writer.close()

    def _up(self, size: int) -> float:  # noqa: ARG002 - what goes up is small
        return time.monotonic() + self.round_trip_s / 2

    def _paced(self, size: int) -> float:
        """Tell when bytes have come through: after all that were before them on the line."""
        now = time.monotonic()
        self._free = max(self._free, now) + 8 * size / self.bits_per_s
        return self._free + self.round_trip_s / 2


async def _quietly(task: Awaitable[None]) -> None:
    try:
        await task
    except OSError:
        return
