"""The parcels near a tree: how far each is, and which of them a ray meets first.

`geo.kernels.frontage.assign_frontage` calls `collect_nearby_parcels` once for each tree. It copies
the edges of the parcels, relative to the tree. From a large parcel it takes only the edges above,
below and beside the tree. They are enough to locate a point there.
"""

import numpy as np
from numba import njit

from geo.kernels.edge_index import EdgeIndex, collect_edges_between
from geo.kernels.frontage.rays import (
    TOUCH_TOLERANCE_M,
    distance_in_steps,
    ray_distance_to_edge,
    ray_range_near_edge,
    to_ray_coordinates,
)
from geo.kernels.grid_index import Grid, cell_index, cell_range
from geo.kernels.nearest_area import NONE, squared_distance_to_segment
from geo.kernels.point_in_polygon import IN, ON, OUT

SIDE_UNKNOWN, SIDE_ACROSS, SIDE_SAME = -1, 0, 1  # the side of a parcel, as far as known

# A parcel near a tree: its row, its edges from `first` up to `last`, its distance (0 inside), the distance in steps,
# and its side of the street.
PARCEL_DTYPE = np.dtype(
    [*[(name, "i8") for name in ("row", "first", "last", "side")], *[(name, "f8") for name in ("metres", "step")]]
)


@njit(cache=True, nogil=True, error_model="numpy")
def list_boxes_within(
    x: float, y: float, reach_m: float, bounds: np.ndarray, grid: Grid, box_ids: np.ndarray
) -> tuple[np.ndarray, int]:
    """List the boxes within `reach_m` of a point, and return the list and its length.

    The list is `box_ids`, or a larger array if that is too small.
    """
    cell_offsets, boxes, columns = grid.cell_offsets, grid.boxes, grid.columns
    first_column, last_column, first_row, last_row = cell_range(
        grid, x - reach_m, y - reach_m, x + reach_m, y + reach_m
    )
    max_count = 0
    for row in range(first_row, last_row + 1):
        max_count += cell_offsets[row * columns + last_column + 1] - cell_offsets[row * columns + first_column]
    if max_count > len(box_ids):
        box_ids = np.empty(2 * max_count, np.int64)
    size = 0
    for row in range(first_row, last_row + 1):
        for column in range(first_column, last_column + 1):
            for nth in range(cell_offsets[row * columns + column], cell_offsets[row * columns + column + 1]):
                box_id = boxes[nth]
                west, south = bounds[box_id, 0], bounds[box_id, 1]
                dx = max(west - x, x - bounds[box_id, 2], 0.0)
                dy = max(south - y, y - bounds[box_id, 3], 0.0)
                if dx * dx + dy * dy > reach_m * reach_m:
                    continue
                # A box in several cells is listed in the first of them.
                if column != max(first_column, cell_index(west - grid.margin, grid.x, grid.cells_per_m, columns)):
                    continue
                if row == max(first_row, cell_index(south - grid.margin, grid.y, grid.cells_per_m, grid.rows)):
                    box_ids[size] = box_id
                    size += 1
    return box_ids, size


