"""Facts for the reference pages on files: the report of a load, the cache files and the OpenAPI document.

They come from a load, from an empty workspace and from the code that writes the files.
"""

import ast
import inspect
import json
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
from click.testing import CliRunner
from pyproj import CRS

from geo.geocode import AddressIndex, batch_cache
from geo.geocode.gazetteer import index_cache, offline_index
from geo.geocode.gazetteer.from_store import load_or_build_index
from geo.ingest import read_raster, read_source, report_details
from geo.ingest.ingest_request import IngestReport
from geo.ingest.recognition import column_report
from geo.ingest.row_notes import MAX_LISTED_ROWS
from geo.join import layer_cache
from geo.projected_layer import project_layer
from geo.schema import LAYERS, empty_frame
from geo.store import open_store
from geo.store.protocol import Store
from geo.tilesets import definitions, pmtiles_archive, tile_layer, tileset_snapshot, value_columns
from tools.reference_facts import checked_names
from tools.reference_sentences import (
    FOUND_COLUMNS,
    INDEX_COLUMNS,
    INDEX_EXTRAS,
    OFFLINE_COLUMNS,
    OFFLINE_MEMBERS,
    RASTER_MEMBERS,
    REPORT_MEMBERS,
    TILE_COLUMNS,
)
from webmap import create_app
from webmap.api.openapi_document import describe_api
from webmap.cli import load_commands
from webmap.settings import Settings

EXAMPLE_FILE = "oaks.csv"
EXAMPLE_ROWS = (
    "TreeID,Species,DIAM,Condition,Latitude,Longitude\n"
    "1,Quercus alba,12,Good,38.6985,-90.2999\n"
    "2,Quercus rubra,9908,fair ,38.6986,-90.2998\n"
    "3,Stump,,,38.6987,-90.2997\n"
    "4,Acer rubrum,8,good,,\n"
)
EXAMPLE_CRS = CRS.from_epsg(26996)


def report_facts() -> dict[str, Any]:
    """Return the facts of `report.md`: the members of a report, and an example of one."""
    names = {field.name for field in fields(IngestReport)} - {"details"}
    names |= _dict_keys(read_source, "details") | _dict_keys(read_raster, "details")
    names |= (
        _dict_keys(report_details, "details")
        | _dict_keys(column_report, "details")
        | _keys_set_in(inspect.getsource(read_source), "details")
        | _keys_set_in(inspect.getsource(load_commands), "report")
    )
    report = _example_report()
    return {
        "members": checked_names(REPORT_MEMBERS, names),
        "raster_members": RASTER_MEMBERS,
        "example_file": EXAMPLE_FILE,
        "example_rows": EXAMPLE_ROWS.strip(),
        "example": json.dumps(report, ensure_ascii=False, indent=1),
        "limits": MAX_LISTED_ROWS,
    }


def _example_report() -> dict[str, Any]:
    """Return the report of a load of `EXAMPLE_ROWS`. Nothing is written to a workspace."""
    with TemporaryDirectory() as folder:
        rows, report, workspace = (Path(folder) / name for name in (EXAMPLE_FILE, "report.json", "new.gpkg"))
        rows.write_text(EXAMPLE_ROWS, "utf-8")
        words = [rows, "--town", "Pagedale", "-w", workspace, "--dry-run", "--report", report]
        CliRunner().invoke(load_commands.load, ["trees", *map(str, words)], catch_exceptions=False)
        members: dict[str, Any] = json.loads(report.read_text("utf-8"))
        return members


def _dict_keys(module: Any, name: str) -> set[str]:
    """Return the keys of the dict literals that a module assigns to a variable."""
    return {
        str(key.value)
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name) and target.id == name
        for key in node.value.keys
        if isinstance(key, ast.Constant)
    }


def _keys_set_in(source: str, name: str) -> set[str]:
    """Return the keys that a source text sets in a dict by its variable's name.

    >>> _keys_set_in('report["doubles"] = []', "report")
    {'doubles'}
    """
    return set(re.findall(rf'\b{name}\["(\w+)"\] = ', source))


