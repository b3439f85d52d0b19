"""Towns that nobody would draw, made from a seed: every row valid, every double deliberate.

Rows and points are as in `exact`: a row is a list of polygons, a polygon a list of closed rings, its shell first; None is
a row without a shape, or a point that is nowhere.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise, product
from random import Random

import exact
from odd_points import Place, Row, along, beside, harmful, nudged, turns

Cell = tuple[int, int]
SIDES = ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
# Where a town lies, and how long its unit is there. Near: US survey feet, a metric CRS, a doll's town, across a power of
# two, a county.
NEAR = [
    (800000.123, 1000000.456, 100.1),
    (250000.5, 310000.25, 7.0),
    (800000.123, 1000000.456, 1e-3),
    (2**20 - 3.3, 2**19 - 2.2, 1.1),
    (1200000.7, 1300000.9, 1000.3),
]
# Where doubles lie unevenly close: a drawing, astride both axes, a continent.
UNEVEN = [(0.0, 0.0, 1.0), (-3.7, -2.1, 1.3), (100000.0, 200000.0, 1e5 / 3)]
Ground = tuple[float, float, float]


@dataclass
class Town:
    """Rows, and points that mean them harm."""

    rows: list[Row | None]
    points: list[Place | None]


def town(kind: str, seed: int, grounds: list[Ground] = NEAR) -> Town:
    """Make the town of this kind and seed on one of the grounds: always the same."""
    dice = Random(f"{kind} {seed}")  # noqa: S311 towns are no secret
    rows = KINDS[kind](dice, *dice.choice(grounds))
    some = [row for row in rows if row]
    points = [spot for _ in range(dice.randint(1, 12)) for spot in harmful(dice, some)]
    for _ in range(dice.randint(0, 2)):
        rows.insert(dice.randint(0, len(rows)), None)
        points.append(None)
    if dice.random() < 0.3:  # stacked lots, told anew
        rows += [turned_round(dice, dice.choice(some)) for _ in range(dice.randint(1, 3))]
    dice.shuffle(rows)
    dice.shuffle(points)
    return Town(rows, points)


def moved(town_: Town, x: int, y: int) -> Town:
    """Move a town by whole metres."""
    return Town(
        [row and [[[(a + x, b + y) for a, b in ring] for ring in polygon] for polygon in row] for row in town_.rows],
        [spot and (spot[0] + x, spot[1] + y) for spot in town_.points],
    )


def crumbs(dice: Random, town_: Town, count: int) -> list[Row | None]:
    """Scatter small boxes over a town: some lie whole in one row, some in several, some on an outline."""
    xs, ys = zip(*vertices(town_), strict=True)
    side = max(max(xs) - min(xs), max(ys) - min(ys)) / 99
    found: list[Row | None] = []
    for _ in range(count):
        x, y = dice.uniform(min(xs), max(xs)), dice.uniform(min(ys), max(ys))
        found.append(_box(x, y, x + side * dice.choice([0.5, 1, 4]), y + side))
    return found


def vertices(town_: Town) -> list[Place]:
    """List the vertices of all rows."""
    return [spot for row in town_.rows if row for polygon in row for ring in polygon for spot in ring]


def turned_round(dice: Random, row: Row) -> Row:
    """Tell the same ground otherwise: parts in any order, rings begun elsewhere, backwards, with vertices twice."""
    told = []
    for polygon in dice.sample(row, len(row)):
        rings = []
        for ring in (polygon[0], *dice.sample(polygon[1:], len(polygon) - 1)):
            begin = dice.randrange(len(ring) - 1)
            spots = ring[begin:-1] + ring[:begin]
            spots = [spot for spot in spots for _ in range(1 + (dice.random() < 0.1))]
            if dice.random() < 0.5:
                spots.reverse()
            rings.append([*spots, spots[0]])
        told.append(rings)
    return told


# Blocks: sets of cells of one lattice. Edges and corners are shared, with holes, islands and parts.


def blocks(dice: Random, x0: float, y0: float, unit: float) -> list[Row | None]:
    """Lay sets of cells of a lattice whose lines are level and upright, and straight runs without a vertex."""
    columns, lines = dice.randint(1, 9), dice.randint(1, 9)
    xs, ys = rising(dice, x0, unit, columns), rising(dice, y0, unit, lines)
    return _lots(dice, columns, lines, lambda i, j: (xs[i], ys[j]), keep=dice.random() < 0.3)


def crooked(dice: Random, x0: float, y0: float, unit: float) -> list[Row | None]:
    """Lay sets of cells of a lattice that is bent, turned and shaken: every edge slants."""
    columns, lines = dice.randint(1, 9), dice.randint(1, 9)
    turn, shake = dice.uniform(0, 7), dice.choice([0.0, 0.1, 0.24])
    east, north = unit * math.cos(turn), unit * math.sin(turn)
    at = {
        (i, j): (x0 + east * u - north * v, y0 + north * u + east * v)
        for i, j in product(range(columns + 1), range(lines + 1))
        for u, v in [(i + dice.uniform(-shake, shake), j + dice.uniform(-shake, shake))]
    }
    return _lots(dice, columns, lines, lambda i, j: at[i, j], keep=True)


def rising(dice: Random, low: float, unit: float, count: int) -> list[float]:
    """Give so many and one rising coordinates, some an ulp apart."""
    found = [low]
    for _ in range(count):
        gap = dice.choice([unit, unit, unit * dice.random(), 0.0])
        found.append(found[-1] + max(gap, math.ulp(max(abs(found[-1]), unit))))
    return found


def _lots(dice: Random, columns: int, lines: int, at: Callable[[int, int], Place], *, keep: bool) -> list[Row | None]:
    cells = list(product(range(columns), range(lines)))
    if dice.random() < 0.5:  # a partition of the whole
        names = [dice.randrange(dice.choice([2, 6, 30])) for _ in cells]
        sets = [{cell for cell, of in zip(cells, names, strict=True) if of == name} for name in sorted(set(names))]
    else:
        sets = [set(dice.sample(cells, dice.randint(1, len(cells)))) for _ in range(dice.randint(1, 8))]
    return [lot(one, at, keep=keep) for one in sets]


def lot(cells: set[Cell], at: Callable[[int, int], Place], *, keep: bool) -> Row:
    """Draw the outline of a set of cells; `keep` the vertices where it runs straight on."""
    row = []
    for part in connected(cells):
        rings = sorted(outlines(part), key=_twice, reverse=True)  # holes run clockwise
        row.append([[at(*spot) for spot in (ring if keep else _straight(ring))] for ring in rings])
    return row


def connected(cells: set[Cell]) -> Iterator[set[Cell]]:
    """Give the parts of a set of cells that hang together by their sides."""
    left = set(cells)
    while left:
        part, edge = set(), {min(left)}
        while edge:
            part |= edge
            left -= edge
            beside_ = {(i + di, j + dj) for i, j in edge for di, dj in ((1, 0), (-1, 0), (0, 1), (0, -1))}
            edge = beside_ & left
        yield part


def outlines(cells: set[Cell]) -> Iterator[list[Cell]]:
    """Trace a set of cells, its ground on the left: closed rings that pass no vertex twice."""
    ways: dict[Cell, list[Cell]] = {}
    for i, j in sorted(cells):
        for (a, b), (c, d) in pairwise(SIDES):
            if (i + d - b, j - c + a) not in cells:  # the neighbour on the side's right
                ways.setdefault((i + a, j + b), []).append((i + c, j + d))
    while ways:
        way = [min(ways)]
        while way[1:] or way[0] in ways:
            here = way[-1]
            on = ways[here].pop()
            if not ways[here]:
                del ways[here]
            if on in way:  # a ring is whole: it is cut off
                begin = way.index(on)
                yield [*way[begin:], on]
                del way[begin + 1 :]
            else:
                way.append(on)


def _twice(ring: list[Cell]) -> int:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))


def _straight(ring: list[Cell]) -> list[Cell]:
    spots = ring[:-1]
    kept = [
        b
        for a, b, c in zip([spots[-1], *spots[:-1]], spots, [*spots[1:], spots[0]], strict=True)
        if exact.turn(a, b, c)
    ]
    return [*kept, kept[0]]


# Rows that know nothing of one another.


def stars(dice: Random, x0: float, y0: float, unit: float) -> list[Row | None]:
    """Scatter stars, some of hundreds of vertices, with holes and islands in them, beside crumbs."""
    found = []
    for _ in range(dice.randint(1, 7)):
        size = unit * dice.choice([0.01, 1, 1, 5])
        x, y = x0 + unit * dice.uniform(-4, 4), y0 + unit * dice.uniform(-4, 4)
        found.append(star(dice, x, y, size, dice.choice([3, 4, 7, 20, 65, 150])))
    return [row for row in found if row] or [_box(x0, y0, x0 + unit, y0 + unit)]


def star(dice: Random, x: float, y: float, size: float, points: int) -> Row | None:
    """Draw rings about a place, one in the other: a shell, its hole, an island in it, its hole; None where rounding spoils it."""
    angles = [(nth + dice.uniform(0.05, 0.95)) * 2 * math.pi / points for nth in range(points)]
    # Spikes on a large star would leave the oracle no end of crossings.
    least = dice.choice([0.3, 0.8, 0.99]) if points < 60 or dice.random() < 0.1 else 0.99
    radii = [size * dice.uniform(least, 1) for _ in angles]
    rings = []
    for _ in range(dice.choice([1, 1, 2, 3, 4])):
        spots = [
            (x + far * math.cos(angle), y + far * math.sin(angle)) for far, angle in zip(radii, angles, strict=True)
        ]
        rings.append([*spots, spots[0]])
        least = dice.uniform(0.5, 0.9)
        radii = [far * dice.uniform(least, 0.95) for far in radii]
    plain = all(_plain(ring, (x, y)) for ring in rings)
    return [rings[nth : nth + 2] for nth in range(0, len(rings), 2)] if plain else None


def _plain(ring: list[Place], middle: Place) -> bool:
    units = exact.Units(number for spot in (*ring, middle) for number in spot)
    about = [(units(x), units(y)) for x, y in ring]
    centre = (units(middle[0]), units(middle[1]))
    return all(exact.turn(centre, a, b) > 0 for a, b in pairwise(about))


def slivers(dice: Random, x0: float, y0: float, unit: float) -> list[Row | None]:
    """Lay triangles that are hardly any: the third vertex as near to the side between the others as doubles come.

    Some are lots, some holes in one.
    """
    found: list[Row | None] = [
        _box(x0, y0, x0 + 9 * unit, y0 + 9 * unit),
        _box(x0, y0, x0 + unit * dice.randint(1, 9), y0 + math.ulp(max(y0, unit))),
    ]
    for _ in range(dice.randint(1, 5)):
        a, b = [(x0 + unit * dice.uniform(0, 9), y0 + unit * dice.uniform(0, 9)) for _ in range(2)]
        spots = [spot for by in (1, -1) for spot in beside(a, b, by)]
        spots += [nudged(dice, along(dice, a, b))]
        for ring in ([a, b, spot, a] for spot in spots if turns(a, b, spot)):
            ((ground,),) = _box(x0 - unit, y0 - unit, x0 + 10 * unit, y0 + 10 * unit)
            # The nearest spot may lie far beyond the side, and outside the ground.
            inside = all(x0 - unit < x < x0 + 10 * unit for x, _ in ring)
            inside &= all(y0 - unit < y < y0 + 10 * unit for _, y in ring)
            found.append([[ground, ring]] if inside and dice.random() < 0.3 else [[ring]])
    return found


def combs(dice: Random, x0: float, y0: float, unit: float) -> list[Row | None]:
    """Lay combs of many teeth, upright or level, some an ulp thick, and lots of their teeth's size over them."""
    found: list[Row | None] = []
    for _ in range(dice.randint(1, 2)):
        upright, teeth = dice.random() < 0.5, dice.choice([3, 15, 16, 17, 40])
        low, foot = (x0, y0) if upright else (y0, x0)
        sides, neck = rising(dice, low, unit, 2 * teeth - 1), foot + unit
        ring = [(sides[0], foot), (sides[-1], foot)]
        for nth in reversed(range(teeth)):
            top = foot + unit * dice.randint(2, 5)
            ring += [(sides[2 * nth + 1], top), (sides[2 * nth], top)]
            ring += [(sides[2 * nth], neck), (sides[2 * nth - 1], neck)] if nth else []
        ring.append(ring[0])
        found.append([[ring if upright else [(x, y) for y, x in ring]]])
    for _ in range(5):
        x, y = x0 + unit * dice.uniform(0, 30), y0 + unit * dice.randint(0, 5)
        found.append(_box(x, y, x + unit, y + unit))
    return found


def crowds(dice: Random, x0: float, y0: float, unit: float) -> list[Row | None]:
    """Heap tiny lots in one cell of the grid: one lies a thousand times as far off, one lies over all."""
    found: list[Row | None] = []
    for _ in range(dice.randint(20, 60)):
        x, y = x0 + unit * dice.randint(0, 40) / 8, y0 + unit * dice.randint(0, 40) / 8
        found.append(_box(x, y, x + unit / 8, y + unit / 8))
    found.append(_box(x0 + 1e3 * unit, y0, x0 + 1001 * unit, y0 + unit))
    if dice.random() < 0.5:
        found.append(_box(x0 - unit, y0 - unit, x0 + 1e3 * unit, y0 + 1e3 * unit))
    return found


def _box(west: float, south: float, east: float, north: float) -> Row:
    return [[[(west, south), (east, south), (east, north), (west, north), (west, south)]]]


KINDS: dict[str, Callable[[Random, float, float, float], list[Row | None]]] = {
    "blocks": blocks,
    "crooked": crooked,
    "stars": stars,
    "slivers": slivers,
    "combs": combs,
    "crowds": crowds,
}
