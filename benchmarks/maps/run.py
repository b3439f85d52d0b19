"""`make bench-maps`: how soon a map is ready on a slow machine with a slow line, beside naive Folium.

CPU four times slower, 1.6 Mbit/s, 150 ms: https://developer.chrome.com/docs/devtools/settings/throttling has such a phone.
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

from benchmarks.maps.line import Line
from benchmarks.maps.naive import Server, make
from benchmarks.maps.probe import Visit, noting, visited
from benchmarks.maps.server import cut_ms, packed, ready_ms
from geo.store import open_store
from geo.store.protocol import PUBLIC, Query

OUT = Path("benchmarks/out/maps")
LOTLEAF = Path(sys.executable).with_name("lotleaf")
CHROMIUM = os.environ.get("LOTLEAF_CHROMIUM", "/usr/bin/chromium")
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
]
SCREEN = ViewportSize(width=1180, height=820)
TREES = 2.5  # for each parcel of a sample
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
@click.option(
    "--parcels", multiple=True, type=int, default=(20_000,), help="How large the samples are."
)
@click.option(
    "--naive", default=20_000, help="The sample that naive Folium draws, too; 0 for none."
)
@click.option("--times", default=1, help="How often ours is visited, drawn in a worker.")
@click.option("--out", default=Path("benchmarks/out/maps.json"), type=Path)
def main(parcels: tuple[int, ...], naive: int, times: int, out: Path) -> None:  # noqa: D103 - its help stands in the Makefile
    rows: list[dict[str, Any]] = []
    tolls: list[dict[str, Any]] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        for size in parcels:
            workspace = sampled(size)
            head = {
                "parcels": size,
                "trees": int(size * TREES),
                "at": datetime.now(UTC).isoformat(timespec="seconds"),
                "load": os.getloadavg()[0],
            }
            with served(workspace) as (port, server):
                tolls += [{"parcels": size, **toll} for toll in tolls_of(workspace, port, server)]
                for drawing in ("worker", "main"):
                    for view, address, tap in views(workspace):
                        on_main = drawing == "main"
                        visits = [
                            list(ours(browser, port, address, tap, on_main=on_main))
                            for _ in range(1 if on_main else times)
                        ]
                        rows += [
                            {**head, "page": "lotleaf", "view": view, "drawing": drawing, **row}
                            for row in best(visits)
                        ]
            if size == naive:
                rows += [
                    {**head, "page": "folium", "view": "home", "drawing": "main", **row}
                    for row in theirs(browser, workspace)
                ]
        browser.close()
    show(rows)
    show_tolls(tolls)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")
    beside = out.with_name(f"{out.stem}-server.json")
    beside.write_text(json.dumps(tolls, indent=1) + "\n", "utf-8")


def best(visits: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Give of each kind of visit the soonest ready, its other figures as they were then."""
    return [min(same, key=lambda row: row["ready_s"]) for same in zip(*visits, strict=True)]


def sampled(parcels: int) -> Path:
    """Give the workspace of a sample, made where it is not there yet."""
    workspace = OUT / f"{parcels}.gpkg"
    if not workspace.exists():
        OUT.mkdir(parents=True, exist_ok=True)
        form = ("--format", "geoparquet") if parcels > 50_000 else ()
        subprocess.run(
            [LOTLEAF, "sample", OUT / str(parcels), "--parcels", str(parcels), *form], check=True
        )
        subprocess.run([LOTLEAF, "load", "--all", OUT / str(parcels), "-w", workspace], check=True)
    return workspace


