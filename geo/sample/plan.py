"""The county on the drawing board: which town lies where, how large, and which streets part them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from geo.sample.words import MERGED, WORDS, Town, ordinal, towns

LOT_M2 = 905.0  # ground that a lot takes up, its share of streets and parks included
EMPTY_M2 = 3500.0  # so that a town without a lot still has a place
GAP_SHARE = 0.012  # each unincorporated gap, as a share of the county
WIDE_M = 700.0  # a county smaller than this across has no divided through streets


@dataclass(frozen=True)
class Line:
    """A through street between parts of the county, straight on the plan.

    `half_m` is half the width of its right of way.
    """

    start: np.ndarray
    end: np.ndarray
    name: str
    suffix: str
    half_m: float
    divided: bool


@dataclass(frozen=True)
class Cell:
    """The ground of one town, or of a gap (`town` is None), out to the middle of its border streets.

    `corners` run SW, SE, NE, NW; `lines` are the border streets S, E, N, W, by their number.
    """

    town: int | None
    corners: np.ndarray
    lines: tuple[int, int, int, int]

    def at(self, u: np.ndarray | float, v: np.ndarray | float) -> np.ndarray:
        """Give the plan's points for u (west to east) and v (south to north), both from 0 to 1."""
        south_west, south_east, north_east, north_west = self.corners
        u, v = np.asarray(u, dtype="float64")[..., None], np.asarray(v, dtype="float64")[..., None]
        south = (1 - u) * south_west + u * south_east
        return (1 - v) * south + v * ((1 - u) * north_west + u * north_east)

    @property
    def width_m(self) -> float:
        """Mean length of its sides in the direction of u."""
        a, b, c, d = self.corners
        return float(np.hypot(*(b - a)) + np.hypot(*(c - d))) / 2

    @property
    def height_m(self) -> float:
        """Mean length of its sides in the direction of v."""
        a, b, c, d = self.corners
        return float(np.hypot(*(d - a)) + np.hypot(*(c - b))) / 2


@dataclass
class Plan:
    """The whole county: towns, the parcels that each gets, its cells and the streets between them."""

    towns: list[Town]
    quota: np.ndarray
    cells: list[Cell] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    @property
    def south_west(self) -> np.ndarray:
        """The plan's lower left corner, from which house numbers grow."""
        return np.min([line.start for line in self.lines], axis=0)


def shares(total: int, weights: np.ndarray) -> np.ndarray:
    """Deal `total` out by weight, whole numbers that add up to it exactly.

    >>> shares(10, np.array([1.0, 1.0, 1.0])).tolist()
    [4, 3, 3]
    """
    if weights.sum() <= 0:
        return np.zeros(len(weights), dtype=int)
    exact = total * weights / weights.sum()
    dealt = np.floor(exact).astype(int)
    rest = np.argsort(-(exact - dealt), kind="stable")[: total - int(dealt.sum())]
    dealt[rest] += 1
    return dealt


def make_plan(parcels: int, count: int, rng: np.random.Generator) -> Plan:
    """Lay out `count` towns that together get `parcels` parcels."""
    named = towns(count)
    plan = Plan(named, shares(parcels, np.array([town.weight for town in named])))
    areas = plan.quota * LOT_M2 * rng.uniform(0.92, 1.08, count) + EMPTY_M2
    parts = _parts(named, areas)
    gaps = count // 8
    parts += [(float(areas.sum() * GAP_SHARE * size), ()) for size in rng.uniform(0.4, 2.2, gaps)]
    side = np.sqrt(sum(area for area, _ in parts))
    wide, high = side * 1.12 / 2, side / 1.12 / 2
    corners = np.array([(-wide, -high), (wide, -high), (wide, high), (-wide, high)])
    corners += rng.uniform(-0.035, 0.035, (4, 2)) * side
    rim = [_line(plan, corners[i], corners[j], 9.0) for i, j in ((0, 1), (1, 2), (3, 2), (0, 3))]
    plan.cells = list(_divide(plan, corners, (rim[0], rim[1], rim[2], rim[3]), parts, rng))
    _call(plan)
    return plan


