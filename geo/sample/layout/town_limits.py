"""Town boundaries: mostly along street centerlines, in places across parcels.

`geo.sample.county` calls `town_boundaries`, and `governing_bodies` calls `split_into_wards`.
"""

from dataclasses import dataclass

import numpy as np
import shapely

from geo.sample.layout.county_plan import CountyPlan, TownCell
from geo.sample.layout.georeference import Georeference

VERTEX_SPACING_M = 20.0  # so that a boundary bends with its street
GRID_M = 0.001  # boundaries are noded on this grid, so that neighbors share their vertices


@dataclass(frozen=True)
class Encroachment:
    """A strip of one cell that belongs to the town across the street."""

    area: shapely.Polygon
    owner: int  # index of the cell that owns it, -1 for none


def town_boundaries(
    plan: CountyPlan, georeference: Georeference, has_inventory: np.ndarray, rng: np.random.Generator
) -> dict[int, shapely.Geometry]:
    """Return each town's boundary in meters. Neighbors share their vertices, and none overlaps another.

    A town without a tree inventory gets no strip of a neighbor's parcels, because no known tree
    stands in it.
    """
    cells = shapely.polygons([cell.corners for cell in plan.cells])
    encroachments = [
        encroachment for i in range(len(cells)) if (encroachment := _draw_encroachment(plan, cells, i, rng))
    ]
    owner_towns = [
        plan.cells[encroachment.owner].town if encroachment.owner >= 0 else None for encroachment in encroachments
    ]
    encroachments = [
        kept_encroachment
        for kept_encroachment, town in zip(encroachments, owner_towns, strict=True)
        if town is None or has_inventory[town]
    ]
    edges = [
        shapely.get_exterior_ring(polygon)
        for polygon in (*cells, *(kept_encroachment.area for kept_encroachment in encroachments))
    ]
    noded = shapely.union_all(edges, grid_size=GRID_M)
    pieces = shapely.segmentize(shapely.get_parts(noded), VERTEX_SPACING_M)
    faces = shapely.get_parts(shapely.polygonize(pieces))
    owners = _face_owners(faces, cells, encroachments)
    boundaries = {}
    for number, cell in enumerate(plan.cells):
        if cell.town is not None and (owners == number).any():
            boundaries[cell.town] = shapely.coverage_union_all(faces[owners == number])
    geometries = georeference.geometries_to_metric(np.array([*boundaries.values()]))
    return dict(zip(boundaries, geometries, strict=True))


def _face_owners(faces: np.ndarray, cells: np.ndarray, encroachments: list[Encroachment]) -> np.ndarray:
    """Return the index of the cell that owns each face, -1 for none."""
    interior_points = shapely.point_on_surface(faces)
    owners = np.full(len(faces), -1)
    face, cell = shapely.STRtree(cells).query(interior_points, predicate="within")
    owners[face] = cell
    for encroachment in encroachments:
        owners[shapely.within(interior_points, encroachment.area)] = encroachment.owner
    return owners


def _draw_encroachment(
    plan: CountyPlan, cells: np.ndarray, number: int, rng: np.random.Generator
) -> Encroachment | None:
    """Return a strip through the first row of parcels of a cell, or None. About a third of cells have one."""
    cell = plan.cells[number]
    side = int(rng.integers(4))
    start, depth_m, is_chosen = rng.uniform(0.15, 0.45), rng.uniform(9, 24), rng.random() < 0.45
    span = min(0.3, 130 / (cell.width_m if side in (0, 2) else cell.height_m))
    is_large_enough = min(cell.width_m, cell.height_m) > 110
    if not is_chosen or not is_large_enough or cell.town is None or plan.quota[cell.town] < 20:
        return None
    strip = _edge_strip(cell, side, start, span, plan.through_streets[cell.border_streets[side]].half_width_m + depth_m)
    point_across = shapely.Point(_point_across_street(cell, side, start + span / 2))
    neighbors = [i for i in np.flatnonzero(shapely.contains(cells, point_across)) if i != number]
    return Encroachment(strip, int(neighbors[0]) if neighbors else -1)


def _edge_strip(cell: TownCell, side: int, start: float, span: float, depth_m: float) -> shapely.Polygon:
    """Return a strip along one side of a cell, from that side inward. Sides are S, E, N, W.

    >>> corners = np.array([[0.0, 0.0], [400.0, 0.0], [400.0, 300.0], [0.0, 300.0]])
    >>> strip = _edge_strip(TownCell(0, corners, (0, 1, 2, 3)), 0, 0.25, 0.5, 30.0)
    >>> strip.bounds
    (100.0, 0.0, 300.0, 30.0)
    """
    along = np.array([start, start + span])
    depth = depth_m / (cell.height_m if side in (0, 2) else cell.width_m)
    near, far = (0.0, depth) if side in (0, 3) else (1.0, 1.0 - depth)
    if side in (0, 2):
        ring = [*cell.points_at(along, near), *cell.points_at(along[::-1], far)]
    else:
        ring = [*cell.points_at(near, along), *cell.points_at(far, along[::-1])]
    return shapely.Polygon(ring)


def _point_across_street(cell: TownCell, side: int, along: float) -> np.ndarray:
    """Return a point just across the street from one side of a cell.

    >>> corners = np.array([[0.0, 0.0], [400.0, 0.0], [400.0, 300.0], [0.0, 300.0]])
    >>> _point_across_street(TownCell(0, corners, (0, 1, 2, 3)), 0, 0.5).tolist()
    [200.0, -6.0]
    """
    positions = [(along, -0.02), (1.02, along), (along, 1.02), (-0.02, along)]
    return cell.points_at(*positions[side])


def split_into_wards(cell: TownCell, boundary: shapely.Geometry, georeference: Georeference) -> list[shapely.Geometry]:
    """Return a town's boundary cut into two wards across its longer side, in meters."""
    reach = 1.5
    if cell.width_m > cell.height_m:
        rings = [cell.points_at(np.array([x, y, y, x]), np.array([-0.5, -0.5, reach, reach])) for x, y in HALF_SPANS]
    else:
        rings = [cell.points_at(np.array([-0.5, reach, reach, -0.5]), np.array([x, x, y, y])) for x, y in HALF_SPANS]
    halves = georeference.geometries_to_metric(shapely.polygons(rings))
    return [shapely.intersection(boundary, half) for half in halves]


HALF_SPANS = ((-0.5, 0.5), (0.5, 1.5))
