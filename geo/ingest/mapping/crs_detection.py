"""Detection of a file's coordinate reference system, and the search for one that fits the towns.

`geo.ingest.cleaning.places.geometries` and `read_raster` call `detect_crs` with the hints of a request.
"""

import re
from dataclasses import dataclass
from functools import cache

import numpy as np
from pyproj import CRS, Transformer
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_crs_info
from pyproj.enums import PJType
from pyproj.exceptions import CRSError, ProjError

from geo.crs import WGS84, Bbox, choose_metric_crs
from geo.errors import BadInput, NeedsOption
from geo.mapped_area import MappedArea

DRIVERS_IN_DEGREES = {"GeoJSON", "GeoJSONSeq"}  # these drivers always report degrees
MAX_SAMPLED_POINTS = 2_000
# A path in the text of a CRS, as of a grid file. PROJ would open it.
EXTERNAL_FILE_PATTERN = re.compile(
    r"""\w=[^\s"]*[/\\~][^\s"]*|PARAMETERFILE\[\s*"[^"]*"\s*,\s*"[^"]*[/\\~]""", re.IGNORECASE
)
# The CRSs that towns use. Systems for whole countries or for newer survey frames are left out.
USUAL_CRS_NAMES = {
    "ESRI": re.compile(r"NAD_1983_StatePlane_"),
    "EPSG": re.compile(r"(NAD83 / (?!BLM|Conus|Canada|Statistics|Great)|WGS 84 / UTM zone \d+N)"),
}

# North America in meters of Web Mercator.
WEB_MERCATOR_X, WEB_MERCATOR_Y = (-19_100_000, -5_800_000), (1_600_000, 11_600_000)


@dataclass(frozen=True)
class DetectedCrs:
    """A CRS, and in words how it was found."""

    crs: CRS
    detected_by: str

    def __str__(self) -> str:
        """Return the CRS as a report shows it.

        >>> str(DetectedCrs(WGS84, "from the file"))
        'EPSG:4326 (from the file)'
        """
        code = self.crs.to_authority(min_confidence=70)
        return f"{':'.join(code) if code else self.crs.name} ({self.detected_by})"


@dataclass(frozen=True)
class CrsHints:
    """The hints about a file's CRS: `--crs`, the file itself, the profile, and the towns' bbox in degrees.

    `mapped_area` tells which of its geometries are far from every town.
    """

    requested_crs: str | None
    file_crs: str | None
    profile_crs: str | None
    driver: str
    file_name: str
    towns_bbox: Bbox | None
    mapped_area: MappedArea | None = None


def detect_crs(hints: CrsHints, x: np.ndarray, y: np.ndarray) -> DetectedCrs:
    """Return the CRS of these coordinates.

    `--crs` comes first, then the file's own CRS, degrees that are plain to see, the profile's
    CRS, and Web Mercator in North America. Raises NeedsOption for `--crs` where nothing names a CRS, or where degrees are impossible.
    The message names a CRS that would put the coordinates into the towns, if there is one.

    >>> hints = CrsHints(None, None, None, "CSV", "trees.csv", None)
    >>> str(detect_crs(hints, np.array([-90.3]), np.array([38.7])))
    'EPSG:4326 (assumed, because the coordinates look like degrees)'
    """
    if hints.requested_crs is not None:
        return DetectedCrs(_parse_crs(hints.requested_crs), "from --crs")
    is_degrees = looks_like_degrees(x, y)
    if hints.file_crs is not None:
        crs = _parse_file_crs(hints.file_crs, hints.file_name)
        if not crs.is_geographic or is_degrees:
            return DetectedCrs(crs, "from the file")
        if hints.driver not in DRIVERS_IN_DEGREES:
            raise NeedsOption(
                f"{hints.file_name}: says that it is in degrees ({crs.name}), but its coordinates are not degrees: {_first_point_text(x, y)}. Name its coordinate system with --crs{_crs_suggestion(hints.towns_bbox, x, y)}"
            )
    if is_degrees:
        return DetectedCrs(WGS84, "assumed, because the coordinates look like degrees")
    if hints.profile_crs is not None:
        return DetectedCrs(_parse_crs(hints.profile_crs), "from its profile")
    if looks_like_web_mercator(x, y):
        return DetectedCrs(CRS.from_epsg(3857), "assumed, because only Web Mercator counts so far west of 0")
    raise NeedsOption(
        f"{hints.file_name}: does not say which coordinate system it uses, and {_first_point_text(x, y)} are not degrees. Name the system with --crs{_crs_suggestion(hints.towns_bbox, x, y)}"
    )


