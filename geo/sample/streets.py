"""Streets: their names, their house numbers and their centrelines."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely

from geo.sample.blocks import Layout
from geo.sample.ground import Ground
from geo.sample.plan import Plan
from geo.sample.tables import Table, known, objects
from geo.sample.words import MERGED, STREETS, WORDS, Town, ordinal

NUMBER_M = 5.0  # two numbers, an odd and an even one, for each so many metres
BEND_M = 25.0  # a centreline has a vertex at least this often


@dataclass(frozen=True)
class Streets:
    """The streets of a town, in the order of `slots.street_number`.

    `name` (full), `predir`, `word` and `suffix` are texts; `origin` and `way` (n, 2) give start and
    unit direction on the plan; `base` is the even number at the start.
    """

    name: np.ndarray
    predir: np.ndarray
    word: np.ndarray
    suffix: np.ndarray
    origin: np.ndarray
    way: np.ndarray
    base: np.ndarray

    def numbers(self, street: np.ndarray, plan: np.ndarray) -> np.ndarray:
        """Give points on the plan house numbers: growing along the street, odd on its left."""
        off = plan - self.origin[street]
        way = self.way[street]
        along = (off * way).sum(-1)
        left = way[:, 0] * off[:, 1] - way[:, 1] * off[:, 0] > 0
        steps = np.floor(along / NUMBER_M + 1e-6).astype(int)
        return self.base[street] + 2 * steps + left


def town_streets(plan: Plan, layout: Layout, rng: np.random.Generator) -> Streets:
    """Name a town's streets and number them from the county's south-west corner."""
    cell, rows, cols = layout.cell, len(layout.rows), len(layout.cols)
    town = plan.towns[cell.town or 0]
    starts = [*cell.at(0.0, layout.rows), *cell.at(layout.cols, 0.0)]
    ends = [*cell.at(1.0, layout.rows), *cell.at(layout.cols, 1.0)]
    for stub in layout.stubs:
        starts.append(cell.at(layout.cols[stub.left], layout.rows[stub.row]))
        ends.append(cell.at(layout.cols[stub.right], layout.rows[stub.row]))
    names = [
        *_names(rows, "row", town, rng),
        *_names(cols, "cross", town, rng),
        *_names(len(layout.stubs), "stub", town, rng),
    ]
    for number, line in zip((0, rows + cols - 1, rows - 1, rows), cell.lines, strict=True):
        border = plan.lines[line]
        starts[number], ends[number] = border.start, border.end
        names[number] = ("", border.name, border.suffix)
    return _streets(names, np.array(starts), np.array(ends), plan.south_west)


def _streets(
    names: list[tuple[str, str, str]], starts: np.ndarray, ends: np.ndarray, zero: np.ndarray
) -> Streets:
    predir, word, suffix = (np.array(part, dtype=object) for part in zip(*names, strict=True))
    way = (ends - starts) / np.hypot(*(ends - starts).T)[:, None]
    hundreds = np.floor(((starts - zero) * way).sum(-1) / (50 * NUMBER_M)).astype(int)
    base = 100 * (np.where(np.abs(way[:, 0]) > np.abs(way[:, 1]), 62, 18) + np.maximum(hundreds, 0))
    full = np.array([full_name(*parts) for parts in names], dtype=object)
    return Streets(full, predir, word, suffix, starts, way, base)


def full_name(predir: str, word: str, suffix: str) -> str:
    """Put the parts of a street's name together."""
    return " ".join(part for part in (predir, word, suffix) if part)


def _names(
    count: int, kind: str, town: Town, rng: np.random.Generator
) -> list[tuple[str, str, str]]:
    """Draw `count` different names; cross streets of some towns are counted instead.

    Towns that merged share no name: an address is in one place only, before and since.
    """
    suffixes, merged = WORDS[f"{kind}_suffixes"], town.name in MERGED
    if kind == "cross" and not merged and rng.random() < 0.3:
        first = int(rng.integers(58, 76))
        return [("", ordinal(first + i), "St") for i in range(count)]
    # Each kind takes its own third of the words, so that no two streets of a town share one.
    third = {"row": 0, "cross": 1, "stub": 2}[kind]
    pool = STREETS[third::3][MERGED.index(town.name) :: 2] if merged else STREETS[third::3]
    words = rng.permutation(np.array(pool, dtype=object))
    first = 700 if town.name == MERGED[1] else 200
    turn = int(rng.integers(len(suffixes)))
    predirs = rng.choice(np.array(["", "N", "S"], dtype=object), count, p=[0.94, 0.03, 0.03])
    named = []
    for i in range(count):
        lap, nth = divmod(i, len(words))
        # Words come round again with another suffix; when those too are used up, streets are counted.
        word = str(words[nth]) if lap < len(suffixes) else ordinal(first + i)
        named.append((str(predirs[i]), word, suffixes[(nth + lap + turn) % len(suffixes)]))
    return named


def town_centrelines(
    layout: Layout, streets: Streets, stub_ends: np.ndarray, ground: Ground
) -> Table:
    """Draw the town's own centrelines, from crossing to crossing; border streets come later.

    `stub_ends` gives for each cul-de-sac the u at which it ends.
    """
    pieces = [*_row_pieces(layout), *_cross_pieces(layout), *_stub_pieces(layout, stub_ends)]
    number = np.array([piece[0] for piece in pieces], dtype=int)
    ends = np.array([piece[1:] for piece in pieces]).reshape(-1, 4)
    start = layout.cell.at(ends[:, 0], ends[:, 1])
    end = layout.cell.at(ends[:, 2], ends[:, 3])
    divided = number == layout.boulevard
    drawn = centrelines(start, end, ground)
    return _table(streets, number, (start, end), drawn, divided, ~divided)


