"""Whole columns of crossings at once, for the join: each different text is looked up once."""

from collections.abc import Callable

import numpy as np
import shapely
from pandas import Series

from geo.addresses.find import find
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
    answer = find(index, address, limit=2)
    if answer.status != "intersection" or len(answer.candidates) > 1:
        return None
    (one,) = answer.candidates
    return None if one.changes else shapely.Point(one.lon, one.lat)
