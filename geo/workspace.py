"""Loading and joining a workspace: files in, joined tables out.

The command line and the edit service call it. `read_files` and `load_source` put a file into the store.
`join_workspace` runs the full join.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import cache, partial
from typing import Any

import geopandas as gpd
import shapely
from pyproj import CRS

from geo.crs import Bbox
from geo.geocode import AddressIndex
from geo.geocode.batch_cache import GeocodeCache
from geo.geocode.gazetteer.from_store import INDEXED_LAYERS, index_from_layers
from geo.identifiers import TOWN_SEPARATOR, original_ids
from geo.ingest.cleaning.match_parcel_keys import KEY_FIELD_BY_LAYER
from geo.ingest.ingest_request import SURVEYED_LAYERS, IngestRequest, IngestResult
from geo.ingest.read_source import ColumnChooser, read_source
from geo.join import JoinSettings, join_projected_layers
from geo.join.coverage import SurveyDeclarations
from geo.join.layer_cache import LayerCache
from geo.key_repair import ParcelNumbers
from geo.mapped_area import load_mapped_area
from geo.progress import Progress, ignore_progress
from geo.projected_layer import FrameLayer
from geo.schema import LAYERS
from geo.store.protocol import Reader, Store
from geo.store.records import OPERATOR, PUBLIC, Actor, Load, LoadResult, Query

SAME_SITE_DEG = 0.0001  # about 10 m: closer points with one id are one planting site


def read_files(
    reader: Reader | None,
    request: IngestRequest,
    *,
    choose_columns: ColumnChooser | None = None,
    progress: Progress | None = None,
) -> IngestResult:
    """Read files and admit their rows. Writes nothing.

    `choose_columns` is asked where a main column is not sure (see `geo.ingest.read_source`).

    With a workspace, its towns help to recognize swapped axes, wrong units, and rows far from every town.
    Raises BadInput or a subclass, with the file, the row and the remedy.
    """
    if reader is not None:
        request = with_workspace_facts(reader, request)
    if reader is not None and request.layer != "municipalities":
        request = replace(request, mapped_area=load_mapped_area(reader))
    return read_source(request, choose_columns=choose_columns, progress=progress)


def with_workspace_facts(reader: Reader, request: IngestRequest) -> IngestRequest:
    """Return the request with the bounding box of the workspace's towns and the numbers of its parcels."""
    if request.towns_bbox is None:
        request = replace(request, towns_bbox=towns_bbox(reader))
    if request.layer in KEY_FIELD_BY_LAYER:
        request = replace(request, parcel_numbers=cache(partial(read_parcel_numbers, reader)))  # read once, if at all
    return request


def read_parcel_numbers(reader: Reader) -> ParcelNumbers:
    """Return the numbers of all parcels of a workspace."""
    return ParcelNumbers(reader.read_fields("parcels", ("id", "old_id", "source")))


def load_source(
    store: Store,
    layer: str,
    result: IngestResult,
    *,
    source: str | None,
    actor: Actor,
    at: datetime,
    dry_run: bool = False,
) -> tuple[LoadResult, ...]:
    """Replace the rows of one source with the rows of `result`, in one transaction. A dry run changes nothing.

    Trees bring the planting sites they stand at, except sites that a file of sites already describes.
    `source` is the name to load under. None means the name in `result`.
    """
    name = source or result.source
    return store.load(*_build_loads(store, result, layer, name), actor=actor, at=at, dry_run=dry_run)


def remove_source(store: Store, layer: str, source: str, *, actor: Actor, at: datetime) -> int:
    """Remove a source and the planting sites that its trees brought. Return the number of its rows in `layer`."""
    derived = [
        (name, entry["name"])
        for name, layer_status in store.status()["layers"].items()
        for entry in layer_status["sources"]
        if entry["name"] in {source, _derived_source_name(source, layer)} and entry.get("made_from") == layer
    ]
    rows = store.unload(layer, source, actor=actor, at=at)
    for name, derived_source in derived:
        store.unload(name, derived_source, actor=actor, at=at)
    return rows


