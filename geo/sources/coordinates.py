"""Where a table without geometry says that its rows are: longitude and latitude, x and y, or WKT."""

import numpy as np
import pandas as pd
import shapely

from geo.sources.curves import DEEPEST, in_space
from geo.sources.notes import Notes
from geo.sources.profile import Profile
from geo.sources.rows import Rows, read_wkb

CURVES = r"CIRCULARSTRING|COMPOUNDCURVE|CURVEPOLYGON|MULTICURVE|MULTISURFACE"
SURFACES = r"POLYHEDRALSURFACE|TIN|TRIANGLE"
SPATIAL = "a surface in space (TIN, triangle or polyhedral) has no outline on the ground; write it as polygons"


def geometry(rows: Rows, profile: Profile, notes: Notes) -> tuple[np.ndarray, str | None]:
    """Give each row's geometry as the file has it, and where it was found: None where nowhere.

    A file's own geometry comes first; without any, its WKT column, its lon and lat, its x and y.
    """
    if any(one is not None for one in rows.wkb):
        shapes, broken = read_wkb(rows.wkb)
        spatial = np.zeros(len(rows), dtype=bool)
        spatial[broken] = [in_space(one) for one in rows.wkb[broken]]
        notes.add("noted", spatial, f"geometry: {SPATIAL}")
        notes.add("noted", broken & ~spatial, "geometry: cannot be read")
        return shapes, "geometry"
    if "wkt" in profile.columns:
        return _from_wkt(rows, profile, notes), "wkt"
    for pair in (("lon", "lat"), ("x", "y")):
        if set(pair) <= set(profile.columns):
            return _from_pair(rows, profile, pair, notes), "/".join(pair)
    return np.full(len(rows), None, dtype=object), None


def _from_wkt(rows: Rows, profile: Profile, notes: Notes) -> np.ndarray:
    given = rows.text(profile.columns["wkt"])
    notes.unknown("geometry", "null", given.isna())
    text = given.str.strip()
    notes.unknown("geometry", "blank", (text == "").fillna(value=False))
    text = text.str.replace(r"^SRID=[0-9]+;", "", regex=True).where(text != "")
    curved, spatial = (
        text.str.contains(words, case=False, regex=True).fillna(value=False).astype(bool)
        for words in (CURVES, SURFACES)
    )
    deep = (text.str.count("(?i)COLLECTION") > DEEPEST).fillna(value=False).astype(bool)
    text = text.mask(curved | deep)  # the reader would refuse the whole column, or die of the depth
    shapes = shapely.from_wkt(
        text.astype(object).where(text.notna(), None).to_numpy(), on_invalid="ignore"
    )
    broken = text.notna() & shapely.is_missing(shapes)
    notes.add("noted", curved, "geometry: WKT of curves is not read; write it as a GeoPackage")
    notes.add("noted", deep, f"geometry: WKT of more than {DEEPEST} collections is not read")
    notes.add("noted", broken & spatial, f"geometry: {SPATIAL}")
    notes.add("noted", broken & ~spatial, "geometry: no WKT that can be read")
    return np.asarray(shapes)


def _from_pair(rows: Rows, profile: Profile, pair: tuple[str, str], notes: Notes) -> np.ndarray:
    x, y = (_number(rows.text(profile.columns[name]), name, notes) for name in pair)
    known = np.isfinite(x) & np.isfinite(y)
    shapes = np.full(len(rows), None, dtype=object)
    shapes[known] = shapely.points(x[known], y[known])
    notes.add("noted", ~known, f"{pair[0]}, {pair[1]}: no coordinates")
    return shapes


def _number(text: pd.Series, name: str, notes: Notes) -> np.ndarray:
    tidy = text.str.strip().str.replace(r"(?<=[0-9]),(?=[0-9]{3}(\D|$))", "", regex=True)
    values = pd.to_numeric(tidy, errors="coerce").astype("float64")
    odd = tidy.notna() & values.isna() & ~tidy.str.lower().isin(["", "na", "n/a", "null", "none"])
    notes.emptied(name, "is no coordinate", odd, text)
    return np.asarray(values)
