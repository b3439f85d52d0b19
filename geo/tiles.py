"""Vector tiles: features as Mapbox Vector Tiles 2.1, encoded as columns.

The format: https://github.com/mapbox/vector-tile-spec/tree/master/2.1. Every step is taken for all features of a layer at once;
only their headers are put together one by one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import shapely

EXTENT = 4096  # units across a tile
BUFFER = 64  # units beyond its edges that are kept, so that outlines are not drawn along them
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
        count = 2.0**self.z
        west, east = (self.x - beyond) / count, (self.x + 1 + beyond) / count
        north, south = (self.y - beyond) / count, (self.y + 1 + beyond) / count
        return west * 360 - 180, _latitude(south), east * 360 - 180, _latitude(north)


def _latitude(y: float) -> float:
    return float(np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * y)))))


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
    return b"".join(_field(3, body) for one in layers if (body := _layer(tile, one)))


def in_units(tile: Tile, shapes: Any) -> Any:
    """Bring shapes in degrees to a tile's units, from its north-west corner east and south."""
    return shapely.transform(shapes, lambda lonlat: _projected(tile, lonlat))


def _projected(tile: Tile, lonlat: Any) -> Any:
    """Project by web Mercator (EPSG:3857), whose whole world is 2**z tiles across."""
    across = EXTENT * 2.0**tile.z
    east = (lonlat[:, 0] + 180) / 360
    sine = np.sin(np.radians(np.clip(lonlat[:, 1], -85.06, 85.06)))
    south = 0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi)
    return np.column_stack((east * across - tile.x * EXTENT, south * across - tile.y * EXTENT))


def snapped(shapes: Any) -> Any:
    """Cut shapes in a tile's units to it, snap them to whole units, and turn outer rings as the format has them."""
    low, high = -BUFFER, EXTENT + BUFFER
    bounds = shapely.bounds(shapes)
    out = (bounds[:, :2] < low).any(axis=1) | (bounds[:, 2:] > high).any(axis=1)
    found = shapes.copy()
    found[out] = shapely.intersection(found[out], shapely.box(low, low, high, high))
    found = shapely.set_precision(found, 1.0)
    mixed = shapely.get_type_id(found) == 7
    found[mixed] = [_widest(one) for one in found[mixed]]
    return shapely.orient_polygons(found, exterior_cw=False)


def _widest(mixed: Any) -> Any:
    """Keep of a mixed collection what has most dimensions: cutting leaves lines and points where shapes only touch the edge."""
    parts = shapely.get_parts(mixed)
    dimension = shapely.get_dimensions(parts)
    kept = parts[dimension == dimension.max()]
    return shapely.union_all(kept)


def _layer(tile: Tile, layer: TileLayer) -> bytes:
    shapes = snapped(in_units(tile, np.asarray(layer.shapes, dtype=object)))
    here = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    if not len(here):
        return b""
    keys, kept, tags = _tagged(layer.values, here, len(shapes))
    ids = np.asarray(layer.ids)[here]
    kinds, drawn = _drawn(shapes[here])
    features = [
        _field(2, _number(1, int(id_)) + _field(2, tag) + _number(3, kind) + _field(4, lines))
        for id_, tag, kind, lines in zip(ids, tags, kinds, drawn, strict=True)
    ]
    head = _number(15, 2) + _field(1, layer.name.encode())
    named = [_field(3, key.encode()) for key in keys]
    return b"".join((head, *features, *named, *kept, _number(5, EXTENT)))


def _tagged(
    values: Mapping[str, Sequence[Any]], here: Any, count: int
) -> tuple[list[str], list[bytes], list[bytes]]:
    """Code columns: their names, every value once, and for each feature here the places of its names and values."""
    keys, columns = list(values), []
    kept: list[bytes] = []
    for name in keys:
        column = pd.Series(values[name], dtype=object)
        if len(column) != count:
            raise ValueError(f"{name} has {len(column)} values for {count} shapes")
        codes, unique = pd.factorize(column.iloc[here])
        columns.append(np.where(codes < 0, -1, codes + len(kept)))
        kept += [_field(4, _value(one)) for one in unique]
    if not keys:
        return [], [], [b""] * len(here)
    pairs = np.stack(
        [np.broadcast_to(np.arange(len(keys))[:, None], (len(keys), len(here))), columns], axis=2
    )
    flat = pairs.transpose(1, 0, 2).reshape(-1, 2)
    known = flat[:, 1] >= 0
    counts = known.reshape(len(here), -1).sum(axis=1)
    return keys, kept, _packed(flat[known].reshape(-1), 2 * counts)


