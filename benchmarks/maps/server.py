"""What tiles cost the server: CPU of ready ones by request, and of those that are cut when they are first asked for."""

import http.client
import json
import os
import time
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from geo.mercator import Tile
from geo.store import open_store
from geo.tilesets import Sets
from geo.tilesets.grid import places
from webmap.packing import pack_of

ASKED = 20_000
TIMES = 5
TICK_S = 1 / os.sysconf("SC_CLK_TCK")
DENSEST = 40  # tiles of each zoom that are cut, those that most reach


def ready_ms(workspace: Path, port: int, server: int) -> float:
    """Tell the CPU, in ms of all processes of a server, that a ready tile takes a request on a kept connection."""
    store = open_store(workspace)
    with store.snapshot() as reader:
        tile = _densest(Sets.of(store.beside, reader), "parcels", 16)[0]
    store.close()
    line = http.client.HTTPConnection("127.0.0.1", port)
    line.request("GET", "/api/v1/tiles")
    stem = json.loads(line.getresponse().read())["sets"]["lots"]["tiles"]

    def ask(times: int) -> None:
        for _ in range(times):
            line.request(
                "GET", "/".join(map(str, (stem, *tile))), headers={"Accept-Encoding": "gzip"}
            )
            line.getresponse().read()

    ask(100)
    before = _cpu_s(server)
    ask(ASKED)
    return 1000 * (_cpu_s(server) - before) / ASKED


def cut_ms(workspace: Path) -> list[dict[str, Any]]:
    """Tell how long the densest tiles of each zoom take to be cut and packed, the best of five each: median and slowest, in ms.

    `kb` is what the heaviest of them weighs.
    """
    store = open_store(workspace)
    with store.snapshot() as reader:
        sets = Sets.of(store.beside, reader)
    rows = []
    for name, base in (("lots", "parcels"), ("sites", "sites"), ("inspections", "inspections")):
        for zoom in (14, 15, 16):
            tiles = _densest(sets, base, zoom)
            for kind in (sets.tile, sets.told):
                took = [_best(partial(kind, name, tile)) for tile in tiles]
                heaviest = max(len(kind(name, tile)) for tile in tiles)
                rows.append({"set": name, "what": kind.__name__, "zoom": zoom, "median_ms": round(median(took), 2), "most_ms": round(max(took), 2), "kb": round(heaviest / 1000, 1)})  # fmt: skip
    store.close()
    return rows


def packed(workspace: Path) -> dict[str, Any]:
    """Tell how large a pack of all towns is."""
    store = open_store(workspace)
    with TemporaryDirectory() as folder, store.snapshot() as reader:
        path = Path(folder) / "all.pmtiles"
        began = time.perf_counter()
        pack_of(reader, Sets.of(store.beside, reader).now(reader), [], path)
        row = {"what": "a pack of all towns", "median_ms": round(1000 * (time.perf_counter() - began)), "kb": path.stat().st_size // 1000}  # fmt: skip
    store.close()
    return row


def _densest(sets: Sets, layer: str, zoom: int) -> list[Tile]:
    """Give the tiles of a zoom that most features reach."""
    counts: dict[tuple[int, int], int] = {}
    across = 1 << (16 - zoom)
    for x, y in (places(sets.bases[layer].cells) // across).tolist():
        counts[x, y] = counts.get((x, y), 0) + 1
    most = sorted(counts, key=lambda place: -counts[place])[:DENSEST]
    return [Tile(zoom, *place) for place in most]


def _best(make: Any) -> float:
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        make()
        took.append(1000 * (time.perf_counter() - began))
    return min(took)


def _cpu_s(server: int) -> float:
    """Tell the CPU that a process and its children have taken."""
    return sum(_of(pid) for pid in (server, *_children(server)))


def _children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    found = [int(one) for one in path.read_text().split()]
    return [*found, *(grand for child in found for grand in _children(child))]


def _of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK_S
