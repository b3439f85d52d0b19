"""A few rows of a layer as a `ProjectedLayer`, so that the functions of the join can take them.

`geo.incremental.neighbors` builds each `RowLayer` from rows that a write transaction returns.
"""

from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from pyproj import Transformer

from geo.geometry_column import GeometryColumn, repair_polygons
from geo.projected_layer import NONE_VALUE, Columns, ProjectedLayer
from geo.schema import Layer
from geo.store.records import RowSet


class RowLayer(ProjectedLayer):
    """A few rows of a layer, read in a transaction. Values are Python objects, geometries are parsed on demand."""

    def __init__(self, layer: Layer, rows: RowSet, to_metric_crs: Transformer) -> None:
        columns = zip(*rows.rows, strict=True) if rows.rows else [()] * (len(rows.fields) + 3)
        ids, sources, *attributes, wkbs = map(object_array, columns)
        names = ("id", "source", *rows.fields)
        self.layer = layer
        self.column_values: Columns = dict(zip(names, (ids, sources, *attributes), strict=True))
        self.wkbs = wkbs
        self.to_metric_crs = to_metric_crs

    def __len__(self) -> int:
        return len(self.wkbs)

    @cached_property
    def ids(self) -> np.ndarray:
        """The ids by position, and None after the last: `ids[NONE]` is None."""
        return np.append(self.column_values["id"], NONE_VALUE)

    @cached_property
    def lonlat_column(self) -> GeometryColumn:
        """The geometries in degrees (WGS 84)."""
        return GeometryColumn(shapely.from_wkb(self.wkbs))

    @cached_property
    def metric_column(self) -> GeometryColumn:
        """The geometries in the metric CRS, projected and repaired like those of `project_layer`."""
        geometries = self.lonlat_column.geometries
        if len(geometries):
            geometries = shapely.transform(geometries, self._project)
            geometries[~np.isfinite(shapely.bounds(geometries)).all(axis=1)] = None
        return GeometryColumn(repair_polygons(geometries) if "Polygon" in self.layer.geometry_types else geometries)

    def _project(self, lonlat: np.ndarray) -> np.ndarray:
        return np.column_stack(self.to_metric_crs.transform(lonlat[:, 0], lonlat[:, 1]))

    def values(self, name: str) -> np.ndarray:
        """Return a column as Python objects, None where unknown."""
        return self.column_values[name]

    def series(self, name: str) -> pd.Series:
        """Return a column as a pandas Series of the field's dtype."""
        dtype = "str" if name in ("id", "source") else self.layer.fields_by_name[name].dtype
        return pd.Series(self.column_values[name], dtype=dtype)

    def string_array(self, name: str) -> pa.LargeStringArray:
        """Return a text column as an Arrow array, null where unknown."""
        return pa.array(self.column_values[name], pa.large_string())

    def ids_at(self, rows: np.ndarray) -> Any:
        """Return the ids of some rows, None for `NONE`."""
        return self.ids[rows]

    def flags(self, name: str) -> np.ndarray:
        """Return a flag column as booleans. Unknown is False."""
        return self.column_values[name].astype(bool)

    def rows_of_ids(self, ids: np.ndarray) -> np.ndarray:
        """Find the row of each id, or `NONE`."""
        row_by_id = {id_: row for row, id_ in enumerate(self.column_values["id"])}
        return np.array([row_by_id.get(id_, -1) for id_ in ids], np.int64)

    def to_rows(self) -> RowSet:
        """Return the rows as they were read."""
        return RowSet(tuple(self.column_values)[2:], list(zip(*self.column_values.values(), self.wkbs, strict=True)))

    def row_values(self, row: int) -> dict[str, Any]:
        """Return the values of one row by field name."""
        return {name: values[row] for name, values in self.column_values.items()}


def object_array(values: Any) -> np.ndarray:
    """Return values as a one-dimensional object array. Lists and texts stay single items.

    >>> object_array(["oak", None, (1, 2)]).tolist()
    ['oak', None, (1, 2)]
    """
    array = np.empty(len(values), object)
    array[:] = values
    return array


def merge_rows(*row_sets: RowSet) -> RowSet:
    """Merge row sets, each row once, sorted by id. The last row set wins.

    >>> first, second = (RowSet(("town",), [(id_, "bel-nor/roll", "Bel-Nor", None)]) for id_ in ("7", "3"))
    >>> [row[0] for row in merge_rows(first, second, first).rows]
    ['3', '7']
    """
    rows = {row[0]: row for row_set in row_sets for row in row_set.rows}
    return RowSet(row_sets[0].fields, [rows[id_] for id_ in sorted(rows)])
