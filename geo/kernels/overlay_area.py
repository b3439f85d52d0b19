"""Area shared by polygons, computed without building the shared polygon.

The join calls `intersection_areas` for area shares, `covered_area_m2` and `overlapping_pairs` for
crowns.

Method: a polygon with counterclockwise shells is, above every x, the sum of its edges. An edge
that runs to the left adds the ground beneath it. One that runs to the right subtracts it. So the
area that two polygons share is a sum over pairs of their edges. Each pair adds the integral of the
lower edge over the x that both span, times both signs. Where the two edges cross, the integral has
two pieces. Any base level is correct, because its terms cancel. The lowest y of the zone is used,
since little is lost to rounding near it.

An edge completely below the other polygon adds nothing, because the signs of the other's edges
cancel there.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from geo.kernels.cell_labels import SEVERAL, find_areas_around_zones
from geo.kernels.edge_index import EdgeIndex, collect_edges_between
from geo.kernels.geometry_arrays import Areas
from geo.kernels.grid_index import Grid, cell_range_of_box, grid_of
from geo.kernels.parallel import parallel_for

MAX_INSERTION_SORT = 32  # lists up to this length use insertion sort
AREA_TOLERANCE = 1e-9  # m², and share of a zone: rounding error of geometries that only touch


class IntersectionAreas(NamedTuple):
    """The areas that zones and areas share, sorted by zone and then area.

    `zone` and `area` (n,) are rows. `m2` (n,) is above 0 and at most the area of the zone.
    """

    zone: np.ndarray
    area: np.ndarray
    m2: np.ndarray


def covered_area_m2(zones: Areas, pieces: Areas) -> np.ndarray:
    """Return the area of each zone that pieces cover, in m² (zones,). The pieces must not overlap.

    Both have the same origin. Every pair of edges is measured, so the pieces should be about as
    small as the zones. Use `intersection_areas` for large ones.

    >>> import shapely
    >>> from geo.kernels.geometry_arrays import areas_from_shapely
    >>> lots = areas_from_shapely(np.array([shapely.box(0, 0, 20, 40), shapely.box(20, 0, 40, 40)]))
    >>> canopy = areas_from_shapely(np.array([shapely.box(15, 10, 30, 20)]), lots.origin)
    >>> covered_area_m2(lots, canopy).tolist()
    [50.0, 100.0]
    """
    shared = _compute_intersections(zones, pieces, np.arange(len(zones)))
    return np.minimum(np.bincount(shared.zone, shared.m2, len(zones)), zones.area_m2)


def intersection_areas(zones: Areas, areas: Areas) -> IntersectionAreas:
    """Return the area that each zone shares with each area. Areas may overlap each other.

    Both have the same origin. A zone away from every outline is not measured. It lies in one area
    completely, or in none.

    >>> import shapely
    >>> from geo.kernels.geometry_arrays import areas_from_shapely
    >>> lots = areas_from_shapely(np.array([shapely.box(0, 0, 20, 40)]))
    >>> towns = [shapely.box(-900, -900, 5, 900), shapely.box(5, -900, 900, 900)]
    >>> shares = intersection_areas(lots, areas_from_shapely(np.array(towns), lots.origin))
    >>> shares.zone.tolist(), shares.area.tolist(), shares.m2.tolist()
    ([0, 0], [0, 1], [200.0, 600.0])
    """
    labels = find_areas_around_zones(zones, areas)
    contained = np.flatnonzero((labels >= 0) & (zones.area_m2 > 0))  # a degenerate zone shares no area
    shared = _compute_intersections(zones, areas, np.flatnonzero(labels <= SEVERAL))
    zone = np.concatenate([contained, shared.zone])
    area = np.concatenate([labels[contained], shared.area])
    order = np.lexsort((area, zone))
    return IntersectionAreas(zone[order], area[order], np.concatenate([zones.area_m2[contained], shared.m2])[order])


def overlapping_pairs(areas: Areas) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs of areas that share ground: the lower row of each pair, and the higher.

    >>> import shapely
    >>> from geo.kernels.geometry_arrays import areas_from_shapely
    >>> crowns = [shapely.box(0, 0, 6, 6), shapely.box(5, 5, 9, 9), shapely.box(9, 5, 12, 9)]
    >>> [rows.tolist() for rows in overlapping_pairs(areas_from_shapely(np.array(crowns)))]
    [[0], [1]]
    """
    shared = _compute_intersections(areas, areas, np.arange(len(areas)))
    is_ordered = shared.zone < shared.area
    return shared.zone[is_ordered], shared.area[is_ordered]


