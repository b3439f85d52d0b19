"""Cache file of the address index: an Arrow file that is memory-mapped and holds only numbers and text.

`geo.geocode.gazetteer.from_store` calls `read_index` and `write_index`. A file with another fingerprint
is out of date. Processes that open the same file share its pages.
"""

import json
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from geo.arrow_cache import FINGERPRINT_KEY, write_table
from geo.geocode.gazetteer.address_index import AddressIndex
from geo.geocode.gazetteer.district_index import District, DistrictIndex
from geo.geocode.gazetteer.intersections import IntersectionIndex
from geo.geocode.gazetteer.landmarks import Landmark, Landmarks
from geo.geocode.gazetteer.parcel_numbers import ParcelIndex
from geo.geocode.gazetteer.street_names import spelling_columns
from geo.geocode.gazetteer.string_column import StringColumn
from geo.geocode.gazetteer.town_boundaries import TownBoundaries
from geo.geocode.parse.address_parser import Street
from geo.geocode.parse.street_aliases import Alias
from geo.geocode.parse.town_names import TownNames

FORMAT_VERSION = 4  # increase with each change of the file's content
EXTRAS_KEY = b"small"  # metadata key of the JSON with all values that are no column
ROW_COLUMNS = ("key", "high", "frac", "letter", "unit", "town", "postal", "zip", "parcel", "lon", "lat", "ranges")
PARCEL_COLUMNS = (
    "town",
    "lon",
    "lat",
    "rows_by_parcel",
    "row_start",
    "number_keys",
    "number_parcels",
    "old_number_keys",
    "old_number_parcels",
)
PARCEL_TEXT_COLUMNS = ("ids", "old_ids")
INTERSECTION_COLUMNS = ("lon", "lat")


def write_index(index: AddressIndex, path: Path, fingerprint: bytes) -> None:
    """Write an index with its fingerprint to a file. Raises OSError if the file cannot be written."""
    columns = {name: getattr(index, name) for name in ROW_COLUMNS}
    columns |= {f"parcel_index.{name}": getattr(index.parcel_index, name) for name in PARCEL_COLUMNS}
    for name in PARCEL_TEXT_COLUMNS:
        string_column: StringColumn = getattr(index.parcel_index, name)
        columns |= {
            f"parcel_index.{name}.data": string_column.data,
            f"parcel_index.{name}.offsets": string_column.offsets,
        }
    columns |= {f"intersections.{name}": getattr(index.intersections, name) for name in INTERSECTION_COLUMNS}
    columns["number_street_keys"] = np.asarray(index.number_street_keys)
    columns["nodes"], columns["nodes.offsets"] = _flatten_nodes(index.intersections)
    widths = {name: column.itemsize for name, column in columns.items() if column.dtype.kind == "S"}
    arrays = {name: _to_list_array(column) for name, column in columns.items()}
    metadata = {FINGERPRINT_KEY: fingerprint, EXTRAS_KEY: json.dumps({"widths": widths, **_to_extras(index)}).encode()}
    write_table(path, pa.table(arrays).replace_schema_metadata(metadata))


def read_index(path: Path, fingerprint: bytes, boundaries: TownBoundaries) -> AddressIndex | None:
    """Return the index in a file, None if it is missing, damaged or has another fingerprint."""
    with suppress(OSError, ValueError, KeyError, TypeError, IndexError):
        file = pa.ipc.open_file(pa.memory_map(str(path)))
        metadata = file.schema.metadata or {}
        if metadata.get(FINGERPRINT_KEY) != fingerprint:
            return None
        table, extras = file.read_all(), json.loads(metadata[EXTRAS_KEY])
        table.validate(full=True)
        columns = {name: _from_list_array(table[name], extras["widths"].get(name)) for name in table.column_names}
        index = _index_from_columns(columns, extras, boundaries)
        return index if _has_valid_references(index) else None
    return None


def _to_list_array(column: np.ndarray) -> pa.Array:
    """Return a column of any length as one list, so that all columns fit into one table row."""
    values = column.view("uint8") if column.dtype.kind == "S" else column
    return pa.LargeListArray.from_arrays([0, len(values)], pa.array(np.ascontiguousarray(values)))


def _from_list_array(column: pa.ChunkedArray, width: int | None) -> np.ndarray:
    values: np.ndarray = column.chunk(0).flatten().to_numpy()
    return values.view(f"S{width}") if width else values


def _flatten_nodes(intersections: IntersectionIndex) -> tuple[np.ndarray, np.ndarray]:
    nodes = [sorted(street_nodes) for street_nodes in intersections.nodes_by_street]
    offsets = np.cumsum([0, *map(len, nodes)])
    return np.array([node for street_nodes in nodes for node in street_nodes], "int64"), offsets


def _to_extras(index: AddressIndex) -> dict[str, Any]:
    """Return the short values of an index: streets, categories, aliases, landmarks, districts."""
    landmarks = [landmark for landmarks in index.landmarks.by_name.values() for landmark in landmarks]
    return {
        "categories": dict(index.categories),
        "street_labels": index.street_labels,
        "streets": index.streets,
        "streets_by_name": [
            (street_id, variant) for variants in index.streets_by_name.values() for street_id, variant in variants
        ],
        "aliases": dict(index.aliases),
        "places": dict(index.town_names),
        "place_aliases": index.town_names.aliases,
        "town_names": index.parcel_index.town_names,
        "landmarks": [[getattr(landmark, field.name) for field in fields(Landmark)] for landmark in landmarks],
        "districts": [[getattr(one, field.name) for field in fields(District)] for one in index.districts.districts],
        "intersections": {
            "street_labels": index.intersections.street_labels,
            "streets_by_name": [
                entry for variants in index.intersections.streets_by_name.values() for entry in variants
            ],
            "fuzzy_names": index.intersections.fuzzy_names,
            "aliases": dict(index.intersections.aliases),
        },
    }


