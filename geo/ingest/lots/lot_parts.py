"""Lots in several rows: the rows of one number at one place become one parcel with several parts.

`clean_layer` calls `merge_lot_parts` before it gives ids to the rows of a request, over all its files. Equal
numbers at different places stay apart, with a suffix (`row_ids`). See docs/decisions/0035-identity.md.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from geo.ingest.row_notes import RowNotes

MAX_GAP_M = 30.0  # about 100 ft: a lot may go on across a street or an alley
MAX_SAME_ADDRESS_M = 500.0  # parts with one address may lie farther apart; two towns with one address do not
METERS_PER_DEGREE = 111_320.0
MAX_PARTS = 200  # rows of one number; more are rows without one, such as a constant
MAX_NAMED = 5  # lots that one sentence on the screen names
NOT_COMPARED = {"raw", "source", "geometry", "id"}


@dataclass(frozen=True)
class LotParts:
    """The rows that are parts of another row's lot, and that row for each.

    `part_rows` and `lot_rows` (n,) are positions in the table as read.
    """

    part_rows: np.ndarray
    lot_rows: np.ndarray


def merge_lot_parts(frame: pd.DataFrame, file_ids: pd.Series, is_admitted: np.ndarray, notes: RowNotes) -> np.ndarray:
    """Put the rows of one lot together in `frame`, and return a mask `(n,)` of the rows that merged into another.

    A lot takes the values of its largest part, and those of the others where it has none. Its geometry
    has every part once. `file_ids` are the numbers as the file has them. All geometries are in degrees.
    """
    is_merged = np.zeros(len(frame), bool)
    rows = np.flatnonzero(is_admitted & ~shapely.is_missing(frame["geometry"].to_numpy()) & file_ids.notna())
    rows = rows[file_ids.iloc[rows].duplicated(keep=False).to_numpy()]
    rows = rows[file_ids.iloc[rows].str.contains(r"[1-9a-zA-Z]", regex=True).to_numpy(bool)]
    if not len(rows):
        return is_merged
    parts = find_lot_parts(frame, file_ids, rows)
    differences = _merge_rows(frame, parts)
    is_merged[parts.part_rows] = True
    _note_parts(parts, differences, file_ids, notes)
    _warn_of_equal_numbers(file_ids.iloc[rows[~is_merged[rows]]], notes)
    return is_merged


def find_lot_parts(frame: pd.DataFrame, file_ids: pd.Series, rows: np.ndarray) -> LotParts:
    """Find which of `rows` belong to one lot: equal numbers that touch, lie within 100 ft, or have one address.

    Rows with one outline but different addresses or units are stacked units, and stay. The first row of a
    lot is that of its largest part. In a tie the address, then the first coordinates decide.
    """
    geometries = frame["geometry"].to_numpy()[rows]
    ids = file_ids.to_numpy(object)[rows]
    addresses = _normalized_addresses(frame["address"].iloc[rows])
    first, second = _near_pairs(geometries, ids, addresses)
    group = _connect(len(rows), first, second)
    bounds = shapely.bounds(geometries)
    order = np.lexsort((bounds[:, 1], bounds[:, 0], addresses, -np.round(shapely.area(geometries), 12), group))
    sorted_groups = group[order]
    lead_of_group = order[np.searchsorted(sorted_groups, np.arange(group.max() + 1))]
    lead = lead_of_group[group]
    is_part = lead != np.arange(len(rows))
    part_order = [nth for nth in order if is_part[nth]]
    return LotParts(rows[part_order], rows[lead[part_order]])


def _near_pairs(geometries: np.ndarray, ids: np.ndarray, addresses: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return pairs of positions with one number, at one place."""
    metric = to_local_meters(geometries)
    first, second = _pairs_of_equals(ids)
    distance_m = shapely.distance(metric[first], metric[second])
    is_pair = distance_m <= MAX_SAME_ADDRESS_M
    first, second, distance_m = first[is_pair], second[is_pair], distance_m[is_pair]
    has_one_address = (addresses[first] == addresses[second]) & (addresses[first] != "")
    is_other_address = (addresses[first] != addresses[second]) & (addresses[first] != "") & (addresses[second] != "")
    is_stacked = is_other_address & shapely.equals(shapely.normalize(metric[first]), shapely.normalize(metric[second]))
    is_one = has_one_address | (distance_m <= MAX_GAP_M)
    return first[is_one & ~is_stacked], second[is_one & ~is_stacked]


