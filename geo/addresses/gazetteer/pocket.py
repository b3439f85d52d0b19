"""The index as a browser takes it along: small, without parcel numbers and places, which come in a file for each town.

A file is a line of JSON, its head, and behind it columns of numbers, each written in as few bytes as it takes (LEB128). Rows are
those of the index, in its order. The front end reads them in `webmap/frontend/src/find/index.js`, by the same rules as here.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any

import numpy as np

from geo.addresses.gazetteer.index import NO_NUMBER, AddressIndex
from geo.addresses.gazetteer.rows import town_of
from geo.addresses.reading import words
from geo.places import LonLat

FORMAT = 1  # grows with every change of what a file holds
SPARSE = ("frac", "letter", "unit")  # few rows have any
METRES, EXACT = 1e5, 1e6  # steps of a degree: a metre, and a tenth of one
TABLES = {
    "suffix": words.SUFFIX,
    "suffixInFull": words.SUFFIX_IN_FULL,
    "direction": words.DIRECTION,
    "fullDirection": words.FULL_DIRECTION,
    "plainUnit": sorted(words.PLAIN_UNIT),
    "numberedUnit": words.NUMBERED_UNIT,
    "loneUnit": words.LONE_UNIT,
    "state": words.STATE,
    "stateOfZip": words.STATE_OF_ZIP,
    "before": sorted(words.BEFORE),
    "block": sorted(words.BLOCK),
    "between": sorted(words.BETWEEN),
    "aside": sorted(words.ASIDE),
    "more": sorted(words.MORE),
    "lot": sorted(words.LOT),
    "roads": words.ROAD_CLASSES,
    "joins": sorted(words.JOINS),
    "corner": words.CORNER,
    "country": sorted(words.COUNTRY),
    "ones": words.ONES,
    "tens": words.TENS,
    "zeros": sorted(words.ZEROS),
    "ordinals": words.ORDINALS,
    "fold": words.FOLD,
    "full": words.FULL,
}


def pocket(index: AddressIndex) -> bytes:
    """Write everything that finds an address but parcel numbers and places."""
    places, of_place = _combined(index)
    columns = {
        **_numbers(index),
        "high": _sparse(index.high, index.high - (index.key & NO_NUMBER)),
        **{name: _sparse(_told(index, name), _told(index, name)) for name in SPARSE},
        "place": _runs(of_place),
    }
    head = {
        "format": FORMAT,
        "words": TABLES,
        "texts": {name: index.texts[name] for name in SPARSE},
        "here": places,
        "labels": index.labels,
        "parts": index.parts,
        "byName": dict(index.by_name),
        "aliases": dict(index.aliases),
        "places": dict(index.places),
    }
    return _file(head, columns)


def corners(index: AddressIndex) -> bytes:
    """Write what finds a place that is no address: the crossings of streets, and the landmarks."""
    marks = [one for found in index.landmarks.by_name.values() for one in found]
    head = {
        "format": FORMAT,
        "labels": index.crossings.labels,
        "byName": dict(index.crossings.by_name),
        "inFull": index.crossings.in_full,
        "landmarks": [[one.name, one.town, one.lon, one.lat] for one in marks],
    }
    return _file(head, _crossings(index))


def town_file(index: AddressIndex, town: str) -> bytes:
    """Write the parcel numbers and places of a town's rows, and its parcels without an address."""
    towns, of_town = _towns(index)
    rows = np.flatnonzero(of_town == towns.index(town)) if town in towns else np.empty(0, int)
    lots = index.lots
    ids = [lots.ids[lot] if lot >= 0 else "" for lot in index.lot[rows].tolist()]
    here = np.array([name == town for name in lots.town_names])[lots.town]
    bare = np.flatnonzero(here & ~np.isin(np.arange(len(lots.ids)), index.lot))
    old = [
        [lots.old_ids[lot], lots.ids[lot]]
        for lot in np.flatnonzero(here).tolist()
        if lots.old_ids[lot]
    ]
    every = [*ids, *(lots.ids[lot] for lot in bare.tolist())]
    places = [_place(index, row) for row in rows.tolist()]
    places += [_known(lots.lon[lot], lots.lat[lot]) for lot in bare.tolist()]
    own = {int(lot) for lot in index.lot[rows] if lot >= 0 and not here[lot]}
    others = {lots.ids[lot]: lots.town_names[lots.town[lot]] for lot in sorted(own)}
    head = {"format": FORMAT, "town": town, "rows": len(rows), "old": old, "others": others}
    return _file({**head, "ids": "\n".join(every)}, _placed(places, METRES))


def towns_of(index: AddressIndex) -> list[str]:
    """Name the towns of which there are files; one without a name holds the rows of which no town is known."""
    return _towns(index)[0]


def _file(head: dict[str, Any], columns: Mapping[str, Iterable[int]]) -> bytes:
    written = {name: _varints(column) for name, column in columns.items()}
    head["columns"] = {name: len(part) for name, part in written.items()}
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":"))
    return b"\n".join([text.encode(), b"".join(written.values())])


