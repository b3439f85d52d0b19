"""Encoder of polygons for vector tiles: project, clip, snap to integers and write commands, in one pass.

`geo.mvt.geometry_commands` calls `encode_polygons`. Polygons with holes, several parts or many
vertices are left to GEOS. So are those that touch themselves after clipping and snapping. Few
parcels are of these kinds. Commands: Mapbox Vector Tile 2.1, section 4.3.
"""

from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np
from numba import njit

from geo.kernels.edge_index import readonly_view
from geo.kernels.geometry_arrays import Areas
from geo.web_mercator import MAX_LATITUDE

NOT_IN_TILE, ENCODED, NEEDS_GEOS = 0, 1, 2  # states of a row
MAX_CORNERS = 96  # above this, testing every pair of edges takes longer than GEOS does
CORNER_CAPACITY = 2 * MAX_CORNERS  # clipping adds vertices
_MOVE_TO, _LINE_TO, _CLOSE_PATH = 1 | 1 << 3, 2, 7 | 1 << 3


class TileTransform(NamedTuple):
    """The position of a tile in the world, in tile units, and the range of units to encode.

    `world_units` is the width of the world, and `left_units` and `top_units` the northwest corner
    of the tile.
    """

    world_units: float
    left_units: float
    top_units: float
    min_unit: float
    max_unit: float

    @classmethod
    def from_corner(cls, world_units: float, corner: Sequence[float], min_unit: float, max_unit: float) -> Self:
        """Build a transform of floats only.

        numba compiles a kernel again for every other combination of number types, which takes
        seconds.

        >>> TileTransform.from_corner(4096, (0, 0), -64, 4160).max_unit
        4160.0
        """
        left, top = corner
        return cls(float(world_units), float(left), float(top), float(min_unit), float(max_unit))


def encode_polygons(areas: Areas, transform: TileTransform) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Encode areas in degrees (WGS 84) as polygon commands.

    Returns the state of each row, the integer count of each row, and all integers. A state is
    `NOT_IN_TILE`, `ENCODED` or `NEEDS_GEOS`.

    >>> import shapely
    >>> from geo.kernels.geometry_arrays import areas_from_shapely
    >>> county = areas_from_shapely(np.array([shapely.box(0, -45, 45, 0)]))
    >>> states, counts, commands = encode_polygons(county, TileTransform.from_corner(4096, (0, 0), -64, 4160))
    >>> states.tolist(), counts.tolist(), commands[:3].tolist()
    ([1], [11], [9, 5120, 5246])
    """
    size = len(areas)
    states, counts = np.zeros(size, np.int8), np.zeros(size, np.int64)
    commands = np.empty(3 * size + 3 * len(areas.xy) + 2 * CORNER_CAPACITY, np.int64)  # clipping adds vertices
    arrays = (readonly_view(areas.xy), readonly_view(areas.ring_offsets), readonly_view(areas.row_offsets))
    command_count = write_polygons(*arrays, *areas.origin, transform, states, counts, commands)
    return states, counts, commands[:command_count]


@njit(cache=True, nogil=True, error_model="numpy")
def write_polygons(
    xy: np.ndarray,
    ring_offsets: np.ndarray,
    row_offsets: np.ndarray,
    x0: float,
    y0: float,
    transform: TileTransform,
    states: np.ndarray,
    counts: np.ndarray,
    commands: np.ndarray,
) -> int:
    """Write the commands of all rows to `commands`, and return the number of integers."""
    command_count = 0
    ring, scratch = np.empty((CORNER_CAPACITY, 2)), np.empty((CORNER_CAPACITY, 2))
    corners = np.empty((CORNER_CAPACITY, 2), np.int64)
    for row in range(len(row_offsets) - 1):
        first, last = ring_offsets[row_offsets[row]], ring_offsets[row_offsets[row + 1]]
        if first == last:
            continue
        is_inside, is_outside = classify_bbox(xy, first, last, x0, y0, transform)
        if is_outside:
            continue
        states[row] = NEEDS_GEOS
        if row_offsets[row + 1] - row_offsets[row] != 1 or last - first > MAX_CORNERS:
            continue
        size = last - first - 1  # without the closing vertex
        for vertex in range(size):
            ring[vertex] = project_to_tile(xy[first + vertex, 0] + x0, xy[first + vertex, 1] + y0, transform)
        if not is_inside:
            size = clip_ring(ring, scratch, size, transform)
        size = snap_ring(ring, corners, size)
        has_room = len(commands) - command_count >= 2 * size + 3
        if size < 3 or not has_room or is_self_touching(corners, size):
            continue
        states[row] = ENCODED
        counts[row] = write_ring(corners, size, commands, command_count)
        command_count += counts[row]
    return command_count


@njit(cache=True, nogil=True, error_model="numpy")
def project_to_tile(lon: float, lat: float, transform: TileTransform) -> tuple[float, float]:
    """Convert degrees to tile units, by the formula of `geo.web_mercator`."""
    sine = np.sin(np.radians(min(max(lat, -MAX_LATITUDE), MAX_LATITUDE)))
    south = 0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi)
    return (
        (lon + 180) / 360 * transform.world_units - transform.left_units,
        south * transform.world_units - transform.top_units,
    )


@njit(cache=True, nogil=True, error_model="numpy")
def classify_bbox(
    xy: np.ndarray, first: int, last: int, x0: float, y0: float, transform: TileTransform
) -> tuple[bool, bool]:
    """Return whether the bounding box of vertices lies in the tile's buffer, and whether it lies outside it."""
    west, east, south, north = np.inf, -np.inf, np.inf, -np.inf
    for vertex in range(first, last):
        west, east = min(west, xy[vertex, 0]), max(east, xy[vertex, 0])
        south, north = min(south, xy[vertex, 1]), max(north, xy[vertex, 1])
    left, top = project_to_tile(west + x0, north + y0, transform)
    right, bottom = project_to_tile(east + x0, south + y0, transform)
    low, high = transform.min_unit, transform.max_unit
    is_inside = left >= low and top >= low and right <= high and bottom <= high
    return is_inside, right < low or bottom < low or left > high or top > high