def cache_facts() -> dict[str, Any]:
    """Return the facts of `cache-files.md`: the columns, the versions and the headers of all cache files."""
    with _empty_workspace() as store:
        layer_types, tiles = _layer_cache_types(store.cache_dir), _tile_layer_fields(store)
        with store.snapshot() as reader:
            index = load_or_build_index(reader, store.cache_dir)
        schema = _schema_of_file(store.cache_dir / "address-index.arrow")
        folder_suffix = store.cache_dir.name.removeprefix("empty.gpkg")
    return {
        "folder_suffix": folder_suffix,
        "kind_types": layer_types,
        "geometry_columns": layer_cache.GEOMETRY_COLUMNS,
        "area_columns": layer_cache.AREA_COLUMNS,
        "tiles": tiles,
        "tile_columns": TILE_COLUMNS,
        "index_columns": _add_sentences(INDEX_COLUMNS, [(name, _item_type(kind)) for name, kind in _columns(schema)]),
        "index_extras": checked_names(INDEX_EXTRAS, set(json.loads(schema.metadata[index_cache.EXTRAS_KEY]))),
        "found_columns": _add_sentences(FOUND_COLUMNS, _columns(batch_cache.CACHE_SCHEMA)),
        "offline_files": _offline_files(index),
        "steps": (offline_index.PARCEL_STEPS_PER_DEGREE, offline_index.NODE_STEPS_PER_DEGREE),
        "column_forms": (value_columns.__doc__ or "").strip().partition("\n\n- ")[2],
        "definitions": definitions,
        "pack": pmtiles_archive,
        "versions": _format_versions(),
    }


def _format_versions() -> dict[str, Any]:
    return {
        "layer": layer_cache.FORMAT_VERSION,
        "tiles": tile_layer.CACHE_FORMAT_VERSION,
        "tileset": tileset_snapshot.FORMAT_VERSION.decode(),
        "index": index_cache.FORMAT_VERSION,
        "found": batch_cache.FORMAT_VERSION,
        "offline": offline_index.FORMAT_VERSION,
    }


@contextmanager
def _empty_workspace() -> Iterator[Store]:
    with TemporaryDirectory() as folder, closing(open_store(Path(folder) / "empty.gpkg", create=True)) as store:
        yield store


def _layer_cache_types(folder: Path) -> dict[str, str]:
    """Return the Arrow type of each kind of field, and of the columns that are no field, in the layers' cache files.

    Raises LookupError for a file with other columns than the page tells of.
    """
    folder.mkdir()
    types: dict[str, str] = {}
    for layer in LAYERS.values():
        path = folder / f"{layer.name}.arrow"
        layer_cache.write_cache(path, project_layer(empty_frame(layer), layer, EXAMPLE_CRS), b"")
        kinds = {field.name: field.kind for field in layer.fields if not field.private}
        columns = dict(_columns(_schema_of_file(path)))
        if missing := {"id", "source", *kinds} - columns.keys():
            raise LookupError(f"{path.name} has no {sorted(missing)}")
        types |= {str(kinds.get(name, name)): type_name for name, type_name in columns.items()}
    return types


def _tile_layer_fields(store: Store) -> dict[str, list[str]]:
    """Return the fields in each tile layer's cache file, without the columns that all of them have."""
    fields_by_layer = {}
    with store.snapshot() as reader:
        for name in tileset_snapshot.LAYER_NAMES:
            tile_layer.load_or_build_layer(store.cache_dir, reader, name)
            columns = [column for column, _ in _columns(_schema_of_file(store.cache_dir / f"tiles-{name}.arrow"))]
            if missing := TILE_COLUMNS.keys() - set(columns):
                raise LookupError(f"tiles-{name}.arrow has no {sorted(missing)}")
            fields_by_layer[name] = [column for column in columns if column not in TILE_COLUMNS]
    return fields_by_layer


def _offline_files(index: AddressIndex) -> dict[str, dict[str, dict[str, str]]]:
    """Return the members of the offline files' headers and their columns, each with its sentence."""
    bodies = {
        "index.bin": offline_index.encode_index(index),
        "corners.bin": offline_index.encode_intersections(index),
        "towns/TOWN.bin": offline_index.encode_town(index, ""),
    }
    headers = {name: json.loads(body.split(b"\n", 1)[0]) for name, body in bodies.items()}
    return {
        name: {
            "members": checked_names(OFFLINE_MEMBERS[name], set(header) - {"columns"}),
            "columns": checked_names(OFFLINE_COLUMNS[name], set(header["columns"])),
        }
        for name, header in headers.items()
    }


def _schema_of_file(path: Path) -> pa.Schema:
    with pa.memory_map(str(path)) as file:
        return pa.ipc.open_file(file).schema


def _columns(schema: pa.Schema) -> list[tuple[str, str]]:
    return [(field.name, str(field.type)) for field in schema]


def _item_type(type_name: str) -> str:
    """Return the type of a list's items.

    >>> _item_type("large_list<item: int32>")
    'int32'
    """
    return type_name.removeprefix("large_list<item: ").removesuffix(">")


def _add_sentences(sentences: dict[str, str], columns: list[tuple[str, str]]) -> list[tuple[str, str, str]]:
    """Return the columns as name, type and sentence."""
    checked_names(sentences, {name for name, _ in columns})
    return [(name, type_name, sentences[name]) for name, type_name in columns]


def openapi_document() -> dict[str, Any]:
    """Return the API's description, as a server with default settings sends it."""
    with _empty_workspace() as store:
        settings = Settings(access_log=False)
        return describe_api(create_app(settings, store), settings)
