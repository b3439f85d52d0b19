"""HTTP routes for vector tiles, their field values and town packs.

A tile is encoded on its first request and then cached (`webmap.state.tile_cache`).
"""

import gzip
from collections.abc import Callable

from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue

from geo.errors import NotFound
from geo.tilesets import is_empty_body
from geo.web_mercator import Tile
from webmap import params
from webmap.http.tile_middleware import tile_headers
from webmap.state.app_state import app_state
from webmap.state.tile_cache import TILE_PATH_PATTERN

bp = Blueprint("tiles", __name__)

TILESET_MOVED = "the tileset has changed; /api/v1/tiles has its current address"


@bp.get("/tiles/<set_>/<mark>/<int:z>/<int:x>/<int:y>")
def vector_tile(set_: str, mark: str, z: int, x: int, y: int) -> ResponseReturnValue:
    """Return a gzipped vector tile: geometries and feature ids.

    `mark` is the tileset's geometry hash. Raises NotFound for an outdated hash.
    """
    return _tile_response(lambda: app_state().tiles.tile(set_, mark, Tile(z, x, y)))


@bp.get("/values/<set_>/<mark>/<int:z>/<int:x>/<int:y>")
def tile_values(set_: str, mark: str, z: int, x: int, y: int) -> ResponseReturnValue:
    """Return the field values of a tile's features, as gzipped JSON columns.

    `mark` is the tileset's values hash. Raises NotFound for an outdated hash.
    """
    return _tile_response(lambda: app_state().tiles.tile_values(set_, mark, Tile(z, x, y)))


@bp.get("/packs/<slug_>.pmtiles")
def town_pack(slug_: str) -> ResponseReturnValue:
    """Return all tiles of a town as one PMTiles file. See `geo.tilesets.pmtiles_archive`."""
    params.allow_only(request.args)
    response = Response(app_state().packs.get(slug_, app_state().town_names), mimetype="application/vnd.pmtiles")
    response.headers["Content-Disposition"] = f'attachment; filename="{slug_}.pmtiles"'
    return response


def _tile_response(encode: Callable[[], bytes | None]) -> Response:
    params.allow_only(request.args)
    if not TILE_PATH_PATTERN.fullmatch(request.path):  # a leading zero would cache one tile under two URLs
        raise NotFound(TILESET_MOVED)
    tile_cache = app_state().tiles.cache
    body = tile_cache.get(request.path) or encode()
    if body is None:
        raise NotFound(TILESET_MOVED)
    if not is_empty_body(body):
        tile_cache.put(request.path, body)
    accepts_gzip = bool(request.accept_encodings["gzip"])
    g.is_subresource = True
    response = Response(body if accepts_gzip else gzip.decompress(body))
    response.headers.update(tile_headers(request.path))
    if accepts_gzip:
        response.headers["Content-Encoding"] = "gzip"
    else:
        response.set_etag(request.path[1:] + "-plain")
    response.make_conditional(request)
    return response
