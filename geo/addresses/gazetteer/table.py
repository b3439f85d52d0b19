"""From layers to rows: every address of a town as columns, each text read once."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

import numpy as np
import pandas as pd
import shapely
from pandas import DataFrame, Series

from geo.addresses.reading.houses import House, houses, parts
from geo.addresses.reading.parsing import Line, Street, lines, streets
from geo.addresses.reading.places import Places
from geo.addresses.reading.text import plain, words
from geo.addresses.reading.units import table_unit
from geo.addresses.reading.words import DIRECTION, SUFFIX, fold
from geo.naming import in_a_town

_COLUMNS = ("predir", "street", "suffix", "postdir")
# A number and, apart from it, a word of two signs or more: as most are, and to be read in one way.
_BARE = re.compile(r"([0-9]{1,6}) ([A-Za-z0-9]{2}[ -~]*)")


@dataclass
class StreetBook:
    """The streets met so far: each once, with its label and every way to read what is written."""

    number_of: dict[Street, int] = field(default_factory=dict)
    labels: list[str] = field(default_factory=list)
    spelt: list[dict[Street, None]] = field(default_factory=list)

    def enter(self, ways: list[Street], label: str) -> int:
        """Give the number of the street that the first of `ways` names."""
        number = self.number_of.setdefault(ways[0], len(self.labels))
        if number == len(self.labels):
            self.labels.append(" ".join(label.split()))
            self.spelt.append({})
        self.spelt[number].update(dict.fromkeys(ways))
        return number

    def parts(self, predir: str, street: str, suffix: str, postdir: str) -> int:
        """Enter a street that the table gives in its parts."""
        given = [plain(part).replace("-", " ") for part in (predir, street, suffix, postdir)]
        label = " ".join(filter(None, (predir, street, suffix, postdir)))
        ways = [
            Street(
                DIRECTION.get(given[0], given[0]),
                fold(given[1].split()),
                SUFFIX.get(given[2], given[2]),
                DIRECTION.get(given[3], given[3]),
            )
        ]
        if not suffix:  # the name may hold it, as in "Natural Bridge Rd"
            whole = tuple(" ".join(filter(None, (given[0], given[1], given[3]))).split())
            ways += streets(whole)
        return self.enter(ways, label)

    def line(self, street: tuple[str, ...]) -> int:
        """Enter a street that stands in one text; -1 where there is none."""
        ways = list(streets(street))
        return self.enter(ways, " ".join(map(_readable, street))) if ways else -1


def address_rows(
    addresses: DataFrame, book: StreetBook, towns: Mapping[str, str], lot_towns: Mapping[str, str]
) -> DataFrame:
    """Turn the address layer into rows: by its components, else by the text of the whole address."""
    base = DataFrame(
        {
            "parcel_id": _text(addresses["parcel_id"]),
            "town": _first_known(
                addresses["id"].map(towns),
                addresses["parcel_id"].map(lot_towns),
                in_a_town(addresses["town_declared"]),
            ),
            "postal": _text(addresses["postal_city"]),
            "zip": _text(addresses["zip"]).str[:5],
        }
    )
    base[["lon", "lat"]] = _points(addresses.geometry)
    by_parts = addresses["street"].notna() & addresses["number"].notna()
    by_text = ~by_parts & addresses["address"].notna()
    read = [
        _by_parts(addresses[by_parts], book),
        _by_text(
            addresses.loc[by_text, "address"],
            book,
            {_folded(town) for town in base["town"].unique()},
        ),
    ]
    return _joined(base, pd.concat(read))


def parcel_rows(parcels: DataFrame, book: StreetBook, lots: DataFrame) -> DataFrame:
    """Turn the parcels' situs addresses into rows; `lots` gives each parcel's town and place."""
    base = DataFrame(
        {
            "parcel_id": _text(parcels["id"]),
            "postal": _text(parcels["postal_city"]),
            "zip": _text(parcels["zip"]).str[:5],
        }
    )
    base = base.join(lots.set_index("parcel_id")[["town", "lon", "lat"]], on="parcel_id")
    return _joined(base, _by_text(parcels["address"].dropna(), book, set()))


def lot_table(
    parcels: DataFrame | None, towns: Mapping[str, str], places: DataFrame | None
) -> DataFrame:
    """Give each parcel's id, old id, town and place."""
    if parcels is None:
        empty = {name: Series(dtype="str") for name in ("parcel_id", "old_id", "town")}
        return DataFrame(empty | {name: Series(dtype="float64") for name in ("lon", "lat")})
    town = _first_known(parcels["id"].map(towns), in_a_town(parcels["town_declared"]))
    table = DataFrame(
        {"parcel_id": _text(parcels["id"]), "old_id": _text(parcels["old_id"]), "town": town}
    ).reset_index(drop=True)
    if places is None:
        return table.assign(lon=np.nan, lat=np.nan)
    return table.join(places.set_index("id")[["lon", "lat"]], on="parcel_id")


def told_street(address: str) -> tuple[frozenset[Street], str]:
    """Give every way to read the street of a parcel's address, and the place that stands behind it."""
    _, rest = _house(plain(address))
    line = _line(rest, Places())
    return frozenset(streets(line.street)), line.place