Part = tuple[float, tuple[int, ...]]


def _parts(named: list[Town], areas: np.ndarray) -> list[Part]:
    """Pair each town with its area; the two that merged stay neighbours."""
    pair = tuple(i for i, town in enumerate(named) if town.name in MERGED)
    if len(pair) < 2:
        return [(float(area), (i,)) for i, area in enumerate(areas)]
    alone = [(float(area), (i,)) for i, area in enumerate(areas) if i not in pair]
    return [*alone, (float(sum(areas[i] for i in pair)), pair)]


def _divide(
    plan: Plan,
    corners: np.ndarray,
    lines: tuple[int, int, int, int],
    parts: list[Part],
    rng: np.random.Generator,
) -> Iterator[Cell]:
    """Cut a quadrilateral across its longer side, again and again, until each part has its own."""
    if len(parts) == 1 and len(parts[0][1]) < 2:
        yield Cell(parts[0][1][0] if parts[0][1] else None, corners, lines)
        return
    low, high = _halves(parts, plan.quota, rng)
    share = sum(area for area, _ in low) / sum(area for area, _ in parts)
    a, b, c, d = corners
    south, east, north, west = lines
    skew = rng.uniform(-0.16, 0.16) * min(share, 1 - share)
    half = 14.0 if len(plan.lines) < 7 and np.hypot(*(c - a)) > WIDE_M else 8.5
    if np.hypot(*(b - a)) + np.hypot(*(c - d)) > np.hypot(*(d - a)) + np.hypot(*(c - b)):
        p, q = a + (b - a) * (share + skew), d + (c - d) * (share - skew)
        new = _line(plan, p, q, half)
        yield from _divide(plan, np.array([a, p, q, d]), (south, new, north, west), low, rng)
        yield from _divide(plan, np.array([p, b, c, q]), (south, east, north, new), high, rng)
    else:
        p, q = a + (d - a) * (share + skew), b + (c - b) * (share - skew)
        new = _line(plan, p, q, half)
        yield from _divide(plan, np.array([a, b, q, p]), (south, east, new, west), low, rng)
        yield from _divide(plan, np.array([p, q, c, d]), (new, east, north, west), high, rng)


def _halves(
    parts: list[Part], quota: np.ndarray, rng: np.random.Generator
) -> tuple[list[Part], list[Part]]:
    """Split parts into two lots of about the same area, like with like, so that none gets thin."""
    if len(parts) == 1:
        area, pair = parts[0]
        both = int(quota[list(pair)].sum()) + 20
        low, high = ([(area * (10 + int(quota[i])) / both, (i,))] for i in sorted(pair))
        return list(low), list(high)
    ordered = sorted(parts, key=lambda part: (-part[0], part[1]))
    sums = np.cumsum([area for area, _ in ordered])
    cut = int(np.argmin(np.abs(sums[:-1] - sums[-1] / 2))) + 1
    pair_of = (ordered[:cut], ordered[cut:])
    return pair_of if rng.random() < 0.5 else (pair_of[1], pair_of[0])


def _line(plan: Plan, start: np.ndarray, end: np.ndarray, half_m: float) -> int:
    """Add a border street, still without a name, and give its number."""
    plan.lines.append(Line(start, end, "", "", half_m, half_m > 12))
    return len(plan.lines) - 1


def _call(plan: Plan) -> None:
    """Name the border streets: those inside the county first, the widest before the others."""
    names = [tuple(pair) for pair in WORDS["through"]]
    names += [(ordinal(i), "Rd") for i in range(301, 301 + len(plan.lines))]
    order = [*range(4, len(plan.lines)), *range(min(4, len(plan.lines)))]
    for (name, suffix), number in zip(names, order, strict=False):
        line = plan.lines[number]
        plan.lines[number] = Line(line.start, line.end, name, suffix, line.half_m, line.divided)
