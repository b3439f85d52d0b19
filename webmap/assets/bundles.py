"""Front-end assets from `static/dist`: named by content hash and cached for a year.

The files are read once, when the app is created. So a server keeps sending one build while the next
one replaces it on disk.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import quote

from flask import Blueprint, Response, current_app, g, request, url_for
from werkzeug.exceptions import NotFound

if TYPE_CHECKING:
    from flask.blueprints import BlueprintSetupState

DIST_DIR = Path(__file__).parents[1] / "static" / "dist"
CACHE_FOREVER = "public, max-age=31536000, immutable"
ENCODING_SUFFIXES = {"br": ".br", "gzip": ".gz"}
WORKER_SCRIPTS = ("render-worker.js", "service-worker.js")  # a worker obeys the policy sent with its file

bp = Blueprint("assets", __name__)


@dataclass(frozen=True, slots=True)
class AssetBuild:
    """One build: hashed names by name, as `boot.js` to `boot-3KZQ2.js`, and contents by hashed name."""

    hashed_names: Mapping[str, str]
    contents: Mapping[str, bytes]

    @classmethod
    def from_folder(cls, folder: Path) -> "AssetBuild":
        """Read the files that a folder's `manifest.json` names, with their compressed forms."""
        try:
            hashed_names = json.loads((folder / "manifest.json").read_text("utf-8"))
        except FileNotFoundError:
            raise FileNotFoundError(f"no front end in {folder}: run `make setup`, which builds it") from None
        file_names = [name + suffix for name in hashed_names.values() for suffix in ("", *ENCODING_SUFFIXES.values())]
        paths = [folder / file_name for file_name in file_names]
        return cls(hashed_names, {path.name: path.read_bytes() for path in paths if path.exists()})


def current_assets() -> AssetBuild:
    """Return the build of the current app."""
    return cast("AssetBuild", current_app.extensions["assets"])


@bp.record_once
def _load_assets(setup_state: "BlueprintSetupState") -> None:
    setup_state.app.extensions["assets"] = AssetBuild.from_folder(DIST_DIR)


@bp.app_template_global()
def asset_url(name: str) -> str:
    """Return the URL of an asset."""
    return url_for("pages.assets.asset_file", name=current_assets().hashed_names[name])


@bp.app_template_global()
def inline_asset_url(name: str) -> str:
    """Return a small SVG asset as a data URL."""
    return "data:image/svg+xml," + quote(current_assets().contents[current_assets().hashed_names[name]])


@bp.get("/assets/<name>")
def asset_file(name: str) -> Response:
    """Return a built file, compressed with Brotli or gzip where the browser accepts it."""
    if name not in current_assets().hashed_names.values():
        raise NotFound
    worker_names = {current_assets().hashed_names.get(script) for script in WORKER_SCRIPTS}
    g.is_subresource = name.endswith((".js", ".css")) and name not in worker_names
    encoding = request.accept_encodings.best_match(ENCODING_SUFFIXES)
    compressed = current_assets().contents.get(name + ENCODING_SUFFIXES[encoding]) if encoding else None
    response = Response(compressed or current_assets().contents[name], mimetype=_mime_type(name))
    response.headers["Cache-Control"] = CACHE_FOREVER
    response.vary.add("Accept-Encoding")
    if encoding and compressed:
        response.headers["Content-Encoding"] = encoding
    return response


def _mime_type(name: str) -> str:
    mime_types = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
    return mime_types.get(Path(name).suffix, "application/octet-stream")
