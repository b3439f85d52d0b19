"""Geometry commands of Mapbox Vector Tiles 2.1, encoded for all geometries of a type at once.

`geo.mvt.tile_encoder` calls `encode_geometries`. Polygons and lines in WKB go to the compiled
kernels, other geometries to Shapely and numpy. Format: specification 2.1, section 4.3.
"""

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from geo.web_mercator import BUFFER, EXTENT, Tile

MIN_UNIT, MAX_UNIT = -BUFFER, EXTENT + BUFFER
POINT, LINESTRING, POLYGON = 1, 2, 3  # geometry types
_MOVE_TO, _LINE_TO, _CLOSE_PATH = 1, 2, 7  # commands
_GEOMETRY_TYPES = {0: POINT, 4: POINT, 1: LINESTRING, 5: LINESTRING, 3: POLYGON, 6: POLYGON}
# The first byte of the WKB geometry types.
_WKB_POINTS, _WKB_LINES, _WKB_POLYGONS = {b"\x01"}, {b"\x02", b"\x05"}, {b"\x03", b"\x06"}


class IntegerRuns(NamedTuple):
    """Integers (n,) in runs, one run for each feature. `counts` is the length of each run."""

    integers: Any
    counts: Any


class GeometryCommands(NamedTuple):
    """The geometries of one type that lie in a tile: their rows in the input, sorted, and their commands."""

    geometry_type: int
    rows: Any
    commands: IntegerRuns


def encode_geometries(tile: Tile, geometries: Any) -> list[GeometryCommands]:
    """Encode geometries in degrees (WGS 84) that reach a tile or its buffer, grouped by type.

    `geometries` are Shapely geometries, or an Arrow column of little-endian two-dimensional WKB.
    From WKB, most lines and polygons are encoded without building Shapely objects. Polygons stay
    valid, and those that shrink to nothing are left out.

    >>> (group,) = encode_geometries(Tile(0, 0, 0), shapely.points([[0.0, 0.0], [-90.33, 38.66]]))
    >>> group.geometry_type, group.rows.tolist(), group.commands.counts.tolist()
    (1, [0, 1], [3, 3])
    >>> group.commands.integers.tolist()
    [9, 4096, 4096, 9, 2040, 3140]
    """
    if not isinstance(geometries, pa.Array):
        return _encode_by_type(tile, np.asarray(geometries, dtype=object))
    wkb_types = set(pc.unique(pc.binary_slice(geometries, 1, 2)).to_pylist()) - {None}
    if wkb_types <= _WKB_POLYGONS:
        return [_encode_polygons(tile, geometries)]
    if wkb_types <= _WKB_LINES:
        return [_encode_lines(tile, geometries)]
    decoded = _from_wkb(geometries)
    return [_encode_points(tile, decoded)] if wkb_types <= _WKB_POINTS else _encode_by_type(tile, decoded)


def preload_kernels() -> None:
    """Load the compiled kernels, so that no request waits for them.

    They take half a second and 100 MB, so a process that encodes no tiles does not load them.
    """
    for geometry in (shapely.box(0, 0, 1, 1), shapely.LineString([(0, 0), (1, 1)])):
        wkb = shapely.to_wkb(geometry, output_dimension=2, byte_order=1)
        encode_geometries(Tile(0, 0, 0), pa.array([wkb], pa.large_binary()))


