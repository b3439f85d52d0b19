"""Coordinates: WGS 84 degrees outside, a metric CRS for every measurement.

`LonLat` and `Bbox` are the point and the bounding box of all of `geo` and `webmap`.
The store calls `choose_metric_crs` at the first load, and once more if boundaries come later.
Source of the zones: the EPSG registry, through pyproj.
"""

import re
from math import hypot
from typing import NamedTuple

import geopandas as gpd
from pyproj import CRS
from pyproj.aoi import AreaOfInterest
from pyproj.database import CRSInfo, query_crs_info
from pyproj.enums import PJType

WGS84 = CRS.from_epsg(4326)  # degrees (lon, lat): GeoJSON, browsers, our API, our store
TOWN_LATITUDES = (-56.0, 84.0)  # no town lies farther south or north


class LonLat(NamedTuple):
    """A point in degrees (WGS 84), longitude first, as in GeoJSON.

    >>> LonLat(lon=-90.3051, lat=38.7002)
    LonLat(lon=-90.3051, lat=38.7002)
    """

    lon: float
    lat: float


class Bbox(NamedTuple):
    """A bounding box in degrees: west, south, east, north."""

    west: float
    south: float
    east: float
    north: float

    def contains(self, other: "Bbox") -> bool:
        """Return whether another bbox lies inside this one, shared edges included.

        >>> WORLD_BBOX.contains(Bbox(-90.4, 38.6, -90.2, 38.8))
        True
        >>> WORLD_BBOX.contains(Bbox(0, 0, 875854.9, 998434.9))  # feet of a state plane
        False
        """
        return (
            self.west <= other.west
            and other.east <= self.east
            and self.south <= other.south
            and other.north <= self.north
        )


WORLD_BBOX = Bbox(-180.0, -90.0, 180.0, 90.0)


def choose_metric_crs(bbox: Bbox) -> CRS:
    """Choose the metric CRS of a workspace around `bbox`.

    The first choice is the NAD83 state plane zone with the center of `bbox` in its area of use.
    If several do, the zone with the nearest center wins. St. Louis County gets EPSG:26996, with
    scale errors below 1:10,000. Outside the state plane zones it is the UTM zone of WGS 84.

    >>> choose_metric_crs(Bbox(-90.35, 38.66, -90.24, 38.74)).to_epsg()
    26996
    >>> choose_metric_crs(Bbox(-8.7, 41.1, -8.5, 41.2)).to_epsg()  # Porto: UTM zone 29 N
    32629
    """
    center = LonLat((bbox.west + bbox.east) / 2, (bbox.south + bbox.north) / 2)
    zones = [
        info
        for info in query_crs_info(
            auth_name="EPSG",
            pj_types=[PJType.PROJECTED_CRS],
            area_of_interest=AreaOfInterest(*center, *center),
            contains=True,
        )
        # "NAD83 / Missouri East" is in meters. Zones in feet and later datums have longer names.
        if re.fullmatch(r"NAD83 / (?!UTM|Conus|Great)[A-Z][A-Za-z ]+", info.name)
        and 26900 < int(info.code) < 27000
        and info.area_of_use is not None
    ]
    if zones:
        return CRS.from_epsg(int(min(zones, key=lambda zone: _distance_from_center_deg(zone, center)).code))
    point = gpd.GeoSeries.from_xy([center.lon], [center.lat], crs=WGS84)
    return CRS.from_user_input(point.estimate_utm_crs())


def _distance_from_center_deg(zone: CRSInfo, point: LonLat) -> float:
    """Compute the distance in degrees from a point to the center of a zone's area of use."""
    west, south, east, north = zone.area_of_use.bounds if zone.area_of_use else (0, 0, 0, 0)
    return hypot((west + east) / 2 - point.lon, (south + north) / 2 - point.lat)
