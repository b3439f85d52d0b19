"""Streets of the county: their names, their house numbers and their centerlines.

`geo.sample.county` calls `make_town_streets`, `town_centerlines` and `border_centerlines`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely

from geo.sample.layout.county_plan import CountyPlan
from geo.sample.layout.georeference import Georeference
from geo.sample.layout.street_blocks import BlockLayout
from geo.sample.records.word_lists import MERGED_TOWNS, STREET_WORDS, WORD_LISTS, Town, to_ordinal
from geo.sample.sample_tables import Table, make_table, unknown_unless

METERS_PER_NUMBER_PAIR = 5.0  # length of street for one odd and one even number
VERTEX_SPACING_M = 25.0  # largest distance between vertices of a centerline


@dataclass(frozen=True)
class TownStreets:
    """The `n` streets of a town, in the order of `lot_slots.street_index`.

    `name` is the full name, made of `predir`, `base_name` and `suffix`. `origin` and `direction`
    `(n, 2)` are the start and the unit direction on the plan. `base_number` is the even house
    number at the start.
    """

    name: np.ndarray
    predir: np.ndarray
    base_name: np.ndarray
    suffix: np.ndarray
    origin: np.ndarray
    direction: np.ndarray
    base_number: np.ndarray

    def house_numbers_at(self, street: np.ndarray, points: np.ndarray) -> np.ndarray:
        """Return the house numbers of plan points `(m, 2)` on streets `(m,)`.

        Numbers grow along the street, odd on its left.

        >>> text, zero = np.array(["Elm St"], dtype=object), np.zeros((1, 2))
        >>> streets = TownStreets(text, text, text, text, zero, np.array([[1.0, 0.0]]), np.array([4000]))
        >>> points = np.array([[52.0, 10.0], [52.0, -10.0]])
        >>> streets.house_numbers_at(np.array([0, 0]), points).tolist()
        [4021, 4020]
        """
        offsets = points - self.origin[street]
        directions = self.direction[street]
        along = (offsets * directions).sum(-1)
        is_left = directions[:, 0] * offsets[:, 1] - directions[:, 1] * offsets[:, 0] > 0
        steps = np.floor(along / METERS_PER_NUMBER_PAIR + 1e-6).astype(int)
        return self.base_number[street] + 2 * steps + is_left


def make_town_streets(plan: CountyPlan, layout: BlockLayout, rng: np.random.Generator) -> TownStreets:
    """Return a town's streets with names, and with house numbers from the county's south-west corner."""
    cell, rows, cols = layout.cell, len(layout.rows), len(layout.cols)
    town = plan.towns[cell.town or 0]
    starts = [*cell.points_at(0.0, layout.rows), *cell.points_at(layout.cols, 0.0)]
    ends = [*cell.points_at(1.0, layout.rows), *cell.points_at(layout.cols, 1.0)]
    for stub in layout.stubs:
        starts.append(cell.points_at(layout.cols[stub.left], layout.rows[stub.row]))
        ends.append(cell.points_at(layout.cols[stub.right], layout.rows[stub.row]))
    names = [
        *_draw_street_names(rows, "row", town, rng),
        *_draw_street_names(cols, "cross", town, rng),
        *_draw_street_names(len(layout.stubs), "stub", town, rng),
    ]
    for street_index, border_index in zip((0, rows + cols - 1, rows - 1, rows), cell.border_streets, strict=True):
        border = plan.through_streets[border_index]
        starts[street_index], ends[street_index] = border.start, border.end
        names[street_index] = ("", border.name, border.suffix)
    return _number_streets(names, np.array(starts), np.array(ends), plan.south_west)


def _number_streets(
    names: list[tuple[str, str, str]], starts: np.ndarray, ends: np.ndarray, origin: np.ndarray
) -> TownStreets:
    predir, base_name, suffix = (np.array(part, dtype=object) for part in zip(*names, strict=True))
    directions = (ends - starts) / np.hypot(*(ends - starts).T)[:, None]
    hundreds = np.floor(((starts - origin) * directions).sum(-1) / (50 * METERS_PER_NUMBER_PAIR)).astype(int)
    base_numbers = 100 * (
        np.where(np.abs(directions[:, 0]) > np.abs(directions[:, 1]), 62, 18) + np.maximum(hundreds, 0)
    )
    full_names = np.array([full_name(*parts) for parts in names], dtype=object)
    return TownStreets(full_names, predir, base_name, suffix, starts, directions, base_numbers)


def full_name(predir: str, base_name: str, suffix: str) -> str:
    """Return the full name of a street.

    >>> full_name("", "Natural Bridge", "Rd"), full_name("N", "Oak", "Ave")
    ('Natural Bridge Rd', 'N Oak Ave')
    """
    return " ".join(part for part in (predir, base_name, suffix) if part)


def _draw_street_names(count: int, kind: str, town: Town, rng: np.random.Generator) -> list[tuple[str, str, str]]:
    """Return `count` different names as direction, base name and suffix.

    Cross streets of some towns have ordinal names. The merged towns share no name, so that an
    address is in one place before and after the merger.
    """
    suffixes, is_merged = WORD_LISTS[f"{kind}_suffixes"], town.name in MERGED_TOWNS
    if kind == "cross" and not is_merged and rng.random() < 0.3:
        first = int(rng.integers(58, 76))
        return [("", to_ordinal(first + i), "St") for i in range(count)]
    # Each kind has its own third of the words, so that no two streets of a town share one.
    third = {"row": 0, "cross": 1, "stub": 2}[kind]
    pool = STREET_WORDS[third::3][MERGED_TOWNS.index(town.name) :: 2] if is_merged else STREET_WORDS[third::3]
    words = rng.permutation(np.array(pool, dtype=object))
    first = 700 if town.name == MERGED_TOWNS[1] else 200
    shift = int(rng.integers(len(suffixes)))
    predirs = rng.choice(np.array(["", "N", "S"], dtype=object), count, p=[0.94, 0.03, 0.03])
    names = []
    for i in range(count):
        round_index, word_index = divmod(i, len(words))
        # Words repeat with another suffix. Once the suffixes are used up, streets have ordinal names.
        base_name = str(words[word_index]) if round_index < len(suffixes) else to_ordinal(first + i)
        names.append((str(predirs[i]), base_name, suffixes[(word_index + round_index + shift) % len(suffixes)]))
    return names


def town_centerlines(
    layout: BlockLayout, streets: TownStreets, stub_ends: np.ndarray, georeference: Georeference
) -> Table:
    """Return the town's own centerlines, from intersection to intersection, without the border streets.

    `stub_ends` has the `u` at which each cul-de-sac ends.
    """
    pieces = [*_row_street_pieces(layout), *_cross_street_pieces(layout), *_stub_street_pieces(layout, stub_ends)]
    street_indices = np.array([piece[0] for piece in pieces], dtype=int)
    ends = np.array([piece[1:] for piece in pieces]).reshape(-1, 4)
    start = layout.cell.points_at(ends[:, 0], ends[:, 1])
    end = layout.cell.points_at(ends[:, 2], ends[:, 3])
    is_divided = street_indices == layout.boulevard
    geometries = draw_centerlines(start, end, georeference)
    return _centerline_table(streets, street_indices, (start, end), geometries, is_divided, ~is_divided)


def _row_street_pieces(layout: BlockLayout) -> Iterator[tuple[int, float, float, float, float]]:
    """Yield street index, u, v, u, v of each stretch of the inner row streets."""
    stub_stretches = {(stub.row, stub.left) for stub in layout.stubs}
    for row in range(1, len(layout.rows) - 1):
        v = float(layout.rows[row])
        nodes = np.flatnonzero(layout.has_cross_street[row - 1] | layout.has_cross_street[row]).tolist()
        for left, right in pairwise(nodes):
            if (row, left) not in stub_stretches:
                yield row, float(layout.cols[left]), v, float(layout.cols[right]), v


def _cross_street_pieces(layout: BlockLayout) -> Iterator[tuple[int, float, float, float, float]]:
    for row, cross in np.argwhere(layout.has_cross_street).tolist():
        if 0 < cross < len(layout.cols) - 1:
            u = float(layout.cols[cross])
            ends = float(layout.rows[row]), float(layout.rows[row + 1])
            yield len(layout.rows) + cross, u, ends[0], u, ends[1]


def _stub_street_pieces(layout: BlockLayout, ends: np.ndarray) -> Iterator[tuple[int, float, float, float, float]]:
    first = len(layout.rows) + len(layout.cols)
    for i, stub in enumerate(layout.stubs):
        v = float(layout.rows[stub.row])
        yield first + i, float(layout.cols[stub.left]), v, float(ends[i]), v


def border_centerlines(
    plan: CountyPlan, intersections: dict[int, list[np.ndarray]], georeference: Georeference
) -> Table:
    """Return the border streets' centerlines, cut at `intersections` (points by through street)."""
    indices, start, end = [], [], []
    for i, through_street in enumerate(plan.through_streets):
        points = np.array([through_street.start, through_street.end, *intersections.get(i, [])])
        along = (points - through_street.start) @ (through_street.end - through_street.start)
        points = points[np.argsort(along, kind="stable")]
        is_apart = np.hypot(*np.diff(points, axis=0).T) > 1.0
        distinct_points = points[np.concatenate([[True], is_apart])]
        indices += [i] * (len(distinct_points) - 1)
        start += [*distinct_points[:-1]]
        end += [*distinct_points[1:]]
    ends = np.array(start), np.array(end)
    street_indices = np.array(indices)
    is_divided = np.array([through_street.is_divided for through_street in plan.through_streets])[street_indices]
    geometries = draw_centerlines(*ends, georeference)
    return _centerline_table(
        make_border_streets(plan), street_indices, ends, geometries, is_divided, np.zeros(len(street_indices), bool)
    )