def snap_to_tile(tile: Tile, geometries: Any) -> Any:
    """Convert geometries in degrees to tile units, clipped `BUFFER` units beyond the edges and snapped to integers.

    Each coordinate is rounded on its own, which is fast. If that makes a geometry invalid, GEOS
    snaps the whole geometry.

    >>> street = np.array([shapely.LineString([(-90.3308, 38.6601), (-90.3302, 38.6601)])])
    >>> snap_to_tile(Tile(14, 4080, 6281), street)[0].wkt
    'LINESTRING (3870 1971, 3982 1971)'
    """
    lonlat, geometry_index = shapely.get_coordinates(geometries, return_index=True)
    units = tile.to_tile_units(lonlat)
    is_outside = np.zeros(len(geometries), bool)
    is_outside[geometry_index[((units < MIN_UNIT) | (units > MAX_UNIT)).any(axis=1)]] = True
    result = shapely.set_coordinates(geometries.copy(), np.round(units))
    is_invalid = ~(shapely.is_valid(result) | shapely.is_missing(result))
    redo_rows = np.flatnonzero(is_outside | is_invalid)
    exact = shapely.set_coordinates(geometries[redo_rows], units[np.isin(geometry_index, redo_rows)])
    needs_clip = is_outside[redo_rows]
    exact[needs_clip] = shapely.intersection(exact[needs_clip], shapely.box(MIN_UNIT, MIN_UNIT, MAX_UNIT, MAX_UNIT))
    result[redo_rows] = [_highest_dimension_part(geometry) for geometry in _round_coordinates(exact)]
    return result


def _round_coordinates(geometries: Any) -> Any:
    """Round each coordinate, or let GEOS snap the whole geometry if rounding makes it invalid.

    >>> _round_coordinates(np.array([shapely.box(0.2, 0.2, 3.7, 2.4)]))[0].wkt
    'POLYGON ((4 0, 4 2, 0 2, 0 0, 4 0))'
    """
    rounded = shapely.transform(geometries, np.round)
    is_invalid = ~(shapely.is_valid(rounded) | shapely.is_missing(rounded))
    rounded[is_invalid] = shapely.set_precision(geometries[is_invalid], 1.0)
    return rounded


def _highest_dimension_part(geometry: Any) -> Any:
    """Return only the parts of the highest dimension of a geometry collection.

    Clipping leaves lines and points where a polygon only touches the edge.

    >>> clipped = shapely.from_wkt("GEOMETRYCOLLECTION (POINT (9 9), POLYGON ((0 0, 2 0, 2 2, 0 0)))")
    >>> _highest_dimension_part(clipped).geom_type
    'Polygon'
    """
    if geometry is None or geometry.geom_type != "GeometryCollection":
        return geometry
    parts = shapely.get_parts(geometry)
    dimension = shapely.get_dimensions(parts)
    highest = parts[dimension == dimension.max()]
    return shapely.union_all(highest)


def _encode_by_type(tile: Tile, geometries: Any) -> list[GeometryCommands]:
    """Encode Shapely geometries of any type."""
    geometries = snap_to_tile(tile, geometries)
    present_rows = np.flatnonzero(~(shapely.is_missing(geometries) | shapely.is_empty(geometries)))
    geometry_types = np.array(
        [_GEOMETRY_TYPES[int(type_id)] for type_id in shapely.get_type_id(geometries[present_rows])]
    )
    encoded = []
    for geometry_type in np.unique(geometry_types).tolist():
        rows = present_rows[geometry_types == geometry_type]
        encoded.append(GeometryCommands(geometry_type, rows, _encode_commands(geometries[rows], geometry_type)))
    return encoded


def _encode_points(tile: Tile, points: Any) -> GeometryCommands:
    units = tile.to_tile_units(np.column_stack((shapely.get_x(points), shapely.get_y(points))))
    present_rows = np.flatnonzero(((units >= MIN_UNIT) & (units <= MAX_UNIT)).all(axis=1))
    indices = np.arange(len(present_rows))
    steps = _zigzag_deltas(np.round(units[present_rows]).astype("int64"), indices)
    return GeometryCommands(
        POINT, present_rows, _interleave_commands(steps, np.ones_like(indices), indices, POINT, len(indices))
    )