@njit(cache=True, nogil=True, error_model="numpy")
def ensure_capacity(
    candidates: np.ndarray,
    size: int,
    row_offsets: np.ndarray,
    ring_offsets: np.ndarray,
    parcel_buffer: np.ndarray,
    edges: np.ndarray,
    edge_ids: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the buffers for the candidates and their edges, or larger ones if they are too small."""
    edge_count = 0
    for nth in range(size):
        edge_count += ring_offsets[row_offsets[candidates[nth] + 1]] - ring_offsets[row_offsets[candidates[nth]]]
    if size > len(parcel_buffer) or edge_count > len(edges):
        size, edge_count = max(2 * size, len(parcel_buffer)), max(2 * edge_count, len(edges))
        return (np.empty(size, PARCEL_DTYPE), np.empty((edge_count, 4)), np.empty(edge_count, np.int64))
    return parcel_buffer, edges, edge_ids


@njit(cache=True, nogil=True, error_model="numpy")
def collect_nearby_parcels(
    x: float,
    y: float,
    reach_m: float,
    candidates: np.ndarray,
    size: int,
    edge_index: EdgeIndex,
    tie_m: float,
    parcel_buffer: np.ndarray,
    edges: np.ndarray,
    edge_ids: np.ndarray,
) -> int:
    """Write the candidates within `reach_m` of (x, y) to `parcel_buffer`, and return their number.

    They are sorted by distance in steps of `tie_m`, then by row. The buffers come from
    `ensure_capacity`.
    """
    xy, ring_offsets, row_offsets, row_band_offsets = (
        edge_index.xy,
        edge_index.ring_offsets,
        edge_index.row_offsets,
        edge_index.row_band_offsets,
    )
    count, first = 0, 0
    for nth in range(size):
        row = candidates[nth]
        if row_band_offsets[row] == row_band_offsets[row + 1]:
            last = _translate_all_edges(x, y, xy, ring_offsets, row_offsets[row], row_offsets[row + 1], edges, first)
        else:
            edge_count = collect_edges_between(edge_index, row, x - reach_m, x + reach_m, edge_ids)
            last = _translate_edges(x, y, xy, edge_ids[:edge_count], edges, first)
        distance_m = _distance_to_parcel(edges[first:last])
        if distance_m <= reach_m:
            _insert_parcel(row, first, last, distance_m, distance_in_steps(distance_m, tie_m), parcel_buffer, count)
            count, first = count + 1, last
    return count


@njit(cache=True, nogil=True, error_model="numpy")
def _insert_parcel(
    row: int, first: int, last: int, distance_m: float, step: float, parcel_buffer: np.ndarray, size: int
) -> None:
    slot = size
    while slot > 0:
        previous = parcel_buffer[slot - 1]
        if previous.step < step or (previous.step == step and previous.row < row):
            break
        parcel_buffer[slot] = previous
        slot -= 1
    parcel = parcel_buffer[slot]
    parcel.row, parcel.first, parcel.last = row, first, last
    parcel.metres, parcel.step, parcel.side = distance_m, step, SIDE_UNKNOWN


@njit(cache=True, nogil=True, error_model="numpy")
def _translate_all_edges(
    x: float,
    y: float,
    xy: np.ndarray,
    ring_offsets: np.ndarray,
    first_ring: int,
    end_ring: int,
    edges: np.ndarray,
    size: int,
) -> int:
    for nth in range(first_ring, end_ring):
        ax, ay = xy[ring_offsets[nth], 0] - x, xy[ring_offsets[nth], 1] - y
        for vertex in range(ring_offsets[nth] + 1, ring_offsets[nth + 1]):
            bx, by = xy[vertex, 0] - x, xy[vertex, 1] - y
            edges[size, 0], edges[size, 1], edges[size, 2], edges[size, 3] = ax, ay, bx, by
            ax, ay, size = bx, by, size + 1
    return size


@njit(cache=True, nogil=True, error_model="numpy")
def _translate_edges(x: float, y: float, xy: np.ndarray, edge_ids: np.ndarray, edges: np.ndarray, size: int) -> int:
    for edge in edge_ids:
        edges[size, 0], edges[size, 1] = xy[edge, 0] - x, xy[edge, 1] - y
        edges[size, 2], edges[size, 3] = xy[edge + 1, 0] - x, xy[edge + 1, 1] - y
        size += 1
    return size


@njit(cache=True, nogil=True, error_model="numpy")
def _distance_to_parcel(edges: np.ndarray) -> float:
    """Return the distance of the tree from a parcel in meters, 0 inside."""
    min_squared, is_inside = np.inf, False
    for nth in range(len(edges)):
        ax, ay, bx, by = edges[nth, 0], edges[nth, 1], edges[nth, 2], edges[nth, 3]
        min_squared = min(min_squared, squared_distance_to_segment(0.0, 0.0, ax, ay, bx, by))
        is_inside ^= is_edge_above(0.0, 0.0, ax, ay, bx, by)
    return 0.0 if is_inside else np.sqrt(min_squared)


@njit(cache=True, nogil=True, error_model="numpy")
def is_edge_above(x: float, y: float, ax: float, ay: float, bx: float, by: float) -> bool:
    """Return whether a ray straight up from a point meets an edge. A vertex counts as to the right."""
    if (ax > x) == (bx > x):
        return False
    return ((bx - ax) * (y - ay) < (x - ax) * (by - ay)) == (bx > ax)


@njit(cache=True, nogil=True, error_model="numpy")
def find_first_parcel_on_ray(
    ray_x: float, ray_y: float, max_m: float, nearby_parcels: np.ndarray, edges: np.ndarray, tie_m: float
) -> tuple[int, float]:
    """Find the first parcel that a ray meets, and how far along the ray. Ties go to the lowest row."""
    min_step, first_parcel, first_along_m = np.inf, NONE, np.inf
    for nth in range(len(nearby_parcels)):
        parcel = nearby_parcels[nth]
        if parcel.step > min_step:  # no ray to a parcel is shorter than its distance
            break
        along_m = 0.0
        if parcel.metres > TOUCH_TOLERANCE_M:
            along_m = _ray_distance_to_parcel(ray_x, ray_y, edges[parcel.first : parcel.last])
        if along_m > max_m + TOUCH_TOLERANCE_M:
            continue
        step = distance_in_steps(along_m, tie_m)
        if step < min_step or (step == min_step and parcel.row < nearby_parcels[first_parcel].row):
            min_step, first_parcel, first_along_m = step, nth, along_m
    return first_parcel, first_along_m


@njit(cache=True, nogil=True, error_model="numpy")
def _ray_distance_to_parcel(ray_x: float, ray_y: float, edges: np.ndarray) -> float:
    min_along_m = np.inf
    for nth in range(len(edges)):
        ax, ay, bx, by = edges[nth, 0], edges[nth, 1], edges[nth, 2], edges[nth, 3]
        min_along_m = min(min_along_m, ray_distance_to_edge(ax, ay, bx, by, ray_x, ray_y))
    return min_along_m


@njit(cache=True, nogil=True, error_model="numpy")
def is_parcel_between(
    ray_x: float, ray_y: float, distance_m: float, nearby_parcels: np.ndarray, edges: np.ndarray
) -> bool:
    """Return whether a parcel lies between the tree and the point `distance_m` back along the ray."""
    for nth in range(len(nearby_parcels)):
        parcel = nearby_parcels[nth]
        if parcel.metres >= distance_m:
            continue
        if _is_ray_partly_inside(-ray_x, -ray_y, distance_m, edges[parcel.first : parcel.last]):
            return True
    return False


@njit(cache=True, nogil=True, error_model="numpy")
def _is_ray_partly_inside(ray_x: float, ray_y: float, length_m: float, edges: np.ndarray) -> bool:
    """Return whether a ray of `length_m` lies partly inside a parcel and partly outside it.

    The ray is split at every edge that it meets or leaves, and the midpoint of each piece is
    located. A piece along the outline is neither inside nor outside. Pieces shorter than
    `TOUCH_TOLERANCE_M` are ignored.
    """
    begin, has_inside, has_outside = 0.0, False, False
    while begin < length_m - TOUCH_TOLERANCE_M:
        end = _next_edge_contact(ray_x, ray_y, begin, length_m, edges)
        if begin == 0 and end == length_m:  # a single piece cannot be both
            return False
        midpoint = (begin + end) / 2
        location = _locate_in_parcel(ray_x * midpoint, ray_y * midpoint, edges)
        has_inside |= location == IN
        has_outside |= location == OUT
        begin = end
    return has_inside and has_outside


@njit(cache=True, nogil=True, error_model="numpy")
def _next_edge_contact(ray_x: float, ray_y: float, begin: float, end: float, edges: np.ndarray) -> float:
    for nth in range(len(edges)):
        a_along, a_offset = to_ray_coordinates(edges[nth, 0], edges[nth, 1], ray_x, ray_y)
        b_along, b_offset = to_ray_coordinates(edges[nth, 2], edges[nth, 3], ray_x, ray_y)
        low, high = ray_range_near_edge(a_along, a_offset, b_along, b_offset)
        if begin + TOUCH_TOLERANCE_M < low < end:
            end = low
        if begin + TOUCH_TOLERANCE_M < high < end:
            end = high
    return end


@njit(cache=True, nogil=True, error_model="numpy")
def _locate_in_parcel(x: float, y: float, edges: np.ndarray) -> int:
    """Return whether a point is `IN` a parcel, `OUT` of it or `ON` its outline."""
    is_inside = False
    for nth in range(len(edges)):
        ax, ay, bx, by = edges[nth, 0], edges[nth, 1], edges[nth, 2], edges[nth, 3]
        if squared_distance_to_segment(x, y, ax, ay, bx, by) <= TOUCH_TOLERANCE_M * TOUCH_TOLERANCE_M:
            return ON
        is_inside ^= is_edge_above(x, y, ax, ay, bx, by)
    return IN if is_inside else OUT
