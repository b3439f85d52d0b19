"""Offline index files: the gazetteer for a browser without a signal, in a few compact binary files.

`webmap.state.app_state` calls `encode_index`, `encode_intersections` and `encode_town`. Parcel numbers
and points are in one file for each town, the rest is shared. A file is one line of JSON, then columns
of unsigned LEB128 numbers. Rows are in index order. `index-decoder.js` of the front end reads them.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any

import numpy as np

from geo.crs import LonLat
from geo.geocode.gazetteer.address_index import NO_NUMBER, AddressIndex
from geo.geocode.gazetteer.format_rows import town_of_row
from geo.geocode.parse import vocabulary

FORMAT_VERSION = 2  # increase with each change of the file's content
SPARSE_COLUMNS = ("frac", "letter", "unit")  # empty in most rows
PARCEL_STEPS_PER_DEGREE, NODE_STEPS_PER_DEGREE = (1e5, 1e6)  # grid steps of about 1 m and 0.1 m
WORD_TABLES = {
    "suffix": vocabulary.SUFFIX,
    "suffixInFull": vocabulary.FULL_SUFFIX,
    "direction": vocabulary.DIRECTION,
    "fullDirection": vocabulary.FULL_DIRECTION,
    "plainUnit": sorted(vocabulary.PLAIN_UNIT),
    "numberedUnit": vocabulary.NUMBERED_UNIT,
    "loneUnit": vocabulary.LONE_UNIT,
    "state": vocabulary.STATE,
    "stateOfZip": vocabulary.STATE_BY_ZIP_PREFIX,
    "before": sorted(vocabulary.LEAD_IN_WORDS),
    "block": sorted(vocabulary.BLOCK_WORDS),
    "between": sorted(vocabulary.CONNECTING_WORDS),
    "aside": sorted(vocabulary.NEARBY_WORDS),
    "more": sorted(vocabulary.RANGE_WORDS),
    "lot": sorted(vocabulary.PARCEL_WORDS),
    "roads": vocabulary.ROAD_CLASSES,
    "roadQualifiers": vocabulary.ROAD_QUALIFIERS,
    "roadKinds": vocabulary.ROAD_KINDS,
    "roadShortForms": vocabulary.ROAD_SHORT_FORMS,
    "titlesBefore": sorted(vocabulary.TITLES_BEFORE),
    "titlesAfter": sorted(vocabulary.TITLES_AFTER),
    "zipWords": sorted(vocabulary.ZIP_WORDS),
    "joins": sorted(vocabulary.INTERSECTION_WORDS),
    "corner": vocabulary.INTERSECTION_PREFIXES,
    "country": sorted(vocabulary.COUNTRY_NAMES),
    "ones": vocabulary.ONES,
    "tens": vocabulary.TENS,
    "zeros": sorted(vocabulary.ZEROS),
    "ordinals": vocabulary.ORDINALS,
    "fold": vocabulary.FOLDED_WORD,
    "full": vocabulary.FULL_WORD,
}


def encode_index(index: AddressIndex) -> bytes:
    """Return the file for address search: words, streets and house numbers, without parcels and points."""
    localities, locality_codes = _encode_localities(index)
    columns = {
        **_number_columns(index),
        "high": _encode_sparse(index.high, index.high - (index.key & NO_NUMBER)),
        **{name: _encode_sparse(_sparse_codes(index, name), _sparse_codes(index, name)) for name in SPARSE_COLUMNS},
        "place": _encode_runs(locality_codes),
    }
    header = {
        "format": FORMAT_VERSION,
        "words": WORD_TABLES,
        "texts": {name: index.categories[name] for name in SPARSE_COLUMNS},
        "here": localities,
        "labels": index.street_labels,
        "parts": index.streets,
        "byName": dict(index.streets_by_name),
        "aliases": dict(index.aliases),
        "places": dict(index.town_names),
        "placeAliases": index.town_names.aliases,
    }
    return _encode_file(header, columns)


def encode_intersections(index: AddressIndex) -> bytes:
    """Return the file with the intersections of streets, the landmarks and the districts."""
    landmarks = [landmark for group in index.landmarks.by_name.values() for landmark in group]
    header = {
        "format": FORMAT_VERSION,
        "labels": index.intersections.street_labels,
        "byName": dict(index.intersections.streets_by_name),
        "inFull": index.intersections.fuzzy_names,
        "aliases": dict(index.intersections.aliases),
        "landmarks": [[landmark.name, landmark.town, landmark.lon, landmark.lat] for landmark in landmarks],
        "districts": [[one.id, one.kind, one.name, one.towns, one.lon, one.lat] for one in index.districts.districts],
    }
    return _encode_file(header, _intersection_columns(index))


def encode_town(index: AddressIndex, town: str) -> bytes:
    """Return the file of one town: parcel numbers and points of its rows, and its parcels without an address."""
    town_names, town_codes = _town_names_and_codes(index)
    rows = np.flatnonzero(town_codes == town_names.index(town)) if town in town_names else np.empty(0, int)
    parcel_index = index.parcel_index
    parcel_ids = [parcel_index.ids[parcel] if parcel >= 0 else "" for parcel in index.parcel[rows].tolist()]
    is_in_town = np.array([name == town for name in parcel_index.town_names], bool)[parcel_index.town]
    unaddressed_parcels = np.flatnonzero(is_in_town & ~np.isin(np.arange(len(parcel_index.ids)), index.parcel))
    old_ids = [
        [parcel_index.old_ids[parcel], parcel_index.ids[parcel]]
        for parcel in np.flatnonzero(is_in_town).tolist()
        if parcel_index.old_ids[parcel]
    ]
    all_ids = [*parcel_ids, *(parcel_index.ids[parcel] for parcel in unaddressed_parcels.tolist())]
    points = [_row_point(index, row) for row in rows.tolist()]
    points += [
        _point_or_none(parcel_index.lon[parcel], parcel_index.lat[parcel]) for parcel in unaddressed_parcels.tolist()
    ]
    outside_parcels = {int(parcel) for parcel in index.parcel[rows] if parcel >= 0 and not is_in_town[parcel]}
    town_by_outside_id = {
        parcel_index.ids[parcel]: parcel_index.town_names[parcel_index.town[parcel]]
        for parcel in sorted(outside_parcels)
    }
    header = {"format": FORMAT_VERSION, "town": town, "rows": len(rows), "old": old_ids, "others": town_by_outside_id}
    return _encode_file({**header, "ids": "\n".join(all_ids)}, _delta_encode_points(points, PARCEL_STEPS_PER_DEGREE))


def offline_towns(index: AddressIndex) -> list[str]:
    """Return the towns with a file each. The name "" means rows without a known town."""
    return _town_names_and_codes(index)[0]


def _encode_file(header: dict[str, Any], columns: Mapping[str, Iterable[int]]) -> bytes:
    encoded = {name: _encode_varints(column) for name, column in columns.items()}
    header["columns"] = {name: len(encoded_column) for name, encoded_column in encoded.items()}
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":"))
    return b"\n".join([text.encode(), b"".join(encoded.values())])


def _encode_varints(column: Iterable[int]) -> bytes:
    """Return non-negative integers as unsigned LEB128: 7 bits per byte, lowest first, the high bit means more.

    >>> _encode_varints([5, 300]).hex(" ")
    '05 ac 02'
    """
    encoded = bytearray()
    for number in column:
        remaining = int(number)
        while remaining > 127:
            encoded.append(remaining & 127 | 128)
            remaining >>= 7
        encoded.append(remaining)
    return bytes(encoded)


def _number_columns(index: AddressIndex) -> dict[str, list[int]]:
    """Return the rows per street, those without a number, and each house number minus the one before it."""
    counts, unnumbered_counts, steps = [], [], []
    house_numbers = index.key & NO_NUMBER
    for street_id in range(len(index.street_labels)):
        first, last = index.row_range(street_id)
        street_numbers = house_numbers[first:last]
        recorded = street_numbers[street_numbers != NO_NUMBER].tolist()
        counts.append(last - first)
        unnumbered_counts.append(last - first - len(recorded))
        steps += [after - before for before, after in pairwise([0, *recorded])]
    return {"counts": counts, "nones": unnumbered_counts, "numbers": steps}


def _sparse_codes(index: AddressIndex, name: str) -> np.ndarray:
    """Return the codes of a column plus 1, and 0 for an empty text."""
    is_empty = np.array([text == "" for text in index.categories[name]])
    codes: np.ndarray = np.where(is_empty[getattr(index, name)], 0, getattr(index, name) + 1)
    return codes


def _encode_sparse(is_present: np.ndarray, values: np.ndarray) -> Iterator[int]:
    """Yield the distance from the previous filled row and the value, for each filled row.

    >>> list(_encode_sparse(np.array([0, 1, 0, 1]), np.array([0, 8, 0, 9])))
    [1, 8, 2, 9]
    """
    previous = 0
    for row in np.flatnonzero(is_present).tolist():
        yield row - previous
        yield int(values[row])
        previous = row


def _encode_runs(codes: np.ndarray) -> Iterator[int]:
    for code, run in groupby(codes.tolist()):
        yield code
        yield sum(1 for _ in run)


def _town_names_and_codes(index: AddressIndex) -> tuple[list[str], np.ndarray]:
    """Return the town names, "" first, and the code of each row's governing town."""
    code_by_town: dict[str, int] = {"": 0}
    codes = [code_by_town.setdefault(town_of_row(index, row), len(code_by_town)) for row in range(len(index))]
    return list(code_by_town), np.array(codes, int)