@njit(cache=True, nogil=True, error_model="numpy")
def clip_ring(ring: np.ndarray, scratch: np.ndarray, size: int, transform: TileTransform) -> int:
    """Clip a ring at each side of the buffer, and return its number of vertices. 0 if there are too many.

    Sutherland and Hodgman, 1974. If several parts remain, they are connected by edges along the
    side. `is_self_touching` finds them.
    """
    for clip_side in range(4):
        axis, sign = clip_side % 2, (1.0 if clip_side < 2 else -1.0)
        limit = transform.min_unit if clip_side < 2 else transform.max_unit
        corner_count = 0
        for corner in range(size):
            next_corner = (corner + 1) % size
            distance, next_distance = (sign * (ring[corner, axis] - limit), sign * (ring[next_corner, axis] - limit))
            if corner_count + 2 > CORNER_CAPACITY:
                return 0
            if distance >= 0:
                scratch[corner_count] = ring[corner]
                corner_count += 1
            if (distance > 0 and next_distance < 0) or (distance < 0 and next_distance > 0):
                fraction = distance / (distance - next_distance)
                scratch[corner_count] = ring[corner] + fraction * (ring[next_corner] - ring[corner])
                scratch[corner_count, axis] = limit
                corner_count += 1
        size = corner_count
        ring[:size] = scratch[:size]
    return size


@njit(cache=True, nogil=True, error_model="numpy")
def snap_ring(ring: np.ndarray, corners: np.ndarray, size: int) -> int:
    """Round vertices to integers, drop repeated ones, and return the number of vertices."""
    corner_count = 0
    for corner in range(size):
        x, y = int(np.rint(ring[corner, 0])), int(np.rint(ring[corner, 1]))
        if corner_count and corners[corner_count - 1, 0] == x and corners[corner_count - 1, 1] == y:
            continue
        corners[corner_count, 0], corners[corner_count, 1] = x, y
        corner_count += 1
    is_closed = corner_count > 1 and (corners[corner_count - 1] == corners[0]).all()
    return corner_count - 1 if is_closed else corner_count


