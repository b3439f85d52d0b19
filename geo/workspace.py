"""Loading and joining a workspace: files in, joined tables out.

The command line and the edit service call it. `read_files` and `load_source` put a file into the store.
`join_workspace` runs the full join. `requests_from_folder` lists the files of a data folder.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely
from pyproj import CRS

from geo.crs import Bbox
from geo.errors import BadInput
from geo.geocode import AddressIndex
from geo.geocode.batch_cache import GeocodeCache
from geo.geocode.gazetteer.from_store import INDEXED_LAYERS, index_from_layers
from geo.identifiers import TOWN_SEPARATOR, original_ids
from geo.ingest.ingest_request import SURVEYED_LAYERS, IngestRequest, IngestResult, display_name
from geo.ingest.read_source import read_source
from geo.join import JoinSettings, join_projected_layers
from geo.join.coverage import SurveyDeclarations
from geo.join.layer_cache import LayerCache
from geo.mapped_area import load_mapped_area
from geo.progress import Progress, ignore_progress
from geo.projected_layer import FrameLayer
from geo.schema import LAYERS
from geo.store.protocol import Reader, Store
from geo.store.records import OPERATOR, PUBLIC, Actor, Load, LoadResult, Query

SAME_SITE_DEG = 0.0001  # about 10 m: closer points with one id are one planting site

# Folders of a data folder that have another name than their layer.
FOLDER_ALIASES = {"boundaries": "municipalities", "canopy-raster": "canopy"}
# Options of `load` that `sources.toml` may set for a file.
SOURCE_OPTIONS = {"profile", "town", "covers", "crs", "encoding", "table", "licence", "date", "method", "year"}
# Suffixes of documents, and of files that belong to a shapefile or raster.
IGNORED_SUFFIXES = {".md", ".txt", ".toml", ".pdf", ".prj", ".cpg", ".dbf", ".shx", ".tfw", ".xml", ".vat"}


def read_files(reader: Reader | None, request: IngestRequest, *, progress: Progress | None = None) -> IngestResult:
    """Read files and admit their rows. Writes nothing.

    With a workspace, its towns help to recognize swapped axes, wrong units, and rows far from every town.
    Raises BadInput or a subclass, with the file, the row and the remedy.
    """
    if reader is not None and request.towns_bbox is None:
        request = replace(request, towns_bbox=towns_bbox(reader))
    if reader is not None and request.layer != "municipalities":
        request = replace(request, mapped_area=load_mapped_area(reader))
    return read_source(request, progress=progress)


def load_source(
    store: Store, layer: str, result: IngestResult, *, source: str | None, actor: Actor, at: datetime
) -> tuple[LoadResult, ...]:
    """Replace the rows of one source with the rows of `result`, in one transaction.

    Trees bring the planting sites they stand at, except sites that a file of sites already describes.
    `source` is the name to load under. None means the name in `result`.
    """
    name = source or result.source
    return store.load(*_build_loads(store, result, layer, name), actor=actor, at=at)


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


def requests_from_folder(folder: Path) -> Iterator[tuple[str, IngestRequest]]:
    """Yield a source name and an `IngestRequest` for each file of a data folder, boundaries first.

    Each subfolder is a layer and each file is a source, named like the file. Options that a file does
    not hold (profile, crs, town, licence, date) come from `sources.toml` in the folder, by path.

    Raises BadInput if the folder holds no file to load.
    """
    if not folder.is_dir():
        raise BadInput(f"{folder}: no such folder; --all takes a folder like the one that `lotleaf sample` writes")
    options_by_path = _read_sources_toml(folder)
    requests = [
        (
            display_name(path).split(".")[0],
            IngestRequest(layer=layer, files=(path,), **options_by_path.get(f"{name}/{path.name}", {})),
        )
        for layer in LAYERS
        for name in (layer, *(alias for alias, target_layer in FOLDER_ALIASES.items() if target_layer == layer))
        for path in sorted((folder / name).glob("*"))
        if path.is_file() and path.suffix.lower() not in IGNORED_SUFFIXES and not path.name.startswith(".")
    ]
    if not requests:
        names = ", ".join((*FOLDER_ALIASES, *LAYERS))
        raise BadInput(f"{folder}: its folders have no file to load; name the folders after layers: {names}")
    yield from requests


def _read_sources_toml(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the load options in `sources.toml` by file path, empty without that file."""
    path = folder / "sources.toml"
    try:
        tables = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: cannot be read ({error})") from None
    for name, table in tables.items():
        if not isinstance(table, dict) or (unknown_options := set(table) - SOURCE_OPTIONS):
            problem = f"has the unknown keys {sorted(unknown_options)}" if isinstance(table, dict) else "is not a table"
            raise BadInput(f"{path}: {name} {problem}; the table of a file takes {sorted(SOURCE_OPTIONS)}")
    return {name: _request_options(table) for name, table in tables.items()}


def _request_options(table: dict[str, Any]) -> dict[str, Any]:
    """Return the options of a `sources.toml` table as arguments of `IngestRequest`. TOML may hold a date.

    >>> _request_options({"town": "Bel-Nor", "year": 2023, "date": date(2023, 6, 1)})
    {'town': 'Bel-Nor', 'year': 2023, 'dated': '2023-06-01'}
    >>> _request_options({"covers": ["Bel-Nor", "Normandy"]}), _request_options({"covers": "Bel-Nor"})
    ({'covers': ('Bel-Nor', 'Normandy')}, {'covers': ('Bel-Nor',)})
    """
    options: dict[str, Any] = {key: str(table[key]) for key in table if key not in {"year", "date", "covers"}}
    if str(table.get("year", "")).isdecimal():
        options["year"] = int(table["year"])
    if "date" in table:
        options["dated"] = str(table["date"])
    if "covers" in table:
        names = table["covers"] if isinstance(table["covers"], list) else [table["covers"]]
        options["covers"] = tuple(map(str, names))
    return options


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