def _encode_localities(index: AddressIndex) -> tuple[list[tuple[str, str, str]], np.ndarray]:
    """Return the distinct triples of town, ZIP and post office, and the code of each row's triple."""
    town_names, town_codes = _town_names_and_codes(index)
    sizes = len(index.categories["zip"]), len(index.categories["postal"])
    codes = (town_codes * sizes[0] + index.zip) * sizes[1] + index.postal
    unique_codes, locality_codes = np.unique(codes, return_inverse=True)
    rest, postal = np.divmod(unique_codes, sizes[1]) if len(unique_codes) else (unique_codes, unique_codes)
    town, zip_ = np.divmod(rest, sizes[0]) if len(unique_codes) else (unique_codes, unique_codes)
    code_triples = zip(town.tolist(), zip_.tolist(), postal.tolist(), strict=True)
    categories = index.categories
    return [
        (town_names[town_i], categories["zip"][zip_i], categories["postal"][postal_i])
        for town_i, zip_i, postal_i in code_triples
    ], locality_codes


def _intersection_columns(index: AddressIndex) -> dict[str, list[int]]:
    """Return the nodes of each street, and the point and town of each node."""
    intersections = index.intersections
    node_lists = [sorted(street_nodes) for street_nodes in intersections.nodes_by_street]
    code_by_town, town_codes = {"": 0}, []
    for lon, lat in zip(intersections.lon.tolist(), intersections.lat.tolist(), strict=True):
        town = index.town_boundaries.town_at(LonLat(lon, lat)) or ""
        town_codes.append(code_by_town.setdefault(town, len(code_by_town)))
    steps = [after - before for street_nodes in node_lists for before, after in pairwise([0, *street_nodes])]
    point_columns = _delta_encode_points(
        list(zip(intersections.lon.tolist(), intersections.lat.tolist(), strict=True)), NODE_STEPS_PER_DEGREE
    )
    return {
        "nodeCounts": [len(street_nodes) for street_nodes in node_lists],
        "nodes": steps,
        "nodeTowns": town_codes,
        **{f"node{name}": column for name, column in point_columns.items()},
        "nodeTownNames": [byte for name in code_by_town for byte in [len(name.encode()), *name.encode()]],
    }


