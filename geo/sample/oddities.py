"""Oddities that real files have, a small share of each. `data/SOURCES.md` lists them."""

from collections.abc import Callable, Mapping

import numpy as np
import shapely

from geo.sample.plan import shares
from geo.sample.tables import Table

Change = Callable[[Table, np.ndarray], None]  # changes the rows with these numbers, in place


def _set(column: str, *values: object) -> Change:
    """Write values into a column, in turn."""

    def change(table: Table, which: np.ndarray) -> None:
        for i, row in enumerate(which):
            table[column][row] = values[i % len(values)]

    return change


def _unplace(shape: shapely.Geometry | None) -> Change:
    """Replace the geometry and take away the other things by which a row is placed."""

    def change(table: Table, which: np.ndarray) -> None:
        for row in which:
            table["geometry"][row] = shape
            table["address"][row] = table["parcel_key"][row] = None

    return change


def _lose_place(table: Table, which: np.ndarray) -> None:
    """Take away everything by which an inspection is placed."""
    for name in ("parcel_key", "address", "lon", "lat"):
        table[name][which] = None


def _at_zero(table: Table, which: np.ndarray) -> None:
    """Place inspections at (0, 0) and nowhere else."""
    table["lon"][which] = table["lat"][which] = 0.0
    table["parcel_key"][which] = table["address"][which] = None


def _swap_axes(table: Table, which: np.ndarray) -> None:
    """Write latitude first."""
    for row in which:
        lon, lat = shapely.get_coordinates(table["geometry"][row])[0]
        table["geometry"][row] = shapely.Point(lat, lon)


def _repeat_id(table: Table, which: np.ndarray) -> None:
    """Give a row the id of the row before it."""
    table["id"][which] = table["id"][which - 1]


def _repeat_place(table: Table, which: np.ndarray) -> None:
    """Put a tree exactly where the one before it stands."""
    table["geometry"][which] = table["geometry"][which - 1]


def _double(table: Table, which: np.ndarray) -> None:
    """Make a row equal to the one before it in every column."""
    for column in table.values():
        column[which] = column[which - 1]


def _add_blank(table: Table, which: np.ndarray) -> None:
    """Write "Remove" with a trailing blank, on as many rows that have it."""
    table["maintenance"][np.flatnonzero(table["maintenance"] == "Remove")[: len(which)]] = "Remove "


def _shout(column: str) -> Change:
    """Write a code in capitals, or with a capital."""

    def change(table: Table, which: np.ndarray) -> None:
        for i, row in enumerate(which):
            if text := table[column][row]:
                table[column][row] = text.upper() if i % 2 else text.capitalize()

    return change


FAR = shapely.Point(-93.29, 37.21)  # another corner of the state
TREES: Mapping[str, tuple[float, Change]] = {
    "Remove with a trailing blank": (0.004, _add_blank),
    "condition in mixed case": (0.006, _shout("condition")),
    "condition N/A": (0.005, _set("condition", "N/A")),
    "condition blank": (0.004, _set("condition", "")),
    "DBH 0": (0.004, _set("dbh_in", 0.0)),
    "DBH 9908": (0.0003, _set("dbh_in", 9908.0)),
    "planted on 1899-12-30": (0.001, _set("planted_on", "1899-12-30")),
    "swapped axes": (0.0003, _swap_axes),
    "at (0, 0)": (0.0003, _set("geometry", shapely.Point(0, 0))),
    "far outside": (0.0003, _set("geometry", FAR)),
    "empty geometry": (0.0002, _unplace(shapely.Point())),
    "no geometry": (0.0002, _unplace(None)),
    "repeated id": (0.0015, _repeat_id),
    "coincident point": (0.0015, _repeat_place),
    "doubled row": (0.0005, _double),
}
INSPECTIONS: Mapping[str, tuple[float, Change]] = {
    "status in mixed case": (0.02, _shout("status")),
    "outcome NA": (0.01, _set("outcome", "NA")),
    "due on 1899-12-30": (0.002, _set("due_on", "1899-12-30")),
    "repeated id": (0.003, _repeat_id),
    "at (0, 0)": (0.001, _at_zero),
    "nothing to place it by": (0.002, _lose_place),
    "doubled row": (0.002, _double),
}
TWIST = 0.9  # the share of its depth behind which a bow-tie's outline is crossed
FEWEST = 200  # a file with fewer rows is left clean


def deal(kinds: Mapping[str, tuple[float, Change]], per_town: np.ndarray) -> list[dict[str, int]]:
    """Deal each oddity out to the towns by their rows: at least one of each in the county."""
    total = int(per_town.sum())
    towns: list[dict[str, int]] = [{} for _ in per_town]
    if total < FEWEST:
        return towns
    for turn, (name, (share, _)) in enumerate(kinds.items()):
        # Turned, so that what is rare does not all fall on the largest town.
        count = int(np.ceil(share * total))
        turned = np.roll(shares(count, np.roll(per_town, -turn).astype(float)), turn)
        for town, some in zip(towns, turned.tolist(), strict=True):
            town[name] = some
    return towns


def put(
    table: Table,
    kinds: Mapping[str, tuple[float, Change]],
    counts: Mapping[str, int],
    rng: np.random.Generator,
) -> None:
    """Put oddities into a table, in place, each on rows of its own."""
    # Every other row only, never the first: what copies the row before it copies a sound one.
    odd = rng.permutation(np.arange(1, len(next(iter(table.values()))), 2)).tolist()
    for name, count in counts.items():
        which, odd = odd[:count], odd[count:]
        kinds[name][1](table, np.array(sorted(which), dtype=int))


def bow_ties(table: Table, count: int, rng: np.random.Generator) -> None:
    """Cross the outline of some lots at the back, so that they are invalid as drawn, in place."""
    simple = (shapely.get_num_coordinates(table["geometry"]) == 5) & (table["kind"] == "lot")
    for row in sorted(rng.permutation(np.flatnonzero(simple))[:count].tolist()):
        a, b, c, d, _ = shapely.get_coordinates(table["geometry"][row])
        right, left = b + (c - b) * TWIST, a + (d - a) * TWIST
        table["geometry"][row] = shapely.Polygon(np.round([a, b, right, d, c, left], 7))
