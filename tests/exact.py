"""Points, shared ground and cells measured by brute force in whole numbers and fractions: no rounding anywhere.

An oracle for the engine that shares nothing with it, nor with GEOS: plain Python, slow and short. A row is a
list of polygons, a polygon a list of closed rings, its shell first; what an odd number of rings goes round is inside.
Coordinates are whole numbers or fractions: `Units` turns doubles into such, for every double is a fraction.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import pairwise

Number = int | Fraction
Spot = tuple[Number, Number]
Edge = tuple[Spot, Spot]
Ring = list[Spot]
Row = list[list[Ring]]


class Units:
    """The coarsest power of a half in which all given doubles are whole numbers."""

    def __init__(self, doubles: Iterable[float]) -> None:
        self.each = max((Fraction(one).denominator for one in doubles), default=1)

    def __call__(self, double: float) -> int:
        whole = Fraction(double) * self.each
        assert whole.denominator == 1, f"{double!r} was not among the doubles"
        return whole.numerator

    def row(self, row: list[list[list[tuple[float, float]]]]) -> Row:
        """Turn a row's coordinates into whole numbers."""
        return [[[(self(x), self(y)) for x, y in ring] for ring in polygon] for polygon in row]


def edges(row: Row) -> Iterator[Edge]:
    """List a row's edges, without those from a vertex to itself."""
    for polygon in row:
        for ring in polygon:
            yield from ((a, b) for a, b in pairwise(ring) if a != b)


