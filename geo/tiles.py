"""Vector tiles: features as Mapbox Vector Tiles 2.1, encoded as columns.

The format: https://github.com/mapbox/vector-tile-spec/tree/master/2.1. Every step is taken for all features of a layer at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import shapely

from geo.protobuf import bytes_of, field, number, packed, width_of

EXTENT = 4096  # units across a tile
BUFFER = 64  # units beyond its edges that are kept, so that outlines are not drawn along them
LOW, HIGH = -BUFFER, EXTENT + BUFFER
MOST_ZOOM = 24
_MOVE, _LINE, _CLOSE = 1, 2, 7  # commands
_POINT, _LINESTRING, _POLYGON = 1, 2, 3  # kinds of geometry
_KIND = {0: _POINT, 4: _POINT, 1: _LINESTRING, 5: _LINESTRING, 3: _POLYGON, 6: _POLYGON}


class Tile(NamedTuple):
    """A tile of the web's grid: `z` how near, `x` from the west, `y` from the north."""

    z: int
    x: int
    y: int

    def degrees(self, beyond: float = 0.0) -> tuple[float, float, float, float]:
        """Give west, south, east, north in degrees (EPSG:4326), wider by a share of the tile on each side."""
        low, high = np.array([self.x, self.y]) - beyond, np.array([self.x, self.y]) + 1 + beyond
        (west, north), (east, south) = to_degrees(np.array([low, high]) / 2.0**self.z).tolist()
        return west, south, east, north


def to_square(lonlat: Any) -> Any:
    """Project degrees (n, 2) by web Mercator (EPSG:3857) to a square of side 1, from its north-west corner east and south."""
    sine = np.sin(np.radians(np.clip(lonlat[:, 1], -85.06, 85.06)))
    south = 0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi)
    return np.column_stack(((lonlat[:, 0] + 180) / 360, south))


def to_degrees(places: Any) -> Any:
    """Give the degrees of places (…, 2) on that square."""
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * places[..., 1]))))
    return np.stack((places[..., 0] * 360 - 180, lat), axis=-1)


@dataclass(frozen=True)
class TileLayer:
    """Features of one layer: shapes in degrees, an id each, and columns of values.

    `ids` are whole numbers from 0 on. `values` are columns as long as the shapes; what is unknown (None, NaN) is left out of its
    feature, since 0 and "" are values.
    """

    name: str
    ids: Sequence[int]
    shapes: Any  # array of shapely geometries, (n,)
    values: Mapping[str, Sequence[Any]]


def encoded(tile: Tile, layers: Iterable[TileLayer]) -> bytes:
    """Encode layers as one tile; a layer of which nothing lies in it is left out.

    Shapes are cut `BUFFER` units beyond the tile's edges and snapped to its grid of `EXTENT` units; polygons stay valid, and those
    that shrink to nothing leave. Raises ValueError for a tile that there is not, or columns of unequal length.
    """
    if not (0 <= tile.z <= MOST_ZOOM and 0 <= tile.x < 1 << tile.z and 0 <= tile.y < 1 << tile.z):
        raise ValueError(f"there is no tile {tile.z}/{tile.x}/{tile.y}")
    return b"".join(field(3, body) for one in layers if (body := _layer(tile, one)))


def extension(key: int, body: bytes) -> bytes:
    """Write what stands in a tile beside its layers: readers that do not know it pass over it (16 to 8191)."""
    return field(key, body)


def snapped(tile: Tile, shapes: Any) -> Any:
    """Bring shapes in degrees to a tile's units, cut `BUFFER` units beyond its edges and snapped to whole units.

    Corners go each by itself, which is quick; where a shape breaks by it, all of that shape's go together.
    """
    units, of_shape = _in_units(tile, shapes)
    out = np.zeros(len(shapes), bool)
    out[of_shape[((units < LOW) | (units > HIGH)).any(axis=1)]] = True
    found = shapely.set_coordinates(shapes.copy(), np.round(units))
    broken = ~(shapely.is_valid(found) | shapely.is_missing(found))
    odd = np.flatnonzero(out | broken)
    exact = shapely.set_coordinates(shapes[odd], units[np.isin(of_shape, odd)])
    cut = out[odd]
    exact[cut] = shapely.intersection(exact[cut], shapely.box(LOW, LOW, HIGH, HIGH))
    found[odd] = [_widest(one) for one in _rounded(exact)]
    return found


def _in_units(tile: Tile, shapes: Any) -> tuple[Any, Any]:
    """Give all corners of shapes in degrees in a tile's units, from its north-west corner east and south, and whose each is."""
    lonlat, of_shape = shapely.get_coordinates(shapes, return_index=True)
    across, corner = EXTENT * 2.0**tile.z, EXTENT * np.array([tile.x, tile.y])
    return to_square(lonlat) * across - corner, of_shape