def _row_pieces(layout: Layout) -> Iterator[tuple[int, float, float, float, float]]:
    """Yield street number, u, v, u, v of each stretch of the inner row streets."""
    lost = {(stub.row, stub.left) for stub in layout.stubs}
    for row in range(1, len(layout.rows) - 1):
        v = float(layout.rows[row])
        nodes = np.flatnonzero(layout.kept[row - 1] | layout.kept[row]).tolist()
        for left, right in pairwise(nodes):
            if (row, left) not in lost:
                yield row, float(layout.cols[left]), v, float(layout.cols[right]), v


def _cross_pieces(layout: Layout) -> Iterator[tuple[int, float, float, float, float]]:
    for row, cross in np.argwhere(layout.kept).tolist():
        if 0 < cross < len(layout.cols) - 1:
            u = float(layout.cols[cross])
            ends = float(layout.rows[row]), float(layout.rows[row + 1])
            yield len(layout.rows) + cross, u, ends[0], u, ends[1]


def _stub_pieces(
    layout: Layout, ends: np.ndarray
) -> Iterator[tuple[int, float, float, float, float]]:
    first = len(layout.rows) + len(layout.cols)
    for i, stub in enumerate(layout.stubs):
        v = float(layout.rows[stub.row])
        yield first + i, float(layout.cols[stub.left]), v, float(ends[i]), v


def border_centrelines(plan: Plan, stops: dict[int, list[np.ndarray]], ground: Ground) -> Table:
    """Draw the border streets, cut where other streets reach them (`stops`, by line)."""
    number, start, end = [], [], []
    for i, line in enumerate(plan.lines):
        points = np.array([line.start, line.end, *stops.get(i, [])])
        along = (points - line.start) @ (line.end - line.start)
        points = points[np.argsort(along, kind="stable")]
        far = np.hypot(*np.diff(points, axis=0).T) > 1.0
        kept = points[np.concatenate([[True], far])]
        number += [i] * (len(kept) - 1)
        start += [*kept[:-1]]
        end += [*kept[1:]]
    ends = np.array(start), np.array(end)
    which = np.array(number)
    divided = np.array([line.divided for line in plan.lines])[which]
    drawn = centrelines(*ends, ground)
    return _table(border_streets(plan), which, ends, drawn, divided, np.zeros(len(which), bool))


def border_streets(plan: Plan) -> Streets:
    """Give the border streets, by the numbers of their lines."""
    starts, ends = (
        np.array([getattr(line, end) for line in plan.lines]) for end in ("start", "end")
    )
    return _streets(
        [("", line.name, line.suffix) for line in plan.lines], starts, ends, plan.south_west
    )


def border_stops(layout: Layout) -> Iterator[tuple[int, np.ndarray]]:
    """Yield each border street (by line) with the points where this town's streets reach it."""
    cell, south = layout.cell, layout.cols[layout.kept[0]]
    north = layout.cols[layout.kept[-1]]
    sides = [
        cell.at(south, 0.0),
        cell.at(1.0, layout.rows),
        cell.at(north, 1.0),
        cell.at(0.0, layout.rows),
    ]
    for line, points in zip(cell.lines, sides, strict=True):
        yield from ((line, point) for point in points)


def centrelines(start: np.ndarray, end: np.ndarray, ground: Ground) -> np.ndarray:
    """Draw straight stretches of the plan as they bend on the ground, in metres."""
    steps = np.maximum(1, np.ceil(np.hypot(*(end - start).T) / BEND_M)).astype(int)
    which = np.arange(len(steps)).repeat(steps + 1)
    share = np.concatenate([np.empty(0), *(np.linspace(0, 1, n + 1) for n in steps)])[:, None]
    return shapely.linestrings(
        ground.metres(start[which] * (1 - share) + end[which] * share), indices=which
    )


def _table(
    streets: Streets,
    number: np.ndarray,
    ends: tuple[np.ndarray, np.ndarray],
    drawn: np.ndarray,
    divided: np.ndarray,
    local: np.ndarray,
) -> Table:
    """Put centrelines in a table, with the house numbers on either side."""
    way = streets.way[number]
    first, last = (
        np.floor(((e - streets.origin[number]) * way).sum(-1) / NUMBER_M + 1e-6).astype(int)
        for e in ends
    )
    low, high = (
        streets.base[number] + 2 * first,
        streets.base[number] + 2 * np.maximum(last - 1, first),
    )
    return objects(
        {
            "name": streets.name[number],
            "predir": known(streets.predir[number], streets.predir[number] != ""),
            "street": streets.word[number],
            "suffix": streets.suffix[number],
            "left_from": low + 1,
            "left_to": high + 1,
            "right_from": low,
            "right_to": high,
            "class": np.where(local, "local", "collector"),
            "divided": divided,
            "width_ft": np.where(divided, 48.0, np.where(local, 26.0, 36.0)),
            "geometry": drawn,
        }
    )
