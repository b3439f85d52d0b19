"""Geometries of rows: from the file's own geometry, or from columns of WKT, lon and lat, or x and y.

`clean_layer` calls `read_geometries`.
"""

import numpy as np
import pandas as pd
import shapely

from geo.ingest.mapping.map_rows import SourceRows, read_wkb
from geo.ingest.mapping.profile import Profile
from geo.ingest.readers.curves import MAX_DEPTH, is_surface_in_space
from geo.ingest.row_notes import RowNotes

WKT_CURVES = r"CIRCULARSTRING|COMPOUNDCURVE|CURVEPOLYGON|MULTICURVE|MULTISURFACE"
WKT_SURFACES = r"POLYHEDRALSURFACE|TIN|TRIANGLE"
SURFACE_IN_SPACE_TEXT = "a 3D surface (TIN, triangle or polyhedral) has no outline on the ground; export it as polygons"


def read_geometries(rows: SourceRows, profile: Profile, notes: RowNotes) -> tuple[np.ndarray, str | None]:
    """Return each row's geometry in the file's CRS, None without one, and the origin of the geometries.

    The origin is "geometry" for the file's own geometry, else "wkt", "lon/lat" or "x/y". It is None
    where the file has no location at all.
    """
    if any(value is not None for value in rows.wkb):
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


def _geometries_from_wkt(rows: SourceRows, profile: Profile, notes: RowNotes) -> np.ndarray:
    raw_text = rows.origin_text(profile.columns["wkt"])
    notes.note_unknown_values("geometry", "null", raw_text.isna())
    text = raw_text.str.strip()
    notes.note_unknown_values("geometry", "blank", (text == "").fillna(value=False))
    text = text.str.replace(r"^SRID=[0-9]+;", "", regex=True).where(text != "")
    has_curves, is_surface = (
        text.str.contains(pattern, case=False, regex=True).fillna(value=False).astype(bool)
        for pattern in (WKT_CURVES, WKT_SURFACES)
    )
    is_too_deep = (text.str.count("(?i)COLLECTION") > MAX_DEPTH).fillna(value=False).astype(bool)
    # GEOS refuses a whole column with curves, and overflows its stack on deep nesting.
    text = text.mask(has_curves | is_too_deep)
    geometries = shapely.from_wkt(text.astype(object).where(text.notna(), None).to_numpy(), on_invalid="ignore")
    is_unreadable = text.notna() & shapely.is_missing(geometries)
    notes.add_note("noted", has_curves, "geometry: WKT with curves is not supported; export a GeoPackage")
    notes.add_note(
        "noted", is_too_deep, f"geometry: WKT with more than {MAX_DEPTH} nested collections is not supported"
    )
    notes.add_note("noted", is_unreadable & is_surface, f"geometry: {SURFACE_IN_SPACE_TEXT}")
    notes.add_note("noted", is_unreadable & ~is_surface, "geometry: cannot be read as WKT")
    return np.asarray(geometries)


def _points_from_columns(
    rows: SourceRows, profile: Profile, column_pair: tuple[str, str], notes: RowNotes
) -> np.ndarray:
    x, y = (_parse_coordinates(rows.origin_text(profile.columns[name]), name, notes) for name in column_pair)
    is_known = np.isfinite(x) & np.isfinite(y)
    points = np.full(len(rows), None, dtype=object)
    points[is_known] = shapely.points(x[is_known], y[is_known])
    notes.add_note("noted", ~is_known, f"{column_pair[0]}, {column_pair[1]}: no coordinates")
    return points


def _parse_coordinates(text: pd.Series, name: str, notes: RowNotes) -> np.ndarray:
    trimmed = text.str.strip().str.replace(r"(?<=[0-9]),(?=[0-9]{3}(\D|$))", "", regex=True)
    values = pd.to_numeric(trimmed, errors="coerce").astype("float64")
    is_not_number = trimmed.notna() & values.isna() & ~trimmed.str.lower().isin(["", "na", "n/a", "null", "none"])
    notes.note_emptied_values(name, "is not a coordinate", is_not_number, text)
    return np.asarray(values)