def _index_from_columns(columns: dict[str, Any], extras: dict[str, Any], boundaries: TownBoundaries) -> AddressIndex:
    rows = {name: columns[name] for name in ROW_COLUMNS}
    index = AddressIndex(
        **rows,
        categories={name: tuple(categories) for name, categories in extras["categories"].items()},
        street_labels=tuple(extras["street_labels"]),
        streets=tuple(Street(*part) for part in extras["streets"]),
        streets_by_name=_group_by_name(extras["streets_by_name"]),
        **spelling_columns(extras["street_labels"]),
        aliases=_alias_table(extras["aliases"]),
        town_names=TownNames(extras["places"], extras["place_aliases"]),
        parcel_index=_parcel_index(columns, tuple(extras["town_names"])),
        intersections=_intersection_index(columns, extras["intersections"]),
        landmarks=Landmarks.from_landmarks([Landmark(*values) for values in extras["landmarks"]]),
        districts=DistrictIndex(tuple(_district(*values) for values in extras["districts"])),
        town_boundaries=boundaries,
    )
    index.__dict__["number_street_keys"] = memoryview(
        columns["number_street_keys"]
    )  # fill the cached property, so that it is not computed
    return index


def _district(id_: str, kind: str, name: str, towns: list[str], *lonlat: float | None) -> District:
    return District(id_, kind, name, tuple(towns), *lonlat)


def _parcel_index(columns: dict[str, Any], town_names: tuple[str, ...]) -> ParcelIndex:
    string_columns: dict[str, Any] = {
        name: StringColumn(columns[f"parcel_index.{name}.data"], columns[f"parcel_index.{name}.offsets"])
        for name in PARCEL_TEXT_COLUMNS
    }
    return ParcelIndex(
        **{name: columns[f"parcel_index.{name}"] for name in PARCEL_COLUMNS}, **string_columns, town_names=town_names
    )


def _intersection_index(columns: dict[str, np.ndarray], extras: dict[str, Any]) -> IntersectionIndex:
    node_groups = np.split(columns["nodes"], columns["nodes.offsets"][1:-1])
    return IntersectionIndex(
        street_labels=tuple(extras["street_labels"]),
        streets_by_name=_group_by_name(extras["streets_by_name"]),
        nodes_by_street=tuple(frozenset(group.tolist()) for group in node_groups[: len(extras["street_labels"])]),
        fuzzy_names=tuple(map(tuple, extras["fuzzy_names"])),
        aliases=_alias_table(extras["aliases"]),
        **{name: columns[f"intersections.{name}"] for name in INTERSECTION_COLUMNS},
    )


def _alias_table(entries_by_key: dict[str, list[list[Any]]]) -> dict[str, tuple[Alias, ...]]:
    return {key: tuple((id_, town, alias) for id_, town, alias in rows) for key, rows in entries_by_key.items()}


def _group_by_name(entries: list[tuple[int, list[str]]]) -> dict[str, tuple[tuple[int, Street], ...]]:
    streets_by_name: dict[str, list[tuple[int, Street]]] = {}
    for street_id, parts in entries:
        street = Street(*parts)
        streets_by_name.setdefault(street.name, []).append((street_id, street))
    return {name: tuple(streets) for name, streets in streets_by_name.items()}


def _has_valid_references(index: AddressIndex) -> bool:
    """Return whether every code and position in a file points to an existing entry."""
    row_count, parcel_count = len(index), len(index.parcel_index.ids)
    bounded_columns = [
        (index.parcel, -1, parcel_count),
        (index.ranges, 0, row_count),
        (index.parcel_index.rows_by_parcel, 0, row_count),
    ]
    bounded_columns += [
        (index.parcel_index.number_parcels, 0, parcel_count),
        (index.parcel_index.old_number_parcels, 0, parcel_count),
    ]
    bounded_columns += [
        (index.parcel_index.row_start, 0, row_count + 1),
        (index.parcel_index.town, 0, len(index.parcel_index.town_names)),
    ]
    bounded_columns += [(index.key >> 20, 0, len(index.street_labels))]
    bounded_columns += [(getattr(index, name), 0, len(categories)) for name, categories in index.categories.items()]
    bounded_columns += [
        (categories.offsets, 0, len(categories.data) + 1)
        for categories in (index.parcel_index.ids, index.parcel_index.old_ids)
    ]
    has_equal_lengths = {len(getattr(index, name)) for name in ROW_COLUMNS if name != "ranges"} == {row_count}
    has_equal_lengths &= (
        index.parcel_index.number_keys.dtype.kind == index.parcel_index.old_number_keys.dtype.kind == "S"
    )
    return has_equal_lengths and all(
        not len(column) or (column.min() >= low and column.max() < end) for column, low, end in bounded_columns
    )
