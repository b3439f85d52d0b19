"""Which coordinate system a file is in: told, found, or plain to see; and which one would fit."""

import re
from dataclasses import dataclass
from functools import cache

import numpy as np
from pyproj import CRS, Transformer
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_crs_info
from pyproj.enums import PJType
from pyproj.exceptions import CRSError, ProjError

from geo.errors import BadInput, NeedsOption
from geo.places import WEB, Bbox, metric_crs

DEGREES_BY_RULE = {"GeoJSON", "GeoJSONSeq"}  # their drivers say degrees whatever the numbers are
SAMPLE = 2_000
# A file of ours or of another machine that a system's own text sends its reader to: a grid's path.
ELSEWHERE = re.compile(
    r"""\w=[^\s"]*[/\\~][^\s"]*|PARAMETERFILE\[\s*"[^"]*"\s*,\s*"[^"]*[/\\~]""", re.IGNORECASE
)
# The systems in which towns' files come; not those of whole countries or of surveyors' frames.
USUAL = {
    "ESRI": re.compile(r"NAD_1983_StatePlane_"),
    "EPSG": re.compile(r"(NAD83 / (?!BLM|Conus|Canada|Statistics|Great)|WGS 84 / UTM zone \d+N)"),
}


@dataclass(frozen=True)
class System:
    """A coordinate system, and in words how it was found."""

    crs: CRS
    how: str

    def __str__(self) -> str:
        """Tell it as a report does."""
        code = self.crs.to_authority(min_confidence=70)
        return f"{':'.join(code) if code else self.crs.name} ({self.how})"


@dataclass(frozen=True)
class Clues:
    """What speaks for a coordinate system: `--crs`, the file, the profile; where the towns are."""

    told: str | None
    file: str | None
    profile: str | None
    driver: str
    name: str
    around: Bbox | None


def find_system(clues: Clues, x: np.ndarray, y: np.ndarray) -> System:
    """Find the system of these coordinates.

    Raises NeedsOption naming `--crs` where nothing says it, or where what says degrees cannot be
    right; with the system that would put them into the towns, where there is one.
    """
    if clues.told is not None:
        return System(_told(clues.told), "as told by --crs")
    degrees = looks_like_degrees(x, y)
    if clues.file is not None:
        crs = _of_file(clues.file, clues.name)
        if not crs.is_geographic or degrees:
            return System(crs, "as the file says")
        if clues.driver not in DEGREES_BY_RULE:
            raise NeedsOption(
                f"{clues.name}: says that it is in degrees ({crs.name}), but its coordinates are not: {_shown(x, y)}. Name what they are in with --crs{_hint(clues.around, x, y)}"
            )
    if degrees:
        return System(WEB, "assumed: the coordinates plainly are degrees")
    if clues.profile is not None:
        return System(_told(clues.profile), "as its profile says")
    raise NeedsOption(
        f"{clues.name}: does not say which coordinate system it is in, and {_shown(x, y)} are no degrees. Name it with --crs{_hint(clues.around, x, y)}"
    )


def to_degrees(crs: CRS, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Turn coordinates into degrees, east first; infinite where a place has none."""
    if crs == WEB or crs == CRS.from_user_input("OGC:CRS84"):
        return x, y
    lon, lat = Transformer.from_crs(crs, WEB, always_xy=True).transform(x, y)
    return np.asarray(lon), np.asarray(lat)


def looks_like_degrees(x: np.ndarray, y: np.ndarray) -> bool:
    """Tell whether coordinates plainly are degrees, whichever comes first.

    >>> looks_like_degrees(np.array([-90.3]), np.array([38.7]))
    True
    >>> looks_like_degrees(np.array([875854.9]), np.array([998434.9]))
    False
    """
    known = np.isfinite(x) & np.isfinite(y)
    if not known.any():
        return True
    wide, high = np.abs(x[known]), np.abs(y[known])
    right, turned = (wide <= 180) & (high <= 90), (wide <= 90) & (high <= 180)
    return bool(np.mean(right | turned) > 0.9)


def near(box: Bbox, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Mark the places in or near a box: within its own size of it, and a quarter degree at least."""
    margin = max(0.25, box.east - box.west, box.north - box.south)
    return (
        (lon >= box.west - margin)
        & (lon <= box.east + margin)
        & (lat >= box.south - margin)
        & (lat <= box.north + margin)
    )


def fitting(box: Bbox | None, x: np.ndarray, y: np.ndarray) -> CRS | None:
    """Find the system, of those used around there, that puts nine in ten coordinates near a box."""
    known = np.flatnonzero(np.isfinite(x) & np.isfinite(y) & ((x != 0) | (y != 0)))
    if box is None or not len(known):
        return None
    some = known[:: max(1, len(known) // SAMPLE)]
    for name in candidates(box):
        crs = CRS.from_user_input(name)
        if near(box, *to_degrees(crs, x[some], y[some])).mean() >= 0.9:
            return crs
    return None


@cache
def candidates(box: Bbox) -> tuple[str, ...]:
    """Name the systems in which a file about this box may be: degrees, state plane, UTM, web maps."""
    lon, lat = (box.west + box.east) / 2, (box.south + box.north) / 2
    found = ["EPSG:4326", "EPSG:3857", ":".join(metric_crs(box).to_authority() or ())]
    for authority, usual in USUAL.items():
        infos = query_crs_info(
            auth_name=authority,
            pj_types=[PJType.PROJECTED_CRS],
            area_of_interest=AreaOfInterest(lon, lat, lon, lat),
            contains=True,
        )
        found += sorted(f"{authority}:{one.code}" for one in infos if usual.match(one.name))
    return tuple(found)


def _told(text: str) -> CRS:
    try:
        return _placing(CRS.from_user_input(text))
    except (CRSError, ProjError):
        raise BadInput(
            f"--crs {text}: no coordinate system that places anything on Earth; write it as EPSG:4326 or ESRI:102696"
        ) from None


def _of_file(text: str, name: str) -> CRS:
    """Take the system that a file says, unless it would have us open another file."""
    try:
        crs = CRS.from_user_input(text)
        if ELSEWHERE.search(text) or ELSEWHERE.search(crs.to_wkt()):
            raise NeedsOption(
                f"{name}: its coordinate system points to another file, which is not opened; name the system with --crs, as EPSG:26996 or ESRI:102696"
            )
        return _placing(crs)
    except (CRSError, ProjError):
        raise NeedsOption(
            f"{name}: its coordinate system places nothing on Earth; name the right one with --crs, as EPSG:26996 or ESRI:102696"
        ) from None


def _placing(crs: CRS) -> CRS:
    """Make sure that a system leads to degrees: a height or a drawing board's does not."""
    if len(crs.axis_info) < 2:
        raise CRSError(crs.name)
    Transformer.from_crs(crs, WEB, always_xy=True)
    return crs


def _shown(x: np.ndarray, y: np.ndarray) -> str:
    known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    return f"({x[known[0]]:.6g}, {y[known[0]]:.6g})" if len(known) else "(none)"


def _hint(box: Bbox | None, x: np.ndarray, y: np.ndarray) -> str:
    crs = fitting(box, x, y)
    if crs is None:
        return ", as EPSG:26996 or ESRI:102696"
    return f" {':'.join(crs.to_authority() or ('', crs.name))} ({crs.name}), by which they would lie in the towns"
