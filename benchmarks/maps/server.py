"""Measurement of the server's costs: CPU time of cached tiles, time to encode tiles, size of town packs.

`benchmarks.maps.run` calls the `measure_` functions and `cached_tile_ms`.
"""

import http.client
import json
import os
import time
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from geo.store import open_store
from geo.tilesets import TilesetSnapshot
from geo.tilesets.morton import morton_decode
from geo.web_mercator import Tile
from webmap.state.build_pack import build_pack

REQUESTS = 20_000
REPEATS = 5
TICK_S = 1 / os.sysconf("SC_CLK_TCK")
MAX_DENSEST_TILES = 40  # tiles measured at each zoom


def cached_tile_ms(workspace: Path, port: int, server: int) -> float:
    """Return the CPU ms, over all processes of a server, of one request for a cached tile.

    All requests use one connection.
    """
    store = open_store(workspace)
    with store.snapshot() as reader:
        tile = _densest_tiles(TilesetSnapshot.load(store.cache_dir, reader), "parcels", 16)[0]
    store.close()
    http_connection = http.client.HTTPConnection("127.0.0.1", port)
    http_connection.request("GET", "/api/v1/tiles")
    tile_url = json.loads(http_connection.getresponse().read())["tilesets"]["lots"]["tiles"]

    def request_tile(times: int) -> None:
        for _ in range(times):
            http_connection.request("GET", "/".join(map(str, (tile_url, *tile))), headers={"Accept-Encoding": "gzip"})
            http_connection.getresponse().read()

    request_tile(100)
    cpu_before = _process_tree_cpu_s(server)
    request_tile(REQUESTS)
    return 1000 * (_process_tree_cpu_s(server) - cpu_before) / REQUESTS


def measure_tile_encoding(workspace: Path) -> list[dict[str, Any]]:
    """Return rows with the time to encode and compress the densest tiles of each zoom, in ms.

    Each tile counts with its best of `REPEATS` runs. `median_ms` and `most_ms` are over the tiles,
    and `kb` is the size of the largest one.
    """
    store = open_store(workspace)
    with store.snapshot() as reader:
        tilesets = TilesetSnapshot.load(store.cache_dir, reader)
    rows = []
    for name, layer in (("lots", "parcels"), ("sites", "sites"), ("inspections", "inspections")):
        for zoom in (14, 15, 16):
            tiles = _densest_tiles(tilesets, layer, zoom)
            for encode in (tilesets.gzipped_tile, tilesets.gzipped_values):
                durations = [_best_ms(partial(encode, name, tile)) for tile in tiles]
                max_bytes = max(len(encode(name, tile)) for tile in tiles)
                rows.append({"set": name, "what": encode.__name__, "zoom": zoom, "median_ms": round(median(durations), 2), "most_ms": round(max(durations), 2), "kb": round(max_bytes / 1000, 1)})  # fmt: skip
    store.close()
    return rows


def measure_town_pack(workspace: Path) -> dict[str, Any]:
    """Return a row with the time to build a pack of all towns, and its size."""
    store = open_store(workspace)
    with TemporaryDirectory() as folder, store.snapshot() as reader:
        path = Path(folder) / "all.pmtiles"
        started_at = time.perf_counter()
        build_pack(reader, TilesetSnapshot.load(store.cache_dir, reader).with_edits(reader), [], path)
        row = {"what": "a pack of all towns", "median_ms": round(1000 * (time.perf_counter() - started_at)), "kb": path.stat().st_size // 1000}  # fmt: skip
    store.close()
    return row


def _densest_tiles(tilesets: TilesetSnapshot, layer: str, zoom: int) -> list[Tile]:
    """Return the tiles of a zoom with the most features."""
    counts: dict[tuple[int, int], int] = {}
    cells_across = 1 << (16 - zoom)
    for x, y in (morton_decode(tilesets.layers[layer].cells) // cells_across).tolist():
        counts[x, y] = counts.get((x, y), 0) + 1
    densest = sorted(counts, key=lambda tile_xy: -counts[tile_xy])[:MAX_DENSEST_TILES]
    return [Tile(zoom, *tile_xy) for tile_xy in densest]


def _best_ms(run: Any) -> float:
    durations = []
    for _ in range(REPEATS):
        started_at = time.perf_counter()
        run()
        durations.append(1000 * (time.perf_counter() - started_at))
    return min(durations)


def _process_tree_cpu_s(server: int) -> float:
    """Return the CPU seconds of a process and its descendants."""
    return sum(_process_cpu_s(pid) for pid in (server, *_descendant_pids(server)))


def _descendant_pids(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    child_pids = [int(pid_text) for pid_text in path.read_text().split()]
    return [*child_pids, *(grandchild for child in child_pids for grandchild in _descendant_pids(child))]


def _process_cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK_S
