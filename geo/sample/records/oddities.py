"""Oddities of real files, put into a small share of the rows. `data/SOURCES.md` lists them.

`geo.sample.county` calls `distribute_oddities`, `insert_oddities` and `add_bow_ties`.
"""

from collections.abc import Callable, Mapping

import numpy as np
import shapely

from geo.sample.layout.county_plan import apportion
from geo.sample.sample_tables import Table

RowMutation = Callable[[Table, np.ndarray], None]  # changes the rows with these indices in place


def _set_values(column: str, *values: object) -> RowMutation:
    """Return a mutation that writes `values` into a column, one after another.

    >>> table = {"condition": np.array(["good", "fair"], dtype=object)}
    >>> _set_values("condition", "N/A")(table, np.array([1]))
    >>> table["condition"].tolist()
    ['good', 'N/A']
    """

    def set_rows(table: Table, row_indices: np.ndarray) -> None:
        for i, row in enumerate(row_indices):
            table[column][row] = values[i % len(values)]

    return set_rows


def _remove_location(replacement: shapely.Geometry | None) -> RowMutation:
    """Return a mutation that replaces the geometry and clears the address and the parcel."""

    def remove_location(table: Table, row_indices: np.ndarray) -> None:
        for row in row_indices:
            table["geometry"][row] = replacement
            table["address"][row] = table["parcel_key"][row] = None

    return remove_location


def _clear_location(table: Table, row_indices: np.ndarray) -> None:
    """Clear every location of an inspection."""
    for name in ("parcel_key", "address", "lon", "lat"):
        table[name][row_indices] = None


def _place_at_zero(table: Table, row_indices: np.ndarray) -> None:
    """Set inspections to (0, 0), without a parcel or an address."""
    table["lon"][row_indices] = table["lat"][row_indices] = 0.0
    table["parcel_key"][row_indices] = table["address"][row_indices] = None


def _swap_axes(table: Table, row_indices: np.ndarray) -> None:
    """Write latitude before longitude.

    >>> table = {"geometry": np.array([shapely.Point(-90.3, 38.7)], dtype=object)}
    >>> _swap_axes(table, np.array([0]))
    >>> table["geometry"][0].wkt
    'POINT (38.7 -90.3)'
    """
    for row in row_indices:
        lon, lat = shapely.get_coordinates(table["geometry"][row])[0]
        table["geometry"][row] = shapely.Point(lat, lon)


def _repeat_id(table: Table, row_indices: np.ndarray) -> None:
    """Copy the id of the row before.

    >>> table = {"id": np.array(["01-1", "01-2", "01-3"], dtype=object)}
    >>> _repeat_id(table, np.array([1]))
    >>> table["id"].tolist()
    ['01-1', '01-1', '01-3']
    """
    table["id"][row_indices] = table["id"][row_indices - 1]


def _repeat_point(table: Table, row_indices: np.ndarray) -> None:
    """Copy the point of the row before."""
    table["geometry"][row_indices] = table["geometry"][row_indices - 1]


def _duplicate_row(table: Table, row_indices: np.ndarray) -> None:
    """Copy the row before in every column."""
    for column in table.values():
        column[row_indices] = column[row_indices - 1]


def _add_trailing_space(table: Table, row_indices: np.ndarray) -> None:
    """Write "Remove" with a trailing space, in as many of the rows that have it."""
    table["maintenance"][np.flatnonzero(table["maintenance"] == "Remove")[: len(row_indices)]] = "Remove "


def _change_case(column: str) -> RowMutation:
    """Return a mutation that writes a code in capitals or with an initial capital."""

    def change_case(table: Table, row_indices: np.ndarray) -> None:
        for i, row in enumerate(row_indices):
            if text := table[column][row]:
                table[column][row] = text.upper() if i % 2 else text.capitalize()

    return change_case


