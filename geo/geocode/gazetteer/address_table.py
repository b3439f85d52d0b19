"""Address table: one row per address, from the layers `addresses` and `parcels`.

`AddressIndex.build` and the overlay call `address_rows`, `parcel_rows` and `parcel_address_frame`. Each
distinct text is parsed once.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache, partial
from typing import Any

import numpy as np
import pandas as pd
import shapely
from pandas import DataFrame, Series

from geo.geocode.parse.address_parser import ParsedLine, Street, parse_line, parse_street
from geo.geocode.parse.house_numbers import House, normalize_fraction_letter, parse_house_number
from geo.geocode.parse.normalize_text import normalize_text, split_words
from geo.geocode.parse.town_names import TownNames
from geo.geocode.parse.unit_designators import normalize_unit
from geo.geocode.parse.vocabulary import DIRECTION, SUFFIX, fold_words
from geo.identifiers import mask_unincorporated

_STREET_COLUMNS = ("predir", "street", "suffix", "postdir")
# A number, a blank, and a word of two characters or more. Most addresses match and have one parse.
_NUMBER_AND_STREET = re.compile(r"([0-9]{1,6}) ([A-Za-z0-9]{2}[ -~]*)")


@dataclass
class StreetRegistry:
    """All streets seen so far, each with an id, a label and every parse of its written forms.

    >>> registry = StreetRegistry()
    >>> registry.add_parts("N", "Market", "St", ""), registry.add_street_text(("NORTH", "MARKET", "ST"))
    (0, 0)
    >>> registry.street_labels
    ['N Market St']
    """

    id_by_street: dict[Street, int] = field(default_factory=dict)
    street_labels: list[str] = field(default_factory=list)
    variants: list[dict[Street, None]] = field(default_factory=list)

    def add_street(self, variants: list[Street], label: str) -> int:
        """Return the id of the street that the first variant names, and add the other variants to it."""
        street_id = self.id_by_street.setdefault(variants[0], len(self.street_labels))
        if street_id == len(self.street_labels):
            self.street_labels.append(" ".join(label.split()))
            self.variants.append({})
        self.variants[street_id].update(dict.fromkeys(variants))
        return street_id

    def add_parts(self, predir: str, street: str, suffix: str, postdir: str) -> int:
        """Add a street given in its parts and return its id."""
        normalized = [normalize_text(part).replace("-", " ") for part in (predir, street, suffix, postdir)]
        label = " ".join(filter(None, (predir, street, suffix, postdir)))
        variants = [
            Street(
                DIRECTION.get(normalized[0], normalized[0]),
                fold_words(normalized[1].split()),
                SUFFIX.get(normalized[2], normalized[2]),
                DIRECTION.get(normalized[3], normalized[3]),
            )
        ]
        if not suffix:  # the name may include it, as in "Natural Bridge Rd"
            name_words = tuple(" ".join(filter(None, (normalized[0], normalized[1], normalized[3]))).split())
            variants += parse_street(name_words)
        return self.add_street(variants, label)

    def add_street_text(self, street: tuple[str, ...]) -> int:
        """Add a street given as words and return its id, -1 if there are no words.

        >>> StreetRegistry().add_street_text(())
        -1
        """
        variants = list(parse_street(street))
        return self.add_street(variants, " ".join(map(_format_street_word, street))) if variants else -1


def address_rows(
    addresses: DataFrame,
    registry: StreetRegistry,
    town_by_address: Mapping[str, str],
    town_by_parcel: Mapping[str, str],
) -> DataFrame:
    """Return the address layer as address rows, from its components or else from its full text.

    The town of an address is its own in `town_by_address`, else the one of its parcel, else the declared one.
    """
    base = DataFrame(
        {
            "parcel_id": _clean_text(addresses["parcel_id"]),
            "town": _coalesce_text(
                addresses["id"].map(town_by_address),
                addresses["parcel_id"].map(town_by_parcel),
                mask_unincorporated(addresses["town_declared"]),
            ),
            "postal": _clean_text(addresses["postal_city"]),
            "zip": _clean_text(addresses["zip"]).str[:5],
        }
    )
    base[["lon", "lat"]] = _centroid_lonlat(addresses.geometry)
    by_parts = addresses["street"].notna() & addresses["number"].notna()
    by_text = ~by_parts & addresses["address"].notna()
    parsed = [
        _rows_from_parts(addresses[by_parts], registry),
        _rows_from_text(
            addresses.loc[by_text, "address"], registry, {fold_name(town) for town in base["town"].unique()}
        ),
    ]
    return _join_parsed(base, pd.concat(parsed))


def parcel_rows(parcels: DataFrame, registry: StreetRegistry, parcel_frame: DataFrame) -> DataFrame:
    """Return the situs addresses of parcels as address rows. `parcel_frame` has each parcel's town and point."""
    base = DataFrame(
        {
            "parcel_id": _clean_text(parcels["id"]),
            "postal": _clean_text(parcels["postal_city"]),
            "zip": _clean_text(parcels["zip"]).str[:5],
        }
    )
    base = base.join(parcel_frame.set_index("parcel_id")[["town", "lon", "lat"]], on="parcel_id")
    return _join_parsed(base, _rows_from_text(parcels["address"].dropna(), registry, set()))


