"""Frames to rows and back, whole columns at a time; rows to records."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa

from geo.fields import Field
from geo.layers import Layer
from geo.places import WEB
from geo.store import held, shapes
from geo.store.protocol import Actor, Record

# What SQLite gives for each dtype.
HELD: dict[str, set[type]] = {
    "str": {str},
    "Int64": {int},
    "boolean": {int},
    "float64": {int, float},
}


def visible(fields: Iterable[Field], actor: Actor) -> tuple[Field, ...]:
    """Leave out the fields that the actor may not see."""
    return tuple(field for field in fields if actor.sees_private or not field.private)


def plain(column: pd.Series) -> list[Any]:
    """Turn a column into plain Python values, None where unknown."""
    unknown = column.isna().to_numpy()
    values = column.to_numpy(dtype=object, na_value=None) if unknown.any() else column.to_numpy()
    listed: list[Any] = values.tolist()
    return listed


def staged(frame: gpd.GeoDataFrame, layer: Layer) -> Iterator[tuple[Any, ...]]:
    """Give the rows of a frame: source_id, shape, its box, the fields, raw."""
    blobs, bounds = shapes.encode(frame.geometry.to_numpy())
    box = [None if np.isnan(side).all() else side for side in bounds.T]
    low_x, low_y, high_x, high_y = (
        [None] * len(frame) if side is None else side.tolist() for side in box
    )
    fields = (plain(frame[field.name]) for field in layer.fields)
    return zip(
        plain(frame["id"]), blobs, low_x, high_x, low_y, high_y, *fields, plain(frame["raw"]),
        strict=True,
    )  # fmt: skip


def framed(rows: Sequence[tuple[Any, ...]], layer: Layer, actor: Actor) -> gpd.GeoDataFrame:
    """Make a layer's frame of rows: id, source, raw (for those who see it), fields, WKB."""
    system = ("id", "source", "raw") if actor.sees_private else ("id", "source")
    fields = visible(layer.fields, actor)
    kinds = dict.fromkeys(system, "str") | {field.name: field.dtype for field in fields}
    table, wkb = typed(rows, kinds, f"{layer.name}.", further=1)
    shape = gpd.GeoSeries(held.drawn(wkb[0], layer), crs=WEB)
    return gpd.GeoDataFrame(table, geometry=shape, crs=WEB)


def typed(
    rows: Sequence[tuple[Any, ...]], kinds: Mapping[str, str], where: str, further: int = 0
) -> tuple[pd.DataFrame, list[Sequence[Any]]]:
    """Make a frame of rows, with the dtypes of `kinds`, and give the further columns as they are.

    `where` says whose columns they are, for when they hold something else.
    """
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True)) or [()] * (len(kinds) + further)
    made = {
        name: _array(hold(column, kind, where + name), kind)
        for (name, kind), column in zip(kinds.items(), columns, strict=False)
    }
    return pd.DataFrame(made), columns[len(kinds) :]


def record(
    row: Sequence[Any], names: Sequence[str], flags: Sequence[str], wkb: bytes | None
) -> Record:
    """Make a record of id, source and the values that `names` names."""
    values = dict(zip(names, row[2:], strict=False))
    for name in flags:
        if values[name] is not None:
            values[name] = bool(values[name])
    return Record(row[0], row[1], values, wkb)


def hold(column: Sequence[Any], dtype: str, where: str) -> Sequence[Any]:
    """Give a column, having made sure that it holds what its dtype can be made of."""
    held.kinds(column, HELD[dtype], where)
    return column


def _array(column: Sequence[Any], kind: str) -> Any:
    if kind == "float64":
        return np.array(column, dtype="float64")  # None becomes nan
    if kind in {"Int64", "boolean"}:
        unknown = np.fromiter((value is None for value in column), bool, len(column))
        known = np.array([value or 0 for value in column], dtype="int64")
        if kind == "Int64":
            return pd.arrays.IntegerArray(known, unknown)
        return pd.arrays.BooleanArray(known.astype(bool), unknown)
    # By way of Arrow, which takes a sixth of the time that pandas does on its own.
    return pd.array(pa.array(column, pa.large_string()), dtype="str")