def _pairs_of_equals(ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs of positions with one id. An id of more than `MAX_PARTS` rows is no lot's number.

    >>> first, second = _pairs_of_equals(np.array(["a", "b", "a", "a"], object))
    >>> list(zip(first.tolist(), second.tolist()))
    [(0, 2), (2, 3), (0, 3)]
    """
    codes = pd.factorize(ids)[0]
    codes = np.where(np.bincount(codes)[codes] <= MAX_PARTS, codes, -1)
    order = np.argsort(codes, kind="stable")
    order = order[codes[order] >= 0]
    pairs = []
    for step in range(1, len(order)):
        is_equal = codes[order[:-step]] == codes[order[step:]]
        if not is_equal.any():
            break
        pairs.append((order[:-step][is_equal], order[step:][is_equal]))
    none = np.zeros(0, np.int64)
    first = np.concatenate([none, *(one for one, _ in pairs)])
    second = np.concatenate([none, *(other for _, other in pairs)])
    return np.minimum(first, second), np.maximum(first, second)


def to_local_meters(geometries: np.ndarray) -> np.ndarray:
    """Return geometries in degrees as meters, with east and north true to about 1 % within a county.

    >>> shapely.get_coordinates(to_local_meters(np.array([shapely.Point(0, 0.001)]))).round(1).tolist()
    [[0.0, 111.3]]
    """
    latitude = np.nanmedian(shapely.bounds(geometries)[:, 1])
    scale = np.array([np.cos(np.radians(latitude)), 1.0]) * METERS_PER_DEGREE
    meters: np.ndarray = shapely.transform(geometries, lambda xy: xy * scale)
    return meters


def _normalized_addresses(addresses: pd.Series) -> np.ndarray:
    text = addresses.fillna("").astype("str").str.casefold().str.replace(r"[^\w#]+", " ", regex=True).str.strip()
    return np.asarray(text.to_numpy(object))


def _connect(size: int, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return a group number `(size,)` for each position, the same for all that pairs connect.

    >>> _connect(4, np.array([0, 1]), np.array([1, 3])).tolist()
    [0, 0, 1, 0]
    """
    parents = list(range(size))
    for one, other in zip(first.tolist(), second.tolist(), strict=True):
        roots = []
        for row in (one, other):
            while parents[row] != row:
                parents[row] = parents[parents[row]]
                row = parents[row]  # noqa: PLW2901 - climbs to the root
            roots.append(row)
        parents[max(roots)] = min(roots)
    for row in range(size):
        parents[row] = parents[parents[row]]
    group: np.ndarray = pd.factorize(np.array(parents, np.int64))[0]
    return group


def _merge_rows(frame: pd.DataFrame, parts: LotParts) -> dict[int, list[str]]:
    """Put geometries, values and raw rows of the parts into their lots. Return the fields that differ, by part."""
    lots = np.unique(parts.lot_rows)
    rows, lot_of_row = np.concatenate([lots, parts.part_rows]), np.concatenate([lots, parts.lot_rows])
    geometries, raw_rows = (frame[name].iloc[rows].groupby(lot_of_row) for name in ("geometry", "raw"))
    united = {int(lot): _unite(group.to_numpy()) for lot, group in geometries}
    joined = {int(lot): _join_raw_rows(group.tolist()) for lot, group in raw_rows}
    merged_geometries = frame["geometry"].to_numpy(object).copy()
    merged_geometries[lots] = [united[lot] for lot in lots.tolist()]
    frame["geometry"] = merged_geometries
    frame["raw"] = frame["raw"].mask(frame.index.isin(joined), frame.index.map(joined)).astype("str")
    differences: dict[int, list[str]] = {}
    for name in frame.columns.difference([*NOT_COMPARED], sort=False):
        values = frame[name].iloc[rows]
        is_known = (values.notna() & (values.astype("str") != "unknown")).to_numpy()
        first_known = values[is_known].groupby(lot_of_row[is_known]).first()
        is_lacking = ~is_known & (rows == lot_of_row) & np.isin(lot_of_row, first_known.index)
        frame.loc[rows[is_lacking], name] = first_known[lot_of_row[is_lacking]].to_numpy()
        is_other = is_known.copy()
        is_other[is_known] = values[is_known].to_numpy() != first_known[lot_of_row[is_known]].to_numpy()
        for row in rows[is_other].tolist():
            differences.setdefault(row, []).append(name)
    return differences


def _unite(geometries: np.ndarray) -> shapely.Geometry:
    """Return the ground of all parts, each once, whatever their order. Parts that touch become one polygon.

    >>> _unite(np.array([shapely.box(0, 0, 1, 1), shapely.box(5, 0, 6, 1), shapely.box(0, 0, 1, 1)])).area
    2.0
    """
    return shapely.normalize(shapely.union_all(geometries))


def _join_raw_rows(raw_rows: list[str]) -> str:
    """Return the raw row of a lot: that of its first part, with those of the others under `other_rows`.

    >>> _join_raw_rows(['{"PIN":"7"}', '{"PIN":"7"}'])
    '{"PIN":"7","other_rows":[{"PIN":"7"}]}'
    """
    head, *others = raw_rows
    separator = "" if head == "{}" else ","
    return f'{head[:-1]}{separator}"other_rows":[{",".join(others)}]}}'


def _note_parts(parts: LotParts, differences: dict[int, list[str]], file_ids: pd.Series, notes: RowNotes) -> None:
    """Add a note on each part, and a sentence with the numbers of the lots for the screen."""
    if not len(parts.part_rows):
        return
    order = np.argsort(parts.part_rows)
    mask = np.zeros(notes.row_count, bool)
    mask[parts.part_rows] = True
    reasons = []
    for row in parts.part_rows[order].tolist():
        fields = differences.get(row)
        kept = (
            f"; its {', '.join(fields)} differ{'s' * (len(fields) == 1)} and stay{'s' * (len(fields) == 1)} in the raw row"
            if fields
            else ""
        )
        reasons.append(f"id: a part of parcel {file_ids.iloc[row]}{kept}")
    notes.add_note("noted", mask, "id: a part of another row's parcel", reasons)
    lots = list(dict.fromkeys(file_ids.iloc[np.sort(parts.lot_rows)]))
    noun = "parcel is" if len(lots) == 1 else "parcels are"
    notes.warnings.append(f"{len(lots):,} {noun} drawn in several rows, which became parts of one: {_name_some(lots)}")


def _warn_of_equal_numbers(ids: pd.Series, notes: RowNotes) -> None:
    """Add a sentence for the screen on numbers that several lots have."""
    shared = ids[ids.duplicated()].drop_duplicates().tolist()
    if shared:
        notes.warnings.append(
            f"{len(shared):,} parcel number{'s' * (len(shared) != 1)} of several lots, at different places or "
            f"addresses: {_name_some(shared)}; each lot stays, the later ones with a suffix such as -2"
        )


def _name_some(ids: list[str]) -> str:
    """Return the first ids of a list, and how many more there are.

    >>> _name_some([str(number) for number in range(7)])
    '0, 1, 2, 3, 4 and 2 more'
    """
    more = len(ids) - MAX_NAMED
    return ", ".join(ids[:MAX_NAMED]) + (f" and {more:,} more" if more > 0 else "")
