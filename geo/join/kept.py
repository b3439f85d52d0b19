"""Measured layers kept beside the workspace: an Arrow file for each, which the next join maps instead of reading.

What is kept here is public, and can be made again from the store at any time. It is taken only as what it was made
of: a file that is of another state of the layer, of another CRS or of other fields is made anew.
"""

import hashlib
import json
import mmap
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
from pyproj import CRS

from geo.beside import MADE_OF, mapped, write
from geo.engine.shapes import Areas, Spot
from geo.join.measured import Drawn, Measured, in_metres
from geo.layers import Layer

FORMAT = 2  # grows with every change of what a file holds
ORIGIN = b"origin"  # and whence its rings are measured
SHAPES = ("degrees", "metres")  # as WKB
RINGS = ("rings", "bounds", "m2")  # of layers that have areas
POLYGONS = {"Polygon", "MultiPolygon"}
WIDEST = 1e9  # metres from the origin: no place on Earth is farther
SYSTEM = ("id", "source")


@dataclass(frozen=True)
class Shelf:
    """A folder of measured layers, in the metric CRS `work`; and what of it is mapped."""

    folder: Path
    work: CRS
    maps: list[mmap.mmap] = field(default_factory=list)

    def layer(self, layer: Layer, stamp: str, read: Callable[[], gpd.GeoDataFrame]) -> Measured:
        """Give a layer as it is kept, or else read, measured and kept from now on.

        `stamp` tells the state in which the layer is: another state has another. `read` gives its public
        fields in degrees. Where nothing can be written, nothing is kept.
        """
        path = self.folder / f"{layer.name}.arrow"
        made_of = _made_of(layer, stamp, self.work)
        kept = taken(path, layer, made_of, maps=self.maps)
        if kept is not None:
            return kept
        fresh = in_metres(read(), layer, self.work)
        with suppress(OSError):  # a folder that is full or not ours: the join needs none
            keep(path, fresh, made_of)
        # What is kept takes a quarter of the memory that it was made in.
        return taken(path, layer, made_of, maps=self.maps) or fresh

    def rest(self) -> None:
        """Give back the memory in which mapped columns were read: they are read from the file again when they are asked for."""
        for file in self.maps:
            file.madvise(mmap.MADV_DONTNEED)


def keep(path: Path, layer: Measured, made_of: bytes) -> None:
    """Write a layer to a file, with what it was made of."""
    columns = {name: pa.array(layer.rows[name].array) for name in _kinds(layer.layer)}
    told = {MADE_OF: made_of}
    if POLYGONS & set(layer.layer.geometry):
        columns |= _of_areas(layer.columns)
        told[ORIGIN] = json.dumps(layer.columns.origin).encode()
    shapes = dict(zip(SHAPES, (layer.degrees.wkb, layer.metres.wkb), strict=True))
    write(path, pa.table({**columns, **shapes}).replace_schema_metadata(told))


def taken(
    path: Path,
    layer: Layer,
    made_of: bytes,
    fields: Collection[str] | None = None,
    maps: list[mmap.mmap] | None = None,
) -> Measured | None:
    """Take a layer from a file, with all its fields or `fields` alone; the file is put on `maps`.

    None where there is no file that was made of that and is whole.
    """
    kinds = {name: kind for name, kind in _kinds(layer).items() if not fields or name in fields}
    drawn = POLYGONS & set(layer.geometry)
    told, columns = mapped(path, made_of, [*kinds, *SHAPES, *(RINGS if drawn else ())], maps)
    if not columns:
        return None
    rows = pd.DataFrame({name: _series(columns[name], kind) for name, kind in kinds.items()})
    degrees, metres = (Drawn(columns[name]) for name in SHAPES)
    if not drawn:
        return Measured(layer, rows, degrees, metres)
    areas = _areas(columns, json.loads(told[ORIGIN]))
    return None if areas is None else Measured(layer, rows, degrees, metres, areas)


def _made_of(layer: Layer, stamp: str, work: CRS) -> bytes:
    told = [FORMAT, layer.name, list(_kinds(layer).items()), stamp, work.to_wkt()]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest().encode()


def _kinds(layer: Layer) -> dict[str, str]:
    public = {field.name: field.dtype for field in layer.fields if not field.private}
    return dict.fromkeys(SYSTEM, "str") | public


def _of_areas(areas: Areas) -> dict[str, pa.Array]:
    """Put areas as columns: for each row its rings, for each ring its vertices."""
    vertices = _listed(areas.xy, 2)
    rings = pa.LargeListArray.from_arrays(areas.rings, vertices)
    rows = pa.LargeListArray.from_arrays(areas.rows, rings)
    columns = rows, _listed(areas.bounds, 4), pa.array(areas.m2)
    return dict(zip(RINGS, columns, strict=True))


def _areas(columns: Mapping[str, pa.Array], origin: Spot) -> Areas | None:
    """Take areas from their columns; None where they are nowhere on Earth."""
    rows, boxes, m2 = (columns[name] for name in RINGS)
    rings = rows.flatten()
    xy, bounds = _spread(rings.flatten(), 2), _spread(boxes, 4)
    if not (np.abs(xy) < WIDEST).all() or (np.abs(bounds) >= WIDEST).any():
        return None
    at = (float(origin[0]), float(origin[1]))
    offsets = rings.offsets.to_numpy(), rows.offsets.to_numpy()
    return Areas(at, xy, *offsets, bounds, m2.to_numpy())


def _listed(values: np.ndarray, width: int) -> pa.FixedSizeListArray:
    return pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), width)


def _spread(column: pa.FixedSizeListArray, width: int) -> np.ndarray:
    return column.flatten().to_numpy().reshape(-1, width)


def _series(column: pa.Array, kind: str) -> Any:
    """Take a column for what pandas calls it, in place where it can be."""
    if kind == "float64":
        return np.asarray(column.to_numpy(zero_copy_only=False))
    if kind == "str":
        return pd.array(column, dtype="str")
    return pd.array([], dtype=kind).dtype.__from_arrow__(column)
