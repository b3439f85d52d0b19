"""Notations of a place in a column of text: WKT, WKB, GeoJSON, a pair of numbers, degrees and minutes.

The recognition of columns calls `detect_place_notation`. `geo.ingest.mapping.coordinates` calls
`parse_places` and `parse_coordinate_column`. All work on whole columns.
"""

import re

import numpy as np
import pandas as pd
import shapely

from geo.degrees import parse_angle_pairs, parse_angles
from geo.ingest.readers.curves import MAX_DEPTH
from geo.ingest.text_columns import match_some

MIN_SHARE = 0.8  # of the filled cells that must be in a notation
MAX_SAMPLED_CELLS = 100  # a table may have 2,000 columns
_DECIMAL = r"[-+]?[0-9]{1,3}(?:\.[0-9]+)"
_GEOMETRY_WORDS = "POINT|LINESTRING|POLYGON|MULTIPOINT|MULTILINESTRING|MULTIPOLYGON|GEOMETRYCOLLECTION|CIRCULARSTRING|COMPOUNDCURVE|CURVEPOLYGON|MULTICURVE|MULTISURFACE|POLYHEDRALSURFACE|TIN|TRIANGLE"
WKT_PATTERN = rf"(?is)^\s*(?:SRID=[0-9]+;)?\s*(?:{_GEOMETRY_WORDS})\s*(?:ZM|Z|M)?\s*(?:\(|EMPTY)"
WKB_PATTERN = r"(?i)^\s*(?:\\x|0x)?0[01][0-9a-f]{40,}\s*$"
GEOJSON_PATTERN = r'(?s)^\s*\{.*"(?:coordinates|geometries)"\s*:'
# A pair of decimal numbers: the whole cell, or in brackets at the end of an address. ODK adds height and accuracy.
PAIR_PATTERN = rf"^\s*[\[(]?\s*({_DECIMAL})\s*(?:[,;/|]\s*|\s+)({_DECIMAL})(?:\s+[-+]?[0-9.]+){{0,2}}\s*[\])]?\s*$"
BRACKETS_PATTERN = rf"(?s)^.*\(\s*({_DECIMAL}|[-+]?[0-9]{{1,3}})\s*,\s*({_DECIMAL}|[-+]?[0-9]{{1,3}})\s*\)\s*$"
# A mapping of Socrata, or a point of Esri: {'latitude': '38.6', 'longitude': '-90.3', 'human_address': …}.
_KEYED = r"""(?is)^\s*\{{.*["']?\b{key}["']?\s*:\s*["']?([-+]?[0-9]{{1,3}}(?:\.[0-9]+)?)["']?\s*[,}}]"""
LATITUDE_KEY_PATTERN = _KEYED.format(key="(?:latitude|lat|y)")
LONGITUDE_KEY_PATTERN = _KEYED.format(key="(?:longitude|long|lon|lng|x)")
# What every place has: a mark or letter of an angle, two numbers, a key, hexadecimal digits, or WKT's brackets.
_MAY_BE_PLACE = re.compile(
    r"(?i)[°º˚]|[0-9]\s*[NSEW]\b|\b[NSEW]\s*[0-9]|[0-9]\.[0-9]+[^0-9.]+[0-9]|[0-9][-: '][0-9]+[-: '][0-9]"
    r"|latitude|coordinates|geometries|0[01][0-9a-f]{40}|[a-z]\s*\(|empty|[\"']y[\"']\s*:"
)
ANGLE_KINDS = ("latitude", "longitude", "angle")  # one of two columns; the others hold a whole place


