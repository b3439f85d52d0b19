"""Vector tiles and what is told of their features: cut when they are first asked for, then kept (`webmap.ready`)."""

import gzip
from collections.abc import Callable

from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue

from geo.errors import NotFound
from geo.mercator import Tile
from geo.tilesets import holds_nothing
from webmap import params
from webmap.atlas import atlas
from webmap.ready import ADDRESS, headers_of

bp = Blueprint("tiles", __name__)

MOVED = "the tileset has changed; /api/v1/tiles tells its address now"


@bp.get("/tiles/<set_>/<mark>/<int:z>/<int:x>/<int:y>")
def tile(set_: str, mark: str, z: int, x: int, y: int) -> ResponseReturnValue:
    """Give a tile: features with their numbers, packed."""
    return _made(lambda: atlas().tile(set_, mark, Tile(z, x, y)))


@bp.get("/values/<set_>/<mark>/<int:z>/<int:x>/<int:y>")
def values(set_: str, mark: str, z: int, x: int, y: int) -> ResponseReturnValue:
    """Tell what is known of a tile's features, in columns."""
    return _made(lambda: atlas().told(set_, mark, Tile(z, x, y)))


@bp.get("/packs/<slug_>.pmtiles")
def pack(slug_: str) -> ResponseReturnValue:
    """Give all tiles of a town in one file, to be taken along; see `geo.tilesets.packs`."""
    params.only(request.args)
    response = Response(atlas().pack(slug_), mimetype="application/vnd.pmtiles")
    response.headers["Content-Disposition"] = f'attachment; filename="{slug_}.pmtiles"'
    return response


def _made(make: Callable[[], bytes | None]) -> Response:
    params.only(request.args)
    if not ADDRESS.fullmatch(
        request.path
    ):  # a number written otherwise: the same tile under many names
        raise NotFound(MOVED)
    ready = atlas().ready
    body = ready.get(request.path) or make()
    if body is None:
        raise NotFound(MOVED)
    if not holds_nothing(body):
        ready.keep(request.path, body)
    packs = bool(request.accept_encodings["gzip"])
    g.part = True
    response = Response(body if packs else gzip.decompress(body))
    response.headers.update(headers_of(request.path))
    if packs:
        response.headers["Content-Encoding"] = "gzip"
    else:
        response.set_etag(request.path[1:] + "-plain")
    response.make_conditional(request)
    return response
