"""A few rows of a layer, read in a writer's turn, as the join measures them."""

from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from pyproj import Transformer

from geo.join.measured import NOTHING, Columns, Drawn, Measured, mended
from geo.layers import Layer
from geo.store.protocol import Rows


class Few(Measured):
    """A layer of few rows. Its columns are Python's values, and its shapes are read when they are asked for."""

    def __init__(self, layer: Layer, rows: Rows, to_metres: Transformer) -> None:
        columns = zip(*rows.rows, strict=True) if rows.rows else [()] * (len(rows.fields) + 3)
        ids, sources, *told, wkbs = map(column, columns)
        names = ("id", "source", *rows.fields)
        values: Columns = dict(zip(names, (ids, sources, *told), strict=True))
        parts: dict[str, Any] = {
            "layer": layer,
            "told": values,
            "wkbs": wkbs,
            "to_metres": to_metres,
            "laid": None,
        }
        for name, part in parts.items():
            object.__setattr__(self, name, part)

    layer: Layer
    told: Columns
    wkbs: np.ndarray
    to_metres: Transformer

    def __len__(self) -> int:
        return len(self.wkbs)

    @cached_property
    def ids(self) -> np.ndarray:
        """The ids by position, and None behind the last."""
        return np.append(self.told["id"], NOTHING)

    @cached_property
    def degrees(self) -> Drawn:
        """The shapes in degrees."""
        return Drawn(shapely.from_wkb(self.wkbs))

    @cached_property
    def metres(self) -> Drawn:
        """The shapes in metres, turned as `in_metres` turns them."""
        shapes = self.degrees.shapes
        if len(shapes):
            shapes = shapely.transform(shapes, self._turned)
            shapes[~np.isfinite(shapely.bounds(shapes)).all(axis=1)] = None
        return Drawn(mended(shapes) if "Polygon" in self.layer.geometry else shapes)

    def _turned(self, degrees: np.ndarray) -> np.ndarray:
        return np.column_stack(self.to_metres.transform(degrees[:, 0], degrees[:, 1]))

    def values(self, name: str) -> np.ndarray:
        """Give a column as Python's values, None where unknown."""
        return self.told[name]

    def words(self, name: str) -> pa.LargeStringArray:
        """Give a column of texts as Arrow has it."""
        return pa.array(self.told[name], pa.large_string())

    def named(self, rows: np.ndarray) -> Any:
        """Give the ids of some rows, None for `NONE`."""
        return self.ids[rows]

    def marks(self, name: str) -> np.ndarray:
        """Give a column of flags; what is unknown is not marked."""
        return self.told[name].astype(bool)

    def positions(self, ids: np.ndarray) -> np.ndarray:
        """Find the row of each id; `NONE` where there is none."""
        rows = {id_: row for row, id_ in enumerate(self.told["id"])}
        return np.array([rows.get(id_, -1) for id_ in ids], np.int64)

    def as_rows(self) -> Rows:
        """Give the rows as they were read."""
        return Rows(tuple(self.told)[2:], list(zip(*self.told.values(), self.wkbs, strict=True)))

    def row(self, at: int) -> dict[str, Any]:
        """Give one row's values by name."""
        return {name: values[at] for name, values in self.told.items()}


def column(values: Any) -> np.ndarray:
    """Lay out values as they are; texts and bytes stay whole."""
    laid = np.empty(len(values), object)
    laid[:] = values
    return laid


def merged(*several: Rows) -> Rows:
    """Put the rows of several answers together, each once, by id."""
    rows = {row[0]: row for one in several for row in one.rows}
    return Rows(several[0].fields, [rows[id_] for id_ in sorted(rows)])