def parcel_address_frame(
    parcels: DataFrame | None, town_by_parcel: Mapping[str, str], label_points: DataFrame | None
) -> DataFrame:
    """Return `parcel_id`, `old_id`, `town`, `lon` and `lat` of each parcel. Coordinates are degrees, nan if unknown."""
    if parcels is None:
        empty = {name: Series(dtype="str") for name in ("parcel_id", "old_id", "town")}
        return DataFrame(empty | {name: Series(dtype="float64") for name in ("lon", "lat")})
    town = _coalesce_text(parcels["id"].map(town_by_parcel), mask_unincorporated(parcels["town_declared"]))
    table = DataFrame(
        {"parcel_id": _clean_text(parcels["id"]), "old_id": _clean_text(parcels["old_id"]), "town": town}
    ).reset_index(drop=True)
    if label_points is None:
        return table.assign(lon=np.nan, lat=np.nan)
    return table.join(label_points.set_index("id")[["lon", "lat"]], on="parcel_id")


def street_and_town_of_address(address: str) -> tuple[frozenset[Street], str]:
    """Return every parse of the street in a parcel's address, and the folded town after it.

    >>> streets, town = street_and_town_of_address("401 Oak Ave")
    >>> sorted(street.name for street in streets), town
    (['OAK', 'OAK AVE'], '')
    """
    _, rest = _choose_house(normalize_text(address))
    line = _choose_line(rest, TownNames())
    return frozenset(parse_street(line.street)), line.town_name


def _format_street_word(word: str) -> str:
    """Return a street word in the case of street signs.

    >>> [_format_street_word(word) for word in ("BRIDGE", "NW", "66TH", "MO-115")]
    ['Bridge', 'NW', '66th', 'MO-115']
    """
    if word in DIRECTION and len(word) <= 2:
        return word
    if word == "AND":
        return "and"
    if re.fullmatch(r"\d+(ST|ND|RD|TH)", word):
        return word.lower()
    return word if any(character.isdigit() for character in word) else word.capitalize()


def _join_parsed(base: DataFrame, parsed: DataFrame) -> DataFrame:
    """Join parsed addresses to the columns of their layer. The parsed ZIP and town fill unknown values."""
    rows = parsed.join(base)
    for name in ("zip", "postal"):
        rows[name] = rows[name].where(rows[name] != "", rows[f"written_{name}"])
    return rows.drop(columns=["written_zip", "written_postal"])[rows["street"] >= 0]


def _rows_from_parts(frame: DataFrame, registry: StreetRegistry) -> DataFrame:
    number = frame["number"].astype("int64")
    high = frame["number_hi"].fillna(0).astype("int64")
    fractions_and_letters = map_unique_pairs(
        _clean_text(frame["frac"]), _clean_text(frame["number_sfx"]), normalize_fraction_letter
    )
    return DataFrame(
        {
            "street": _street_ids_of_rows(frame, registry),
            "number": number,
            "high": high.where(high > number, 0),
            "frac": [frac for frac, _ in fractions_and_letters],
            "letter": [letter for _, letter in fractions_and_letters],
            "unit": _clean_text(frame["unit"]).map(cache(normalize_unit)).astype("str"),
            "written_zip": "",
            "written_postal": "",
        },
        index=frame.index,
    )


