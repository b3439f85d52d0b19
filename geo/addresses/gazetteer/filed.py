"""The index kept beside the workspace: a file of columns that is mapped, and holds nothing but numbers and texts.

Taken only as what it was made of, as the join's columns are (`geo.join.kept`). Who opens it shares its pages with all others
that have.
"""

import json
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from geo.addresses.gazetteer.crossings import Crossings
from geo.addresses.gazetteer.index import AddressIndex
from geo.addresses.gazetteer.landmarks import Landmark, Landmarks
from geo.addresses.gazetteer.limits import Limits
from geo.addresses.gazetteer.lots import Lots
from geo.addresses.gazetteer.spelt import spellings_of
from geo.addresses.gazetteer.texts import Texts
from geo.addresses.reading.parsing import Street
from geo.addresses.reading.places import Places
from geo.beside import MADE_OF, write

FORMAT = 1  # grows with every change of what a file holds
SMALL = b"small"  # what is no column, as JSON
ROWS = (
    "key",
    "high",
    "frac",
    "letter",
    "unit",
    "town",
    "postal",
    "zip",
    "lot",
    "lon",
    "lat",
    "ranges",
)
LOTS = ("town", "lon", "lat", "rows", "row_start", "loose", "loose_lot", "old", "old_lot")
TEXTS = ("ids", "old_ids")
CROSSINGS = ("lon", "lat")


def keep(index: AddressIndex, path: Path, made_of: bytes) -> None:
    """Write an index to a file, with what it was made of. Raises OSError where nothing can be written."""
    columns = {name: getattr(index, name) for name in ROWS}
    columns |= {f"lots.{name}": getattr(index.lots, name) for name in LOTS}
    for name in TEXTS:
        texts: Texts = getattr(index.lots, name)
        columns |= {f"lots.{name}.data": texts.data, f"lots.{name}.begins": texts.begins}
    columns |= {f"crossings.{name}": getattr(index.crossings, name) for name in CROSSINGS}
    columns["numbered"] = np.asarray(index.numbered)
    columns["nodes"], columns["nodes.begin"] = _nodes(index.crossings)
    widths = {name: column.itemsize for name, column in columns.items() if column.dtype.kind == "S"}
    arrays = {name: _listed(column) for name, column in columns.items()}
    told = {MADE_OF: made_of, SMALL: json.dumps({"widths": widths, **_small(index)}).encode()}
    write(path, pa.table(arrays).replace_schema_metadata(told))


def taken(path: Path, made_of: bytes, limits: Limits) -> AddressIndex | None:
    """Take an index from a file; None where there is none that was made of that and is whole."""
    with suppress(OSError, ValueError, KeyError, TypeError, IndexError):
        file = pa.ipc.open_file(pa.memory_map(str(path)))
        told = file.schema.metadata or {}
        if told.get(MADE_OF) != made_of:
            return None
        table, small = file.read_all(), json.loads(told[SMALL])
        table.validate(full=True)
        columns = {
            name: _flat(table[name], small["widths"].get(name)) for name in table.column_names
        }
        index = _index(columns, small, limits)
        return index if _holds(index) else None
    return None


def _listed(column: np.ndarray) -> pa.Array:
    """Put a column of any length into one row of a table."""
    values = column.view("uint8") if column.dtype.kind == "S" else column
    return pa.LargeListArray.from_arrays([0, len(values)], pa.array(np.ascontiguousarray(values)))


def _flat(column: pa.ChunkedArray, width: int | None) -> np.ndarray:
    values: np.ndarray = column.chunk(0).flatten().to_numpy()
    return values.view(f"S{width}") if width else values


def _nodes(crossings: Crossings) -> tuple[np.ndarray, np.ndarray]:
    nodes = [sorted(some) for some in crossings.nodes]
    begins = np.cumsum([0, *map(len, nodes)])
    return np.array([node for some in nodes for node in some], "int64"), begins


