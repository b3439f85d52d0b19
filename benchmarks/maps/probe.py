"""The probe: the same for every page. When a page is ready, how heavy it is, how it pans, how soon a tap is answered."""

import itertools
import time
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Error, FloatRect, Page

from benchmarks.maps.line import Line

QUIET_S = 1.5
PATIENCE_S = 400.0
SLOWDOWN = 4
STRIDE_S = 0.05
# What every page notes of itself: its long tasks, when its map was drawn, frames while it is panned, when a card came.
NOTES = """
(() => {
  const noted = { long: [], drawn: 0, frames: [], panning: false, tapped: 0, card: 0 };
  window.__noted = noted;
  new PerformanceObserver((list) => { for (const one of list.getEntries()) noted.long.push([one.startTime, one.duration]); }).observe({ type: "longtask", buffered: true });
  const frame = (at) => { if (noted.panning) noted.frames.push(at); requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
  addEventListener("pointerup", () => { noted.tapped = performance.now(); noted.card = 0; }, true);
  const card = () => { if (noted.tapped && !noted.card && document.querySelector("#sheet:not([hidden]) #sheet-body > *, .leaflet-popup")) requestAnimationFrame(() => { noted.card ||= performance.now(); }); };
  const watch = () => new MutationObserver((changes) => {
    for (const one of changes) if (one.attributeName === "data-ready") noted.drawn = performance.now();
    card();
  }).observe(document.documentElement, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-ready", "hidden"] });
  if (document.documentElement) watch(); else document.addEventListener("readystatechange", watch, { once: true });
})();
"""
ON_MAIN = "delete self.OffscreenCanvas; delete self.Worker;"


@dataclass(frozen=True)
class Visit:
    """What one visit cost."""

    kb: float
    ready_s: float
    heap_mb: float
    pan_p95_ms: float | None
    longest_task_ms: float
    tap_ms: float | None


def visited(
    page: Page, address: str, line: Line, *, tap: tuple[float, float] | None, reload: bool = False
) -> Visit:
    """Open an address and wait until it is ready; then pan, and tap at a place of the map (shares of its size)."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    before, began = line.down, time.time()
    if reload:
        page.reload(wait_until="commit")
    else:
        page.goto(address, wait_until="commit")
    ready_s = _ready(page, line, began)
    kb = (line.down - before) / 1000
    long_ms = max([duration for _, duration in page.evaluate("__noted.long")], default=0.0)
    heap_mb = _heap(cdp)
    tapped = _tap(page, *tap) if tap else None
    panned = _pan(page)
    cdp.detach()
    return Visit(round(kb, 1), round(ready_s, 2), round(heap_mb, 1), panned, round(long_ms), tapped)


def _ready(page: Page, line: Line, began: float) -> float:
    """Wait until the map is drawn and nothing has happened for a while; gives when that was."""
    ends = time.time() + PATIENCE_S
    while time.time() < ends:
        time.sleep(STRIDE_S)
        try:
            noted = page.evaluate(
                "({now: performance.now(), origin: performance.timeOrigin, loaded: performance.getEntriesByType('navigation')[0]?.loadEventEnd ?? 0, drawn: __noted.drawn,"
                " ours: !!document.querySelector('[data-map]'), long: __noted.long.reduce((last, [at, took]) => Math.max(last, at + took), 0)})"
            )
        except Error:  # the page is still coming
            noted = {"drawn": 0, "loaded": 0, "ours": True}
        drawn = noted["drawn"] if noted["ours"] else noted["loaded"]
        if not drawn:
            continue
        moments = [
            noted["origin"] / 1000 + at / 1000 for at in (drawn, noted["loaded"], noted["long"])
        ]
        last = max(*moments, line.last if line.last > began else 0.0)
        if noted["origin"] / 1000 + noted["now"] / 1000 - last >= QUIET_S:
            return last - began
    raise TimeoutError(page.url)


def _heap(cdp: CDPSession) -> float:
    cdp.send("HeapProfiler.collectGarbage")
    cdp.send("Performance.enable")
    told: dict[str, Any] = {
        one["name"]: one["value"] for one in cdp.send("Performance.getMetrics")["metrics"]
    }
    return float(told["JSHeapUsedSize"]) / 1e6


def _box(page: Page) -> FloatRect:
    box = page.locator(".folium-map").first.bounding_box()
    assert box is not None
    return box


def _tap(page: Page, across: float, down: float) -> float | None:
    """Tap the map, and tell how long it took until a card stood there; None where none came."""
    box = _box(page)
    page.mouse.click(box["x"] + across * box["width"], box["y"] + down * box["height"])
    for _ in range(100):
        time.sleep(STRIDE_S)
        noted = page.evaluate("({tapped: __noted.tapped, card: __noted.card})")
        if noted["card"]:
            page.keyboard.press("Escape")
            return float(round(noted["card"] - noted["tapped"], 1))
    return None


def _pan(page: Page) -> float | None:
    """Drag the map to and fro, and tell the 95th percentile of its frames in ms."""
    box = _box(page)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    time.sleep(0.5)
    page.evaluate("__noted.frames = []; __noted.panning = true;")
    for turn in range(3):
        page.mouse.move(x, y)
        page.mouse.down()
        for step in range(1, 31):
            page.mouse.move(x + (6 if turn % 2 else -6) * step, y - 2 * step)
            time.sleep(0.016)
        page.mouse.up()
        time.sleep(0.2)
    frames = page.evaluate("__noted.panning = false, __noted.frames")
    steps = sorted(later - earlier for earlier, later in itertools.pairwise(frames))
    return round(steps[int(0.95 * len(steps))], 1) if steps else None


def noting(context: BrowserContext, *, on_main: bool) -> None:
    """Let every page of a context note what the probe reads; with `on_main` it draws without a worker."""
    context.add_init_script(NOTES)
    if on_main:
        context.add_init_script(ON_MAIN)