def _compute_intersections(zones: Areas, areas: Areas, zone_rows: np.ndarray) -> IntersectionAreas:
    """Measure the shared area of some zones edge by edge."""
    grid = grid_of(areas.bounds)
    counts = np.zeros(len(zone_rows) + 1, np.int64)
    empty = np.zeros(0, np.int64)
    list_candidate_pairs(zones.edge_index.bounds, areas.edge_index.bounds, grid, zone_rows, counts, empty)
    zone_offsets = np.cumsum(counts)
    area_rows = np.empty(zone_offsets[-1], np.int64)
    list_candidate_pairs(zones.edge_index.bounds, areas.edge_index.bounds, grid, zone_rows, zone_offsets, area_rows)
    sort_pairs(zone_offsets, area_rows)
    m2 = np.empty(len(area_rows))
    zone_capacity, area_capacity = (max_edge_count(zones.edge_index), max_edge_count(areas.edge_index))

    def measure_range(low: int, high: int) -> None:
        pairs = (zones.edge_index, areas.edge_index, zone_rows, zone_offsets, area_rows)
        measure_pairs(*pairs, low, high, zone_capacity, area_capacity, m2)

    parallel_for(measure_range, len(zone_rows))
    pair_zones = np.repeat(zone_rows, np.diff(zone_offsets))
    zone_m2 = zones.area_m2[pair_zones]
    m2 = np.where(m2 >= zone_m2 * (1 - AREA_TOLERANCE) - AREA_TOLERANCE, zone_m2, m2)
    is_shared = m2 > AREA_TOLERANCE * (1 + zone_m2)
    return IntersectionAreas(pair_zones[is_shared], area_rows[is_shared], m2[is_shared])


def max_edge_count(edge_index: EdgeIndex) -> int:
    """Return an upper limit for the number of edges of any row."""
    vertex_counts = np.diff(edge_index.ring_offsets[edge_index.row_offsets])
    return int(vertex_counts.max(initial=1))


@njit(cache=True, nogil=True, error_model="numpy")
def build_edge_spans(
    xy: np.ndarray, edge_ids: np.ndarray, size: int, west: float, east: float, base_y: float, spans: np.ndarray
) -> int:
    """Write the edges that are not vertical to `spans`, and return their number.

    The columns are from x, to x, height above `base_y` at from x, slope, and sign.
    """
    span_count = 0
    for nth in range(size):
        edge = edge_ids[nth]
        ax, ay, bx, by = xy[edge, 0], xy[edge, 1], xy[edge + 1, 0], xy[edge + 1, 1]
        if ax == bx or max(ax, bx) <= west or min(ax, bx) >= east:
            continue
        sign = -1.0
        if ax > bx:
            ax, ay, bx, by, sign = bx, by, ax, ay, 1.0
        spans[span_count, 0], spans[span_count, 1], spans[span_count, 2] = ax, bx, ay - base_y
        spans[span_count, 3], spans[span_count, 4] = (by - ay) / (bx - ax), sign
        span_count += 1
    return span_count


@njit(cache=True, nogil=True, error_model="numpy")
def sum_shared_area(
    xy: np.ndarray,
    edge_ids: np.ndarray,
    size: int,
    west: float,
    east: float,
    base_y: float,
    spans: np.ndarray,
    span_count: int,
) -> float:
    """Return the area that edges of one polygon share with the `spans` of another."""
    total = 0.0
    for nth in range(size):
        edge = edge_ids[nth]
        ax, ay, bx, by = xy[edge, 0], xy[edge, 1], xy[edge + 1, 0], xy[edge + 1, 1]
        if ax == bx or max(ax, bx) <= west or min(ax, bx) >= east:
            continue
        if ay <= base_y and by <= base_y:
            continue
        sign = -1.0
        if ax > bx:
            ax, ay, bx, by, sign = bx, by, ax, ay, 1.0
        ay -= base_y
        slope = (by - base_y - ay) / (bx - ax)
        area = 0.0
        for span in range(span_count):
            first, last = max(ax, spans[span, 0]), min(bx, spans[span, 1])
            if first < last:
                begin = ay + slope * (first - ax)
                end = ay + slope * (last - ax)
                other_begin = spans[span, 2] + spans[span, 3] * (first - spans[span, 0])
                other_end = spans[span, 2] + spans[span, 3] * (last - spans[span, 0])
                area += spans[span, 4] * (last - first) * mean_lower_height(begin, end, other_begin, other_end)
        total += sign * area
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def mean_lower_height(begin: float, end: float, other_begin: float, other_end: float) -> float:
    """Return the mean height of the lower of two straight lines over one span.

    >>> mean_lower_height(2.0, 4.0, 5.0, 5.0)
    3.0
    >>> mean_lower_height(0.0, 4.0, 4.0, 0.0)
    1.0
    """
    begin_excess, end_excess = begin - other_begin, end - other_end
    if begin_excess <= 0 and end_excess <= 0:
        return (begin + end) / 2
    if begin_excess >= 0 and end_excess >= 0:
        return (other_begin + other_end) / 2
    # They cross at `begin_excess / (begin_excess - end_excess)` of the span. The excess is a triangle.
    if begin_excess > 0:
        return (begin + end - begin_excess * begin_excess / (begin_excess - end_excess)) / 2
    return (begin + end - end_excess * end_excess / (end_excess - begin_excess)) / 2