def _varints(column: Iterable[int]) -> bytes:
    """Write numbers from 0 on, seven bits a byte, the lowest first; the high bit says that more follow."""
    found = bytearray()
    for number in column:
        left = int(number)
        while left > 127:
            found.append(left & 127 | 128)
            left >>= 7
        found.append(left)
    return bytes(found)


def _numbers(index: AddressIndex) -> dict[str, list[int]]:
    """Give how many rows each street has, how many of them without a number, and each number less the one before."""
    counts, nones, steps = [], [], []
    number = index.key & NO_NUMBER
    for street in range(len(index.labels)):
        first, last = index.span(street)
        here = number[first:last]
        there = here[here != NO_NUMBER].tolist()
        counts.append(last - first)
        nones.append(last - first - len(there))
        steps += [after - before for before, after in pairwise([0, *there])]
    return {"counts": counts, "nones": nones, "numbers": steps}


def _told(index: AddressIndex, name: str) -> np.ndarray:
    """Give a column's codes, 0 where it holds nothing."""
    empty = np.array([text == "" for text in index.texts[name]])
    codes: np.ndarray = np.where(empty[getattr(index, name)], 0, getattr(index, name) + 1)
    return codes


def _sparse(there: np.ndarray, value: np.ndarray) -> Iterator[int]:
    """Give for each row that has something how far it lies behind the one before, and what it has."""
    before = 0
    for row in np.flatnonzero(there).tolist():
        yield row - before
        yield int(value[row])
        before = row


def _runs(codes: np.ndarray) -> Iterator[int]:
    for code, run in groupby(codes.tolist()):
        yield code
        yield sum(1 for _ in run)


def _towns(index: AddressIndex) -> tuple[list[str], np.ndarray]:
    """Give the names of towns, the first empty, and for each row the town that governs it."""
    names: dict[str, int] = {"": 0}
    codes = [names.setdefault(town_of(index, row), len(names)) for row in range(len(index))]
    return list(names), np.array(codes, int)


def _combined(index: AddressIndex) -> tuple[list[tuple[str, str, str]], np.ndarray]:
    """Give each row's town, ZIP and post office as one code, and what the codes stand for: they go together."""
    towns, of_town = _towns(index)
    sizes = len(index.texts["zip"]), len(index.texts["postal"])
    codes = (of_town * sizes[0] + index.zip) * sizes[1] + index.postal
    found, places = np.unique(codes, return_inverse=True)
    rest, postal = np.divmod(found, sizes[1]) if len(found) else (found, found)
    town, zip_ = np.divmod(rest, sizes[0]) if len(found) else (found, found)
    told = zip(town.tolist(), zip_.tolist(), postal.tolist(), strict=True)
    texts = index.texts
    return [(towns[t], texts["zip"][z], texts["postal"][p]) for t, z, p in told], places


def _crossings(index: AddressIndex) -> dict[str, list[int]]:
    """Give for each street of the centrelines its nodes, and for each node its place and town."""
    crossings = index.crossings
    nodes = [sorted(some) for some in crossings.nodes]
    towns, of_town = {"": 0}, []
    for lon, lat in zip(crossings.lon.tolist(), crossings.lat.tolist(), strict=True):
        town = index.limits.town_at(LonLat(lon, lat)) or ""
        of_town.append(towns.setdefault(town, len(towns)))
    steps = [b - a for some in nodes for a, b in pairwise([0, *some])]
    places = _placed(list(zip(crossings.lon.tolist(), crossings.lat.tolist(), strict=True)), EXACT)
    return {
        "nodeCounts": [len(some) for some in nodes],
        "nodes": steps,
        "nodeTowns": of_town,
        **{f"node{name}": column for name, column in places.items()},
        "nodeTownNames": [sign for name in towns for sign in [len(name.encode()), *name.encode()]],
    }


def _place(index: AddressIndex, row: int) -> tuple[float, float] | None:
    lon, lat = float(index.lon[row]), float(index.lat[row])
    lot = int(index.lot[row])
    if lon != lon and lot >= 0:  # noqa: PLR0124 - nan is not equal to itself
        return _known(index.lots.lon[lot], index.lots.lat[lot])
    return _known(lon, lat)


def _known(lon: float, lat: float) -> tuple[float, float] | None:
    return None if np.isnan(lon) or np.isnan(lat) else (float(lon), float(lat))


def _placed(places: Sequence[tuple[float, float] | None], steps: float) -> dict[str, list[int]]:
    """Give places as steps from the one before, 0 for none: a step is told from 1 on, east and west in turn."""
    lons, lats, before = [], [], (0, 0)
    for place in places:
        if place is None:
            lons.append(0)
            continue
        x, y = round(place[0] * steps), round(place[1] * steps)
        lons.append(_zigzag(x - before[0]) + 1)
        lats.append(_zigzag(y - before[1]))
        before = x, y
    return {"Lon": lons, "Lat": lats}


def _zigzag(step: int) -> int:
    return 2 * step if step >= 0 else -2 * step - 1
