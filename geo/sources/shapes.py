"""Geometry cleaned: where each row lies, in degrees, valid and of a kind that its layer takes."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from shapely import GeometryType

from geo.errors import NeedsOption
from geo.layers import Layer
from geo.places import Bbox
from geo.sources.mending import finite, valid, without
from geo.sources.notes import Notes
from geo.sources.systems import Clues, System, candidates, find_system, fitting, near, to_degrees

ZERO = 1e-9
NULL_ISLAND = 1e-3  # degrees around (0, 0): no town lies in the Gulf of Guinea


@dataclass(frozen=True)
class Shapes:
    """Geometry in degrees, None where a row has none; `unfit` marks kinds that the layer refuses."""

    shapes: np.ndarray
    unfit: np.ndarray
    system: System | None


def place(shapes: np.ndarray, clues: Clues, layer: Layer, notes: Notes) -> Shapes:
    """Clean geometries as read: flat, in degrees, right way round, valid, of a fitting kind.

    Raises NeedsOption when the coordinate system is missing or cannot be the right one.
    """
    shapes = finite(_flat(_not_empty(shapes, notes), notes), notes)
    x, y = spots(shapes)
    if not np.isfinite(x).any():
        return Shapes(shapes, np.zeros(len(shapes), dtype=bool), None)
    zero = (np.abs(x) <= ZERO) & (np.abs(y) <= ZERO)
    system = find_system(clues, np.where(zero, np.nan, x), np.where(zero, np.nan, y))
    _check_whereabouts(clues, system, np.where(zero, np.nan, x), y)
    shapes = _in_degrees(
        _without(shapes, zero, "is (0, 0): no place; location unknown", notes), system, clues, notes
    )
    shapes = _on_earth(shapes, system, notes)
    shapes = _judged(shapes, clues.around, notes)
    shapes, unfit = _fitting_kind(valid(shapes, notes), layer, notes)
    return Shapes(shapes, unfit, system)


def spots(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give one coordinate of each geometry, the middle of its bounds; NaN where it has none."""
    box = shapely.bounds(shapes)
    return (box[:, 0] + box[:, 2]) / 2, (box[:, 1] + box[:, 3]) / 2


def _not_empty(shapes: np.ndarray, notes: Notes) -> np.ndarray:
    empty = shapely.is_empty(shapes)
    notes.add("noted", empty, "geometry: empty")
    return without(shapes, empty)


def _flat(shapes: np.ndarray, notes: Notes) -> np.ndarray:
    deep = shapely.has_z(shapes) | shapely.has_m(shapes)
    notes.add("noted", deep, "geometry: height or measure left out", listed=False)
    flat: np.ndarray = shapely.force_2d(shapes)
    return flat


def _without(shapes: np.ndarray, where: np.ndarray, why: str, notes: Notes) -> np.ndarray:
    notes.add("mended", where, f"geometry: {why}")
    return without(shapes, where)


def _in_degrees(shapes: np.ndarray, system: System, clues: Clues, notes: Notes) -> np.ndarray:
    """Turn coordinates into degrees; those that stand latitude first are turned round and told."""
    x, y = spots(shapes)
    lon, lat = to_degrees(system.crs, x, y)
    turned = np.zeros(len(shapes), dtype=bool)
    if system.crs.is_geographic:
        turned |= (np.abs(y) > 90) & (np.abs(x) <= 90) & (np.abs(y) <= 180)
    if clues.around is not None:
        astray = np.isfinite(x) & ~near(clues.around, lon, lat)
        turned[astray] |= near(clues.around, *to_degrees(system.crs, y[astray], x[astray]))
    notes.add(
        "mended", turned, "geometry: latitude stood before longitude (or y before x); turned round"
    )
    shapes = shapes.copy()
    shapes[turned] = shapely.transform(shapes[turned], lambda xy: xy[:, ::-1])

    def degrees(xy: np.ndarray) -> np.ndarray:
        return np.column_stack(to_degrees(system.crs, xy[:, 0], xy[:, 1]))

    moved: np.ndarray = shapely.transform(shapes, degrees)
    return moved


