"""What edits have changed of a layer since it was baked, laid out as the layer itself is: for what is made of its columns.

Single features are told apart (`geo.tilesets.changes`); packs and blocks are made anew of the rows as they are now.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from geo.errors import NoSuchRecord
from geo.store.protocol import PUBLIC, Reader, Record
from geo.tilesets.base import Base, source_of
from geo.tilesets.grid import boxes_of, reached


@dataclass(frozen=True)
class Amended:
    """A layer as it is at a version: what was baked but for the rows `gone`, and a few further ones."""

    base: Base
    gone: Any  # row numbers, sorted
    further: Base

    def rows(self, cells: Any) -> Any:
        """Give the rows of the base that reach some deepest tiles and still stand, lowest first."""
        low = np.searchsorted(self.base.cells, cells, "left")
        high = np.searchsorted(self.base.cells, cells, "right")
        runs = [self.base.of_cell[one:end] for one, end in zip(low, high, strict=True)]
        found = np.unique(np.concatenate([*runs, np.zeros(0, np.uint32)])).astype(np.int64)
        return np.setdiff1d(found, self.gone, assume_unique=True)

    def near(self, cells: Any) -> Base:
        """Give as a layer of its own what reaches some deepest tiles, numbered anew."""
        return joined(rows_of(self.base, self.rows(cells)), self.further)


def amended(base: Base, reader: Reader) -> Amended | None:
    """Give a layer as it is now; None where more than single records may have changed since it was baked."""
    found = reader.touched(source_of(base.layer), base.version)
    if found is None:
        return None
    records = [record for id_ in found if (record := _record(reader, base.layer, id_)) is not None]
    ids = pa.array(list(found), pa.large_string())
    rows = pc.index_in(ids, value_set=base.ids).drop_null().to_numpy(zero_copy_only=False)
    gone = np.sort(rows).astype(np.int64)
    return Amended(base, gone, _laid_out(base, [one for one in records if one.wkb]))


def joined(one: Base, other: Base) -> Base:
    """Put two parts of a layer together, the second one's rows behind the first one's."""
    cells = np.concatenate((one.cells, other.cells))
    of_cell = np.concatenate((one.of_cell, other.of_cell + np.uint32(len(one.ids))))
    order = np.argsort(cells, kind="stable")
    columns = {name: _both(one.columns[name], other.columns[name]) for name in one.columns}
    ids, shapes = _both(one.ids, other.ids), _both(one.shapes, other.shapes)
    return replace(one, ids=ids, shapes=shapes, columns=columns, cells=cells[order], of_cell=of_cell[order])  # fmt: skip


def rows_of(base: Base, rows: Any) -> Base:
    """Give some rows of a layer as a layer of its own, with the tiles that they reach."""
    taken = pa.array(rows)
    shapes = base.shapes.take(taken)
    cells, of_cell = reached(boxes_of(shapely.from_wkb(shapes.to_numpy(zero_copy_only=False))))
    columns = {name: column.take(taken) for name, column in base.columns.items()}
    return replace(base, ids=base.ids.take(taken), shapes=shapes, columns=columns, cells=cells, of_cell=of_cell)  # fmt: skip


def _record(reader: Reader, layer: str, id_: str) -> Record | None:
    try:
        return reader.get(source_of(layer), id_, actor=PUBLIC)
    except NoSuchRecord:
        return None


def _laid_out(base: Base, records: list[Record]) -> Base:
    """Lay records out as columns of the same types as a layer's."""
    shapes = shapely.from_wkb(np.array([one.wkb for one in records], dtype=object))
    cells, of_cell = reached(boxes_of(shapes))
    columns = {
        name: pa.array([one.values[name] for one in records], column.type)
        for name, column in base.columns.items()
    }
    wkb = shapely.to_wkb(shapes, output_dimension=2, byte_order=1)
    ids = pa.array([one.id for one in records], base.ids.type)
    return replace(base, ids=ids, shapes=pa.array(wkb, base.shapes.type), columns=columns, cells=cells, of_cell=of_cell)  # fmt: skip


def _both(one: pa.Array, other: pa.Array) -> pa.Array:
    return pa.concat_arrays([one, other])
