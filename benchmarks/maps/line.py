"""A slow network connection between a browser and a local server, as a proxy that counts every byte.

`benchmarks.maps.run` opens a `SlowProxy` for each series of visits.
"""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

CHUNK_BYTES = 8_192


@dataclass
class SlowProxy:
    """A proxy on loopback that delays bytes and limits their rate.

    `bytes_down` counts the bytes to the browser. With `port` 0 a free port is chosen. The defaults
    are those of a slow mobile connection.
    """

    upstream_port: int
    bits_per_s: float = 1.6e6
    round_trip_s: float = 0.150
    port: int = 0
    bytes_down: int = 0
    last_byte_at: float = 0.0  # in seconds of `time.time`
    _free_at: float = 0.0  # in seconds of `time.monotonic`
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def __enter__(self) -> Self:
        """Start the proxy."""
        is_open = threading.Event()
        self._thread = threading.Thread(target=self._run_server, args=(is_open,), daemon=True)
        self._thread.start()
        is_open.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the proxy."""
        asyncio.run_coroutine_threadsafe(self._ended(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    async def _ended(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _run_server(self, is_open: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._met, "127.0.0.1", self.port))
        self.port = server.sockets[0].getsockname()[1]
        is_open.set()
        self._loop.run_forever()

    async def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(self.round_trip_s)  # a new connection takes one round trip
        try:
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self.upstream_port)
        except OSError:
            writer.close()
            return
        with suppress(asyncio.CancelledError):  # the proxy stops
            await asyncio.gather(
                self._pump(reader, up_writer, self._upload_due_at), self._pump(up_reader, writer, self._download_due_at)
            )

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, due: Callable[[int], float]
    ) -> None:
        """Forward bytes in order, each at the time that `due` returns for it."""
        waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        sending = asyncio.ensure_future(self._send(waiting, writer, counted=due == self._download_due_at))
        try:
            while data := await reader.read(CHUNK_BYTES):
                waiting.put_nowait((due(len(data)), data))
        except OSError:
            pass
        waiting.put_nowait((0.0, b""))
        await _quietly(sending)

    async def _send(
        self, waiting: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter, *, counted: bool
    ) -> None:
        while True:
            at, data = await waiting.get()
            if not data:
                break
            await asyncio.sleep(max(0.0, at - time.monotonic()))
            writer.write(data)
            await writer.drain()
            if counted:
                self.bytes_down += len(data)
                self.last_byte_at = time.time()
        writer.close()

    def _upload_due_at(self, size: int) -> float:  # noqa: ARG002 - uploads are too small to limit
        return time.monotonic() + self.round_trip_s / 2

    def _download_due_at(self, size: int) -> float:
        """Return the time at which bytes arrive: after all bytes before them."""
        now = time.monotonic()
        self._free_at = max(self._free_at, now) + 8 * size / self.bits_per_s
        return self._free_at + self.round_trip_s / 2


async def _quietly(task: Awaitable[None]) -> None:
    try:
        await task
    except OSError:
        return
