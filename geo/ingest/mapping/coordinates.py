"""Geometries of rows: from the file's own geometry, or from columns that hold places in any notation.

`clean_layer` calls `read_geometries`.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import shapely

from geo.ingest.mapping.find_place_columns import find_place_columns
from geo.ingest.mapping.map_rows import SourceRows, read_wkb
from geo.ingest.mapping.place_notation import parse_coordinate_column, parse_places
from geo.ingest.mapping.profile import COORDINATE_FIELDS, Profile
from geo.ingest.measures.decimal_signs import use_decimal_points
from geo.ingest.measures.spreadsheet_marks import remove_spreadsheet_marks
from geo.ingest.readers.curves import MAX_DEPTH, is_surface_in_space
from geo.ingest.report_text import clip_values
from geo.ingest.row_notes import RowNotes

DEGREE_FIELDS = ("lon", "lat")
WKT_CURVES = r"CIRCULARSTRING|COMPOUNDCURVE|CURVEPOLYGON|MULTICURVE|MULTISURFACE"
WKT_SURFACES = r"POLYHEDRALSURFACE|TIN|TRIANGLE"
WKT_WORD_PATTERN = r"(?i)(?:SRID=[0-9]+;)?\s*[a-z]+\s*(?:ZM|Z|M)?\s*\("
SURFACE_IN_SPACE_TEXT = "a 3D surface (TIN, triangle or polyhedral) has no outline on the ground; export it as polygons"


def read_geometries(
    rows: SourceRows, profile: Profile, notes: RowNotes, *, place_by: str | None = None
) -> tuple[np.ndarray, str | None]:
    """Return each row's geometry in the file's CRS, None without one, and the origin of the geometries.

    The origin is "geometry" for the file's own geometry, else "wkt", "lon/lat" or "x/y". It is None
    where the file has no location at all. With `place_by` "columns", coordinate columns go before the
    file's own geometry.
    """
    has_geometry = any(value is not None for value in rows.wkb)
    if not COORDINATE_FIELDS & set(profile.columns) and (place_by == "columns" or not has_geometry):
        profile = _with_place_columns(rows, profile, notes)
    if place_by == "columns" and COORDINATE_FIELDS & set(profile.columns):
        has_geometry = False
    if has_geometry:
        geometries, is_unreadable = read_wkb(rows.wkb)
        is_surface = np.zeros(len(rows), dtype=bool)
        is_surface[is_unreadable] = [is_surface_in_space(value) for value in rows.wkb[is_unreadable]]
        notes.add_note("noted", is_surface, f"geometry: {SURFACE_IN_SPACE_TEXT}")
        notes.add_note("noted", is_unreadable & ~is_surface, "geometry: cannot be read")
        return geometries, "geometry"
    if "wkt" in profile.columns:
        return _geometries_from_wkt(rows, profile, notes), "wkt"
    for column_pair in (("lon", "lat"), ("x", "y")):
        if set(column_pair) <= set(profile.columns):
            return _points_from_columns(rows, profile, column_pair, notes), "/".join(column_pair)
    return np.full(len(rows), None, dtype=object), None


def _with_place_columns(rows: SourceRows, profile: Profile, notes: RowNotes) -> Profile:
    """Return the profile with the columns in which places were found, with a note that names them."""
    if not (origins := find_place_columns(rows)):
        return profile
    names = ", ".join(str(origin) for origin in origins.values())
    notes.add_note("noted", np.ones(len(rows), bool), f"geometry: read from the column {names}", is_listed=False)
    return replace(profile, columns={**profile.columns, **origins})


def _geometries_from_wkt(rows: SourceRows, profile: Profile, notes: RowNotes) -> np.ndarray:
    raw_text = rows.origin_text(profile.columns["wkt"])
    notes.note_unknown_values("geometry", "null", raw_text.isna())
    text = raw_text.str.strip()
    notes.note_unknown_values("geometry", "blank", (text == "").fillna(value=False))
    text = text.where(text != "")
    has_curves, is_surface = (
        text.str.contains(pattern, case=False, regex=True).fillna(value=False).astype(bool)
        for pattern in (WKT_CURVES, WKT_SURFACES)
    )
    is_too_deep = (text.str.count("(?i)COLLECTION") > MAX_DEPTH).fillna(value=False).astype(bool)
    # GEOS refuses curves, and overflows its stack on deep nesting.
    text = text.mask(has_curves | is_too_deep)
    geometries = parse_places(text)
    is_unreadable = text.notna().to_numpy() & shapely.is_missing(geometries)
    notes.add_note("noted", has_curves, "geometry: WKT with curves is not supported; export a GeoPackage")
    notes.add_note(
        "noted", is_too_deep, f"geometry: WKT with more than {MAX_DEPTH} nested collections is not supported"
    )
    notes.add_note("noted", is_unreadable & is_surface.to_numpy(), f"geometry: {SURFACE_IN_SPACE_TEXT}")
    is_unreadable &= ~is_surface.to_numpy()
    is_wkt = text.str.match(WKT_WORD_PATTERN).fillna(value=False).to_numpy(bool)
    notes.add_note("noted", is_unreadable & is_wkt, "geometry: cannot be read as WKT")
    is_unreadable = pd.Series(is_unreadable & ~is_wkt)
    reasons = "geometry: '" + clip_values(raw_text[is_unreadable]) + "' is no place in a notation that lotleaf reads"
    notes.add_note("noted", is_unreadable, "geometry: cannot be read as a place", reasons)
    return geometries


def _points_from_columns(
    rows: SourceRows, profile: Profile, column_pair: tuple[str, str], notes: RowNotes
) -> np.ndarray:
    delimiter = rows.metadata.get("delimiter")
    (x, x_axes), (y, y_axes) = (
        _parse_coordinates(rows.origin_text(profile.columns[name]), name, notes, delimiter) for name in column_pair
    )
    is_swapped = (x_axes == "lat") & (y_axes == "lon")
    notes.add_note(
        "mended", is_swapped, f"{column_pair[0]}, {column_pair[1]}: the letters name the other axis; swapped"
    )
    x, y = np.where(is_swapped, y, x), np.where(is_swapped, x, y)
    is_doubtful = ~is_swapped & ((x_axes == "lat") | (y_axes == "lon"))
    notes.add_note(
        "noted",
        is_doubtful,
        f"{column_pair[0]}, {column_pair[1]}: the letters contradict the columns; location unknown",
    )
    x, y = np.where(is_doubtful, np.nan, x), np.where(is_doubtful, np.nan, y)
    is_known = np.isfinite(x) & np.isfinite(y)
    points = np.full(len(rows), None, dtype=object)
    points[is_known] = shapely.points(x[is_known], y[is_known])
    notes.add_note("noted", ~is_known, f"{column_pair[0]}, {column_pair[1]}: no coordinates")
    return points


def _parse_coordinates(
    text: pd.Series, name: str, notes: RowNotes, delimiter: str | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the coordinates `(n,)` of a column, nan where unknown, and the axis that each text names.

    A decimal comma is found from the whole column.

    >>> _parse_coordinates(pd.Series(["38,6986127", "38,7"], dtype="str"), "lat", RowNotes(2))[0].tolist()
    [38.6986127, 38.7]
    """
    trimmed = remove_spreadsheet_marks(text.str.strip())
    if name in DEGREE_FIELDS:  # what is no degree with thousands separators has decimals
        pointed = use_decimal_points(trimmed, ";", bounds=(-180, 180))
    else:
        pointed = use_decimal_points(trimmed, delimiter)
    if pointed.sign == ",":
        has_comma = trimmed.str.contains(",", regex=False).fillna(value=False)
        notes.add_note("noted", has_comma, f"{name}: numbers with a decimal comma", is_listed=False)
    values, axes, is_angle = parse_coordinate_column(pointed.text)
    values = np.where(pointed.is_ambiguous, np.nan, values)
    notes.add_note("noted", is_angle, f"{name}: degrees and minutes read as decimal degrees", is_listed=False)
    is_word = trimmed.str.lower().isin(["", "na", "n/a", "null", "none"])
    is_not_number = trimmed.notna() & np.isnan(values) & ~is_word
    notes.note_emptied_values(name, "is not a coordinate", is_not_number, text)
    return values, axes
