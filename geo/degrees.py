"""Angles as people write them: degrees with minutes and seconds, or with the letter of a compass point.

`geo.geocode.geocoder` reads a typed point with `parse_degrees_pair`. `geo.ingest.mapping.place_notation`
reads columns with `parse_angles` and `split_angle_pairs`.
"""

import re

import numpy as np
import pandas as pd

from geo.crs import LonLat

MAX_TYPED_CHARACTERS = 80
_NUMBER = r"[0-9]{1,3}(?:\.[0-9]+)?"
_SMALL_NUMBER = r"[0-9]{1,2}(?:\.[0-9]+)?"
_ANGLE = (
    r"(?P<before>[NSEW])?\s*(?P<sign>[-+])?\s*"
    rf"(?P<degrees>{_NUMBER})"
    rf"(?:(?:\s*[°:-]\s*|\s+)(?P<minutes>{_SMALL_NUMBER})"
    rf"(?:(?:\s*[':-]\s*|\s+)(?P<seconds>{_SMALL_NUMBER})\s*\"?)?\s*'?)?"
    r"\s*°?\s*(?P<after>[NSEW])?"
)
# Six or seven digits with a letter are degrees, minutes and seconds without marks, such as N384155.
_PACKED = r"^([NSEW]?)\s*([0-9]{2,3})([0-9]{2})([0-9]{2}(?:\.[0-9]+)?)\s*([NSEW]?)$"
# Each notation of a mark, and the one that `_ANGLE` knows. The order matters.
_MARKS = (
    (r"\b(?:LATITUDE|LONGITUDE|LONG|LAT|LON|LNG)\b\s*[:=.]?", ""),
    (r"([0-9])\s*D\s*([0-9.]+)\s*M\s*(?:([0-9.]+)\s*S(?![A-Z]))?", r"\1°\2'\3"),
    (r"\bNORTH\b", "N"),
    (r"\bSOUTH\b", "S"),
    (r"\bEAST\b", "E"),
    (r"\bWEST\b", "W"),
    (r"[º˚*]|DEGREES?|DEG\.?", "°"),
    (r"''|\u2019\u2019|\u2032\u2032|[\u201d\u201c\u2033]|SECONDS?|SECS?\.?", '"'),
    (r"[\u2019\u2018\u2032\u00b4`]|MINUTES?|MINS?\.?", "'"),
    (r"[\u2212\u2013]", "-"),
    (r"(?<=[0-9]),(?=[0-9]+\s*[°'\"NSEW])", "."),  # a decimal comma before a mark
    (r"[\u00a0\s]+", " "),
)
_TWO_ANGLES = r"^([NSEW][^NSEW,;/|]+)[,;/| ]\s*([NSEW][^NSEW,;/|]+)$|^([^NSEW,;/|]+[NSEW])[,;/| ]?\s*([^NSEW,;/|]+[NSEW])$|^([^,;/|]*°[^,;/|]*)[,;/|]([^,;/|]*°[^,;/|]*)$"
# Streets of a grid, such as 40 N 100 E, have whole numbers without any mark.
_HAS_PART = r"°|[0-9]\.[0-9]|[0-9][ :'-]+[0-9]+[^0-9]*[NSEW ,;]"
# What a typed pair has: a mark of degrees, or a letter of both axes beside a number that has a part.
_MAY_BE_TYPED = re.compile(
    r"[°º˚]|[0-9]\s*deg|^(?=.*(?:[0-9.'\"SM]\s*[NS]\b|\b[NS]\s*[0-9]))(?=.*(?:[0-9.'\"SM]\s*[EW]\b|\b[EW]\s*[0-9]))"
    r"(?=.*(?:[0-9][.,][0-9]|[0-9](?:\W+|[DM]\W*)[0-9]|[0-9]{6}))",
    re.IGNORECASE,
)


