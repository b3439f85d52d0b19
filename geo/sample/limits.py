"""Town limits: mostly along street centres, in places through people's lots."""

from dataclasses import dataclass

import numpy as np
import shapely

from geo.sample.ground import Ground
from geo.sample.plan import Cell, Plan

STEP_M = 20.0  # a limit has a vertex at least this often, so that it bends as its street does
GRID_M = 0.001  # limits are noded on a grid of a millimetre: neighbours share their vertices


@dataclass(frozen=True)
class Bite:
    """Ground that lies in one cell and is ruled by what lies across the street."""

    ground: shapely.Polygon
    owner: int  # number of the cell that rules it, -1 for none


def town_limits(
    plan: Plan, ground: Ground, surveyed: np.ndarray, rng: np.random.Generator
) -> dict[int, shapely.Geometry]:
    """Draw each town's limits, in metres; towns share their vertices, none overlaps another.

    A town that is not `surveyed` rules none of a neighbour's lots: no tree known stands in it.
    """
    cells = shapely.polygons([cell.corners for cell in plan.cells])
    bites = [bite for i in range(len(cells)) if (bite := _bite(plan, cells, i, rng))]
    ruled = [plan.cells[bite.owner].town if bite.owner >= 0 else None for bite in bites]
    bites = [b for b, town in zip(bites, ruled, strict=True) if town is None or surveyed[town]]
    edges = [shapely.get_exterior_ring(shape) for shape in (*cells, *(b.ground for b in bites))]
    noded = shapely.union_all(edges, grid_size=GRID_M)
    pieces = shapely.segmentize(shapely.get_parts(noded), STEP_M)
    faces = shapely.get_parts(shapely.polygonize(pieces))
    owners = _owners(faces, cells, bites)
    drawn = {}
    for number, cell in enumerate(plan.cells):
        if cell.town is not None and (owners == number).any():
            drawn[cell.town] = shapely.coverage_union_all(faces[owners == number])
    shapes = ground.shapes_in_metres(np.array([*drawn.values()]))
    return dict(zip(drawn, shapes, strict=True))


def _owners(faces: np.ndarray, cells: np.ndarray, bites: list[Bite]) -> np.ndarray:
    """Tell for each face which cell rules it, -1 where none does."""
    inside = shapely.point_on_surface(faces)
    owners = np.full(len(faces), -1)
    face, cell = shapely.STRtree(cells).query(inside, predicate="within")
    owners[face] = cell
    for bite in bites:
        owners[shapely.within(inside, bite.ground)] = bite.owner
    return owners


def _bite(plan: Plan, cells: np.ndarray, number: int, rng: np.random.Generator) -> Bite | None:
    """Let the limit of every third or so cell run through its first row of lots for a stretch."""
    cell = plan.cells[number]
    side = int(rng.integers(4))
    start, depth_m, jog = rng.uniform(0.15, 0.45), rng.uniform(9, 24), rng.random() < 0.45
    span = min(0.3, 130 / (cell.width_m if side in (0, 2) else cell.height_m))
    roomy = min(cell.width_m, cell.height_m) > 110
    if not jog or not roomy or cell.town is None or plan.quota[cell.town] < 20:
        return None
    shape = _stretch(cell, side, start, span, plan.lines[cell.lines[side]].half_m + depth_m)
    across = shapely.Point(_outside(cell, side, start + span / 2))
    found = [i for i in np.flatnonzero(shapely.contains(cells, across)) if i != number]
    return Bite(shape, int(found[0]) if found else -1)


def _stretch(cell: Cell, side: int, start: float, span: float, deep_m: float) -> shapely.Polygon:
    """Draw a strip along one side of a cell, from that side inwards."""
    long = np.array([start, start + span])
    deep = deep_m / (cell.height_m if side in (0, 2) else cell.width_m)
    near, far = (0.0, deep) if side in (0, 3) else (1.0, 1.0 - deep)
    if side in (0, 2):
        ring = [*cell.at(long, near), *cell.at(long[::-1], far)]
    else:
        ring = [*cell.at(near, long), *cell.at(far, long[::-1])]
    return shapely.Polygon(ring)


def _outside(cell: Cell, side: int, along: float) -> np.ndarray:
    """Give a point just across the street from one side of a cell."""
    spots = [(along, -0.02), (1.02, along), (along, 1.02), (-0.02, along)]
    return cell.at(*spots[side])


def wards(cell: Cell, limit: shapely.Geometry, ground: Ground) -> list[shapely.Geometry]:
    """Cut a town's limits in two wards across its longer side, in metres."""
    reach = 1.5
    if cell.width_m > cell.height_m:
        rings = [
            cell.at(np.array([x, y, y, x]), np.array([-0.5, -0.5, reach, reach])) for x, y in CUT
        ]
    else:
        rings = [
            cell.at(np.array([-0.5, reach, reach, -0.5]), np.array([x, x, y, y])) for x, y in CUT
        ]
    halves = ground.shapes_in_metres(shapely.polygons(rings))
    return [shapely.intersection(limit, half) for half in halves]


CUT = ((-0.5, 0.5), (0.5, 1.5))
