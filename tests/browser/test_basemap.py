"""A basemap where one is set: from that host alone, with its credit as text; none elsewhere."""

import base64
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

pytestmark = pytest.mark.browser

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
CREDIT = "© Somebody <img src=x onerror=alert(1)> & others"


@pytest.fixture
def tiles():
    """Serve a pixel for every tile; gives the address and the paths that were asked for."""
    asked = []

    class Pixels(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.send_header("Cross-Origin-Resource-Policy", "cross-origin")
            self.end_headers()
            self.wfile.write(PIXEL)

        def log_message(self, *_):
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pixels)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", asked
    server.shutdown()
    server.server_close()


def test_a_basemap_comes_from_its_host_with_its_credit(sample, serving, visiting, tiles, monkeypatch):
    host, asked = tiles
    monkeypatch.setenv("LOTLEAF_BASEMAP", host + "/{z}/{x}/{y}.png")
    monkeypatch.setenv("LOTLEAF_BASEMAP_CREDIT", CREDIT)
    assert os.environ["LOTLEAF_BASEMAP"]
    with serving(sample) as address:
        one = visiting(address)
        page = one.open("/map/maintenance")
        page.locator(".leaflet-tile-loaded").first.wait_for()

        assert page.locator(".leaflet-control-attribution").inner_text() == CREDIT
        assert asked
        page.get_by_role("tab", name="Filters and legend").click()
        page.get_by_label("Basemap").uncheck()
        page.locator(".leaflet-tile").first.wait_for(state="detached")
        assert one.faults() == []
        assert all(fault.startswith(f"request to {host}/") for fault in one.wrong)
        one.wrong.clear()
        page.close()  # before its server goes


def test_without_the_setting_there_is_none(visit):
    page = visit().open("/map/maintenance")

    assert page.locator(".leaflet-tile").count() == 0
    assert page.get_by_label("Basemap").count() == 0