def transform_to_degrees(crs: CRS, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return coordinates as longitudes and latitudes, inf where the conversion has no result.

    >>> lon, lat = transform_to_degrees(CRS.from_epsg(26996), np.array([267_397.0]), np.array([318_148.0]))
    >>> round(float(lon[0]), 3), round(float(lat[0]), 3)
    (-90.3, 38.7)
    """
    if crs == WGS84 or crs == CRS.from_user_input("OGC:CRS84"):
        return x, y
    lon, lat = Transformer.from_crs(crs, WGS84, always_xy=True).transform(x, y)
    return np.asarray(lon), np.asarray(lat)


def looks_like_web_mercator(x: np.ndarray, y: np.ndarray) -> bool:
    """Return whether more than nine in ten coordinates are meters of Web Mercator (EPSG:3857) in North America.

    State Plane and UTM have no x below 0 of that size.

    >>> looks_like_web_mercator(np.array([-10_815_949.5]), np.array([3_922_709.4]))
    True
    >>> looks_like_web_mercator(np.array([2_377_925.9]), np.array([7_124_383.8]))
    False
    """
    is_known = np.isfinite(x) & np.isfinite(y)
    (west, east), (south, north) = WEB_MERCATOR_X, WEB_MERCATOR_Y
    is_inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    return bool(is_known.any() and is_inside[is_known].mean() > 0.9)


def looks_like_degrees(x: np.ndarray, y: np.ndarray) -> bool:
    """Return whether more than nine in ten coordinates can be degrees, in either axis order.

    >>> looks_like_degrees(np.array([-90.3]), np.array([38.7]))
    True
    >>> looks_like_degrees(np.array([875854.9]), np.array([998434.9]))
    False
    """
    is_known = np.isfinite(x) & np.isfinite(y)
    if not is_known.any():
        return True
    abs_x, abs_y = np.abs(x[is_known]), np.abs(y[is_known])
    is_lon_lat, is_lat_lon = (abs_x <= 180) & (abs_y <= 90), (abs_x <= 90) & (abs_y <= 180)
    return bool(np.mean(is_lon_lat | is_lat_lon) > 0.9)


def is_near_bbox(bbox: Bbox, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Return a mask of the points within a bbox's own size of it, and at least a quarter degree.

    >>> lon, lat = np.array([-90.3, -90.0, -93.3]), np.array([38.7, 38.7, 37.2])
    >>> is_near_bbox(Bbox(-90.4, 38.6, -90.2, 38.8), lon, lat).tolist()
    [True, True, False]
    """
    margin = max(0.25, bbox.east - bbox.west, bbox.north - bbox.south)
    return (
        (lon >= bbox.west - margin)
        & (lon <= bbox.east + margin)
        & (lat >= bbox.south - margin)
        & (lat <= bbox.north + margin)
    )


def find_fitting_crs(bbox: Bbox | None, x: np.ndarray, y: np.ndarray) -> CRS | None:
    """Return the first CRS of the region that puts nine in ten coordinates near a bbox, or None."""
    known_indexes = np.flatnonzero(np.isfinite(x) & np.isfinite(y) & ((x != 0) | (y != 0)))
    if bbox is None or not len(known_indexes):
        return None
    sample = known_indexes[:: max(1, len(known_indexes) // MAX_SAMPLED_POINTS)]
    for crs_name in candidate_crs_names(bbox):
        crs = CRS.from_user_input(crs_name)
        if is_near_bbox(bbox, *transform_to_degrees(crs, x[sample], y[sample])).mean() >= 0.9:
            return crs
    return None


@cache
def candidate_crs_names(bbox: Bbox) -> tuple[str, ...]:
    """Return the names of CRSs that a file about this bbox may be in: degrees, web maps, state plane, UTM.

    >>> candidate_crs_names(Bbox(-90.35, 38.66, -90.24, 38.74))[:3]
    ('EPSG:4326', 'EPSG:3857', 'EPSG:26996')
    """
    lon, lat = (bbox.west + bbox.east) / 2, (bbox.south + bbox.north) / 2
    crs_names = ["EPSG:4326", "EPSG:3857", ":".join(choose_metric_crs(bbox).to_authority() or ())]
    for authority, name_pattern in USUAL_CRS_NAMES.items():
        infos = query_crs_info(
            auth_name=authority,
            pj_types=[PJType.PROJECTED_CRS],
            area_of_interest=AreaOfInterest(lon, lat, lon, lat),
            contains=True,
        )
        crs_names += sorted(f"{authority}:{info.code}" for info in infos if name_pattern.match(info.name))
    return tuple(crs_names)


def _parse_crs(text: str) -> CRS:
    try:
        return _check_leads_to_degrees(CRS.from_user_input(text))
    except (CRSError, ProjError):
        raise BadInput(
            f"--crs {text}: not a coordinate system of locations on Earth; write it like EPSG:4326 or ESRI:102696"
        ) from None


def _parse_file_crs(text: str, file_name: str) -> CRS:
    """Return the CRS that a file declares. Raises NeedsOption if it would make PROJ open another file."""
    try:
        crs = CRS.from_user_input(text)
        if EXTERNAL_FILE_PATTERN.search(text) or EXTERNAL_FILE_PATTERN.search(crs.to_wkt()):
            raise NeedsOption(
                f"{file_name}: its coordinate system refers to another file, which is not opened; name the system with --crs, such as EPSG:26996 or ESRI:102696"
            )
        return _check_leads_to_degrees(crs)
    except (CRSError, ProjError):
        raise NeedsOption(
            f"{file_name}: its coordinate system does not give locations on Earth; name the right one with --crs, such as EPSG:26996 or ESRI:102696"
        ) from None


def _check_leads_to_degrees(crs: CRS) -> CRS:
    """Return the CRS. Raises CRSError for one without horizontal axes, or without a way to degrees."""
    if len(crs.axis_info) < 2:
        raise CRSError(crs.name)
    Transformer.from_crs(crs, WGS84, always_xy=True)
    return crs


def _first_point_text(x: np.ndarray, y: np.ndarray) -> str:
    known_indexes = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    return f"({x[known_indexes[0]]:.6g}, {y[known_indexes[0]]:.6g})" if len(known_indexes) else "(none)"


def _crs_suggestion(bbox: Bbox | None, x: np.ndarray, y: np.ndarray) -> str:
    crs = find_fitting_crs(bbox, x, y)
    if crs is None:
        return ", such as EPSG:26996 or ESRI:102696"
    return f" {':'.join(crs.to_authority() or ('', crs.name))} ({crs.name}), which would put them in the towns"
