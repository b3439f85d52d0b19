"""HTTP routes of the API: layers, counts, search, reverse geocoding. Public fields only.

The routes parse requests with `webmap.params` and read from `app_state().reader`. GeoJSON follows
RFC 7946.
"""

import gzip
from dataclasses import asdict, replace
from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from geo.errors import NotFound
from geo.formats.geojson import field_dictionary, layer_summary, stream_feature_collection
from geo.mapped_area import FarRecords
from geo.reverse_geocode import ReverseResult
from geo.reverse_geocode import reverse_geocode as look_under
from geo.schema import LAYERS, Layer, layer_named
from geo.store.records import PUBLIC
from geo.tilesets import TILESETS, find_layer_delta
from webmap import param_values, params
from webmap.api.layer_response import layer_query, send_layer
from webmap.api.record_json import record_page_url, record_to_json
from webmap.clock import today
from webmap.state.address_search import OfflineFile
from webmap.state.app_state import app_state
from webmap.state.town_list import towns_in_force

MAX_FAR_IDS = 20  # ids of records far from every town, in the list of layers

bp = Blueprint("api", __name__, url_prefix="/api/v1")


@bp.get("/<layer>.geojson")
def layer_geojson(layer: str) -> ResponseReturnValue:
    """Return the matching records of a layer as GeoJSON: all of them, or one page with `limit`."""
    return send_layer(layer_named(layer), "geojson")


@bp.get("/<layer>.csv")
def layer_csv(layer: str) -> ResponseReturnValue:
    """Return the matching records of a layer as a CSV file: all of them, or one page with `limit`."""
    return send_layer(layer_named(layer), "csv")


@bp.get("/<layer>.xlsx")
def layer_xlsx(layer: str) -> ResponseReturnValue:
    """Return the matching records of a layer as an Excel workbook: all of them, or one page with `limit`."""
    return send_layer(layer_named(layer), "xlsx")


@bp.get("/towns.geojson")
def towns_geojson() -> ResponseReturnValue:
    """Return the towns in force today as GeoJSON, with far-zoom outlines and label points."""
    layer_def = layer_named("municipalities")
    # A client that caches the response puts the version into the URL.
    params.allow_only(request.args, "fields", "version")
    outlines = app_state().town_outlines(today())
    towns_today = towns_in_force(app_state().reader, today())
    outline_wkb = {id_: outline.wkb for id_, outline in outlines.items()}
    records = (replace(town, wkb=outline_wkb.get(town.id) or town.wkb) for town in towns_today)
    label_points = {id_: [outline.label_point.lon, outline.label_point.lat] for id_, outline in outlines.items()}
    members = {"lotleaf": layer_summary(app_state().status, layer_def), "label_points": label_points}
    chunks = stream_feature_collection(
        layer_def, records, members, only_fields=params.parse_fields(request.args, layer_def)
    )
    return Response(b"".join(chunks), mimetype="application/geo+json")


@bp.get("/count/<layer>")
def count_features(layer: str) -> ResponseReturnValue:
    """Return the number of matching records of a layer."""
    layer_def = layer_named(layer)
    params.allow_only(request.args, *params.layer_parameters(layer_def))
    row_count = app_state().reader.count(layer_def.name, layer_query(layer_def), actor=PUBLIC)
    return {"layer": layer_def.name, "count": row_count, "version": app_state().version}


@bp.get("/layers")
def list_layers() -> ResponseReturnValue:
    """Return all layers with their rows, dates, sources, fields and filters."""
    params.allow_only(request.args)
    return {"version": app_state().version, "layers": [_layer_summary(layer) for layer in LAYERS.values()]}


@bp.get("/fields/<layer>")
def list_fields(layer: str) -> ResponseReturnValue:
    """Return the field dictionary of a layer."""
    params.allow_only(request.args)
    return {"layer": layer_named(layer).name, "fields": field_dictionary(layer_named(layer))}


@bp.get("/find/index.bin")
def offline_index() -> ResponseReturnValue:
    """Return the offline address index for browsers. See `geo.geocode.gazetteer.offline_index`."""
    params.allow_only(request.args)
    return _send_offline_file(app_state().addresses.offline_file("index"))


@bp.get("/find/corners.bin")
def offline_intersections() -> ResponseReturnValue:
    """Return the intersections and landmarks of the offline address index."""
    params.allow_only(request.args)
    return _send_offline_file(app_state().addresses.offline_file("intersections"))


@bp.get("/find/towns/<slug_>.bin")
def offline_town_file(slug_: str) -> ResponseReturnValue:
    """Return the parcel numbers and points of a town's addresses. `-` stands for an unknown town."""
    params.allow_only(request.args)
    town_name = app_state().addresses.towns.get(slug_)
    if town_name is None:
        known_slugs = ", ".join(app_state().addresses.towns)
        raise NotFound(f"no town with addresses has the slug {slug_!r}; the slugs are: {known_slugs}")
    return _send_offline_file(app_state().addresses.offline_file("town", town_name))


