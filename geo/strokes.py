"""Shapes in a tile's units, and the commands that draw them: of Mapbox Vector Tiles 2.1, for all shapes of a kind at once."""

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from geo.mercator import BUFFER, EXTENT, Tile

LOW, HIGH = -BUFFER, EXTENT + BUFFER
POINT, LINESTRING, POLYGON = 1, 2, 3  # kinds of geometry
_MOVE, _LINE, _CLOSE = 1, 2, 7  # commands
_KIND = {0: POINT, 4: POINT, 1: LINESTRING, 5: LINESTRING, 3: POLYGON, 6: POLYGON}
# The first byte of their types.
_WKB_POINTS, _WKB_LINES, _WKB_AREAS = {b"\x01"}, {b"\x02", b"\x05"}, {b"\x03", b"\x06"}


class Runs(NamedTuple):
    """Whole numbers (n,) in runs of so many each, one run for each feature."""

    numbers: Any
    counts: Any


class Strokes(NamedTuple):
    """Shapes of one kind that lie in a tile: their places among all that were given, in order, and the commands of each."""

    kind: int
    rows: Any
    commands: Runs


def strokes(tile: Tile, shapes: Any) -> list[Strokes]:
    """Draw shapes in degrees (EPSG:4326): those of which anything lies in a tile or `BUFFER` units beyond, by kind.

    `shapes` are shapely's, or WKB (little-endian, two-dimensional) as a column of Arrow's: of lines and of
    outlines, which are most of what there is, no shape is then made. Polygons stay valid, and those that shrink to nothing leave.
    """
    if not isinstance(shapes, pa.Array):
        return _by_kind(tile, np.asarray(shapes, dtype=object))
    kinds = set(pc.unique(pc.binary_slice(shapes, 1, 2)).to_pylist()) - {None}
    if kinds <= _WKB_AREAS:
        return [_outlines(tile, shapes)]
    if kinds <= _WKB_LINES:
        return [_lines(tile, shapes)]
    drawn = _shapely(shapes)
    return [_points(tile, drawn)] if kinds <= _WKB_POINTS else _by_kind(tile, drawn)


def prepare() -> None:
    """Load the kernel, so that nobody waits for it: it takes half a second, and 100 MB, so whoever draws no outline does without."""
    for shape in (shapely.box(0, 0, 1, 1), shapely.LineString([(0, 0), (1, 1)])):
        wkb = shapely.to_wkb(shape, output_dimension=2, byte_order=1)
        strokes(Tile(0, 0, 0), pa.array([wkb], pa.large_binary()))


def snapped(tile: Tile, shapes: Any) -> Any:
    """Bring shapes in degrees to a tile's units, cut `BUFFER` units beyond its edges and snapped to whole units.

    Corners go each by itself, which is quick; where a shape breaks by it, all of that shape's go together.
    """
    lonlat, of_shape = shapely.get_coordinates(shapes, return_index=True)
    units = tile.units(lonlat)
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


def _by_kind(tile: Tile, shapes: Any) -> list[Strokes]:
    """Draw any shapes of shapely's."""
    shapes = snapped(tile, shapes)
    here = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    kinds = np.array([_KIND[int(one)] for one in shapely.get_type_id(shapes[here])])
    drawn = []
    for kind in np.unique(kinds).tolist():
        rows = here[kinds == kind]
        drawn.append(Strokes(kind, rows, _commands(shapes[rows], kind)))
    return drawn


def _points(tile: Tile, points: Any) -> Strokes:
    units = tile.units(np.column_stack((shapely.get_x(points), shapely.get_y(points))))
    here = np.flatnonzero(((units >= LOW) & (units <= HIGH)).all(axis=1))
    each = np.arange(len(here))
    steps = _steps(np.round(units[here]).astype("int64"), each)
    return Strokes(POINT, here, _written(steps, np.ones_like(each), each, POINT, len(each)))