def _small(index: AddressIndex) -> dict[str, Any]:
    """Give what is not long: streets, texts that occur often, other names, landmarks."""
    marks = [mark for marks in index.landmarks.by_name.values() for mark in marks]
    return {
        "texts": dict(index.texts),
        "labels": index.labels,
        "parts": index.parts,
        "by_name": [(number, way) for ways in index.by_name.values() for number, way in ways],
        "aliases": dict(index.aliases),
        "places": dict(index.places),
        "town_names": index.lots.town_names,
        "landmarks": [[getattr(mark, field.name) for field in fields(Landmark)] for mark in marks],
        "crossings": {
            "labels": index.crossings.labels,
            "by_name": [one for ways in index.crossings.by_name.values() for one in ways],
            "in_full": index.crossings.in_full,
        },
    }


def _index(columns: dict[str, Any], small: dict[str, Any], limits: Limits) -> AddressIndex:
    rows = {name: columns[name] for name in ROWS}
    made = AddressIndex(
        **rows,
        texts={name: tuple(texts) for name, texts in small["texts"].items()},
        labels=tuple(small["labels"]),
        parts=tuple(Street(*part) for part in small["parts"]),
        by_name=_by_name(small["by_name"]),
        **spellings_of(small["labels"]),
        aliases={key: tuple(map(tuple, found)) for key, found in small["aliases"].items()},
        places=Places(small["places"]),
        lots=_lots(columns, tuple(small["town_names"])),
        crossings=_crossings(columns, small["crossings"]),
        landmarks=Landmarks.of([Landmark(*told) for told in small["landmarks"]]),
        limits=limits,
    )
    made.__dict__["numbered"] = memoryview(columns["numbered"])  # what it would work out
    return made


def _lots(columns: dict[str, Any], town_names: tuple[str, ...]) -> Lots:
    texts: dict[str, Any] = {
        name: Texts(columns[f"lots.{name}.data"], columns[f"lots.{name}.begins"]) for name in TEXTS
    }
    return Lots(**{name: columns[f"lots.{name}"] for name in LOTS}, **texts, town_names=town_names)


def _crossings(columns: dict[str, np.ndarray], small: dict[str, Any]) -> Crossings:
    parted = np.split(columns["nodes"], columns["nodes.begin"][1:-1])
    return Crossings(
        labels=tuple(small["labels"]),
        by_name=_by_name(small["by_name"]),
        nodes=tuple(frozenset(some.tolist()) for some in parted[: len(small["labels"])]),
        in_full=tuple(map(tuple, small["in_full"])),
        **{name: columns[f"crossings.{name}"] for name in CROSSINGS},
    )


def _by_name(ways: list[tuple[int, list[str]]]) -> dict[str, tuple[tuple[int, Street], ...]]:
    found: dict[str, list[tuple[int, Street]]] = {}
    for number, way in ways:
        street = Street(*way)
        found.setdefault(street.name, []).append((number, street))
    return {name: tuple(streets) for name, streets in found.items()}


def _holds(index: AddressIndex) -> bool:
    """Tell whether every number of a file points to something that is there."""
    rows, lots = len(index), len(index.lots.ids)
    within = [(index.lot, -1, lots), (index.ranges, 0, rows), (index.lots.rows, 0, rows)]
    within += [(index.lots.loose_lot, 0, lots), (index.lots.old_lot, 0, lots)]
    within += [
        (index.lots.row_start, 0, rows + 1),
        (index.lots.town, 0, len(index.lots.town_names)),
    ]
    within += [(index.key >> 20, 0, len(index.labels))]
    within += [(getattr(index, name), 0, len(texts)) for name, texts in index.texts.items()]
    within += [
        (texts.begins, 0, len(texts.data) + 1) for texts in (index.lots.ids, index.lots.old_ids)
    ]
    same = {len(getattr(index, name)) for name in ROWS if name != "ranges"} == {rows}
    same &= index.lots.loose.dtype.kind == index.lots.old.dtype.kind == "S"
    return same and all(not len(c) or (c.min() >= low and c.max() < end) for c, low, end in within)