def make_border_streets(plan: CountyPlan) -> TownStreets:
    """Return the border streets, in the order of `plan.through_streets`."""
    starts, ends = (
        np.array([getattr(through_street, end) for through_street in plan.through_streets]) for end in ("start", "end")
    )
    return _number_streets(
        [("", through_street.name, through_street.suffix) for through_street in plan.through_streets],
        starts,
        ends,
        plan.south_west,
    )


def border_intersections(layout: BlockLayout) -> Iterator[tuple[int, np.ndarray]]:
    """Yield border street and point for each place where this town's streets reach its border."""
    cell, south = layout.cell, layout.cols[layout.has_cross_street[0]]
    north = layout.cols[layout.has_cross_street[-1]]
    sides = [
        cell.points_at(south, 0.0),
        cell.points_at(1.0, layout.rows),
        cell.points_at(north, 1.0),
        cell.points_at(0.0, layout.rows),
    ]
    for border_index, points in zip(cell.border_streets, sides, strict=True):
        yield from ((border_index, point) for point in points)


def draw_centerlines(start: np.ndarray, end: np.ndarray, georeference: Georeference) -> np.ndarray:
    """Return straight stretches of the plan as lines in meters, bent as on the ground.

    `start` and `end` are `(n, 2)`. A line has a vertex at least every `VERTEX_SPACING_M`.
    """
    steps = np.maximum(1, np.ceil(np.hypot(*(end - start).T) / VERTEX_SPACING_M)).astype(int)
    line_indices = np.arange(len(steps)).repeat(steps + 1)
    share = np.concatenate([np.empty(0), *(np.linspace(0, 1, step_count + 1) for step_count in steps)])[:, None]
    return shapely.linestrings(
        georeference.to_metric(start[line_indices] * (1 - share) + end[line_indices] * share), indices=line_indices
    )


