"""Batch geocoding of intersections for the join. Each distinct text is looked up once.

`make_intersection_finder` is the entry point.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
import shapely
from pandas import Series

from geo.crs import LonLat
from geo.geocode.gazetteer.address_index import AddressIndex
from geo.geocode.geocoder import recorded_intersections

IntersectionLookup = Callable[[str], LonLat | None]


def make_intersection_finder(index: AddressIndex) -> Callable[[Series], np.ndarray]:
    """Return a function from addresses to intersections, over an index (see `make_intersection_finder_from`)."""
    return make_intersection_finder_from(partial(unique_intersection, index))


def make_intersection_finder_from(lookup: IntersectionLookup) -> Callable[[Series], np.ndarray]:
    """Return a function from addresses to an object array `(n,)` of points in degrees.

    The value is None if the text is no intersection or a street has another name. It is also None if the streets
    meet more than once.

    >>> lookup = {"Oak Ave & Elm St": LonLat(-90.3166, 38.7002)}.get
    >>> find_points = make_intersection_finder_from(lookup)
    >>> find_points(Series(["Oak Ave & Elm St", "401 Oak Ave"])).tolist()
    [<POINT (-90.317 38.7)>, None]
    """

    def find_intersection_points(addresses: Series) -> np.ndarray:
        lonlats = {text: lookup(text) for text in addresses.dropna().unique()}
        points = {text: lonlat and shapely.Point(lonlat) for text, lonlat in lonlats.items()}
        return np.array([*map(points.get, addresses), None], dtype=object)[:-1]

    return find_intersection_points


def unique_intersection(index: AddressIndex, address: str) -> LonLat | None:
    """Return the only intersection that an address names exactly, None if there is none or several."""
    candidates = recorded_intersections(index, address)
    if len(candidates) != 1 or candidates[0].changes or candidates[0].lon is None or candidates[0].lat is None:
        return None
    return LonLat(candidates[0].lon, candidates[0].lat)