def _row_point(index: AddressIndex, row: int) -> tuple[float, float] | None:
    lon, lat = float(index.lon[row]), float(index.lat[row])
    parcel = int(index.parcel[row])
    if lon != lon and parcel >= 0:  # noqa: PLR0124 - nan is not equal to itself
        return _point_or_none(index.parcel_index.lon[parcel], index.parcel_index.lat[parcel])
    return _point_or_none(lon, lat)


def _point_or_none(lon: float, lat: float) -> tuple[float, float] | None:
    return None if np.isnan(lon) or np.isnan(lat) else (float(lon), float(lat))


def _delta_encode_points(points: Sequence[tuple[float, float] | None], steps_per_degree: float) -> dict[str, list[int]]:
    """Return points as differences from the point before, in grid steps. 0 in `Lon` means no point.

    `Lon` holds the zigzag code plus 1, `Lat` the zigzag code.

    >>> _delta_encode_points([(0.00003, -0.00001), None, (0.00002, 0.0)], 1e5)
    {'Lon': [7, 0, 2], 'Lat': [1, 2]}
    """
    lons, lats, previous = [], [], (0, 0)
    for point in points:
        if point is None:
            lons.append(0)
            continue
        x, y = round(point[0] * steps_per_degree), round(point[1] * steps_per_degree)
        lons.append(_zigzag_encode(x - previous[0]) + 1)
        lats.append(_zigzag_encode(y - previous[1]))
        previous = x, y
    return {"Lon": lons, "Lat": lats}


def _zigzag_encode(step: int) -> int:
    return 2 * step if step >= 0 else -2 * step - 1