def parse_angles(texts: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    r"""Return angles in degrees `(n,)`, nan where a text is none, and the axis that each names: "lat", "lon" or "".

    South and west are negative. Only the last part may have a fraction. Minutes and seconds are below 60.

    >>> angles, axes = parse_angles(pd.Series(["38°41'55.0\"N", "W90 18.455", "-90-18-27", "6209 N 90", None]))
    >>> angles.round(6).tolist(), axes.tolist()
    ([38.698611, -90.307583, -90.3075, nan, nan], ['lat', 'lon', '', '', ''])
    """
    parts = _normalize_marks(texts).str.extract(f"^{_ANGLE}$")
    degrees, minutes, seconds = (
        pd.to_numeric(parts[name], errors="coerce").to_numpy("float64") for name in ("degrees", "minutes", "seconds")
    )
    letters = np.where(parts["before"].notna(), parts["before"].fillna(""), parts["after"].fillna(""))
    is_negative = (parts["sign"] == "-").fillna(value=False).to_numpy(bool)
    is_south_or_west = np.isin(letters, ["S", "W"])
    limits = np.where(np.isin(letters, ["N", "S"]), 90.0, 180.0)
    values = degrees + np.nan_to_num(minutes) / 60 + np.nan_to_num(seconds) / 3600
    has_fraction_inside = (degrees % 1 != 0) & ~np.isnan(minutes) | (minutes % 1 != 0) & ~np.isnan(seconds)
    is_contradictory = (is_negative & np.isin(letters, ["N", "E"])) | (
        parts["before"].notna() & parts["after"].notna()
    ).to_numpy(bool)
    is_angle = (values <= limits) & ~(minutes >= 60) & ~(seconds >= 60) & ~has_fraction_inside & ~is_contradictory
    angles = np.where(is_angle, np.where(is_negative | is_south_or_west, -values, values), np.nan)
    axes = np.where(is_angle & np.isin(letters, ["N", "S"]), "lat", np.where(is_angle & (letters != ""), "lon", ""))
    return angles, axes


def split_angle_pairs(texts: pd.Series) -> tuple[pd.Series, pd.Series]:
    r"""Return the two angles of each text, None where a text is no pair of angles.

    Each angle has a letter, or both have a degree mark.

    >>> first, second = split_angle_pairs(pd.Series(["38 41 55 N, 90 18 27 W", "N38.7 W90.3", "40 N 100 E"]))
    >>> first.tolist(), second.tolist()
    (['38 41 55 N', 'N38.7', nan], ['90 18 27 W', 'W90.3', nan])
    """
    normalized = _normalize_marks(texts)
    has_part = normalized.str.contains(_HAS_PART, regex=True).fillna(value=False)
    groups = normalized.where(has_part.astype(bool)).str.extract(_TWO_ANGLES)
    first, second = (
        groups[offset].fillna(groups[offset + 2]).fillna(groups[offset + 4]).str.strip() for offset in (0, 1)
    )
    return first, second


def parse_angle_pairs(texts: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return longitudes and latitudes `(n,)` in degrees, nan where a text is no pair of angles.

    Letters say which angle is which. Without letters the latitude comes first, unless it could not be one.

    >>> lon, lat = parse_angle_pairs(pd.Series(["38 41 55 N, 90 18 27 W", "90.3° W / 38.7° N", "38.7, -90.3"]))
    >>> lon.round(4).tolist(), lat.round(4).tolist()
    ([-90.3075, -90.3, nan], [38.6986, 38.7, nan])
    """
    (first, first_axis), (second, second_axis) = map(parse_angles, split_angle_pairs(texts))
    is_lon_first = (first_axis == "lon") | (second_axis == "lat") | ((first_axis == "") & (np.abs(first) > 90))
    lon, lat = np.where(is_lon_first, first, second), np.where(is_lon_first, second, first)
    is_pair = np.isfinite(lon) & (np.abs(lat) <= 90) & ((first_axis != second_axis) | (first_axis == ""))
    return np.where(is_pair, lon, np.nan), np.where(is_pair, lat, np.nan)


def parse_degrees_pair(text: str) -> LonLat | None:
    r"""Parse a typed point in degrees, minutes and seconds, None if it is none.

    >>> parse_degrees_pair("38°41'55.0\"N 90°18'27.0\"W")
    LonLat(lon=-90.3075, lat=38.6986111)
    >>> parse_degrees_pair("40 N 100 E"), parse_degrees_pair("7201 N Natural Bridge")
    (None, None)
    """
    if len(text) > MAX_TYPED_CHARACTERS or not _MAY_BE_TYPED.search(text):
        return None
    lon, lat = parse_angle_pairs(pd.Series([text], dtype="str"))
    return LonLat(round(float(lon[0]), 7), round(float(lat[0]), 7)) if np.isfinite(lon[0]) else None


def _normalize_marks(texts: pd.Series) -> pd.Series:
    r"""Return texts in capitals with `°`, `'`, `"`, `-` and decimal points only.

    >>> _normalize_marks(pd.Series(["38º 41' 55,2'' north", "n384155"])).tolist()
    ['38° 41\' 55.2" N', 'N38 41 55']
    """
    normalized = texts.astype("str").str.strip().str.upper()
    for pattern, mark in _MARKS:
        normalized = normalized.str.replace(pattern, mark, regex=True)
    packed = normalized.str.extract(_PACKED)
    is_packed = ((packed[0] != "") ^ (packed[4] != "")).fillna(value=False).astype(bool) & packed[1].notna()
    unpacked = packed[0] + packed[1] + " " + packed[2] + " " + packed[3] + packed[4]
    return normalized.where(~is_packed, unpacked).str.strip()
