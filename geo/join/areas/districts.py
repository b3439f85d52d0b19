"""Districts of each parcel: drawn ones by area share, listed ones by home town.

`geo.join.summary_tables` and `geo.incremental.recompute_parcels` call `find_districts`.
"""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.in_force import rows_in_force
from geo.join.areas.area_shares import compute_area_shares, largest_share, overlay_zones
from geo.join.areas.towns import Towns
from geo.join.settings import JoinSettings
from geo.projected_layer import NONE, NONE_VALUE, ProjectedLayer

COLUMN_KINDS = ("police", "court", "inspection", "ward")  # the kinds with a column of their own


def find_districts(
    parcels: ProjectedLayer,
    home_town: np.ndarray,
    districts: ProjectedLayer,
    towns: Towns,
    *,
    today: date,
    settings: JoinSettings,
) -> dict[str, Any]:
    """Return the name of each parcel's district of every kind, as in force on `today`.

    A drawn district holds a parcel if no other district of its kind has a larger share of the parcel. A
    drawn district with a `town` holds parcels of that town only. A listed district has no geometry and
    holds all parcels of its `town`. A drawn district wins over a listed one. In a tie the lowest id wins.

    Kinds in `COLUMN_KINDS` have a column each, if there is any such district. The other kinds share the
    column `districts` as "kind: name", in the order of kinds. Unknown values are None.
    """
    in_force = rows_in_force(districts.series("valid_from"), districts.series("valid_to"), today)
    kinds = districts.normalized_text("kind")
    names = districts.series("name").to_numpy(object)
    names_by_kind = {}
    for kind in sorted(set(kinds[in_force])):
        kind_rows = np.flatnonzero(in_force & (kinds == kind))
        district_row = _find_drawn_district(parcels, home_town, districts, kind_rows, towns, settings)
        listed_row = _find_listed_district(home_town, districts, kind_rows, towns)
        district_row = np.where(district_row == NONE, listed_row, district_row)
        names_by_kind[kind] = pd.Series(np.append(names, NONE_VALUE)[district_row], dtype=object)
    other_kinds = {kind: name for kind, name in names_by_kind.items() if kind not in COLUMN_KINDS}
    columns = {kind: names_by_kind[kind] for kind in COLUMN_KINDS if kind in names_by_kind}
    return {**columns, "districts": _combine_kinds(other_kinds, len(parcels))}


def _find_drawn_district(
    parcels: ProjectedLayer,
    home_town: np.ndarray,
    districts: ProjectedLayer,
    kind_rows: np.ndarray,
    towns: Towns,
    settings: JoinSettings,
) -> np.ndarray:
    """Return the row of the drawn district with the largest share of each parcel, or `NONE`."""
    drawn_rows = kind_rows[~shapely.is_missing(districts.metric_geometries[kind_rows])]
    owner_town = towns.find_by_names(districts.series("town").iloc[drawn_rows])
    overlay = overlay_zones(parcels.areas, districts.metric_geometries[drawn_rows])
    part_owner = owner_town[overlay["area"]]
    # Wards and town boundaries come from different sources: along a border a ward overlaps the next town.
    overlay = overlay[(part_owner == NONE) | (part_owner == home_town[overlay["zone"]])]
    area, _ = largest_share(compute_area_shares(overlay, parcels.area_m2, settings), len(parcels))
    return np.append(drawn_rows, NONE)[area]


def _find_listed_district(
    home_town: np.ndarray, districts: ProjectedLayer, kind_rows: np.ndarray, towns: Towns
) -> np.ndarray:
    """Return the row of the district that lists each parcel's home town, or `NONE`."""
    listed_rows = kind_rows[shapely.is_missing(districts.metric_geometries[kind_rows])]
    town = towns.find_by_names(districts.series("town").iloc[listed_rows])
    is_known = town != NONE
    district_of_town = np.full(len(towns) + 1, NONE)  # the last one is for parcels without a town
    district_of_town[town[is_known][::-1]] = listed_rows[is_known][
        ::-1
    ]  # reversed, so that the lowest id is written last
    return district_of_town[home_town]


def _combine_kinds(names_by_kind: dict[str, pd.Series], size: int) -> pd.Series:
    """Return the names of several kinds as one text for each parcel, None if there is none.

    >>> names = {"fire": pd.Series(["North", None]), "school": pd.Series(["Ritenour", None])}
    >>> _combine_kinds(names, size=2).tolist()
    ['fire: North; school: Ritenour', None]
    """
    text = pd.Series("", index=range(size), dtype=object)
    for kind, name in names_by_kind.items():
        has_name = name.notna()
        prefix = text[has_name].where(text[has_name] == "", text[has_name] + "; ")
        text[has_name] = prefix + f"{kind}: " + name[has_name]
    return text.where(text != "", None)