def _encode_polygons(tile: Tile, geometries: pa.Array) -> GeometryCommands:
    """Encode polygons with the compiled kernel, and with GEOS those that the kernel does not handle."""
    from geo.kernels.geometry_arrays import areas_from_wkb, binary_column_buffers  # noqa: PLC0415 - heavy to load
    from geo.kernels.tile_polygons import ENCODED, NEEDS_GEOS, encode_polygons  # noqa: PLC0415 - as above

    states, counts, integers = encode_polygons(
        areas_from_wkb(*binary_column_buffers(geometries)), _tile_transform(tile)
    )
    rows, encoded = (np.flatnonzero(states == ENCODED), IntegerRuns(integers, counts[states == ENCODED]))
    geos_rows = np.flatnonzero(states == NEEDS_GEOS)
    if not len(geos_rows):
        return GeometryCommands(POLYGON, rows, encoded)
    geos_encoded = [group for group in _encode_by_type(tile, _from_wkb(geometries.take(pa.array(geos_rows)))) if group.geometry_type == POLYGON]  # fmt: skip
    if not geos_encoded:
        return GeometryCommands(POLYGON, rows, encoded)
    return _merge_commands(
        GeometryCommands(POLYGON, rows, encoded), geos_encoded[0]._replace(rows=geos_rows[geos_encoded[0].rows])
    )


def _encode_lines(tile: Tile, geometries: pa.Array) -> GeometryCommands:
    from geo.kernels.geometry_arrays import binary_column_buffers, lines_from_wkb  # noqa: PLC0415 - heavy to load
    from geo.kernels.tile_lines import encode_lines  # noqa: PLC0415 - as above

    counts, integers = encode_lines(lines_from_wkb(*binary_column_buffers(geometries)), _tile_transform(tile))
    rows = np.flatnonzero(counts)
    return GeometryCommands(LINESTRING, rows, IntegerRuns(integers, counts[rows]))


def _merge_commands(first: GeometryCommands, second: GeometryCommands) -> GeometryCommands:
    """Return two groups of the same type as one, sorted by row."""
    rows = np.concatenate((first.rows, second.rows))
    counts = np.concatenate((first.commands.counts, second.commands.counts))
    order = np.argsort(rows)
    starts = np.cumsum(counts) - counts
    integers = np.concatenate((first.commands.integers, second.commands.integers))
    return GeometryCommands(
        first.geometry_type,
        rows[order],
        IntegerRuns(integers[run_positions(starts[order], counts[order])], counts[order]),
    )


def run_positions(starts: Any, counts: Any) -> Any:
    """Return the positions in runs of consecutive integers, given the start and length of each run.

    >>> run_positions(np.array([5, 0]), np.array([2, 1])).tolist()
    [5, 6, 0]
    """
    nth = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(starts, counts) + nth


def _tile_transform(tile: Tile) -> Any:
    from geo.kernels.tile_polygons import TileTransform  # noqa: PLC0415 - see `preload_kernels`

    return TileTransform.from_corner(tile.world_units, tile.northwest_corner, MIN_UNIT, MAX_UNIT)


def _from_wkb(wkb: pa.Array) -> Any:
    return shapely.from_wkb(wkb.to_numpy(zero_copy_only=False))


def _encode_commands(geometries: Any, geometry_type: int) -> IntegerRuns:
    """Encode geometries of one type in tile units: MoveTo, LineTo and, for rings, ClosePath.

    >>> _encode_commands(np.array([shapely.LineString([(2, 2), (2, 10), (10, 10)])]), LINESTRING).integers.tolist()
    [9, 4, 4, 18, 0, 16, 16, 0]
    """
    parts, geometry_index = (geometries, np.arange(len(geometries)))  # all points of a multipoint are one MoveTo
    if geometry_type != POINT and (shapely.get_type_id(geometries) > 3).any():
        parts, geometry_index = shapely.get_parts(geometries, return_index=True)
    is_outer = np.zeros(0, bool)
    if geometry_type == POLYGON:
        parts, polygon_index = shapely.get_rings(parts, return_index=True)
        geometry_index = geometry_index[polygon_index]
        is_outer = np.diff(polygon_index, prepend=-1) != 0
    xy, part_index = shapely.get_coordinates(parts, return_index=True)
    points = np.round(xy).astype("int64")
    if geometry_type != POINT:  # drop a vertex that snapped onto the one before
        is_repeat = (points[1:] == points[:-1]).all(axis=1) & (part_index[1:] == part_index[:-1])
        points, part_index = (points[np.append(True, ~is_repeat)], part_index[np.append(True, ~is_repeat)])
    if geometry_type == POLYGON:  # drop the closing point of a ring, ClosePath replaces it
        is_last = np.append(part_index[1:] != part_index[:-1], True)
        points, part_index = points[~is_last], part_index[~is_last]
    point_counts = np.bincount(part_index, minlength=len(parts))
    if geometry_type == POLYGON:
        points = _orient_rings(points, part_index, point_counts, is_outer)
    steps = _zigzag_deltas(points, geometry_index[part_index])
    return _interleave_commands(steps, point_counts, geometry_index, geometry_type, len(geometries))