def join_workspace(
    store: Store,
    *,
    actor: Actor,
    at: datetime,
    today: date,
    settings: JoinSettings | None = None,
    progress: Progress | None = None,
) -> dict[str, int]:
    """Run the full join of all layers that have rows, and write the joined tables.

    Town boundaries are those in force on `today`. It reads one snapshot and writes one transaction.
    Returns the number of rows of each layer. Returns an empty dict if the workspace has no CRS yet.
    """
    join_settings = settings or JoinSettings()
    with store.snapshot() as reader:
        crs = reader.settings().get("crs")
        if crs is None:
            return {}
        join_info: dict[str, Any] = {"as_of": today.isoformat(), "crs": crs, "version": reader.version}
        layer_cache = LayerCache(store.cache_dir, CRS.from_user_input(crs))
        layers = projected_layers(reader, layer_cache)
        rasters = reader.read_rasters()
        layer_etags = [reader.layer_etag(name) for name in INDEXED_LAYERS]
        declarations = read_survey_declarations(reader)
    geocode_cache = GeocodeCache(store.cache_dir, layer_etags, partial(_build_address_index, layers))
    tables = join_projected_layers(
        layers,
        rasters,
        metric_crs=layer_cache.metric_crs,
        today=today,
        settings=join_settings,
        parcel_of_address=geocode_cache.find_parcels,
        point_of_intersection=geocode_cache.find_intersection_points,
        declarations=declarations,
        progress=progress,
        release_pages=layer_cache.release_pages,
    )
    join_info |= {"surveys": declarations} | join_settings.to_dict()
    store.write_joined_tables(tables, actor=actor, at=at, join_info=join_info)
    geocode_cache.write_cache()
    (progress or ignore_progress)("joined", 1.0)
    return {name: len(layer) for name, layer in layers.items()}


def projected_layers(reader: Reader, layer_cache: LayerCache) -> dict[str, FrameLayer]:
    """Return the layers that have rows, projected to the metric CRS. Unchanged ones come from `layer_cache`.

    The join reads public fields only.
    """
    return {
        name: layer_cache.load_layer(layer, reader.layer_etag(name), partial(reader.read_layer, name, actor=PUBLIC))
        for name, layer in LAYERS.items()
        if reader.count(name, Query(limit=1), actor=PUBLIC)
    }


def read_survey_declarations(reader: Reader) -> SurveyDeclarations:
    """Return what sources declare about the towns that they surveyed (see `geo.join.coverage`).

    `--covers` declares whole towns. `--town` alone declares the one town that a source belongs to.
    """
    return {
        layer: {
            source: {"towns": declared.get("covers") or [declared["town"]], "whole": "covers" in declared}
            for source, declared in reader.declared_towns(layer).items()
        }
        for layer in SURVEYED_LAYERS
    }


def towns_bbox(reader: Reader) -> Bbox | None:
    """Return the bbox of all town boundaries in degrees, or None without towns."""
    if not reader.status()["layers"]["municipalities"]["rows"]:
        return None
    return Bbox(*reader.read_layer("municipalities", actor=OPERATOR).total_bounds.tolist())


def _build_loads(reader: Reader, result: IngestResult, layer: str, source: str) -> list[Load]:
    report = result.report.to_json()
    main = Load(layer, source, result.frame, result.provenance, report, result.raster)
    derived_provenance = {**result.provenance, "made_from": layer}
    derived_loads = [
        Load(name, *_derived_rows(reader, frame, name, (source, layer)), derived_provenance)
        for name, frame in result.extra_layers.items()
    ]
    return [main, *derived_loads]


def _derived_rows(
    reader: Reader, derived: gpd.GeoDataFrame, name: str, origin: tuple[str, str]
) -> tuple[str, gpd.GeoDataFrame]:
    """Return the source name and the rows to load of a layer derived from another, such as sites from trees.

    A row is left out if a file of the same source has its id. It is also left out if a file of any source has its id
    within `SAME_SITE_DEG` of its point.
    """
    source, layer = origin
    sources = reader.status()["layers"][name]["sources"]
    file_sources = {entry["name"] for entry in sources if "made_from" not in entry}
    if not file_sources:
        return source, derived
    existing = reader.read_layer(name, actor=OPERATOR)
    existing = existing[existing["source"].isin(file_sources)]
    own_ids = original_ids(existing[existing["source"] == source]["id"])
    existing_points = existing.drop_duplicates("id").set_index("id").geometry.reindex(derived["id"])
    is_near = shapely.dwithin(existing_points.to_numpy(), derived.geometry.to_numpy(), SAME_SITE_DEG)
    already_described = derived["id"].isin(own_ids) | is_near
    return (_derived_source_name(source, layer) if source in file_sources else source), derived[~already_described]


def _derived_source_name(source: str, layer: str) -> str:
    return f"{source}{TOWN_SEPARATOR}{layer}"


def _build_address_index(layers: Mapping[str, FrameLayer]) -> AddressIndex:
    """Index the addresses of layers for the join. Towns are the ones declared in the files, since no join has run.

    Parcels come without geometry, because the join needs no point of theirs.
    """
    tables = {name: layers[name].geodataframe for name in INDEXED_LAYERS if name in {*layers} - {"parcels"}}
    parcel_rows = {"parcels": layers["parcels"].attributes} if "parcels" in layers else {}
    return index_from_layers(tables | parcel_rows, {})