def _readable(word: str) -> str:
    """Write a word of a street as signs do: texts are read in capitals.

    >>> [_readable(word) for word in ("BRIDGE", "NW", "66TH", "MO-115")]
    ['Bridge', 'NW', '66th', 'MO-115']
    """
    if word in DIRECTION and len(word) <= 2:
        return word
    if word == "AND":
        return "and"
    if re.fullmatch(r"\d+(ST|ND|RD|TH)", word):
        return word.lower()
    return word if any(char.isdigit() for char in word) else word.capitalize()


def _joined(base: DataFrame, read: DataFrame) -> DataFrame:
    """Put what was read beside what the layer gives; what the text says fills what is unknown."""
    rows = read.join(base)
    for name in ("zip", "postal"):
        rows[name] = rows[name].where(rows[name] != "", rows[f"written_{name}"])
    return rows.drop(columns=["written_zip", "written_postal"])[rows["street"] >= 0]


def _by_parts(frame: DataFrame, book: StreetBook) -> DataFrame:
    number = frame["number"].astype("int64")
    high = frame["number_hi"].fillna(0).astype("int64")
    told_apart = each_pair(_text(frame["frac"]), _text(frame["number_sfx"]), parts)
    return DataFrame(
        {
            "street": _street_numbers(frame, book),
            "number": number,
            "high": high.where(high > number, 0),
            "frac": [frac for frac, _ in told_apart],
            "letter": [letter for _, letter in told_apart],
            "unit": _text(frame["unit"]).map(cache(table_unit)).astype("str"),
            "written_zip": "",
            "written_postal": "",
        },
        index=frame.index,
    )


def _street_numbers(frame: DataFrame, book: StreetBook) -> Any:
    """Give each row its street's number; each spelling is read once."""
    raw = frame[list(_COLUMNS)].astype("object").fillna("")
    codes, _ = pd.factorize(pd.MultiIndex.from_frame(raw))
    first = raw[~pd.Series(codes, index=raw.index).duplicated()]
    numbers = [book.parts(*row) for row in first.itertuples(index=False)]
    return np.array(numbers, dtype="int64")[codes] if numbers else np.array([], dtype="int64")


def _by_text(texts: Series, book: StreetBook, towns: Collection[str]) -> DataFrame:
    line = cache(partial(_entered, book, Places(dict.fromkeys(towns, ""))))
    written = cache(lambda rest: line(plain(rest)))

    def read(text: str) -> tuple[Any, ...]:
        if bare := _BARE.fullmatch(text):
            return (*written(bare[2]), int(bare[1]), 0, "", "")
        house, rest = _house(plain(text))
        return (*line(rest), house.number, house.high, house.frac, house.letter)

    names = ("street", "unit", "written_zip", "written_postal", "number", "high", "frac", "letter")
    kinds = dict.fromkeys(names, "str") | dict.fromkeys(("street", "number", "high"), "int64")
    rows = [read(text) for text in texts.to_numpy(object)]
    return DataFrame(rows, columns=list(names), index=texts.index).astype(kinds)


def _entered(book: StreetBook, towns: Places, rest: str) -> tuple[int, str, str, str]:
    """Read what follows a number: the street's number in the book, unit, ZIP and place."""
    line = _line(rest, towns)
    return book.line(line.street), line.unit, line.zip, line.place.title()


def _house(text: str) -> tuple[House, str]:
    """Choose the one way in which a table's number is kept: a lone letter is a direction or part of it.

    >>> str(_house("4570 R WABASH AV")[0]), str(_house("128 E MAIN ST")[0])
    ('4570R', '128')
    """
    first, *others = [
        (house, rest) for house, rest in houses(text) if house and not house.spoken
    ] or [(House(-1), text)]
    house, rest = first
    if others and not house.high and words(rest)[0] not in DIRECTION:
        return others[-1]
    return first


def _line(rest: str, towns: Places) -> Line:
    """Choose the one way in which a table's text is kept: a town behind a suffix is no street."""
    found = list(lines(rest, towns)) or [Line(())]
    for line in found:
        if not line.place or "," in rest or (line.street[-1:] and line.street[-1] in SUFFIX):
            return line
    return found[-1]


def each_pair(left: Series, right: Series, read: Any) -> list[Any]:
    """Apply `read` to each different pair once."""
    once = cache(read)
    return [once(a, b) for a, b in zip(left.to_numpy(object), right.to_numpy(object), strict=True)]


def _text(column: Series) -> Series:
    return column.astype("object").fillna("").astype("str").str.strip()


def _first_known(*columns: Series) -> Series:
    known = columns[0].astype("object")
    for column in columns[1:]:
        known = known.where(known.notna(), column.astype("object"))
    return _text(known)


def _folded(name: str) -> str:
    return fold(words(plain(name)))


def _points(shapes: Any) -> DataFrame:
    spots = shapely.centroid(shapes.to_numpy())
    return DataFrame({"lon": shapely.get_x(spots), "lat": shapely.get_y(spots)}, index=shapes.index)
