"""Measurement of one page visit: time until ready, bytes, memory, pan frame times and tap response.

`benchmarks.maps.run` calls `install_probe` for a browser context, then `measure_visit`.
"""

import itertools
import time
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Error, FloatRect, Page

from benchmarks.maps.line import SlowProxy

QUIET_S = 1.5
MAX_WAIT_S = 400.0
SLOWDOWN = 4
POLL_INTERVAL_S = 0.05
# Every page records its long tasks, the time of drawing, frame times while it is panned, and the time of a card.
PROBE_SCRIPT = """
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
WITHOUT_WORKER_SCRIPT = "delete self.OffscreenCanvas; delete self.Worker;"


@dataclass(frozen=True)
class Visit:
    """The costs of one visit. A value is None where it could not be measured."""

    kb: float
    ready_s: float
    heap_mb: float
    pan_p95_ms: float | None
    longest_task_ms: float
    tap_ms: float | None


def measure_visit(
    page: Page, address: str, proxy: SlowProxy, *, tap: tuple[float, float] | None, reload: bool = False
) -> Visit:
    """Open an address, wait until the page is ready, tap the map, and pan it.

    `tap` is a point of the map as shares of its width and height, or None. With `reload` the page
    is reloaded instead.
    """
    cdp = page.context.new_cdp_session(page)
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    bytes_before, started_at = proxy.bytes_down, time.time()
    if reload:
        page.reload(wait_until="commit")
    else:
        page.goto(address, wait_until="commit")
    ready_s = _wait_until_ready(page, proxy, started_at)
    kb = (proxy.bytes_down - bytes_before) / 1000
    longest_task_ms = max([duration for _, duration in page.evaluate("__noted.long")], default=0.0)
    heap_mb = _heap_mb(cdp)
    tap_ms = _measure_tap(page, *tap) if tap else None
    pan_p95_ms = _measure_pan(page)
    cdp.detach()
    return Visit(round(kb, 1), round(ready_s, 2), round(heap_mb, 1), pan_p95_ms, round(longest_task_ms), tap_ms)


def _wait_until_ready(page: Page, proxy: SlowProxy, started_at: float) -> float:
    """Return the seconds until the map was drawn and nothing happened for `QUIET_S`. Raises TimeoutError."""
    deadline = time.time() + MAX_WAIT_S
    while time.time() < deadline:
        time.sleep(POLL_INTERVAL_S)
        try:
            notes = page.evaluate(
                "({now: performance.now(), origin: performance.timeOrigin, loaded: performance.getEntriesByType('navigation')[0]?.loadEventEnd ?? 0, drawn: __noted.drawn,"
                " ours: !!document.querySelector('[data-map]'), long: __noted.long.reduce((last, [at, took]) => Math.max(last, at + took), 0)})"
            )
        except Error:  # the page is still loading
            notes = {"drawn": 0, "loaded": 0, "ours": True}
        drawn_at = notes["drawn"] if notes["ours"] else notes["loaded"]
        if not drawn_at:
            continue
        moments = [notes["origin"] / 1000 + moment / 1000 for moment in (drawn_at, notes["loaded"], notes["long"])]
        last_activity = max(*moments, proxy.last_byte_at if proxy.last_byte_at > started_at else 0.0)
        if notes["origin"] / 1000 + notes["now"] / 1000 - last_activity >= QUIET_S:
            return last_activity - started_at
    raise TimeoutError(page.url)


def _heap_mb(cdp: CDPSession) -> float:
    cdp.send("HeapProfiler.collectGarbage")
    cdp.send("Performance.enable")
    metrics: dict[str, Any] = {
        metric["name"]: metric["value"] for metric in cdp.send("Performance.getMetrics")["metrics"]
    }
    return float(metrics["JSHeapUsedSize"]) / 1e6


def _map_box(page: Page) -> FloatRect:
    box = page.locator(".folium-map").first.bounding_box()
    assert box is not None
    return box


def _measure_tap(page: Page, across: float, down: float) -> float | None:
    """Tap the map, and return the milliseconds until a card appears, or None if none does."""
    box = _map_box(page)
    page.mouse.click(box["x"] + across * box["width"], box["y"] + down * box["height"])
    for _ in range(100):
        time.sleep(POLL_INTERVAL_S)
        notes = page.evaluate("({tapped: __noted.tapped, card: __noted.card})")
        if notes["card"]:
            page.keyboard.press("Escape")
            return float(round(notes["card"] - notes["tapped"], 1))
    return None


def _measure_pan(page: Page) -> float | None:
    """Drag the map back and forth, and return the 95th percentile of its frame times in ms."""
    box = _map_box(page)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    time.sleep(0.5)
    page.evaluate("__noted.frames = []; __noted.panning = true;")
    for drag in range(3):
        page.mouse.move(x, y)
        page.mouse.down()
        for step in range(1, 31):
            page.mouse.move(x + (6 if drag % 2 else -6) * step, y - 2 * step)
            time.sleep(0.016)
        page.mouse.up()
        time.sleep(0.2)
    frames = page.evaluate("__noted.panning = false, __noted.frames")
    steps = sorted(later - earlier for earlier, later in itertools.pairwise(frames))
    return round(steps[int(0.95 * len(steps))], 1) if steps else None


def install_probe(context: BrowserContext, *, without_worker: bool) -> None:
    """Add the probe script to every page of a context. Without a worker, pages draw on the main thread."""
    context.add_init_script(PROBE_SCRIPT)
    if without_worker:
        context.add_init_script(WITHOUT_WORKER_SCRIPT)