@njit(cache=True, nogil=True, error_model="numpy")
def list_candidate_pairs(
    bounds: np.ndarray,
    other_bounds: np.ndarray,
    grid: Grid,
    zone_rows: np.ndarray,
    zone_offsets: np.ndarray,
    area_rows: np.ndarray,
) -> None:
    """Write to `area_rows` the areas with a bounding box that meets that of each zone.

    If `area_rows` is empty, count them for zone n in `zone_offsets[n + 1]` instead.
    """
    for nth in range(len(zone_rows)):
        zone, slot = zone_rows[nth], zone_offsets[nth]
        if np.isnan(bounds[zone, 0]):
            continue
        first_column, last_column, first_row, last_row = cell_range_of_box(grid, bounds, zone)
        for row in range(first_row, last_row + 1):
            for column in range(first_column, last_column + 1):
                cell = row * grid.columns + column
                for cell_slot in range(grid.cell_offsets[cell], grid.cell_offsets[cell + 1]):
                    area = grid.boxes[cell_slot]
                    if other_bounds[area, 0] > bounds[zone, 2] or other_bounds[area, 2] < bounds[zone, 0]:
                        continue
                    if other_bounds[area, 1] > bounds[zone, 3] or other_bounds[area, 3] < bounds[zone, 1]:
                        continue
                    box_first_column, _, box_first_row, _ = cell_range_of_box(grid, other_bounds, area)
                    if column != max(first_column, box_first_column) or row != max(first_row, box_first_row):
                        continue
                    if len(area_rows):
                        area_rows[slot] = area
                        slot += 1
                    else:
                        zone_offsets[nth + 1] += 1


@njit(cache=True, nogil=True, error_model="numpy")
def sort_pairs(zone_offsets: np.ndarray, area_rows: np.ndarray) -> None:
    """Sort the areas of each zone, so that sums over them do not depend on the grid."""
    for nth in range(len(zone_offsets) - 1):
        first, last = zone_offsets[nth], zone_offsets[nth + 1]
        if last - first > MAX_INSERTION_SORT:
            area_rows[first:last].sort()
            continue
        for position in range(first + 1, last):
            area, slot = area_rows[position], position
            while slot > first and area_rows[slot - 1] > area:
                area_rows[slot] = area_rows[slot - 1]
                slot -= 1
            area_rows[slot] = area


@njit(cache=True, nogil=True, error_model="numpy")
def measure_pairs(
    zones: EdgeIndex,
    areas: EdgeIndex,
    zone_rows: np.ndarray,
    zone_offsets: np.ndarray,
    area_rows: np.ndarray,
    low: int,
    high: int,
    zone_capacity: int,
    area_capacity: int,
    m2: np.ndarray,
) -> None:
    """Write the shared area of the pairs of zones `low` up to `high` to `m2`."""
    zone_edges, area_edges = np.empty(zone_capacity, np.int64), np.empty(area_capacity, np.int64)
    spans = np.empty((zone_capacity, 5))
    for nth in range(low, high):
        zone = zone_rows[nth]
        west, south, east = zones.bounds[zone, 0], zones.bounds[zone, 1], zones.bounds[zone, 2]
        size = collect_edges_between(zones, zone, west, east, zone_edges)
        size = build_edge_spans(zones.xy, zone_edges, size, west, east, south, spans)
        for pair in range(zone_offsets[nth], zone_offsets[nth + 1]):
            edge_count = collect_edges_between(areas, area_rows[pair], west, east, area_edges)
            m2[pair] = sum_shared_area(areas.xy, area_edges, edge_count, west, east, south, spans, size)