@contextmanager
def served(workspace: Path) -> Iterator[tuple[int, int]]:
    """Serve a workspace on a free port, its tiles baked; gives the port and the server's process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [LOTLEAF, "serve", "-w", workspace, "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(1_200):
            try:
                urllib.request.urlopen(
                    f"http://127.0.0.1:{port}/map/maintenance", timeout=120
                ).close()
                break
            except OSError:
                time.sleep(0.25)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(30)


def views(workspace: Path) -> list[tuple[str, str, tuple[float, float]]]:
    """Give what is opened: the map as it begins, and near, at a tree in the densest place; and where it is tapped."""
    store = open_store(workspace)
    sites = [one for one in store.query("sites", Query(limit=4_000), actor=PUBLIC) if one.wkb]
    store.close()
    x, y = shapely.get_coordinates(shapely.from_wkb(sites[len(sites) // 2].wkb))[0]
    middle = (0.5, 0.5)
    return [
        ("near", f"/map/maintenance?at=17/{y:.6f}/{x:.6f}", middle),
        ("home", "/map/maintenance", middle),
    ]


def ours(
    browser: Browser, port: int, address: str, tap: tuple[float, float], *, on_main: bool
) -> Iterator[dict[str, Any]]:
    """Visit a map of ours: for the first time, until it is installed, again, and without a signal."""
    with Line(port) as line:
        context = browser.new_context(viewport=SCREEN, has_touch=True)
        noting(context, on_main=on_main)
        page = context.new_page()
        before, began = line.down, time.time()
        site = f"http://127.0.0.1:{line.port}"
        yield row("first", visited(page, site + address, line, tap=tap))
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        time.sleep(1.0)
        installed = {
            "kb": round((line.down - before) / 1000, 1),
            "ready_s": round(line.last - began, 2),
        }
        yield {
            "visit": "install",
            **installed,
            "heap_mb": None,
            "pan_p95_ms": None,
            "longest_task_ms": None,
            "tap_ms": None,
        }
        page.close()
        for _ in range(2):  # the first one lets the worker keep the page
            page = context.new_page()
            again = visited(page, site + address, line, tap=tap)
            page.close()
        yield row("repeat", again)
        context.set_offline(True)
        page = context.new_page()
        yield row("offline", visited(page, site + address, line, tap=tap))
        context.close()


def theirs(browser: Browser, workspace: Path) -> Iterator[dict[str, Any]]:
    """Visit the same data on a naive Folium map, twice."""
    folder = OUT / "naive"
    if not (folder / "index.html").exists():
        make(workspace, folder)
    with Server(folder) as server, Line(server.port) as line:
        context = browser.new_context(viewport=SCREEN, has_touch=True)
        noting(context, on_main=False)
        for visit in ("first", "repeat"):
            page = context.new_page()
            page.set_default_timeout(400_000)
            yield row(
                visit,
                visited(page, f"http://127.0.0.1:{line.port}/index.html", line, tap=(0.5, 0.5)),
            )
            page.close()
        context.close()


def row(visit: str, cost: Visit) -> dict[str, Any]:
    """Make a row of a visit."""
    return {"visit": visit, **asdict(cost)}


def show(rows: list[dict[str, Any]]) -> None:
    """Print the table, and how many times slower and heavier naive Folium is."""
    table = Table(*COLUMNS)
    for one in rows:
        table.add_row(*("" if one.get(name) is None else str(one[name]) for name in COLUMNS))
    console = Console()
    console.print(table)
    naive = next((one for one in rows if one["page"] == "folium" and one["visit"] == "first"), None)
    if naive is None:
        return
    for one in rows:
        if (
            one["page"] == "lotleaf"
            and one["visit"] == "first"
            and one["parcels"] == naive["parcels"]
        ):
            console.print(
                f"{one['view']}, drawn in {one['drawing']}: Folium is {naive['ready_s'] / one['ready_s']:.0f} times slower to be ready and {naive['kb'] / one['kb']:.0f} times heavier"
            )


def tolls_of(workspace: Path, port: int, server: int) -> list[dict[str, Any]]:
    """Tell what tiles and packs cost the server."""
    ready = {
        "what": "a ready tile, CPU a request",
        "median_ms": round(ready_ms(workspace, port, server), 3),
    }
    return [ready, *cut_ms(workspace), packed(workspace)]


def show_tolls(tolls: list[dict[str, Any]]) -> None:
    """Print what the server takes."""
    names = ("parcels", "what", "set", "zoom", "median_ms", "most_ms", "kb")
    table = Table(*names)
    for one in tolls:
        table.add_row(*("" if one.get(name) is None else str(one[name]) for name in names))
    Console().print(table)


if __name__ == "__main__":
    main()
