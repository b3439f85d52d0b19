"""Our files for the browser: built into `static/dist`, named by their content, kept for a year.

They are read once, when an app is made: a server sends the files of one build, also while a next one
takes its place.
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

DIST = Path(__file__).parent / "static" / "dist"
FOREVER = "public, max-age=31536000, immutable"
PACKINGS = {"br": ".br", "gzip": ".gz"}
WORKERS = (
    "worker.js",
    "service.js",
)  # what they may do is said by the policy that their own file came with

bp = Blueprint("assets", __name__)


@dataclass(frozen=True, slots=True)
class Built:
    """One build: the file for each name, as `map.js` to `map-3KZQ2.js`, and each file's bytes."""

    names: Mapping[str, str]
    files: Mapping[str, bytes]

    @classmethod
    def read(cls, folder: Path) -> "Built":
        """Read what a folder's manifest names, with its packed forms."""
        try:
            names = json.loads((folder / "manifest.json").read_text("utf-8"))
        except FileNotFoundError:
            raise FileNotFoundError(
                f"no front end in {folder}: run `make setup`, which builds it"
            ) from None
        forms = [name + packing for name in names.values() for packing in ("", *PACKINGS.values())]
        paths = [folder / form for form in forms]
        return cls(names, {path.name: path.read_bytes() for path in paths if path.exists()})


def built() -> Built:
    """Give the build that the app of this request sends."""
    return cast("Built", current_app.extensions["assets"])


@bp.record_once
def _read(state: "BlueprintSetupState") -> None:
    state.app.extensions["assets"] = Built.read(DIST)


@bp.app_template_global()
def asset(name: str) -> str:
    """Give the address of a file of ours."""
    return url_for("pages.assets.file", name=built().names[name])


@bp.app_template_global()
def inline(name: str) -> str:
    """Give a small picture of ours as an address that holds it whole."""
    return "data:image/svg+xml," + quote(built().files[built().names[name]])


@bp.get("/assets/<name>")
def file(name: str) -> Response:
    """Send a built file, packed as small as this browser can unpack it."""
    if name not in built().names.values():
        raise NotFound
    workers = {built().names.get(one) for one in WORKERS}
    g.part = name.endswith((".js", ".css")) and name not in workers
    packing = request.accept_encodings.best_match(PACKINGS)
    packed = built().files.get(name + PACKINGS[packing]) if packing else None
    response = Response(packed or built().files[name], mimetype=_kind(name))
    response.headers["Cache-Control"] = FOREVER
    response.vary.add("Accept-Encoding")
    if packing and packed:
        response.headers["Content-Encoding"] = packing
    return response


def _kind(name: str) -> str:
    kinds = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
    return kinds.get(Path(name).suffix, "application/octet-stream")