def _value(value: Any) -> bytes:
    """Write a value by its type: truth, whole number, number, else text."""
    if isinstance(value, bool | np.bool_):
        return _number(7, int(value))
    if isinstance(value, int | np.integer):
        whole = int(value)
        return _number(5, whole) if whole >= 0 else _number(6, 2 * abs(whole) - 1)
    if isinstance(value, float | np.floating):
        return b"\x19" + np.float64(value).tobytes()
    return _field(1, str(value).encode("utf-8", "replace"))


def _drawn(shapes: Any) -> tuple[list[int], list[bytes]]:
    """Write shapes as commands; gives the kind and the bytes of each."""
    types = shapely.get_type_id(shapes)
    kinds = [_KIND[int(one)] for one in types]
    drawn: list[bytes] = [b""] * len(shapes)
    for kind in sorted(set(kinds)):
        at = np.flatnonzero(np.equal(kinds, kind))
        for place, lines in zip(at.tolist(), _commands(shapes[at], kind), strict=True):
            drawn[place] = lines
    return kinds, drawn


def _commands(shapes: Any, kind: int) -> list[bytes]:
    """Write shapes of one kind as commands: for each line or ring a move, a line through its points, and for a ring its end."""
    parts, of_shape = shapely.get_parts(shapes, return_index=True)
    if kind == _POLYGON:
        parts, of_part = shapely.get_rings(parts, return_index=True)
        of_shape = of_shape[of_part]
    if kind == _POINT:  # all points of a shape are one move
        parts, of_shape = shapes, np.arange(len(shapes))
    xy, of_line = shapely.get_coordinates(parts, return_index=True)
    points = np.round(xy).astype("int64")
    if kind == _POLYGON:  # a ring's last point is its first again: its end says so
        last = np.append(of_line[1:] != of_line[:-1], True)
        points, of_line = points[~last], of_line[~last]
    steps = _steps(points, of_shape[of_line])
    count = np.bincount(of_line, minlength=len(parts))
    return _written(steps, count, of_shape, kind, len(shapes))


def _steps(points: Any, of_shape: Any) -> Any:
    """Give each point as the step from the one before in its shape, the first from the corner; steps back are odd."""
    before = np.zeros_like(points)
    before[1:] = np.where((of_shape[1:] == of_shape[:-1])[:, None], points[:-1], 0)
    step = points - before
    return (step << 1) ^ (step >> 63)


def _written(steps: Any, count: Any, of_shape: Any, kind: int, shapes: int) -> list[bytes]:
    """Put commands before and between the steps of lines of `count` points each, and pack them."""
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
    return _packed(stream, np.bincount(of_shape, weights=size, minlength=shapes).astype("int64"))


def _packed(numbers: Any, counts: Any) -> list[bytes]:
    """Write whole numbers as varints, and part them into runs of so many numbers each."""
    numbers = numbers.astype("uint64")
    width = np.ones(len(numbers), "int64")
    for bits in range(7, 64, 7):
        width += (numbers >> np.uint64(bits)) > 0
    end = np.cumsum(width)
    out = np.zeros(int(end[-1]) if len(end) else 0, "uint8")
    for byte in range(int(width.max(initial=0))):
        longer = width > byte
        bits = (numbers[longer] >> np.uint64(7 * byte)) & np.uint64(127)
        more = np.where(width[longer] > byte + 1, 128, 0)
        out[(end - width)[longer] + byte] = bits.astype("uint8") | more.astype("uint8")
    whole, bounds = out.tobytes(), np.append(0, end)[np.append(0, np.cumsum(counts))]
    return [whole[first:last] for first, last in pairwise(bounds.tolist())]


def _field(number: int, body: bytes) -> bytes:
    """Write a field of bytes with its length."""
    return _varint(number << 3 | 2) + _varint(len(body)) + body


def _number(number: int, value: int) -> bytes:
    """Write a field that is a whole number."""
    return _varint(number << 3) + _varint(value)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)