def _check_whereabouts(clues: Clues, system: System, x: np.ndarray, y: np.ndarray) -> None:
    """Refuse a system by which the whole file lies elsewhere, when another puts it into the towns."""
    known = np.isfinite(x) & np.isfinite(y)
    if clues.around is None or not known.any():
        return
    here = near(clues.around, *to_degrees(system.crs, x, y))[known]
    if here.mean() > 0.1 or near(clues.around, *to_degrees(system.crs, y, x))[known].mean() > 0.5:
        return
    if (crs := fitting(clues.around, x, y)) is not None:
        name = ":".join(crs.to_authority() or ("", crs.name))
        raise NeedsOption(
            f"{clues.name}: by {system} it lies far from the towns; by {name} ({crs.name}) it would lie in them. If feet were read as metres or the like, say --crs {name}"
        )


def _on_earth(shapes: np.ndarray, system: System, notes: Notes) -> np.ndarray:
    box = shapely.bounds(shapes)
    held = ~shapely.is_missing(shapes)
    off = held & ~(
        (box[:, 0] >= -180) & (box[:, 2] <= 180) & (box[:, 1] >= -90) & (box[:, 3] <= 90)
    )
    island = held & (np.abs(box).max(axis=1) < NULL_ISLAND)
    shapes = _without(shapes, off, f"lies nowhere on Earth by {system}; location unknown", notes)
    return _without(shapes, island, "is (0, 0): no place; location unknown", notes)


def _judged(shapes: np.ndarray, around: Bbox | None, notes: Notes) -> np.ndarray:
    """Remark what lies far away; where (0, 0) of another system lies is no place."""
    x, y = spots(shapes)
    known = np.isfinite(x)
    box = around or _own_middle(x[known], y[known])
    if box is None:
        return shapes
    far = known & ~near(box, x, y)
    if not far.any():
        return shapes
    zero = np.zeros(len(shapes), dtype=bool)
    for name in candidates(box):
        lon, lat = to_degrees(CRS.from_user_input(name), np.zeros(1), np.zeros(1))
        zero |= far & (np.abs(x - lon) < NULL_ISLAND) & (np.abs(y - lat) < NULL_ISLAND)
    shapes = _without(
        shapes, zero, "is (0, 0) of another coordinate system; location unknown", notes
    )
    where = "far from the towns" if around else "far from the rest of the file"
    lone = far & ~zero
    told = pd.Series(
        [
            f"geometry: lies at {a:.5f}, {b:.5f}, {where}"
            for a, b in zip(x[lone], y[lone], strict=True)
        ],
        dtype="str",
    )
    notes.add("noted", lone, f"geometry: lies {where}", told)
    return shapes


def _own_middle(x: np.ndarray, y: np.ndarray) -> Bbox | None:
    """Without towns, judge by where the middle half of the file's own places is, widely."""
    if len(x) < 5:
        return None
    (west, east), (south, north) = np.quantile(x, [0.25, 0.75]), np.quantile(y, [0.25, 0.75])
    if east - west > 2 or north - south > 2:
        return None
    return Bbox(float(west) - 0.75, float(south) - 0.75, float(east) + 0.75, float(north) + 0.75)


def _fitting_kind(shapes: np.ndarray, layer: Layer, notes: Notes) -> tuple[np.ndarray, np.ndarray]:
    """Keep of a collection the parts that the layer takes; mark what has none."""
    ids = shapely.get_type_id(shapes)
    mixed = ids == GeometryType.GEOMETRYCOLLECTION
    kept = shapes.copy()
    for at in np.flatnonzero(mixed):
        kept[at] = _part(shapes[at], layer) or shapes[at]
    taken = [GeometryType[kind.upper()] for kind in layer.geometry]
    unfit = (ids >= 0) & ~np.isin(shapely.get_type_id(kept), taken)
    notes.add(
        "mended",
        mixed & ~unfit,
        f"geometry: a collection; of its parts those are kept that are {' or '.join(layer.geometry)}",
    )
    return without(kept, unfit), unfit


def _part(collection: shapely.GeometryCollection, layer: Layer) -> shapely.Geometry | None:
    parts = [
        p
        for p in shapely.get_parts(shapely.get_parts(collection))
        if p.geom_type in layer.geometry and not p.is_empty
    ]
    if not parts:
        return None
    whole = shapely.union_all(parts)
    return whole if whole.geom_type in layer.geometry else None
