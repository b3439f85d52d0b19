"""The API: layers as GeoJSON, counts, look-ups, what lies under a place. Only public fields."""

import gzip
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import TooManyRequests

from geo.errors import NotFound
from geo.export import about, collection, dictionary
from geo.layers import LAYERS, Layer, named
from geo.spot import Spot
from geo.spot import parcel_at as look_under
from geo.store.protocol import PUBLIC, Query, Record
from geo.tilesets import TILESETS, changes
from webmap import params
from webmap.atlas import Pocket, atlas
from webmap.cards import card, page
from webmap.clock import today
from webmap.towns import standing

bp = Blueprint("api", __name__, url_prefix="/api/v1")


@bp.get("/<layer>.geojson")
def features(layer: str) -> ResponseReturnValue:
    """Give a layer as GeoJSON: all that the question means, or one page of it with `limit`."""
    kind = named(layer)
    asked = request.args
    params.only(asked, *params.allowed(kind), *params.PAGING)
    query, only = _query(kind), params.fields(asked, kind)
    members: dict[str, Any] = {"lotleaf": about(atlas().status, kind)}
    records = atlas().reader.query(kind.name, _one_more(query), actor=PUBLIC)
    headers = {}
    if query.limit is not None:
        records, more = _page(records, query.limit)
        if more:
            members["next"] = more
            headers["Link"] = f'<{more}>; rel="next"'
    if params.text(asked, "download"):
        headers["Content-Disposition"] = f'attachment; filename="{kind.name}.geojson"'
    pieces = collection(kind, records, members, only=only)
    sent = b"".join(pieces) if query.limit is not None else pieces
    response = Response(sent, headers=headers, mimetype="application/geo+json")
    return response if query.limit is not None else _in_turn(response)


@bp.get("/towns.geojson")
def towns() -> ResponseReturnValue:
    """Give the towns that stand today, with outlines for a map of them all, and where their names stand."""
    kind = named("municipalities")
    # Who keeps answers names the version that is meant: of another one the address is another.
    params.only(request.args, "fields", "version")
    outlines = atlas().outlines(today())
    found = standing(atlas().reader, today())
    limits = {id_: one.wkb for id_, one in outlines.items()}
    drawn = (replace(town, wkb=limits.get(town.id) or town.wkb) for town in found)
    middles = {id_: [one.middle.lon, one.middle.lat] for id_, one in outlines.items()}
    members = {"lotleaf": about(atlas().status, kind), "middles": middles}
    pieces = collection(kind, drawn, members, only=params.fields(request.args, kind))
    return Response(b"".join(pieces), mimetype="application/geo+json")


@bp.get("/count/<layer>")
def count(layer: str) -> ResponseReturnValue:
    """Count what the same question means."""
    kind = named(layer)
    params.only(request.args, *params.allowed(kind))
    rows = atlas().reader.count(kind.name, _query(kind), actor=PUBLIC)
    return {"layer": kind.name, "count": rows, "version": atlas().version}


@bp.get("/layers")
def layers() -> ResponseReturnValue:
    """Tell what there is: each layer with its rows, date, sources, fields and filters."""
    params.only(request.args)
    return {"version": atlas().version, "layers": [_about(layer) for layer in LAYERS.values()]}


@bp.get("/fields/<layer>")
def fields(layer: str) -> ResponseReturnValue:
    """Tell the field dictionary of a layer."""
    params.only(request.args)
    return {"layer": named(layer).name, "fields": dictionary(named(layer))}


@bp.get("/find/index.bin")
def pocket() -> ResponseReturnValue:
    """Give what a browser needs to look addresses up by itself; see `geo.addresses.gazetteer.pocket`."""
    params.only(request.args)
    return _pocket(atlas().pocket("index"))


@bp.get("/find/corners.bin")
def corners() -> ResponseReturnValue:
    """Give what it needs for crossings and landmarks."""
    params.only(request.args)
    return _pocket(atlas().pocket("corners"))


@bp.get("/find/towns/<slug_>.bin")
def pocket_of(slug_: str) -> ResponseReturnValue:
    """Give the parcel numbers and places of a town's addresses; `-` for those of which no town is known."""
    params.only(request.args)
    name = atlas().addressed.get(slug_)
    if name is None:
        there = ", ".join(atlas().addressed)
        raise NotFound(f"no town with addresses is called {slug_}; there are {there}")
    return _pocket(atlas().pocket("town", name))


