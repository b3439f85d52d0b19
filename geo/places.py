"""Where things are: degrees for the world outside, metres for every measure."""

import re
from math import hypot
from typing import NamedTuple

import geopandas as gpd
from pyproj import CRS
from pyproj.aoi import AreaOfInterest
from pyproj.database import CRSInfo, query_crs_info
from pyproj.enums import PJType

WEB = CRS.from_epsg(4326)  # degrees (lon, lat): GeoJSON, browsers, our API, our store


class LonLat(NamedTuple):
    """A place in degrees, east first, as GeoJSON has it."""

    lon: float
    lat: float


class Bbox(NamedTuple):
    """A box in degrees: west, south, east, north."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, other: "Bbox") -> bool:
        """Whether the whole of another box lies in this one.

        >>> EARTH.holds(Bbox(-90.4, 38.6, -90.2, 38.8)), EARTH.holds(Bbox(0, 0, 875854.9, 998434.9))
        (True, False)
        """
        return (
            self.west <= other.west
            and other.east <= self.east
            and self.south <= other.south
            and other.north <= self.north
        )


EARTH = Bbox(-180.0, -90.0, 180.0, 90.0)


def metric_crs(box: Bbox) -> CRS:
    """Choose the CRS in which a workspace measures: metres, made for where `box` lies.

    The state-plane zone of NAD83 whose area of use holds the box's middle (where two do, the one
    whose own middle is nearer; 26996 for St. Louis County: scale within 1:10,000), else the UTM
    zone of WGS 84.

    >>> metric_crs(Bbox(-90.35, 38.66, -90.24, 38.74)).to_epsg()
    26996
    """
    middle = LonLat((box.west + box.east) / 2, (box.south + box.north) / 2)
    zones = [
        info
        for info in query_crs_info(
            auth_name="EPSG",
            pj_types=[PJType.PROJECTED_CRS],
            area_of_interest=AreaOfInterest(*middle, *middle),
            contains=True,
        )
        # "NAD83 / Missouri East": metres; the feet zones and later datums carry further words.
        if re.fullmatch(r"NAD83 / (?!UTM|Conus|Great)[A-Z][A-Za-z ]+", info.name)
        and 26900 < int(info.code) < 27000
        and info.area_of_use is not None
    ]
    if zones:
        return CRS.from_epsg(int(min(zones, key=lambda zone: _off_centre(zone, middle)).code))
    point = gpd.GeoSeries.from_xy([middle.lon], [middle.lat], crs=WEB)
    return CRS.from_user_input(point.estimate_utm_crs())


def _off_centre(zone: CRSInfo, place: LonLat) -> float:
    """How far, in degrees, a place lies from the middle of a zone's area of use."""
    west, south, east, north = zone.area_of_use.bounds if zone.area_of_use else (0, 0, 0, 0)
    return hypot((west + east) / 2 - place.lon, (south + north) / 2 - place.lat)
