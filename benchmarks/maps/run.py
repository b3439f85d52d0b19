"""Benchmark of maps (`make bench-maps`): the time until a map is ready, beside naive Folium.

The CPU is four times slower, with 1.6 Mbit/s and 150 ms. Chrome's DevTools use such values for a
slow phone: https://developer.chrome.com/docs/devtools/settings/throttling.
"""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import shapely
from playwright.sync_api import Browser, ViewportSize, sync_playwright
from rich.console import Console
from rich.table import Table

from benchmarks.maps.line import SlowProxy
from benchmarks.maps.naive import StaticServer, make_page
from benchmarks.maps.probe import Visit, install_probe, measure_visit
from benchmarks.maps.server import cached_tile_ms, measure_tile_encoding, measure_town_pack
from geo.store import open_store
from geo.store.records import PUBLIC, Query

OUT_DIR = Path("benchmarks/out/maps")
LOTLEAF = Path(sys.executable).with_name("lotleaf")
CHROMIUM = os.environ.get("LOTLEAF_CHROMIUM", "/usr/bin/chromium")
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
]
SCREEN_SIZE = ViewportSize(width=1180, height=820)
TREES_PER_PARCEL = 2.5  # in a sample county
COLUMNS = (
    "page",
    "view",
    "drawing",
    "visit",
    "parcels",
    "kb",
    "ready_s",
    "heap_mb",
    "pan_p95_ms",
    "longest_task_ms",
    "tap_ms",
)


@click.command()
@click.option("--parcels", multiple=True, type=int, default=(20_000,), help="How large the samples are.")
@click.option("--naive", default=20_000, help="The sample that naive Folium draws, too; 0 for none.")
@click.option("--times", default=1, help="How often ours is visited, drawn in a worker.")
@click.option("--out", default=Path("benchmarks/out/maps.json"), type=Path)
def main(parcels: tuple[int, ...], naive: int, times: int, out: Path) -> None:  # noqa: D103 - the Makefile has its help
    rows: list[dict[str, Any]] = []
    server_costs: list[dict[str, Any]] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        for size in parcels:
            workspace = sample_workspace(size)
            header = {
                "parcels": size,
                "trees": int(size * TREES_PER_PARCEL),
                "at": datetime.now(UTC).isoformat(timespec="seconds"),
                "load": os.getloadavg()[0],
            }
            with serve_workspace(workspace) as (port, server):
                server_costs += [{"parcels": size, **cost} for cost in measure_server_costs(workspace, port, server)]
                for drawing in ("worker", "main"):
                    for view, address, tap in map_views(workspace):
                        without_worker = drawing == "main"
                        visits = [
                            list(visit_lotleaf(browser, port, address, tap, without_worker=without_worker))
                            for _ in range(1 if without_worker else times)
                        ]
                        rows += [
                            {**header, "page": "lotleaf", "view": view, "drawing": drawing, **row}
                            for row in best_visits(visits)
                        ]
            if size == naive:
                rows += [
                    {**header, "page": "folium", "view": "home", "drawing": "main", **row}
                    for row in visit_naive_folium(browser, workspace)
                ]
        browser.close()
    print_visits(rows)
    print_server_costs(server_costs)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")
    costs_path = out.with_name(f"{out.stem}-server.json")
    costs_path.write_text(json.dumps(server_costs, indent=1) + "\n", "utf-8")