def _pocket(found: Pocket) -> Response:
    """Send a file packed, or as it is to a client that cannot unpack."""
    packs = bool(request.accept_encodings["gzip"])
    body = found.packed if packs else gzip.decompress(found.packed)
    response = Response(body, mimetype="application/octet-stream")
    response.headers["Vary"] = "Accept-Encoding"
    if packs:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(found.mark, weak=True)
    return response


@bp.get("/find")
def find() -> ResponseReturnValue:
    """Look up an address, a parcel number or a place's name; no match is an answer too."""
    asked = request.args
    params.only(asked, "q", "limit", "near", "town")
    most = atlas().settings.max_candidates
    answer: dict[str, Any] = (
        atlas()
        .find(
            asked.get("q", "")[: params.LONGEST],
            limit=params.whole(asked, "limit", low=1, high=most) or 10,
            near=params.near(asked),
            town=params.text(asked, "town"),
        )
        .to_json()
    )
    return answer


@bp.get("/parcel-at")
def parcel_at() -> ResponseReturnValue:
    """Tell what is under a place: always an answer, `how` says which."""
    params.only(request.args, "lon", "lat")
    place = params.lonlat(request.args)
    spot = look_under(atlas().reader, place, near_m=atlas().settings.near_m, today=today())
    return {"lon": place.lon, "lat": place.lat, **_told(spot)}


@bp.get("/card/<layer>/<path:id_>")
def one(layer: str, id_: str) -> ResponseReturnValue:
    """Tell one record."""
    params.only(request.args)
    kind = named(layer)
    return card(kind, atlas().reader.get(kind.name, id_, actor=PUBLIC))


@bp.get("/version")
def version() -> ResponseReturnValue:
    """Tell the store's version, which grows with every change: for whoever waits for one."""
    params.only(request.args)
    return {"version": atlas().version}


@bp.get("/tiles")
def tiles() -> ResponseReturnValue:
    """Tell where each tileset's tiles and values are now, and of which version; see `geo.tilesets`."""
    params.only(request.args)
    return atlas().told_of_tiles()


@bp.get("/changes/<set_>")
def changed(set_: str) -> ResponseReturnValue:
    """Tell what edits have changed of a tileset's features after a version."""
    params.only(request.args, "since")
    if set_ == "blocks":
        return atlas().changed_blocks()
    asked = TILESETS.get(set_)
    if asked is None or not asked.told:
        there = ", ".join([*(name for name, one in TILESETS.items() if one.told), "blocks"])
        raise NotFound(
            f"no tileset whose features are told apart is called {set_}; there are {there}"
        )
    since = params.whole(request.args, "since", low=0, high=2**53)
    return asdict(changes(atlas().reader, asked.main, since or 0, asked.told))


@bp.get("/<path:_>")
def nothing(_: str) -> ResponseReturnValue:
    """Refuse what is not in the API in the API's own shape."""
    raise NotFound("there is nothing at this address; /api/v1/layers tells what there is")


def _query(layer: Layer) -> Query:
    settings = atlas().settings
    return params.query(
        request.args, layer, atlas().towns, most=settings.max_features, today=today()
    )


def _one_more(query: Query) -> Query:
    """Ask for one record more than a page holds: whether it comes says whether a page follows."""
    return query if query.limit is None else replace(query, limit=query.limit + 1)


def _page(records: Iterator[Record], limit: int) -> tuple[Iterator[Record], str | None]:
    """Give the records of one page, and the address of the next one, if there is any."""
    found = list(records)
    if len(found) <= limit:
        return iter(found), None
    on = MultiDict(request.args)
    on["after"] = found[limit - 1].id
    return iter(found[:limit]), f"{request.base_url}?{urlencode(list(on.items(multi=True)))}"


def _in_turn(response: Response) -> Response:
    """Let a stream go if not too many do: each holds a thread until its client has taken it."""
    downloads = atlas().downloads
    if not downloads.acquire(blocking=False):
        raise TooManyRequests("Many downloads are running; try again in a minute.", retry_after=30)
    response.call_on_close(downloads.release)
    return response


def _about(layer: Layer) -> dict[str, Any]:
    told = about(atlas().status, layer)
    told.pop("version")
    return {
        **told,
        "says": layer.says,
        "rows": atlas().status["layers"][layer.name]["rows"],
        "filters": list(params.allowed(layer)),
        "fields": dictionary(layer),
    }


def _told(spot: Spot) -> dict[str, Any]:
    return {
        "how": spot.how,
        "town": spot.town,
        "distance_m": spot.distance_m,
        "parcel": card(LAYERS["parcels"], spot.parcel) if spot.parcel else None,
        "units": [{"id": unit, "page": page("parcels", unit)} for unit in spot.units],
    }
