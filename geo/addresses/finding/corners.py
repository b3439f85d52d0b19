"""Whole columns of crossings at once, for the join: each different text is looked up once."""

from collections.abc import Callable
from functools import partial

import numpy as np
import shapely
from pandas import Series

from geo.addresses.finding.find import crossings
from geo.addresses.gazetteer.index import AddressIndex
from geo.places import LonLat

Corner = Callable[[str], LonLat | None]


def place_of_crossing(index: AddressIndex) -> Callable[[Series], np.ndarray]:
    """Give the function of `places_by` for an index."""
    return places_by(partial(corner, index))


def places_by(corner: Corner) -> Callable[[Series], np.ndarray]:
    """Give a function from addresses to the crossings of two streets that they name, as points in degrees.

    None where an address names none, where a street is called otherwise, and where the two meet more than once.
    """

    def of(addresses: Series) -> np.ndarray:
        found = {text: corner(text) for text in addresses.dropna().unique()}
        points = {text: place and shapely.Point(place) for text, place in found.items()}
        return np.array([*map(points.get, addresses), None], dtype=object)[:-1]

    return of


def corner(index: AddressIndex, address: str) -> LonLat | None:
    """Find the one crossing that an address names as it stands; None where there is none, or several."""
    found = crossings(index, address)
    if len(found) != 1 or found[0].changes or found[0].lon is None or found[0].lat is None:
        return None
    return LonLat(found[0].lon, found[0].lat)
