"""The plan of the county: the cell of each town, and the through streets between the cells.

`geo.sample.county` calls `make_plan`. The plan has meters around (0, 0). `Georeference` converts it
into the metric CRS.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from geo.sample.records.word_lists import MERGED_TOWNS, WORD_LISTS, Town, first_towns, to_ordinal

PARCEL_M2 = 905.0  # ground for each parcel, with its share of streets and parks
MIN_TOWN_M2 = 3500.0  # so that a town without a parcel still has an area
GAP_SHARE = 0.012  # area of an unincorporated gap, as a share of the county
MIN_WIDTH_FOR_DIVIDED_M = 700.0  # ground with a shorter diagonal is not cut by a divided street


@dataclass(frozen=True)
class ThroughStreet:
    """A street between cells, straight on the plan.

    `start` and `end` are points `(2,)`. `half_width_m` is half the width of the right of way.
    """

    start: np.ndarray
    end: np.ndarray
    name: str
    suffix: str
    half_width_m: float
    is_divided: bool


@dataclass(frozen=True)
class TownCell:
    """The ground of one town, or of an unincorporated gap (`town` is None).

    It reaches to the centerlines of its border streets. `corners` `(4, 2)` run SW, SE, NE, NW.
    `border_streets` are the indices of the through streets on the S, E, N and W sides.

    >>> corners = np.array([[0.0, 0.0], [400.0, 0.0], [400.0, 300.0], [0.0, 300.0]])
    >>> cell = TownCell(0, corners, (0, 1, 2, 3))
    >>> cell.width_m, cell.height_m
    (400.0, 300.0)
    """

    town: int | None
    corners: np.ndarray
    border_streets: tuple[int, int, int, int]

    def points_at(self, u: np.ndarray | float, v: np.ndarray | float) -> np.ndarray:
        """Return plan points for `u` (west to east) and `v` (south to north), both from 0 to 1.

        >>> corners = np.array([[0.0, 0.0], [400.0, 0.0], [400.0, 300.0], [0.0, 300.0]])
        >>> TownCell(0, corners, (0, 1, 2, 3)).points_at(0.5, 1.0).tolist()
        [200.0, 300.0]
        """
        south_west, south_east, north_east, north_west = self.corners
        u, v = np.asarray(u, dtype="float64")[..., None], np.asarray(v, dtype="float64")[..., None]
        south = (1 - u) * south_west + u * south_east
        return (1 - v) * south + v * ((1 - u) * north_west + u * north_east)

    @property
    def width_m(self) -> float:
        """Return the mean length of the south and north sides."""
        a, b, c, d = self.corners
        return float(np.hypot(*(b - a)) + np.hypot(*(c - d))) / 2

    @property
    def height_m(self) -> float:
        """Return the mean length of the west and east sides."""
        a, b, c, d = self.corners
        return float(np.hypot(*(d - a)) + np.hypot(*(c - b))) / 2


@dataclass
class CountyPlan:
    """The plan of a county: its towns, their cells and the through streets.

    `quota` `(towns,)` is the number of parcels of each town.
    """

    towns: list[Town]
    quota: np.ndarray
    cells: list[TownCell] = field(default_factory=list)
    through_streets: list[ThroughStreet] = field(default_factory=list)

    @property
    def south_west(self) -> np.ndarray:
        """Return the south-west corner of the plan, where house numbers begin."""
        return np.min([through_street.start for through_street in self.through_streets], axis=0)


def apportion(total: int, weights: np.ndarray) -> np.ndarray:
    """Return integers that divide `total` by weight and add up to it exactly (largest remainder method).

    >>> apportion(10, np.array([1.0, 1.0, 1.0])).tolist()
    [4, 3, 3]
    >>> apportion(10, np.array([0.0, 0.0])).tolist()
    [0, 0]
    """
    if weights.sum() <= 0:
        return np.zeros(len(weights), dtype=int)
    exact = total * weights / weights.sum()
    counts = np.floor(exact).astype(int)
    rounded_up = np.argsort(-(exact - counts), kind="stable")[: total - int(counts.sum())]
    counts[rounded_up] += 1
    return counts


def make_plan(parcels: int, count: int, rng: np.random.Generator) -> CountyPlan:
    """Return a plan of `count` towns that have `parcels` parcels together."""
    plan_towns = first_towns(count)
    plan = CountyPlan(plan_towns, apportion(parcels, np.array([town.weight for town in plan_towns])))
    areas = plan.quota * PARCEL_M2 * rng.uniform(0.92, 1.08, count) + MIN_TOWN_M2
    groups = _group_towns(plan_towns, areas)
    gaps = count // 8
    groups += [(float(areas.sum() * GAP_SHARE * size), ()) for size in rng.uniform(0.4, 2.2, gaps)]
    side = np.sqrt(sum(area for area, _ in groups))
    half_width, half_height = side * 1.12 / 2, side / 1.12 / 2
    corners = np.array(
        [(-half_width, -half_height), (half_width, -half_height), (half_width, half_height), (-half_width, half_height)]
    )
    corners += rng.uniform(-0.035, 0.035, (4, 2)) * side
    outer_streets = [
        _add_through_street(plan, corners[i], corners[j], 9.0) for i, j in ((0, 1), (1, 2), (3, 2), (0, 3))
    ]
    plan.cells = list(
        _divide_into_cells(
            plan, corners, (outer_streets[0], outer_streets[1], outer_streets[2], outer_streets[3]), groups, rng
        )
    )
    _name_through_streets(plan)
    return plan


TownGroup = tuple[float, tuple[int, ...]]


def _group_towns(plan_towns: list[Town], areas: np.ndarray) -> list[TownGroup]:
    """Return each town with its area. The two merged towns form one group, so that they stay neighbors."""
    merged_towns = tuple(i for i, town in enumerate(plan_towns) if town.name in MERGED_TOWNS)
    if len(merged_towns) < 2:
        return [(float(area), (i,)) for i, area in enumerate(areas)]
    single_towns = [(float(area), (i,)) for i, area in enumerate(areas) if i not in merged_towns]
    return [*single_towns, (float(sum(areas[i] for i in merged_towns)), merged_towns)]


def _divide_into_cells(
    plan: CountyPlan,
    corners: np.ndarray,
    border_streets: tuple[int, int, int, int],
    groups: list[TownGroup],
    rng: np.random.Generator,
) -> Iterator[TownCell]:
    """Yield cells by cutting a quadrilateral across its longer side until each group has its own."""
    if len(groups) == 1 and len(groups[0][1]) < 2:
        yield TownCell(groups[0][1][0] if groups[0][1] else None, corners, border_streets)
        return
    low, high = _split_groups(groups, plan.quota, rng)
    share = sum(area for area, _ in low) / sum(area for area, _ in groups)
    a, b, c, d = corners
    south, east, north, west = border_streets
    skew = rng.uniform(-0.16, 0.16) * min(share, 1 - share)
    half_width_m = 14.0 if len(plan.through_streets) < 7 and np.hypot(*(c - a)) > MIN_WIDTH_FOR_DIVIDED_M else 8.5
    if np.hypot(*(b - a)) + np.hypot(*(c - d)) > np.hypot(*(d - a)) + np.hypot(*(c - b)):
        p, q = a + (b - a) * (share + skew), d + (c - d) * (share - skew)
        new_street = _add_through_street(plan, p, q, half_width_m)
        yield from _divide_into_cells(plan, np.array([a, p, q, d]), (south, new_street, north, west), low, rng)
        yield from _divide_into_cells(plan, np.array([p, b, c, q]), (south, east, north, new_street), high, rng)
    else:
        p, q = a + (d - a) * (share + skew), b + (c - b) * (share - skew)
        new_street = _add_through_street(plan, p, q, half_width_m)
        yield from _divide_into_cells(plan, np.array([a, b, q, p]), (south, east, new_street, west), low, rng)
        yield from _divide_into_cells(plan, np.array([p, q, c, d]), (new_street, east, north, west), high, rng)


def _split_groups(
    groups: list[TownGroup], quota: np.ndarray, rng: np.random.Generator
) -> tuple[list[TownGroup], list[TownGroup]]:
    """Return the groups in two halves of about the same area, large with large, so that no cell gets thin."""
    if len(groups) == 1:
        area, merged_towns = groups[0]
        combined = int(quota[list(merged_towns)].sum()) + 20
        low, high = ([(area * (10 + int(quota[i])) / combined, (i,))] for i in sorted(merged_towns))
        return list(low), list(high)
    ordered = sorted(groups, key=lambda group: (-group[0], group[1]))
    sums = np.cumsum([area for area, _ in ordered])
    cut = int(np.argmin(np.abs(sums[:-1] - sums[-1] / 2))) + 1
    halves = (ordered[:cut], ordered[cut:])
    return halves if rng.random() < 0.5 else (halves[1], halves[0])


def _add_through_street(plan: CountyPlan, start: np.ndarray, end: np.ndarray, half_width_m: float) -> int:
    """Add a through street without a name, and return its index."""
    plan.through_streets.append(ThroughStreet(start, end, "", "", half_width_m, half_width_m > 12))
    return len(plan.through_streets) - 1


def _name_through_streets(plan: CountyPlan) -> None:
    """Name the through streets: the inner ones first, then the four outer ones."""
    names = [tuple(name_parts) for name_parts in WORD_LISTS["through"]]
    names += [(to_ordinal(i), "Rd") for i in range(301, 301 + len(plan.through_streets))]
    order = [*range(4, len(plan.through_streets)), *range(min(4, len(plan.through_streets)))]
    for (name, suffix), number in zip(names, order, strict=False):
        through_street = plan.through_streets[number]
        plan.through_streets[number] = ThroughStreet(
            through_street.start,
            through_street.end,
            name,
            suffix,
            through_street.half_width_m,
            through_street.is_divided,
        )