def _send_offline_file(offline_file: OfflineFile) -> Response:
    """Return the response for an offline file, decompressed for clients without gzip."""
    accepts_gzip = bool(request.accept_encodings["gzip"])
    body = offline_file.compressed if accepts_gzip else gzip.decompress(offline_file.compressed)
    response = Response(body, mimetype="application/octet-stream")
    response.headers["Vary"] = "Accept-Encoding"
    if accepts_gzip:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(offline_file.content_hash, weak=True)
    return response


@bp.get("/find")
def find() -> ResponseReturnValue:
    """Return the geocode result of an address, parcel number or place name, also without a match."""
    args = request.args
    params.allow_only(args, "q", "limit", "near", "town")
    max_candidates = app_state().settings.max_candidates
    result: dict[str, Any] = (
        app_state()
        .find(
            args.get("q", "")[: param_values.MAX_VALUE_LENGTH],
            limit=param_values.optional_integer(args, "limit", low=1, high=max_candidates) or 10,
            near=param_values.optional_near_point(args),
            town=param_values.optional_text(args, "town"),
        )
        .to_json()
    )
    return result


@bp.get("/parcel-at")
def parcel_at() -> ResponseReturnValue:
    """Return the parcel and town at a point. `how` is the kind of match, which may be none."""
    params.allow_only(request.args, "lon", "lat")
    point = param_values.required_lonlat(request.args)
    result = look_under(app_state().reader, point, near_m=app_state().settings.near_m, today=today())
    return {"lon": point.lon, "lat": point.lat, **_reverse_to_json(result)}


@bp.get("/card/<layer>/<path:id_>")
def record_card(layer: str, id_: str) -> ResponseReturnValue:
    """Return one record."""
    params.allow_only(request.args)
    layer_def = layer_named(layer)
    return record_to_json(layer_def, app_state().reader.get(layer_def.name, id_, actor=PUBLIC))


@bp.get("/version")
def workspace_version() -> ResponseReturnValue:
    """Return the version of the store, which grows with every change. Clients poll it."""
    params.allow_only(request.args)
    return {"version": app_state().version}


@bp.get("/tiles")
def tileset_list() -> ResponseReturnValue:
    """Return the current tile and value URLs of each tileset, and its version. See `geo.tilesets`."""
    params.allow_only(request.args)
    return app_state().tiles.summary()


@bp.get("/changes/<set_>")
def tileset_changes(set_: str) -> ResponseReturnValue:
    """Return the features of a tileset that edits changed after version `since`."""
    params.allow_only(request.args, "since")
    if set_ == "blocks":
        return app_state().tiles.changed_hexbins()
    tileset = TILESETS.get(set_)
    if tileset is None or not tileset.value_fields:
        known_names = ", ".join([*(name for name, entry in TILESETS.items() if entry.value_fields), "blocks"])
        raise NotFound(f"no tileset with changes is named {set_!r}; the tilesets are: {known_names}")
    since = param_values.optional_integer(request.args, "since", low=0, high=2**53)
    return asdict(find_layer_delta(app_state().reader, tileset.main_layer, since or 0, tileset.value_fields))


@bp.get("/<path:_>")
def refuse_unknown_path(_: str) -> ResponseReturnValue:
    """Raise NotFound for other paths, so that the response is in the API's format."""
    raise NotFound("there is nothing at this address; /api/v1/layers lists the layers")


def _layer_summary(layer: Layer) -> dict[str, Any]:
    summary = layer_summary(app_state().status, layer)
    summary.pop("version")
    return {
        **summary,
        "description": layer.description,
        "rows": app_state().status["layers"][layer.name]["rows"],
        **_extent_to_json(app_state().far_records(layer.name)),
        "filters": list(params.layer_parameters(layer)),
        "fields": field_dictionary(layer),
    }


def _extent_to_json(far: FarRecords) -> dict[str, Any]:
    """Return the bounding box of the records near the towns, and those far from every town."""
    far_json = {"count": len(far.ids), "is_complete": far.is_complete, "ids": far.ids[:MAX_FAR_IDS]}
    return {"bbox": far.near_bbox, "far_from_towns": far_json}


def _reverse_to_json(result: ReverseResult) -> dict[str, Any]:
    return {
        "how": result.match_type,
        "town": result.town,
        "distance_m": result.distance_m,
        "parcel": record_to_json(LAYERS["parcels"], result.parcel) if result.parcel else None,
        "units": [{"id": unit, "page": record_page_url("parcels", unit)} for unit in result.unit_ids],
    }