@njit(cache=True, nogil=True, error_model="numpy")
def orientation(ax: int, ay: int, bx: int, by: int, cx: int, cy: int) -> int:
    """Return the side of the line from a to b on which c lies: 1 left, -1 right, 0 on it.

    y counts up here. The result is exact for tile units, because they are small integers.

    >>> orientation(0, 0, 10, 0, 5, 3), orientation(0, 0, 10, 0, 5, -3), orientation(0, 0, 10, 0, 20, 0)
    (1, -1, 0)
    """
    cross = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    return 1 if cross > 0 else (-1 if cross < 0 else 0)


@njit(cache=True, nogil=True, error_model="numpy")
def is_between(ax: int, ay: int, bx: int, by: int, cx: int, cy: int) -> bool:
    """Return whether c, a point on the line through a and b, lies between them."""
    return min(ax, bx) <= cx <= max(ax, bx) and min(ay, by) <= cy <= max(ay, by)


@njit(cache=True, nogil=True, error_model="numpy")
def is_self_touching(ring: np.ndarray, size: int) -> bool:
    """Return whether two edges of a ring meet anywhere but at the vertex that they share."""
    for edge in range(size):
        ax, ay = ring[edge]
        bx, by = ring[(edge + 1) % size]
        cx, cy = ring[(edge + 2) % size]
        dot = (ax - bx) * (cx - bx) + (ay - by) * (cy - by)
        if dot > 0 and orientation(ax, ay, bx, by, cx, cy) == 0:
            return True
        for other_edge in range(edge + 2, size - (1 if edge == 0 else 0)):
            cx, cy = ring[other_edge]
            dx, dy = ring[(other_edge + 1) % size]
            if max(ax, bx) < min(cx, dx) or max(cx, dx) < min(ax, bx):
                continue
            if max(ay, by) < min(cy, dy) or max(cy, dy) < min(ay, by):
                continue
            if edges_intersect(ax, ay, bx, by, cx, cy, dx, dy):
                return True
    return False


@njit(cache=True, nogil=True, error_model="numpy")
def edges_intersect(ax: int, ay: int, bx: int, by: int, cx: int, cy: int, dx: int, dy: int) -> bool:
    """Return whether the edges from a to b and from c to d have a point in common."""
    c_side, d_side = orientation(ax, ay, bx, by, cx, cy), orientation(ax, ay, bx, by, dx, dy)
    a_side, b_side = orientation(cx, cy, dx, dy, ax, ay), orientation(cx, cy, dx, dy, bx, by)
    if c_side * d_side < 0 and a_side * b_side < 0:
        return True
    return (
        (c_side == 0 and is_between(ax, ay, bx, by, cx, cy))
        or (d_side == 0 and is_between(ax, ay, bx, by, dx, dy))
        or (a_side == 0 and is_between(cx, cy, dx, dy, ax, ay))
        or (b_side == 0 and is_between(cx, cy, dx, dy, bx, by))
    )


@njit(cache=True, nogil=True, error_model="numpy")
def write_ring(ring: np.ndarray, size: int, commands: np.ndarray, start: int) -> int:
    """Write a ring with positive area, as the format requires, and return its number of integers.

    The first vertex stays first.
    """
    area = 0
    for corner in range(size):
        next_corner = (corner + 1) % size
        area += ring[corner, 0] * ring[next_corner, 1] - ring[next_corner, 0] * ring[corner, 1]
    commands[start], slot = _MOVE_TO, start + 1
    last_x = last_y = 0
    for nth in range(size):
        corner = nth if area > 0 else (size - nth) % size
        if nth == 1:
            commands[slot] = _LINE_TO | (size - 1) << 3
            slot += 1
        step_x, step_y = ring[corner, 0] - last_x, ring[corner, 1] - last_y
        commands[slot], commands[slot + 1] = step_x << 1 ^ step_x >> 63, step_y << 1 ^ step_y >> 63
        last_x, last_y, slot = ring[corner, 0], ring[corner, 1], slot + 2
    commands[slot] = _CLOSE_PATH
    return slot + 1 - start
