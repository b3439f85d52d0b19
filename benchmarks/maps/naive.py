"""A naive Folium map of the same data: one GeoJson with tooltip and popup, and a MarkerCluster of circles.

`benchmarks.maps.run` calls `make_page` and `StaticServer`. All files of the page are local and
compressed with gzip, so that Folium is measured at its best.
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
from geo.store.records import PUBLIC, Query

NPM_PACKAGES = ("leaflet@1.9.3", "jquery@3.7.1", "bootstrap@5.2.2", "leaflet.awesome-markers@2.0.5", "leaflet.markercluster@1.1.0", "@fortawesome/fontawesome-free@6.2.0")  # fmt: skip
SHOWN_FIELDS = (
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
SOURCE_PATTERN = re.compile(r'(?:src|href)="(https?://[^"]+?([^"/]+\.(?:js|css)))"')
CONTENT_TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css"}


def make_page(workspace: Path, folder: Path) -> int:
    """Write the page and its files into a folder. Return the number of trees on it."""
    folder.mkdir(parents=True, exist_ok=True)
    store = open_store(workspace)
    parcels = store.read_layer("parcels", actor=PUBLIC).merge(store.read_joined_values("parcels"), on="id")
    parcels = gpd.GeoDataFrame(parcels[["id", *SHOWN_FIELDS, "geometry"]], crs="EPSG:4326").astype(
        dict.fromkeys(SHOWN_FIELDS, "object")
    )
    parcels = parcels[parcels.geometry.notna()]
    folium_map = folium.Map(
        location=[parcels.total_bounds[[1, 3]].mean(), parcels.total_bounds[[0, 2]].mean()], zoom_start=13, tiles=None
    )
    names = ["id", *SHOWN_FIELDS]
    folium.GeoJson(parcels, tooltip=folium.GeoJsonTooltip(names), popup=folium.GeoJsonPopup(names)).add_to(folium_map)
    cluster = MarkerCluster().add_to(folium_map)  # type: ignore[no-untyped-call] # Folium has no types
    trees = 0
    for tree in store.query("sites", Query(), actor=PUBLIC):
        if not tree.wkb:
            continue
        x, y = _xy_of_wkb(tree.wkb)
        popup_html = "<br>".join(
            f"{name}: {tree.values[name]}"
            for name in ("common", "species", "dbh_in", "condition", "risk", "need", "address")
        )
        folium.CircleMarker([y, x], radius=5, popup=folium.Popup(popup_html)).add_to(cluster)
        trees += 1
    store.close()
    page = folder / "index.html"
    folium_map.save(str(page))
    _localize_files(page, folder)
    return trees


def _xy_of_wkb(wkb: bytes) -> tuple[float, float]:
    import shapely  # noqa: PLC0415

    x, y = shapely.get_coordinates(shapely.from_wkb(wkb))[0]
    return float(x), float(y)


def _localize_files(page: Path, folder: Path) -> None:
    """Make the page load its files from its own folder. A file that no package has becomes empty."""
    subprocess.run(["npm", "pack", "--silent", *NPM_PACKAGES], cwd=folder, check=True, capture_output=True)
    files: dict[str, bytes] = {}
    for path in folder.glob("*.tgz"):
        with tarfile.open(path) as archive:
            for member in archive.getmembers():
                file = archive.extractfile(member)
                if file and member.name.endswith((".js", ".css")):
                    files.setdefault(Path(member.name).name, file.read())
    html = page.read_text("utf-8")
    for address, name in set(SOURCE_PATTERN.findall(html)):
        (folder / name).write_bytes(files.get(name, b""))
        html = html.replace(address, name)
    page.write_text(html, "utf-8")


class StaticServer:
    """A server of one folder on loopback, with gzip and a cache time of one day."""

    def __init__(self, folder: Path) -> None:
        compressed = {
            f"/{path.name}": gzip.compress(path.read_bytes(), 6)
            for path in folder.iterdir()
            if path.suffix in CONTENT_TYPES
        }
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_StaticHandler, compressed))
        self.port = self.server.server_address[1]

    def __enter__(self) -> Self:
        """Start the server."""
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the server."""
        self.server.shutdown()
        self.server.server_close()


class _StaticHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, compressed: dict[str, bytes], *args: object) -> None:
        self.compressed = compressed
        super().__init__(*args)  # type: ignore[arg-type] # the server passes them

    def do_GET(self) -> None:
        body = self.compressed.get(self.path)
        self.send_response(200 if body is not None else 404)
        self.send_header("Content-Type", CONTENT_TYPES.get(Path(self.path).suffix, "text/plain"))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Cache-Control", "max-age=86400")
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: object) -> None:
        return