def best_visits(visits: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Return for each kind of visit the one that was ready first.

    >>> best_visits([[{"visit": "first", "ready_s": 2.1}], [{"visit": "first", "ready_s": 1.9}]])
    [{'visit': 'first', 'ready_s': 1.9}]
    """
    return [min(same_visits, key=lambda row: row["ready_s"]) for same_visits in zip(*visits, strict=True)]


def sample_workspace(parcels: int) -> Path:
    """Return the workspace of a sample, which is made if it is missing."""
    workspace = OUT_DIR / f"{parcels}.gpkg"
    if not workspace.exists():
        OUT_DIR.mkdir(parents=True, exist_ok=True)
        format_options = ("--format", "geoparquet") if parcels > 50_000 else ()
        subprocess.run(
            [LOTLEAF, "sample", OUT_DIR / str(parcels), "--parcels", str(parcels), *format_options], check=True
        )
        subprocess.run([LOTLEAF, "load", "--all", OUT_DIR / str(parcels), "-w", workspace], check=True)
    return workspace


@contextmanager
def serve_workspace(workspace: Path) -> Iterator[tuple[int, int]]:
    """Serve a workspace on a free port, and yield the port and the server's process id."""
    with socket.socket() as free_socket:
        free_socket.bind(("127.0.0.1", 0))
        port = free_socket.getsockname()[1]
    server = subprocess.Popen(
        [LOTLEAF, "serve", "-w", workspace, "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(1_200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/map/maintenance", timeout=120).close()
                break
            except OSError:
                time.sleep(0.25)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(30)


def map_views(workspace: Path) -> list[tuple[str, str, tuple[float, float]]]:
    """Return name, path and tap point of each view: near a tree in the densest part, and the home view."""
    store = open_store(workspace)
    sites = [site for site in store.query("sites", Query(limit=4_000), actor=PUBLIC) if site.wkb]
    store.close()
    x, y = shapely.get_coordinates(shapely.from_wkb(sites[len(sites) // 2].wkb))[0]
    center = (0.5, 0.5)
    return [("near", f"/map/maintenance?at=17/{y:.6f}/{x:.6f}", center), ("home", "/map/maintenance", center)]


def visit_lotleaf(
    browser: Browser, port: int, address: str, tap: tuple[float, float], *, without_worker: bool
) -> Iterator[dict[str, Any]]:
    """Yield rows for visits of a lotleaf map: first, install, repeat and offline."""
    with SlowProxy(port) as proxy:
        context = browser.new_context(viewport=SCREEN_SIZE, has_touch=True)
        install_probe(context, without_worker=without_worker)
        page = context.new_page()
        bytes_before, started_at = proxy.bytes_down, time.time()
        site = f"http://127.0.0.1:{proxy.port}"
        yield visit_row("first", measure_visit(page, site + address, proxy, tap=tap))
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        time.sleep(1.0)
        install_costs = {
            "kb": round((proxy.bytes_down - bytes_before) / 1000, 1),
            "ready_s": round(proxy.last_byte_at - started_at, 2),
        }
        yield {
            "visit": "install",
            **install_costs,
            "heap_mb": None,
            "pan_p95_ms": None,
            "longest_task_ms": None,
            "tap_ms": None,
        }
        page.close()
        for _ in range(2):  # the service worker caches the page during the first one
            page = context.new_page()
            repeat_visit = measure_visit(page, site + address, proxy, tap=tap)
            page.close()
        yield visit_row("repeat", repeat_visit)
        context.set_offline(True)
        page = context.new_page()
        yield visit_row("offline", measure_visit(page, site + address, proxy, tap=tap))
        context.close()


def visit_naive_folium(browser: Browser, workspace: Path) -> Iterator[dict[str, Any]]:
    """Yield rows for two visits of the same data on a naive Folium map."""
    folder = OUT_DIR / "naive"
    if not (folder / "index.html").exists():
        make_page(workspace, folder)
    with StaticServer(folder) as server, SlowProxy(server.port) as proxy:
        context = browser.new_context(viewport=SCREEN_SIZE, has_touch=True)
        install_probe(context, without_worker=False)
        for visit_name in ("first", "repeat"):
            page = context.new_page()
            page.set_default_timeout(400_000)
            yield visit_row(
                visit_name, measure_visit(page, f"http://127.0.0.1:{proxy.port}/index.html", proxy, tap=(0.5, 0.5))
            )
            page.close()
        context.close()


def visit_row(visit_name: str, cost: Visit) -> dict[str, Any]:
    """Return the row of a visit."""
    return {"visit": visit_name, **asdict(cost)}


def print_visits(rows: list[dict[str, Any]]) -> None:
    """Print the table, and by which factors naive Folium is slower and heavier."""
    table = Table(*COLUMNS)
    for visit in rows:
        table.add_row(*("" if visit.get(name) is None else str(visit[name]) for name in COLUMNS))
    console = Console()
    console.print(table)
    naive = next((visit for visit in rows if visit["page"] == "folium" and visit["visit"] == "first"), None)
    if naive is None:
        return
    for visit in rows:
        if visit["page"] == "lotleaf" and visit["visit"] == "first" and visit["parcels"] == naive["parcels"]:
            console.print(
                f"{visit['view']}, drawn in {visit['drawing']}: Folium is {naive['ready_s'] / visit['ready_s']:.0f} times slower to be ready and {naive['kb'] / visit['kb']:.0f} times heavier"
            )


def measure_server_costs(workspace: Path, port: int, server: int) -> list[dict[str, Any]]:
    """Return rows for the server's costs of tiles and packs."""
    cached_tile_cost = {
        "what": "a ready tile, CPU a request",
        "median_ms": round(cached_tile_ms(workspace, port, server), 3),
    }
    return [cached_tile_cost, *measure_tile_encoding(workspace), measure_town_pack(workspace)]


def print_server_costs(server_costs: list[dict[str, Any]]) -> None:
    """Print the table of the server's costs."""
    columns = ("parcels", "what", "set", "zoom", "median_ms", "most_ms", "kb")
    table = Table(*columns)
    for cost in server_costs:
        table.add_row(*("" if cost.get(name) is None else str(cost[name]) for name in columns))
    Console().print(table)


if __name__ == "__main__":
    main()