FAR_POINT = shapely.Point(-93.29, 37.21)  # in another part of the state
TREE_ODDITIES: Mapping[str, tuple[float, RowMutation]] = {
    "Remove with a trailing blank": (0.004, _add_trailing_space),
    "condition in mixed case": (0.006, _change_case("condition")),
    "condition N/A": (0.005, _set_values("condition", "N/A")),
    "condition blank": (0.004, _set_values("condition", "")),
    "DBH 0": (0.004, _set_values("dbh_in", 0.0)),
    "DBH 9908": (0.0003, _set_values("dbh_in", 9908.0)),
    "planted on 1899-12-30": (0.001, _set_values("planted_on", "1899-12-30")),
    "swapped axes": (0.0003, _swap_axes),
    "at (0, 0)": (0.0003, _set_values("geometry", shapely.Point(0, 0))),
    "far outside": (0.0003, _set_values("geometry", FAR_POINT)),
    "empty geometry": (0.0002, _remove_location(shapely.Point())),
    "no geometry": (0.0002, _remove_location(None)),
    "repeated id": (0.0015, _repeat_id),
    "coincident point": (0.0015, _repeat_point),
    "doubled row": (0.0005, _duplicate_row),
}
INSPECTION_ODDITIES: Mapping[str, tuple[float, RowMutation]] = {
    "status in mixed case": (0.02, _change_case("status")),
    "outcome NA": (0.01, _set_values("outcome", "NA")),
    "due on 1899-12-30": (0.002, _set_values("due_on", "1899-12-30")),
    "repeated id": (0.003, _repeat_id),
    "at (0, 0)": (0.001, _place_at_zero),
    "nothing to place it by": (0.002, _clear_location),
    "doubled row": (0.002, _duplicate_row),
}
BOW_TIE_DEPTH_SHARE = 0.9  # share of the depth where the outline crosses itself
MIN_ROWS = 200  # fewest rows of a file with oddities


def distribute_oddities(
    oddities: Mapping[str, tuple[float, RowMutation]], rows_per_town: np.ndarray
) -> list[dict[str, int]]:
    """Divide each oddity among the towns by their rows, at least one of each in the county.

    Files with fewer than `MIN_ROWS` rows in all towns get none.

    >>> oddities = {"DBH 0": (0.01, _set_values("dbh_in", 0.0))}
    >>> distribute_oddities(oddities, np.array([300, 100]))
    [{'DBH 0': 3}, {'DBH 0': 1}]
    """
    total = int(rows_per_town.sum())
    counts_by_town: list[dict[str, int]] = [{} for _ in rows_per_town]
    if total < MIN_ROWS:
        return counts_by_town
    for shift, (name, (share, _)) in enumerate(oddities.items()):
        # The towns are rotated, so that rare oddities do not all fall on the largest town.
        count = int(np.ceil(share * total))
        town_counts = np.roll(apportion(count, np.roll(rows_per_town, -shift).astype(float)), shift)
        for counts, town_count in zip(counts_by_town, town_counts.tolist(), strict=True):
            counts[name] = town_count
    return counts_by_town


def insert_oddities(
    table: Table, oddities: Mapping[str, tuple[float, RowMutation]], counts: Mapping[str, int], rng: np.random.Generator
) -> None:
    """Put oddities into a table in place, each into rows of its own."""
    # Only every other row, so that a copy of the row before copies a sound one.
    free_rows = rng.permutation(np.arange(1, len(next(iter(table.values()))), 2)).tolist()
    for name, count in counts.items():
        row_indices, free_rows = free_rows[:count], free_rows[count:]
        oddities[name][1](table, np.array(sorted(row_indices), dtype=int))


def add_bow_ties(table: Table, count: int, rng: np.random.Generator) -> None:
    """Cross the outline of some parcels at the rear in place, so that they are invalid.

    >>> lot = shapely.Polygon([(0, 0), (1, 0), (1, 2), (0, 2)])
    >>> table = {"geometry": np.array([lot], dtype=object), "kind": np.array(["lot"], dtype=object)}
    >>> add_bow_ties(table, 1, np.random.default_rng(1))
    >>> bool(table["geometry"][0].is_valid)
    False
    """
    is_simple_lot = (shapely.get_num_coordinates(table["geometry"]) == 5) & (table["kind"] == "lot")
    for row in sorted(rng.permutation(np.flatnonzero(is_simple_lot))[:count].tolist()):
        a, b, c, d, _ = shapely.get_coordinates(table["geometry"][row])
        right, left = b + (c - b) * BOW_TIE_DEPTH_SHARE, a + (d - a) * BOW_TIE_DEPTH_SHARE
        table["geometry"][row] = shapely.Polygon(np.round([a, b, right, d, c, left], 7))