def _centerline_table(
    streets: TownStreets,
    street_indices: np.ndarray,
    ends: tuple[np.ndarray, np.ndarray],
    geometries: np.ndarray,
    is_divided: np.ndarray,
    is_local: np.ndarray,
) -> Table:
    """Return a table of centerlines with the house numbers on both sides."""
    directions = streets.direction[street_indices]
    first, last = (
        np.floor(
            ((end_points - streets.origin[street_indices]) * directions).sum(-1) / METERS_PER_NUMBER_PAIR + 1e-6
        ).astype(int)
        for end_points in ends
    )
    low, high = (
        streets.base_number[street_indices] + 2 * first,
        streets.base_number[street_indices] + 2 * np.maximum(last - 1, first),
    )
    return make_table(
        {
            "name": streets.name[street_indices],
            "predir": unknown_unless(streets.predir[street_indices], streets.predir[street_indices] != ""),
            "street": streets.base_name[street_indices],
            "suffix": streets.suffix[street_indices],
            "left_from": low + 1,
            "left_to": high + 1,
            "right_from": low,
            "right_to": high,
            "class": np.where(is_local, "local", "collector"),
            "divided": is_divided,
            "width_ft": np.where(is_divided, 48.0, np.where(is_local, 26.0, 36.0)),
            "geometry": geometries,
        }
    )
