"""Points that mean rows harm: on edges, an ulp beside them, in line with their ends."""

import math
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from random import Random

import exact

Place = tuple[float, float]
Row = list[list[list[Place]]]


def harmful(dice: Random, rows: list[Row]) -> Iterator[Place]:
    """Choose an edge, and points on it, hardly beside it, in line with its ends, and anywhere."""
    ring = dice.choice(dice.choice(dice.choice(rows)))
    a, b = dice.choice(list(pairwise(ring)))
    yield a
    yield nudged(dice, a)
    yield nudged(dice, along(dice, a, b))
    yield from beside(a, b, dice.choice([-1, 0, 1]))
    (ax, ay), (bx, by) = a, dice.choice(ring)
    yield ax, by
    yield ax + dice.uniform(-2, 2) * (bx - ax), ay + dice.uniform(-2, 2) * (by - ay)
    yield ax + dice.uniform(-2, 2) * (bx - ax), ay


def along(dice: Random, a: Place, b: Place) -> Place:
    part = dice.choice([0.5, dice.random()])
    return a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])


def nudged(dice: Random, spot: Place) -> Place:
    return ulps_off(spot, *(dice.choice([-2, -1, 0, 0, 1, 2]) for _ in spot))


def ulps_off(spot: Place, east: int, north: int) -> Place:
    """Move a place by so many ulps; those next to 0 are not less than a micrometre has."""
    x, y = (number + off * math.ulp(max(abs(number), 1e-6)) for number, off in zip(spot, (east, north), strict=True))
    return x, y


def beside(a: Place, b: Place, by: int) -> Iterator[Place]:
    """Find the point nearest to the edge on one side of it, or on it (0), among those of its own ulps; none where there is none.

    In ulps the edge runs (run, rise); the least turn but none at all is their greatest common divisor.
    """
    units = exact.Units([*a, *b])
    (ax, ay), (bx, b_y) = [(units(x), units(y)) for x, y in (a, b)]
    run, rise = bx - ax, b_y - ay
    divisor = math.gcd(run, rise)
    if not run or not rise or (by == 0 and divisor == 1):
        return
    if by == 0:
        east, north = run // divisor * (divisor // 2), rise // divisor * (divisor // 2)
    else:
        # run * north - rise * east = by * divisor
        north = by * pow(run // divisor, -1, abs(rise // divisor)) if abs(rise) > divisor else by
        east = (run // divisor * north - by) // (rise // divisor)
        steps = (run // 2 - east) // (run // divisor)
        east, north = east + steps * (run // divisor), north + steps * (rise // divisor)
    spot = [Fraction(ax + east, units.each), Fraction(ay + north, units.each)]
    doubles = float(spot[0]), float(spot[1])
    if [Fraction(number) for number in doubles] == spot:
        yield doubles


def turns(a: Place, b: Place, c: Place) -> bool:
    units = exact.Units([*a, *b, *c])
    return exact.turn(*((units(x), units(y)) for x, y in (a, b, c))) != 0
