"""Our files for the browser: built into `static/dist`, named by their content, kept for a year."""

import json
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, request, url_for
from werkzeug.exceptions import NotFound

DIST = Path(__file__).parent / "static" / "dist"
FOREVER = "public, max-age=31536000, immutable"
PACKINGS = {"br": ".br", "gzip": ".gz"}

bp = Blueprint("assets", __name__)


@cache
def manifest() -> dict[str, str]:
    """Give the built file for each name, as `map.js` to `map-3KZQ2.js`."""
    try:
        found: dict[str, str] = json.loads((DIST / "manifest.json").read_text("utf-8"))
    except FileNotFoundError:
        raise FileNotFoundError(
            f"no front end in {DIST}: run `make setup`, which builds it"
        ) from None
    return found


@bp.app_template_global()
def asset(name: str) -> str:
    """Give the address of a file of ours."""
    return url_for("pages.assets.file", name=manifest()[name])


@bp.get("/assets/<name>")
def file(name: str) -> Response:
    """Send a built file, packed as small as this browser can unpack it."""
    if name not in manifest().values():
        raise NotFound
    packing = request.accept_encodings.best_match(PACKINGS)
    packed = packing is not None and (DIST / (name + PACKINGS[packing])).exists()
    path = DIST / (name + PACKINGS[packing] if packing and packed else name)
    response = Response(path.read_bytes(), mimetype=_kind(name))
    response.headers["Cache-Control"] = FOREVER
    response.vary.add("Accept-Encoding")
    if packing and packed:
        response.headers["Content-Encoding"] = packing
    return response


def _kind(name: str) -> str:
    kinds = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
    return kinds.get(Path(name).suffix, "application/octet-stream")
