"""Parcels by the number that a file gives: the id, the file's own number, or the old one."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from geo.join.measured import NONE, Measured

ParcelOfAddress = Callable[[pd.Series, pd.Series], pd.Series]


def spelt(keys: pd.Series) -> pd.Series:
    """Spell keys alike: capitals, no spaces around; unknown where nothing is left."""
    text = keys.str.strip().str.upper()
    return text.where(text != "")


def parcel_by_key(keys: pd.Series, parcels: Measured) -> np.ndarray:
    """Find the parcel (position) that each key names; `NONE` where none does.

    First the id as it is; then the id in another spelling of case, or without the `~source` that keeps
    the ids of two sources apart; last the number that a parcel had before (`old_id`). Of several,
    the lowest id.
    """
    ids = parcels.rows["id"]
    found = _first(keys, ids)
    for names in (ids, ids.str.split("~").str[0], parcels.rows["old_id"]):
        found = np.where(found == NONE, _first(spelt(keys), spelt(names)), found)
    return found


def parcel_by_address(
    addresses: pd.Series, towns: pd.Series, parcels: Measured, find: ParcelOfAddress | None
) -> np.ndarray:
    """Find the parcel (position) at each address, asking only where there is one."""
    found = np.full(len(addresses), NONE)
    asked = np.flatnonzero(addresses.notna())
    if find is not None and len(asked) and len(parcels):
        ids = find(addresses.iloc[asked], towns.iloc[asked])
        found[asked] = _first(pd.Series(ids).astype("str"), parcels.rows["id"])
    return found


def _first(keys: pd.Series, names: pd.Series) -> np.ndarray:
    """Find the first position of each key among the names."""
    known = names[names.notna() & ~names.duplicated()]
    at = pd.Series(known.index.to_numpy(), index=known.to_numpy(object))
    return keys.astype(object).map(at).fillna(NONE).astype(int).to_numpy()