def _rounded(shapes: Any) -> Any:
    """Put corners on whole units, each by itself, or all of a shape's together where it breaks by that."""
    found = shapely.transform(shapes, np.round)
    broken = ~(shapely.is_valid(found) | shapely.is_missing(found))
    found[broken] = shapely.set_precision(shapes[broken], 1.0)
    return found


def _widest(shape: Any) -> Any:
    """Keep of a mixed collection what has most dimensions: cutting leaves lines and points where shapes only touch the edge."""
    if shape is None or shape.geom_type != "GeometryCollection":
        return shape
    parts = shapely.get_parts(shape)
    dimension = shapely.get_dimensions(parts)
    kept = parts[dimension == dimension.max()]
    return shapely.union_all(kept)


def _layer(tile: Tile, layer: TileLayer) -> bytes:
    shapes = np.asarray(layer.shapes, dtype=object)
    here, drawn = (_points if _all_points(shapes) else _drawn)(tile, shapes)
    if not len(here):
        return b""
    keys, kept, tags, tagged = _tagged(layer.values, here, len(shapes))
    ids = np.asarray(layer.ids)[here]
    features = []
    for kind, of, commands in drawn:
        some = _Runs(tags[np.repeat(of, tagged)], tagged[of])
        features.append(_features(ids[of], kind, some, commands))
    head = number(15, 2) + field(1, layer.name.encode())
    named = [field(3, key.encode()) for key in keys]
    return b"".join((head, *features, *named, *kept, number(5, EXTENT)))


def _all_points(shapes: Any) -> bool:
    return bool((shapely.get_type_id(shapes) == 0).all()) and not shapely.is_empty(shapes).any()


def _points(tile: Tile, shapes: Any) -> tuple[Any, list[tuple[int, Any, "_Runs"]]]:
    """Give the points that lie in a tile, and their commands; as `_drawn` would, and several times as quick."""
    units, _ = _in_units(tile, shapes)
    here = np.flatnonzero(((units >= LOW) & (units <= HIGH)).all(axis=1))
    each = np.arange(len(here))
    steps = _steps(np.round(units[here]).astype("int64"), each)
    commands = _written(steps, np.ones_like(each), each, _POINT, len(each))
    return here, [(_POINT, np.ones(len(each), bool), commands)]


def _drawn(tile: Tile, shapes: Any) -> tuple[Any, list[tuple[int, Any, "_Runs"]]]:
    """Give the shapes of which anything lies in a tile, and for each kind which of these are of it, and their commands."""
    shapes = snapped(tile, shapes)
    here = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    kinds = np.array([_KIND[int(one)] for one in shapely.get_type_id(shapes[here])])
    drawn = []
    for kind in np.unique(kinds).tolist():
        of = kinds == kind
        drawn.append((kind, of, _commands(shapes[here[of]], kind)))
    return here, drawn


class _Runs(NamedTuple):
    """Whole numbers (n,) in runs of so many each, one run for each feature."""

    numbers: Any
    counts: Any


def _tagged(
    values: Mapping[str, Sequence[Any]], here: Any, count: int
) -> tuple[list[str], list[bytes], Any, Any]:
    """Code columns: names, every value once, and for each feature here the places of its names and values, with their count."""
    keys, columns = list(values), []
    kept: list[bytes] = []
    for name in keys:
        column = pd.Series(values[name], dtype=object)
        if len(column) != count:
            raise ValueError(f"{name} has {len(column)} values for {count} shapes")
        codes, unique = pd.factorize(column.iloc[here])
        columns.append(np.where(codes < 0, -1, codes + len(kept)))
        kept += [field(4, _value(one)) for one in unique]
    if not keys:
        return [], [], np.zeros(0, "int64"), np.zeros(len(here), "int64")
    pairs = np.stack(
        [np.broadcast_to(np.arange(len(keys))[:, None], (len(keys), len(here))), columns], axis=2
    )
    flat = pairs.transpose(1, 0, 2).reshape(-1, 2)
    known = flat[:, 1] >= 0
    counts = known.reshape(len(here), -1).sum(axis=1)
    return keys, kept, flat[known].reshape(-1), 2 * counts


def _value(value: Any) -> bytes:
    """Write a value by its type: truth, whole number, number, else text."""
    if isinstance(value, bool | np.bool_):
        return number(7, int(value))
    if isinstance(value, int | np.integer):
        whole = int(value)
        return number(5, whole) if whole >= 0 else number(6, 2 * abs(whole) - 1)
    if isinstance(value, float | np.floating):
        return b"\x19" + np.float64(value).tobytes()
    return field(1, str(value).encode("utf-8", "replace"))


