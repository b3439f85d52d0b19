"""Conversion between frames, rows and records, a column at a time.

`snapshot` builds frames and records with it. `writes.upsert` calls `to_staging_rows`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa

from geo.crs import WGS84
from geo.fields import Field
from geo.schema import Layer
from geo.store.geopackage.encoding import geometry_blob, stored_values
from geo.store.records import Actor, Record

# Python types that SQLite returns for the columns of each dtype.
PYTHON_TYPES: dict[str, set[type]] = {"str": {str}, "Int64": {int}, "boolean": {int}, "float64": {int, float}}


def visible_fields(fields: Iterable[Field], actor: Actor) -> tuple[Field, ...]:
    """Return the fields that the actor may see, in order.

    >>> from geo.schema import LAYERS
    >>> hidden = set(LAYERS["parcels"].fields) - set(visible_fields(LAYERS["parcels"].fields, Actor("public")))
    >>> sorted(field.name for field in hidden)
    ['notes', 'owner', 'owner_address']
    """
    return tuple(field for field in fields if actor.sees_private or not field.private)


def to_python_values(column: pd.Series) -> list[Any]:
    """Convert a column to plain Python values, None where unknown.

    >>> to_python_values(pd.Series([3, None], dtype="Int64"))
    [3, None]
    """
    is_unknown = column.isna().to_numpy()
    values = column.to_numpy(dtype=object, na_value=None) if is_unknown.any() else column.to_numpy()
    python_values: list[Any] = values.tolist()
    return python_values


def to_staging_rows(frame: gpd.GeoDataFrame, layer: Layer) -> Iterator[tuple[Any, ...]]:
    """Iterate over the rows of a frame: source id, blob, min x, max x, min y, max y, fields, raw.

    Unknown values and missing geometries are None. The bounds are in degrees.
    """
    blobs, bounds = geometry_blob.encode_geometry_blobs(frame.geometry.to_numpy())
    side_columns = [None if np.isnan(side).all() else side for side in bounds.T]
    min_x, min_y, max_x, max_y = ([None] * len(frame) if side is None else side.tolist() for side in side_columns)
    fields = (to_python_values(frame[field.name]) for field in layer.fields)
    return zip(
        to_python_values(frame["id"]), blobs, min_x, max_x, min_y, max_y, *fields, to_python_values(frame["raw"]),
        strict=True,
    )  # fmt: skip


def to_geodataframe(rows: Sequence[tuple[Any, ...]], layer: Layer, actor: Actor) -> gpd.GeoDataFrame:
    """Build the frame of a layer from rows of id, source, raw (if visible), fields and WKB.

    The frame is in WGS 84. Raises CorruptValue for a value or geometry that the layer cannot hold.
    """
    system_columns = ("id", "source", "raw") if actor.sees_private else ("id", "source")
    fields = visible_fields(layer.fields, actor)
    dtypes = dict.fromkeys(system_columns, "str") | {field.name: field.dtype for field in fields}
    table, wkb_columns = to_dataframe(rows, dtypes, f"{layer.name}.", extra_count=1)
    geometry = gpd.GeoSeries(stored_values.parse_geometries(wkb_columns[0], layer), crs=WGS84)
    return gpd.GeoDataFrame(table, geometry=geometry, crs=WGS84)


def to_dataframe(
    rows: Sequence[tuple[Any, ...]], dtypes: Mapping[str, str], location: str, extra_count: int = 0
) -> tuple[pd.DataFrame, list[Sequence[Any]]]:
    """Build a frame with `dtypes` from rows, and return their last `extra_count` columns unchanged.

    `location` names the table in a CorruptValue error.

    >>> rows = [("T-1", 12, "in"), ("T-2", None, "in")]
    >>> table, extra = to_dataframe(rows, {"id": "str", "stems": "Int64"}, "trees.", extra_count=1)
    >>> table["stems"].tolist(), extra
    ([12, <NA>], [('in', 'in')])
    """
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True)) or [()] * (len(dtypes) + extra_count)
    arrays = {
        name: _to_array(require_dtype(column, dtype, location + name), dtype)
        for (name, dtype), column in zip(dtypes.items(), columns, strict=False)
    }
    return pd.DataFrame(arrays), columns[len(dtypes) :]


def to_record(row: Sequence[Any], names: Sequence[str], flag_names: Sequence[str], wkb: bytes | None) -> Record:
    """Build a record from a row of id, source and the values of `names`, with flags as True or False.

    >>> to_record(("T-1", "pagedale/trees", 1, 12.5), ["native", "dbh_in"], ["native"], None).values
    {'native': True, 'dbh_in': 12.5}
    """
    values = dict(zip(names, row[2:], strict=False))
    for name in flag_names:
        if values[name] is not None:
            values[name] = bool(values[name])
    return Record(row[0], row[1], values, wkb)


def require_dtype(column: Sequence[Any], dtype: str, location: str) -> Sequence[Any]:
    """Return a column unchanged. Raises CorruptValue if its values do not fit the dtype.

    >>> require_dtype((12, None, 7.5), "float64", "trees.dbh_in")
    (12, None, 7.5)
    >>> require_dtype(("12 in",), "float64", "trees.dbh_in")
    Traceback (most recent call last):
    geo.store.geopackage.encoding.stored_values.CorruptValue: trees.dbh_in has values of the wrong type: str
    """
    stored_values.require_types(column, PYTHON_TYPES[dtype], location)
    return column


def _to_array(column: Sequence[Any], dtype: str) -> Any:
    if dtype == "float64":
        return np.array(column, dtype="float64")  # None becomes nan
    if dtype in {"Int64", "boolean"}:
        is_unknown = np.fromiter((value is None for value in column), bool, len(column))
        filled = np.array([value or 0 for value in column], dtype="int64")
        if dtype == "Int64":
            return pd.arrays.IntegerArray(filled, is_unknown)
        return pd.arrays.BooleanArray(filled.astype(bool), is_unknown)
    # Arrow takes a sixth of the time that pandas takes alone.
    return pd.array(pa.array(column, pa.large_string()), dtype="str")