def _street_ids_of_rows(frame: DataFrame, registry: StreetRegistry) -> Any:
    """Return the street id of each row. Each distinct spelling is parsed once."""
    raw_parts = frame[list(_STREET_COLUMNS)].astype("object").fillna("")
    codes, _ = pd.factorize(pd.MultiIndex.from_frame(raw_parts))
    unique_parts = raw_parts[~pd.Series(codes, index=raw_parts.index).duplicated()]
    street_ids = [registry.add_parts(*row) for row in unique_parts.itertuples(index=False)]
    return np.array(street_ids, dtype="int64")[codes] if street_ids else np.array([], dtype="int64")


def _rows_from_text(texts: Series, registry: StreetRegistry, town_names: Collection[str]) -> DataFrame:
    add_normalized = cache(partial(_add_address_line, registry, TownNames(dict.fromkeys(town_names, ""))))
    add_raw = cache(lambda rest: add_normalized(normalize_text(rest)))

    def parse_row(text: str) -> tuple[Any, ...]:
        if match := _NUMBER_AND_STREET.fullmatch(text):
            return (*add_raw(match[2]), int(match[1]), 0, "", "")
        house, rest = _choose_house(normalize_text(text))
        return (*add_normalized(rest), house.number, house.high, house.frac, house.letter)

    columns = ("street", "unit", "written_zip", "written_postal", "number", "high", "frac", "letter")
    dtypes = dict.fromkeys(columns, "str") | dict.fromkeys(("street", "number", "high"), "int64")
    rows = [parse_row(text) for text in texts.to_numpy(object)]
    return DataFrame(rows, columns=list(columns), index=texts.index).astype(dtypes)


def _add_address_line(registry: StreetRegistry, town_names: TownNames, rest: str) -> tuple[int, str, str, str]:
    """Parse the text after a house number into street id, unit, ZIP and town."""
    line = _choose_line(rest, town_names)
    return registry.add_street_text(line.street), line.unit, line.zip, line.town_name.title()


def _choose_house(text: str) -> tuple[House, str]:
    """Choose one parse of a table's house number. A single letter is a direction or belongs to the number.

    >>> str(_choose_house("4570 R WABASH AV")[0]), str(_choose_house("128 E MAIN ST")[0])
    ('4570R', '128')
    """
    first, *others = [
        (house, rest) for house, rest in parse_house_number(text) if house and not house.number_words
    ] or [(House(-1), text)]
    house, rest = first
    if others and not house.high and split_words(rest)[0] not in DIRECTION:
        return others[-1]
    return first


def _choose_line(rest: str, town_names: TownNames) -> ParsedLine:
    """Choose one parse of a table's text. A town must follow a comma or a suffix, so that no street name is split."""
    parsed_lines = list(parse_line(rest, town_names)) or [ParsedLine(())]
    for line in parsed_lines:
        if not line.town_name or "," in rest or (line.street[-1:] and line.street[-1] in SUFFIX):
            return line
    return parsed_lines[-1]


def map_unique_pairs(left: Series, right: Series, function: Any) -> list[Any]:
    """Apply a function to each pair, once for each distinct pair.

    >>> map_unique_pairs(Series(["1/2", ""]), Series(["", "R"]), normalize_fraction_letter)
    [('1/2', ''), ('', 'R')]
    """
    cached_function = cache(function)
    return [cached_function(a, b) for a, b in zip(left.to_numpy(object), right.to_numpy(object), strict=True)]


def _clean_text(column: Series) -> Series:
    return column.astype("object").fillna("").astype("str").str.strip()


def _coalesce_text(*columns: Series) -> Series:
    values = columns[0].astype("object")
    for column in columns[1:]:
        values = values.where(values.notna(), column.astype("object"))
    return _clean_text(values)


def _centroid_lonlat(geometries: Any) -> DataFrame:
    centroids = shapely.centroid(geometries.to_numpy())
    return DataFrame({"lon": shapely.get_x(centroids), "lat": shapely.get_y(centroids)}, index=geometries.index)


@lru_cache(1 << 16)  # few names, each looked up often
def fold_name(name: str) -> str:
    """Return the name of a town or street in look-up form.

    >>> fold_name("St. John"), fold_name("Saint  John")
    ('ST JOHN', 'ST JOHN')
    """
    return fold_words(split_words(normalize_text(name)))