def _orient_rings(points: Any, ring_index: Any, point_counts: Any, is_outer: Any) -> Any:
    """Orient rings as the format requires: outer rings have positive area, holes negative.

    The first point of each ring stays first.

    >>> ring = np.array([[0, 0], [0, 4], [4, 4], [4, 0]])
    >>> _orient_rings(ring, np.zeros(4, int), np.array([4]), np.array([True])).tolist()
    [[0, 0], [4, 0], [4, 4], [0, 4]]
    """
    starts = np.repeat(np.cumsum(point_counts) - point_counts, point_counts)
    nth, sizes = np.arange(len(points)) - starts, np.repeat(point_counts, point_counts)
    next_points = points[starts + (nth + 1) % sizes]
    cross = points[:, 0] * next_points[:, 1] - next_points[:, 0] * points[:, 1]
    areas = np.bincount(ring_index, weights=cross, minlength=len(point_counts))
    needs_reversal = (areas < 0) == is_outer
    return points[starts + np.where(needs_reversal[ring_index], (sizes - nth) % sizes, nth)]


def _zigzag_deltas(points: Any, geometry_index: Any) -> Any:
    """Return the zigzag-encoded difference of each point from the one before it in its geometry.

    The first point of a geometry is relative to (0, 0).

    >>> _zigzag_deltas(np.array([[2, 2], [2, 10], [1, 10]]), np.array([0, 0, 0])).tolist()
    [[4, 4], [0, 16], [1, 0]]
    """
    previous = np.zeros_like(points)
    previous[1:] = np.where((geometry_index[1:] == geometry_index[:-1])[:, None], points[:-1], 0)
    deltas = points - previous
    return (deltas << 1) ^ (deltas >> 63)


def _interleave_commands(
    steps: Any, point_counts: Any, geometry_index: Any, geometry_type: int, geometry_count: int
) -> IntegerRuns:
    """Insert the commands before and between the coordinates of parts with `point_counts` points each."""
    has_lines = geometry_type != POINT
    close_count = int(geometry_type == POLYGON)
    sizes = 2 * point_counts + 1 + int(has_lines) + close_count
    starts = np.cumsum(sizes) - sizes
    integers = np.zeros(int(sizes.sum()), "int64")
    nth = np.arange(len(steps)) - np.repeat(np.cumsum(point_counts) - point_counts, point_counts)
    slots = np.repeat(starts + 1, point_counts) + 2 * nth + (nth > 0 if has_lines else 0)
    integers[slots], integers[slots + 1] = steps[:, 0], steps[:, 1]
    integers[starts] = _MOVE_TO | (1 if has_lines else point_counts) << 3
    if has_lines:
        integers[starts + 3] = _LINE_TO | (point_counts - 1) << 3
    if close_count:
        integers[starts + sizes - 1] = _CLOSE_PATH | 1 << 3
    return IntegerRuns(integers, np.bincount(geometry_index, weights=sizes, minlength=geometry_count).astype("int64"))