def detect_place_notation(texts: pd.Series) -> str | None:
    r"""Return the notation of the places in a column, or None where most cells are no place.

    "wkt", "wkb", "geojson", "pair" (two numbers in any writing), "latitude" or "longitude" (an angle with its
    letter), "angle" (degrees and minutes without a letter). Plain numbers are none, because only their column's name tells.

    >>> detect_place_notation(pd.Series(["POINT (-90.3 38.7)", None]))
    'wkt'
    >>> detect_place_notation(pd.Series(["6209 Hanley Rd\n(38.6987, -90.3073)"] * 3))
    'pair'
    >>> detect_place_notation(pd.Series(["38 41 55 N", "38°42'"])), detect_place_notation(pd.Series(["38.7", "40"]))
    ('latitude', None)
    """
    filled = texts[texts.notna()]
    cells = filled.iloc[:: max(1, len(filled) // MAX_SAMPLED_CELLS)].astype("str").str.strip()
    sample = cells[cells != ""]
    if sample.empty or _share(_MAY_BE_PLACE, sample) < MIN_SHARE:
        return None
    for notation, pattern in (("wkt", WKT_PATTERN), ("wkb", WKB_PATTERN), ("geojson", GEOJSON_PATTERN)):
        if _share(re.compile(pattern), sample) >= MIN_SHARE:
            return notation
    if np.isfinite(_parse_pairs(sample)[0]).mean() >= MIN_SHARE:
        return "pair"
    return _detect_angle_kind(sample)


def _share(pattern: re.Pattern[str], sample: pd.Series) -> float:
    """Return the share of cells in which a pattern is found, 0 to 1."""
    return sum(pattern.search(cell) is not None for cell in sample) / len(sample)


def _detect_angle_kind(sample: pd.Series) -> str | None:
    """Return the kind of a column of single angles, None for plain numbers and for anything else."""
    angles, axes = parse_angles(sample)
    is_plain = pd.to_numeric(sample, errors="coerce").notna().to_numpy()
    is_marked = np.isfinite(angles) & ~is_plain
    if (np.isfinite(angles)).mean() < MIN_SHARE or is_marked.mean() < 0.5:
        return None
    has_axis = {axis: (axes[is_marked] == axis).mean() for axis in ("lat", "lon")}
    if has_axis["lat"] >= 0.5:
        return "latitude"
    if has_axis["lon"] >= 0.5:
        return "longitude"
    is_spelled = sample.str.contains(r"[°º˚]|[0-9]\s*['\u2019\u2032:]|deg", regex=True, case=False)
    is_dashed = sample.str.contains(r"^\s*-?[0-9]{2,3}[- ][0-9]{2}[- ][0-9]{2}(?:\.[0-9]+)?\s*$", regex=True)
    # A date such as 20-11-05 and a parcel number look like dashes too, so that only marks or three parts and a sign count.
    is_signed = sample.str.startswith("-")
    return "angle" if (is_spelled | (is_dashed & is_signed)).mean() >= MIN_SHARE else None


def parse_places(texts: pd.Series) -> np.ndarray:
    """Return the geometry of each text `(n,)`, None where it is no place in any notation.

    Numbers and angles become points with the longitude first. WKT, WKB and GeoJSON stay in their own
    coordinate system. WKT that GEOS cannot read safely must be masked before.

    >>> parse_places(pd.Series(["POINT (1 2)", "(38.7, -90.3)", "38 42 N, 90 18 W", "oak"])).tolist()
    [<POINT (1 2)>, <POINT (-90.3 38.7)>, <POINT (-90.3 38.7)>, None]
    """
    filled = texts.astype("str").str.strip()
    geometries = np.full(len(texts), None, dtype=object)
    for parse, pattern in ((_parse_wkt, WKT_PATTERN), (_parse_wkb, WKB_PATTERN), (_parse_geojson, GEOJSON_PATTERN)):
        matches = filled.str.contains(pattern, regex=True).fillna(value=False).to_numpy(bool)
        if matches.any():
            geometries[matches] = parse(filled[matches])
    remaining = shapely.is_missing(geometries) & filled.notna().to_numpy()
    if remaining.any():
        lon, lat = _parse_pairs(filled[remaining])
        points = np.full(len(lon), None, dtype=object)
        is_point = np.isfinite(lon) & np.isfinite(lat)
        points[is_point] = shapely.points(lon[is_point], lat[is_point])
        geometries[remaining] = points
    return geometries


def parse_coordinate_column(texts: pd.Series) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return coordinates `(n,)`, the axis that each names ("lat", "lon" or ""), and a mask of those that are angles.

    A text is a plain number, or an angle in degrees and minutes.

    >>> values, axes, is_angle = parse_coordinate_column(pd.Series(["-90.3", "90 18 W", "oak"]))
    >>> values.tolist(), axes.tolist(), is_angle.tolist()
    ([-90.3, -90.3, nan], ['', 'lon', ''], [False, True, False])
    """
    plain = pd.to_numeric(texts, errors="coerce").to_numpy("float64", copy=True)
    axes = np.full(len(texts), "", dtype=object)
    is_open = np.isnan(plain) & texts.notna().to_numpy()
    is_angle = np.zeros(len(texts), dtype=bool)
    if is_open.any():
        angles, angle_axes = parse_angles(texts[is_open])
        plain[is_open], axes[is_open] = angles, angle_axes
        is_angle[is_open] = np.isfinite(angles)
    return plain, axes, is_angle


def drop_place_text(texts: pd.Series) -> pd.Series:
    r"""Return addresses without the place behind them, on one line. An address in a mapping is taken out of it.

    >>> drop_place_text(pd.Series(["6209 Hanley Rd\nHillsdale, MO\n(38.6987, -90.3073)", "7 Elm (rear)"])).tolist()
    ['6209 Hanley Rd, Hillsdale, MO', '7 Elm (rear)']
    """
    text = texts.astype("str")
    has_mapping = text.str.contains(r"human_address", regex=False).fillna(value=False)
    if has_mapping.any():
        unescaped = text.str.replace("\\", "", regex=False)
        street, city = (unescaped.str.extract(rf'"{key}"\s*:\s*"([^"]*)"')[0] for key in ("address", "city"))
        address = street.where(city.fillna("") == "", street + ", " + city.fillna(""))
        text = text.mask(has_mapping.astype(bool), address)
    has_place = match_some(text, BRACKETS_PATTERN, r"\(")
    if not has_place.any() and not has_mapping.any():
        return texts
    shortened = text.str.replace(r"(?s)\s*\([^()]*\)\s*$", "", regex=True).str.replace(
        r"\s*[\r\n]+\s*", ", ", regex=True
    )
    return text.mask(has_place, shortened)


def _parse_pairs(texts: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return longitudes and latitudes `(n,)` of texts that hold two numbers or angles, nan for others."""
    lon, lat = (
        pd.to_numeric(texts.str.extract(pattern)[0], errors="coerce").to_numpy("float64", copy=True)
        for pattern in (LONGITUDE_KEY_PATTERN, LATITUDE_KEY_PATTERN)
    )
    for pattern in (PAIR_PATTERN, BRACKETS_PATTERN):
        is_open = np.isnan(lon)
        if is_open.any():
            lon[is_open], lat[is_open] = _order_pairs(texts[is_open].str.extract(pattern))
    is_open = np.isnan(lon)
    if is_open.any():
        lon[is_open], lat[is_open] = parse_angle_pairs(texts[is_open])
    is_pair = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    return np.where(is_pair, lon, np.nan), np.where(is_pair, lat, np.nan)


def _order_pairs(numbers: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return pairs as longitudes and latitudes. The latitude comes first, unless one first number is too large.

    >>> lon, lat = _order_pairs(pd.DataFrame([["38.7", "-90.3"]]))
    >>> lon.tolist(), lat.tolist()
    ([-90.3], [38.7])
    """
    first, second = (pd.to_numeric(numbers[column], errors="coerce").to_numpy("float64") for column in (0, 1))
    is_lon_first = bool((np.abs(first) > 90).any()) and not bool((np.abs(second) > 90).any())
    return (first, second) if is_lon_first else (second, first)


def _parse_wkt(texts: pd.Series) -> np.ndarray:
    plain = texts.str.replace(r"(?i)^SRID=[0-9]+;\s*", "", regex=True)
    is_safe = (plain.str.count("(?i)COLLECTION") <= MAX_DEPTH).to_numpy()
    values = np.where(is_safe, plain.to_numpy(object), None)
    return np.asarray(shapely.from_wkt(values, on_invalid="ignore"))


def _parse_wkb(texts: pd.Series) -> np.ndarray:
    """Return hexadecimal WKB or EWKB as geometries. The system of an EWKB is left out."""
    digits = texts.str.replace(r"(?i)^(?:\\x|0x)", "", regex=True)
    return np.asarray(shapely.from_wkb(digits.to_numpy(object), on_invalid="ignore"))


def _parse_geojson(texts: pd.Series) -> np.ndarray:
    is_flat = (texts.str.count(r"GeometryCollection") <= MAX_DEPTH).to_numpy() & (
        texts.str.count(r"\[{12,}") == 0
    ).to_numpy()
    values = np.where(is_flat, texts.to_numpy(object), None)
    return np.asarray(shapely.from_geojson(values, on_invalid="ignore"))
