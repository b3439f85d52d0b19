"""ZIP codes typed alone, or with a town and state: the towns that have addresses with that ZIP code.

The geocoder calls `find_by_zip`.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from geo.crs import LonLat
from geo.geocode.gazetteer.address_index import AddressIndex
from geo.geocode.gazetteer.address_table import fold_name
from geo.geocode.match.geocode_query import GeocodeQuery
from geo.geocode.match.geocode_result import Candidate, Status, point_candidate
from geo.geocode.parse.normalize_text import split_words
from geo.geocode.parse.vocabulary import STATE, ZIP_WORDS
from geo.identifiers import slugify
from geo.language.translate import ngettext

_FIVE_DIGITS = re.compile(r"(?<![0-9])[0-9]{5}(?![0-9])")


def find_by_zip(request: GeocodeQuery) -> tuple[Status, list[Candidate]]:
    """Return the towns of a ZIP code as suggestions, those with the most addresses first. A typed town limits them."""
    zip_, town_name = parse_zip(request) if _FIVE_DIGITS.search(request.text) else ("", "")
    if not zip_:
        return "none", []
    counts = [
        (name, rows)
        for name, rows in _rows_by_town(request.index, zip_)
        if name and (not town_name or fold_name(name) == town_name)
    ]
    counts.sort(key=lambda pair: (-len(pair[1]), pair[0]))
    return "prefix", [_town_candidate(request.index, name, rows, zip_) for name, rows in counts]


def parse_zip(request: GeocodeQuery) -> tuple[str, str]:
    """Return the ZIP code and the folded town of a text that holds nothing else but a state, else two empty texts."""
    words = [word for word in split_words(request.text) if word != "," and word not in ZIP_WORDS]
    codes = [word for word in words if len(word) == 5 and word.isascii() and word.isdigit()]
    if len(codes) != 1:
        return "", ""
    at = words.index(codes[0])
    before, after = words[:at], words[at + 1 :]
    if len(after) == 1 and len(after[0]) == 4 and after[0].isdigit():
        after = []  # ZIP+4
    if before and before[-1] in STATE:
        before = before[:-1]
    name = request.index.town_names.match_words(before + after) if before or after else ""
    if name is None:
        return "", ""
    return codes[0], request.index.town_names.aliases.get(name, name)


def _rows_by_town(index: AddressIndex, zip_: str) -> Iterator[tuple[str, np.ndarray]]:
    """Yield each town with its rows that have a ZIP code, "" for rows without a known town."""
    if zip_ not in index.categories["zip"]:
        return
    rows = np.flatnonzero(index.zip == index.categories["zip"].index(zip_))
    own_names = np.array(index.categories["town"], object)[index.town[rows]]
    parcel_names = np.array([*index.parcel_index.town_names, ""], object)
    parcel_towns = parcel_names[np.where(index.parcel[rows] < 0, -1, index.parcel_index.town[index.parcel[rows]])]
    names = np.where(own_names == "", parcel_towns, own_names)
    for name in dict.fromkeys(names.tolist()):
        yield name, rows[names == name]


def _town_candidate(index: AddressIndex, name: str, rows: np.ndarray, zip_: str) -> Candidate:
    """Return a town as a candidate, at the middle of its addresses that have the ZIP code."""
    lons, lats = index.lon[rows], index.lat[rows]
    is_known = ~np.isnan(lons)
    point = LonLat(float(np.median(lons[is_known])), float(np.median(lats[is_known]))) if is_known.any() else None
    count = len(rows)
    text = ngettext(
        "%(count)s address here has the ZIP code %(zip)s.",
        "%(count)s addresses here have the ZIP code %(zip)s.",
        count,
        zip=zip_,
    )
    candidate = point_candidate(name, point, status="prefix", kind="town", town=name, changes=[text])
    return replace(candidate, zip=zip_, id=slugify(name))
