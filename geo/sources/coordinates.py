"""Where a table without geometry says that its rows are: longitude and latitude, x and y, or WKT."""

import numpy as np
import pandas as pd
import shapely

from geo.sources.notes import Notes
from geo.sources.profile import Profile
from geo.sources.rows import Rows, read_wkb


def geometry(rows: Rows, profile: Profile, notes: Notes) -> tuple[np.ndarray, str | None]:
    """Give each row's geometry as the file has it, and where it was found: None where nowhere.

    A file's own geometry comes first; without any, its WKT column, its lon and lat, its x and y.
    """
    if any(one is not None for one in rows.wkb):
        shapes, broken = read_wkb(rows.wkb)
        notes.add("noted", broken, "geometry: cannot be read")
        return shapes, "geometry"
    if "wkt" in profile.columns:
        return _from_wkt(rows, profile, notes), "wkt"
    for pair in (("lon", "lat"), ("x", "y")):
        if set(pair) <= set(profile.columns):
            return _from_pair(rows, profile, pair, notes), "/".join(pair)
    return np.full(len(rows), None, dtype=object), None


def _from_wkt(rows: Rows, profile: Profile, notes: Notes) -> np.ndarray:
    text = rows.text(profile.columns["wkt"]).str.strip()
    text = text.str.replace(r"^SRID=\d+;", "", regex=True).where(text != "")
    shapes = shapely.from_wkt(
        text.astype(object).where(text.notna(), None).to_numpy(), on_invalid="ignore"
    )
    notes.add(
        "noted", text.notna() & shapely.is_missing(shapes), "geometry: no WKT that can be read"
    )
    return np.asarray(shapes)


def _from_pair(rows: Rows, profile: Profile, pair: tuple[str, str], notes: Notes) -> np.ndarray:
    x, y = (_number(rows.text(profile.columns[name]), name, notes) for name in pair)
    known = np.isfinite(x) & np.isfinite(y)
    shapes = np.full(len(rows), None, dtype=object)
    shapes[known] = shapely.points(x[known], y[known])
    notes.add("noted", ~known, f"{pair[0]}, {pair[1]}: no coordinates")
    return shapes


def _number(text: pd.Series, name: str, notes: Notes) -> np.ndarray:
    tidy = text.str.strip().str.replace(r"(?<=\d),(?=\d{3}(\D|$))", "", regex=True)
    values = pd.to_numeric(tidy, errors="coerce").astype("float64")
    odd = tidy.notna() & values.isna() & ~tidy.str.lower().isin(["", "na", "n/a", "null", "none"])
    notes.emptied(name, "is no coordinate", odd, text)
    return np.asarray(values)
