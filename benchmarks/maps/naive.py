"""The same data as a newcomer to Folium maps them: one GeoJson with tooltip and popup, a MarkerCluster of CircleMarkers.

All that the page loads stands beside it, packed by gzip: it is measured as well as it can be served.
"""

import gzip
import re
import subprocess
import tarfile
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

import folium
import geopandas as gpd
from folium.plugins import MarkerCluster

from geo.store import open_store
from geo.store.protocol import PUBLIC, Query

PACKAGES = ("leaflet@1.9.3", "jquery@3.7.1", "bootstrap@5.2.2", "leaflet.awesome-markers@2.0.5", "leaflet.markercluster@1.1.0", "@fortawesome/fontawesome-free@6.2.0")  # fmt: skip
SHOWN = (
    "address",
    "town",
    "police",
    "court",
    "canopy_pct",
    "trees_inside",
    "trees_front",
    "need",
    "inspections_open",
)
SOURCE = re.compile(r'(?:src|href)="(https?://[^"]+?([^"/]+\.(?:js|css)))"')
KINDS = {".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css"}


def make(workspace: Path, folder: Path) -> int:
    """Make the page and its files in a folder; gives how many trees are on it."""
    folder.mkdir(parents=True, exist_ok=True)
    store = open_store(workspace)
    lots = store.frame("parcels", actor=PUBLIC).merge(store.joined("parcels"), on="id")
    lots = gpd.GeoDataFrame(lots[["id", *SHOWN, "geometry"]], crs="EPSG:4326").astype(
        dict.fromkeys(SHOWN, "object")
    )
    lots = lots[lots.geometry.notna()]
    chart = folium.Map(
        location=[lots.total_bounds[[1, 3]].mean(), lots.total_bounds[[0, 2]].mean()],
        zoom_start=13,
        tiles=None,
    )
    names = ["id", *SHOWN]
    folium.GeoJson(
        lots, tooltip=folium.GeoJsonTooltip(names), popup=folium.GeoJsonPopup(names)
    ).add_to(chart)
    cluster = MarkerCluster().add_to(chart)  # type: ignore[no-untyped-call] # Folium's
    trees = 0
    for one in store.query("sites", Query(), actor=PUBLIC):
        if not one.wkb:
            continue
        x, y = _at(one.wkb)
        told = "<br>".join(
            f"{name}: {one.values[name]}"
            for name in ("common", "species", "dbh_in", "condition", "risk", "need", "address")
        )
        folium.CircleMarker([y, x], radius=5, popup=folium.Popup(told)).add_to(cluster)
        trees += 1
    store.close()
    page = folder / "index.html"
    chart.save(str(page))
    _own_files(page, folder)
    return trees


def _at(wkb: bytes) -> tuple[float, float]:
    import shapely  # noqa: PLC0415

    x, y = shapely.get_coordinates(shapely.from_wkb(wkb))[0]
    return float(x), float(y)


def _own_files(page: Path, folder: Path) -> None:
    """Let the page load its files from beside itself; what no package has is an empty file."""
    subprocess.run(
        ["npm", "pack", "--silent", *PACKAGES], cwd=folder, check=True, capture_output=True
    )
    kept: dict[str, bytes] = {}
    for path in folder.glob("*.tgz"):
        with tarfile.open(path) as archive:
            for one in archive.getmembers():
                file = archive.extractfile(one)
                if file and one.name.endswith((".js", ".css")):
                    kept.setdefault(Path(one.name).name, file.read())
    text = page.read_text("utf-8")
    for address, name in set(SOURCE.findall(text)):
        (folder / name).write_bytes(kept.get(name, b""))
        text = text.replace(address, name)
    page.write_text(text, "utf-8")


class Server:
    """Serves a folder on loopback, packed, with a day's cache."""

    def __init__(self, folder: Path) -> None:
        packed = {
            f"/{path.name}": gzip.compress(path.read_bytes(), 6)
            for path in folder.iterdir()
            if path.suffix in KINDS
        }
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, packed))
        self.port = self.server.server_address[1]

    def __enter__(self) -> Self:
        """Start it."""
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self.server.shutdown()
        self.server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, packed: dict[str, bytes], *args: object) -> None:
        self.packed = packed
        super().__init__(*args)  # type: ignore[arg-type] # the server's own

    def do_GET(self) -> None:
        body = self.packed.get(self.path)
        self.send_response(200 if body is not None else 404)
        self.send_header("Content-Type", KINDS.get(Path(self.path).suffix, "text/plain"))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Cache-Control", "max-age=86400")
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: object) -> None:
        return