def box(row: Row) -> tuple[Number, Number, Number, Number]:
    """Give the least x and y and the greatest."""
    xs, ys = zip(*(spot for polygon in row for ring in polygon for spot in ring), strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def turn(a: Spot, b: Spot, c: Spot) -> Number:
    """Measure twice the triangle: above 0 where the way from a by b to c turns left."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def contains(row: Row, spot: Spot) -> bool:
    """Tell whether a spot is in a row, or on its outline, by a ray to the east."""
    x, y = spot
    odd = False
    for a, b in edges(row):
        side = turn(a, b, spot)
        if side == 0 and _spans(a[0], b[0], x) and _spans(a[1], b[1], y):
            return True
        # The edge lies east of the spot when the spot is left of it as it runs north.
        if (a[1] <= y) != (b[1] <= y) and (side > 0) == (b[1] > a[1]):
            odd = not odd
    return odd


def _spans(one: Number, other: Number, at: Number) -> bool:
    return min(one, other) <= at <= max(one, other)


def squared_distance(row: Row, spot: Spot) -> Fraction:
    """Measure the squared distance of a spot from a row's outline."""
    return min(_from_edge(a, b, spot) for a, b in edges(row))


def _from_edge(a: Spot, b: Spot, spot: Spot) -> Fraction:
    run, rise, east, north = b[0] - a[0], b[1] - a[1], spot[0] - a[0], spot[1] - a[1]
    along, long = run * east + rise * north, run * run + rise * rise
    if along <= 0:
        return Fraction(east * east + north * north)
    if along >= long:
        return Fraction((spot[0] - b[0]) ** 2 + (spot[1] - b[1]) ** 2)
    return Fraction((run * north - rise * east) ** 2, long)


def area(row: Row) -> Fraction:
    """Measure a row: its shells without their holes."""
    rings = [[abs(_signed(ring)) for ring in polygon] for polygon in row]
    return sum((shell - sum(holes) for shell, *holes in rings), Fraction(0))


def _signed(ring: Ring) -> Fraction:
    return sum((Fraction(a[0] * b[1] - b[0] * a[1]) for a, b in pairwise(ring)), Fraction(0)) / 2


def shared(one: Row, other: Row) -> Fraction:
    """Measure the ground in both of two rows, each of rings that cross neither themselves nor one another.

    Upright lines through every vertex and every crossing cut the plane into strips. In a strip the
    length that an upright line has in both grows evenly, so that the line in its middle stands for all.
    """
    west, south, east, north = _common_box(one, other)
    if west >= east or south >= north:
        return Fraction(0)
    mine, others = (_sloping(row, west, east) for row in (one, other))
    cuts = {west, east}
    cuts.update(x for a, b in (*mine, *others) for x in (a[0], b[0]) if west < x < east)
    cuts.update(x for x in _crossings(mine, others) if west < x < east)
    strips = sorted(cuts)
    total = Fraction(0)
    for here, there, (left, right) in zip(
        _by_strip(mine, strips), _by_strip(others, strips), pairwise(strips), strict=True
    ):
        middle = Fraction(left + right, 2)
        total += (right - left) * _overlap(_heights(here, middle), _heights(there, middle))
    return total


def _common_box(one: Row, other: Row) -> tuple[Number, Number, Number, Number]:
    (west, south, east, north), (left, low, right, high) = box(one), box(other)
    return max(west, left), max(south, low), min(east, right), min(north, high)


def _sloping(row: Row, west: Number, east: Number) -> list[Edge]:
    """List the edges between two x that are not upright, eastwards."""
    found = (sorted(edge) for edge in edges(row))
    return [(a, b) for a, b in found if a[0] < b[0] and a[0] < east and b[0] > west]


def _crossings(mine: list[Edge], others: list[Edge]) -> Iterator[Fraction]:
    for a, b in mine:
        low, high = min(a[1], b[1]), max(a[1], b[1])
        for c, d in others:
            if c[0] >= b[0] or d[0] <= a[0] or max(c[1], d[1]) < low or min(c[1], d[1]) > high:
                continue
            from_c, from_d = turn(a, b, c), turn(a, b, d)
            if (from_c < 0 < from_d) or (from_d < 0 < from_c):
                yield c[0] + Fraction((d[0] - c[0]) * from_c) / (from_c - from_d)


def _by_strip(sloping: list[Edge], strips: list[Number]) -> list[list[Edge]]:
    found: list[list[Edge]] = [[] for _ in strips[1:]]
    for a, b in sloping:
        for nth in range(bisect_left(strips, a[0]), bisect_left(strips, b[0])):
            if nth < len(found):
                found[nth].append((a, b))
    return found


def _heights(sloping: list[Edge], x: Fraction) -> list[Fraction]:
    return sorted(a[1] + (x - a[0]) * Fraction(b[1] - a[1]) / (b[0] - a[0]) for a, b in sloping)


def _overlap(mine: list[Fraction], others: list[Fraction]) -> Fraction:
    """Measure what two lists of stretches, each its begin and its end in turn, have in common."""
    total, at = Fraction(0), 0
    for low, high in zip(mine[::2], mine[1::2], strict=True):
        while at < len(others) and others[at + 1] <= low:
            at += 2
        nth = at
        while nth < len(others) and others[nth] < high:
            total += min(high, others[nth + 1]) - max(low, others[nth])
            nth += 2
    return total


def in_cells(
    row: Row, west: Number, north: Number, cell_x: Number, cell_y: Number, size: tuple[int, int]
) -> dict[tuple[int, int], Fraction]:
    """Measure a row's part in each cell of a raster of `size` rows and columns, by (row, column): 1 is a whole cell.

    Each ring is cut at the cell's four sides (Sutherland and Hodgman 1974), which keeps its signed area.
    """
    found: dict[tuple[int, int], Fraction] = {}
    least_x, least_y, most_x, most_y = box(row)
    lines = range(max(0, (north - most_y) // cell_y), min(size[0], (north - least_y) // cell_y + 1))
    columns = range(max(0, (least_x - west) // cell_x), min(size[1], (most_x - west) // cell_x + 1))
    for line in lines:
        top = north - line * cell_y
        strip = [[_between(ring, 1, top - cell_y, top) for ring in polygon] for polygon in row]
        for column in columns:
            left = west + column * cell_x
            cut = [[_between(ring, 0, left, left + cell_x) for ring in each] for each in strip]
            part = area(cut) / (cell_x * cell_y)
            if part:
                found[line, column] = part
    return found


def _between(ring: Ring, axis: int, low: Number, high: Number) -> Ring:
    return _beyond(_beyond(ring, axis, low, 1), axis, high, -1)


def _beyond(ring: Ring, axis: int, limit: Number, sign: int) -> Ring:
    """Cut a closed ring at an upright or level line: what lies beyond it, on the side of the sign."""
    kept: Ring = []
    for a, b in pairwise(ring):
        from_a, from_b = sign * (a[axis] - limit), sign * (b[axis] - limit)
        if from_a >= 0:
            kept.append(a)
        if (from_a < 0 < from_b) or (from_b < 0 < from_a):
            part = Fraction(from_a) / (from_a - from_b)
            kept.append((a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part))
    return [*kept, *kept[:1]]