def _commands(shapes: Any, kind: int) -> _Runs:
    """Write shapes of one kind as commands: for each line or ring a move, a line through its points, and for a ring its end."""
    parts, of_shape = shapes, np.arange(len(shapes))  # all points of a shape are one move
    if kind != _POINT and (shapely.get_type_id(shapes) > 3).any():
        parts, of_shape = shapely.get_parts(shapes, return_index=True)
    outer = np.zeros(0, bool)
    if kind == _POLYGON:
        parts, of_part = shapely.get_rings(parts, return_index=True)
        of_shape = of_shape[of_part]
        outer = np.diff(of_part, prepend=-1) != 0
    xy, of_line = shapely.get_coordinates(parts, return_index=True)
    points = np.round(xy).astype("int64")
    if kind != _POINT:  # a corner that fell on the one before is none
        again = (points[1:] == points[:-1]).all(axis=1) & (of_line[1:] == of_line[:-1])
        points, of_line = points[np.append(True, ~again)], of_line[np.append(True, ~again)]
    if kind == _POLYGON:  # a ring's last point is its first again: its end says so
        last = np.append(of_line[1:] != of_line[:-1], True)
        points, of_line = points[~last], of_line[~last]
    count = np.bincount(of_line, minlength=len(parts))
    if kind == _POLYGON:
        points = _turned(points, of_line, count, outer)
    steps = _steps(points, of_shape[of_line])
    return _written(steps, count, of_shape, kind, len(shapes))


def _turned(points: Any, of_ring: Any, count: Any, outer: Any) -> Any:
    """Turn rings as the format has them, each from its first point on: an outer one's area is positive, a hole's negative."""
    start = np.repeat(np.cumsum(count) - count, count)
    nth, size = np.arange(len(points)) - start, np.repeat(count, count)
    then = points[start + (nth + 1) % size]
    cross = points[:, 0] * then[:, 1] - then[:, 0] * points[:, 1]
    area = np.bincount(of_ring, weights=cross, minlength=len(count))
    wrong = (area < 0) == outer
    return points[start + np.where(wrong[of_ring], (size - nth) % size, nth)]


def _steps(points: Any, of_shape: Any) -> Any:
    """Give each point as the step from the one before in its shape, the first from the corner; steps back are odd."""
    before = np.zeros_like(points)
    before[1:] = np.where((of_shape[1:] == of_shape[:-1])[:, None], points[:-1], 0)
    step = points - before
    return (step << 1) ^ (step >> 63)


def _written(steps: Any, count: Any, of_shape: Any, kind: int, shapes: int) -> _Runs:
    """Put commands before and between the steps of lines of `count` points each."""
    through = kind != _POINT
    closes = int(kind == _POLYGON)
    size = 2 * count + 1 + int(through) + closes
    start = np.cumsum(size) - size
    stream = np.zeros(int(size.sum()), "int64")
    nth = np.arange(len(steps)) - np.repeat(np.cumsum(count) - count, count)
    place = np.repeat(start + 1, count) + 2 * nth + (nth > 0 if through else 0)
    stream[place], stream[place + 1] = steps[:, 0], steps[:, 1]
    stream[start] = _MOVE | (1 if through else count) << 3
    if through:
        stream[start + 3] = _LINE | (count - 1) << 3
    if closes:
        stream[start + size - 1] = _CLOSE | 1 << 3
    return _Runs(stream, np.bincount(of_shape, weights=size, minlength=shapes).astype("int64"))


def _features(ids: Any, kind: int, tags: _Runs, drawn: _Runs) -> bytes:
    """Write features of one kind: everything in them is a varint, so that all are laid out as one row of numbers.

    Each is its field (2) and length, its id (1), its tags (2) if it has any, its kind (3), its commands (4).
    """
    tag_bytes, drawn_bytes = (bytes_of(*one) for one in (tags, drawn))
    tagged = tags.counts > 0
    body = 1 + width_of(ids) + np.where(tagged, 1 + width_of(tag_bytes) + tag_bytes, 0)
    body += 3 + width_of(drawn_bytes) + drawn_bytes
    head = 4 + np.where(tagged, 2 + tags.counts, 0)
    size = head + 4 + drawn.counts
    start = np.cumsum(size) - size
    stream = np.zeros(int(size.sum()), "int64")
    for at, value in enumerate((2 << 3 | 2, body, 1 << 3, ids)):
        stream[start + at] = value
    stream[start[tagged] + 4], stream[start[tagged] + 5] = 2 << 3 | 2, tag_bytes[tagged]
    for at, value in enumerate((3 << 3, kind, 4 << 3 | 2, drawn_bytes)):
        stream[start + head + at] = value
    stream[_places(start + 6, tags.counts)] = tags.numbers
    stream[_places(start + head + 4, drawn.counts)] = drawn.numbers
    return packed(stream)


def _places(starts: Any, counts: Any) -> Any:
    """Name the places of runs of so many numbers, each from its start."""
    nth = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(starts, counts) + nth
