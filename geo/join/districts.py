"""Which districts a parcel belongs to: drawn ones by area, listed ones by its town."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.join.measured import NONE, NOTHING, Measured
from geo.join.settings import JoinSettings
from geo.join.shares import largest, parts, shares
from geo.join.towns import Towns, holds

COLUMNS = ("police", "court", "inspection", "ward")  # the kinds that have a column of their own


def districts_of(
    parcels: Measured,
    home: np.ndarray,
    districts: Measured,
    towns: Towns,
    *,
    today: date,
    settings: JoinSettings,
) -> dict[str, Any]:
    """Name each parcel's district of every kind, as the districts hold on `today`.

    A drawn district takes the parcel when more of the parcel lies in it than in any other of its
    kind, but one that is a town's own takes the town's parcels alone; a listed one takes the parcels whose home town it names. Where both do, the drawn one says
    more. Of equals the lowest id. Kinds without a column of their own stand together in
    `districts` as "kind: name", in the order of the kinds.
    """
    held = holds(districts.rows, today)
    kinds = districts.text("kind")
    names = districts.rows["name"].to_numpy(object)
    found = {}
    for kind in sorted(set(kinds[held])):
        mine = np.flatnonzero(held & (kinds == kind))
        row = _drawn(parcels, home, districts, mine, towns, settings)
        listed = _listed(home, districts, mine, towns)
        row = np.where(row == NONE, listed, row)
        found[kind] = pd.Series(np.append(names, NOTHING)[row], dtype=object)
    others = {kind: name for kind, name in found.items() if kind not in COLUMNS}
    columns = {kind: found[kind] for kind in COLUMNS if kind in found}
    return {**columns, "districts": _together(others, len(parcels))}


def _drawn(
    parcels: Measured,
    home: np.ndarray,
    districts: Measured,
    mine: np.ndarray,
    towns: Towns,
    settings: JoinSettings,
) -> np.ndarray:
    """Find the row of the drawn district that holds most of each parcel."""
    drawn = mine[~shapely.is_missing(districts.shapes[mine])]
    owner = towns.called(districts.rows["town"].iloc[drawn])
    cut = parts(parcels.columns, districts.shapes[drawn])
    whose = owner[cut["area"]]
    # Wards and limits are drawn by different hands: along a border they reach into the next town.
    cut = cut[(whose == NONE) | (whose == home[cut["zone"]])]
    area, _ = largest(shares(cut, parcels.areas, settings), len(parcels))
    return np.append(drawn, NONE)[area]


def _listed(home: np.ndarray, districts: Measured, mine: np.ndarray, towns: Towns) -> np.ndarray:
    """Find the row of the district that lists each parcel's home town."""
    listed = mine[shapely.is_missing(districts.shapes[mine])]
    town = towns.called(districts.rows["town"].iloc[listed])
    known = town != NONE
    row = np.full(len(towns) + 1, NONE)  # one more for the parcels without a town
    row[town[known][::-1]] = listed[known][
        ::-1
    ]  # turned round, so that the lowest id is written last
    return row[home]


def _together(others: dict[str, pd.Series], size: int) -> pd.Series:
    """Join the districts of further kinds into one text; unknown where there is none."""
    text = pd.Series("", index=range(size), dtype=object)
    for kind, name in others.items():
        more = name.notna()
        before = text[more].where(text[more] == "", text[more] + "; ")
        text[more] = before + f"{kind}: " + name[more]
    return text.where(text != "", None)
