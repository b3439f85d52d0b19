"""Whole columns of crossings at once, for the join: each different text is looked up once."""

from collections.abc import Callable

import numpy as np
import shapely
from pandas import Series

from geo.addresses.find import crossings
from geo.addresses.index import AddressIndex


def place_of_crossing(index: AddressIndex) -> Callable[[Series], np.ndarray]:
    """Give a function from addresses to the crossings of two streets that they name, as points in degrees.

    None where an address names none, where a street is called otherwise, and where the two meet more than once.
    """

    def of(addresses: Series) -> np.ndarray:
        places = {text: _place(index, text) for text in addresses.dropna().unique()}
        return np.array([*map(places.get, addresses), None], dtype=object)[:-1]

    return of


def _place(index: AddressIndex, address: str) -> shapely.Point | None:
    found = crossings(index, address)
    if len(found) != 1 or found[0].changes:
        return None
    return shapely.Point(found[0].lon, found[0].lat)