def _outlines(tile: Tile, shapes: pa.Array) -> Strokes:
    """Draw polygons: most by the kernel, which leaves those that need thought to GEOS."""
    from geo.engine.outlines import DRAWN, ODD, outlined  # noqa: PLC0415 - see `prepare`
    from geo.engine.shapes import areas_of, bytes_of  # noqa: PLC0415 - as above

    state, counts, numbers = outlined(areas_of(*bytes_of(shapes)), _square(tile))
    rows, ready = np.flatnonzero(state == DRAWN), Runs(numbers, counts[state == DRAWN])
    odd = np.flatnonzero(state == ODD)
    if not len(odd):
        return Strokes(POLYGON, rows, ready)
    found = [one for one in _by_kind(tile, _shapely(shapes.take(pa.array(odd)))) if one.kind == POLYGON]  # fmt: skip
    if not found:
        return Strokes(POLYGON, rows, ready)
    return _merged(Strokes(POLYGON, rows, ready), found[0]._replace(rows=odd[found[0].rows]))


def _lines(tile: Tile, shapes: pa.Array) -> Strokes:
    from geo.engine.polylines import lined  # noqa: PLC0415 - see `prepare`
    from geo.engine.shapes import bytes_of, lines_of  # noqa: PLC0415 - as above

    counts, numbers = lined(lines_of(*bytes_of(shapes)), _square(tile))
    rows = np.flatnonzero(counts)
    return Strokes(LINESTRING, rows, Runs(numbers, counts[rows]))


def _merged(one: Strokes, other: Strokes) -> Strokes:
    """Put two runs of the same kind together, in the order of their rows."""
    rows = np.concatenate((one.rows, other.rows))
    counts = np.concatenate((one.commands.counts, other.commands.counts))
    order = np.argsort(rows)
    starts = np.cumsum(counts) - counts
    numbers = np.concatenate((one.commands.numbers, other.commands.numbers))
    return Strokes(
        one.kind, rows[order], Runs(numbers[places(starts[order], counts[order])], counts[order])
    )


def places(starts: Any, counts: Any) -> Any:
    """Name the places of runs of so many numbers, each from its start.

    >>> places(np.array([5, 0]), np.array([2, 1])).tolist()
    [5, 6, 0]
    """
    nth = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(starts, counts) + nth


def _square(tile: Tile) -> Any:
    from geo.engine.outlines import Square  # noqa: PLC0415 - see `prepare`

    return Square.of(tile.across, tile.corner, LOW, HIGH)


def _shapely(wkb: pa.Array) -> Any:
    return shapely.from_wkb(wkb.to_numpy(zero_copy_only=False))


def _commands(shapes: Any, kind: int) -> Runs:
    """Write shapes of one kind as commands: for each line or ring a move, a line through its points, and for a ring its end."""
    parts, of_shape = shapes, np.arange(len(shapes))  # all points of a shape are one move
    if kind != POINT and (shapely.get_type_id(shapes) > 3).any():
        parts, of_shape = shapely.get_parts(shapes, return_index=True)
    outer = np.zeros(0, bool)
    if kind == POLYGON:
        parts, of_part = shapely.get_rings(parts, return_index=True)
        of_shape = of_shape[of_part]
        outer = np.diff(of_part, prepend=-1) != 0
    xy, of_line = shapely.get_coordinates(parts, return_index=True)
    points = np.round(xy).astype("int64")
    if kind != POINT:  # a corner that fell on the one before is none
        again = (points[1:] == points[:-1]).all(axis=1) & (of_line[1:] == of_line[:-1])
        points, of_line = points[np.append(True, ~again)], of_line[np.append(True, ~again)]
    if kind == POLYGON:  # a ring's last point is its first again: its end says so
        last = np.append(of_line[1:] != of_line[:-1], True)
        points, of_line = points[~last], of_line[~last]
    count = np.bincount(of_line, minlength=len(parts))
    if kind == POLYGON:
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


def _written(steps: Any, count: Any, of_shape: Any, kind: int, shapes: int) -> Runs:
    """Put commands before and between the steps of lines of `count` points each."""
    through = kind != POINT
    closes = int(kind == POLYGON)
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
    return Runs(stream, np.bincount(of_shape, weights=size, minlength=shapes).astype("int64"))
