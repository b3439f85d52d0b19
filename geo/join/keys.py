"""Parcels by the number that a file gives: the id, the file's own number, or the old one."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from geo.join.measured import NONE, Measured
from geo.naming import bare_ids, of_town

ParcelOfAddress = Callable[[pd.Series, pd.Series], pd.Series]
PlaceOfCrossing = Callable[[pd.Series], np.ndarray]  # points in degrees, None where there is none


def spelt(keys: pd.Series) -> pd.Series:
    """Spell keys alike: capitals, no spaces around; unknown where nothing is left."""
    text = keys.str.strip().str.upper()
    return text.where(text != "")


def parcel_by_key(
    keys: pd.Series,
    parcels: Measured,
    sources: pd.Series | None = None,
    at: np.ndarray | None = None,
) -> np.ndarray:
    """Find the parcel (position) that each key names; `NONE` where none does.

    First the id as it is; then the id in another spelling of case, or without the `~source` that keeps
    the ids of two sources apart; last the number that a parcel had before (`old_id`). Of several,
    the lowest id.

    Two towns may number alike. So a parcel called so on which the row's own point lies (`at`) goes before
    all, and then one that the row's own town brought, as `sources` tell: "beta" and "beta/lots" are one town's.
    """
    found = np.full(len(keys), NONE)
    if at is not None:
        called = np.append(spelt(bare_ids(parcels.rows["id"])).to_numpy(object), [None])[at]
        found = np.where(called == spelt(keys).to_numpy(object), at, NONE)
    for names_of in _namings(parcels, sources):
        left = np.flatnonzero((found == NONE) & keys.notna().to_numpy())
        if len(left):  # names are spelt only when there is still a key to be found
            asked, names = names_of(keys.iloc[left], left)
            found[left] = _first(asked, names)
    return found


Naming = Callable[[pd.Series, np.ndarray], tuple[pd.Series, pd.Series]]


def _namings(parcels: Measured, sources: pd.Series | None) -> list[Naming]:
    """Give the ways in which a key may name a parcel, the surest first.

    Each takes keys and their positions, and gives them as they are to be compared, and the parcels' names.
    """
    ids, brought = parcels.rows["id"], parcels.rows["source"]

    def town_too(spell: Callable[[pd.Series], pd.Series]) -> Naming:
        return lambda keys, rows: (
            of_town(spell(keys), sources.iloc[rows]),  # type: ignore[union-attr]
            of_town(spell(bare_ids(ids)), brought),
        )

    own = [] if sources is None else [town_too(lambda keys: keys), town_too(spelt)]
    return [
        *own,
        lambda keys, _: (keys, ids),
        lambda keys, _: (spelt(keys), spelt(ids)),
        lambda keys, _: (spelt(keys), spelt(bare_ids(ids))),
        lambda keys, _: (spelt(keys), spelt(parcels.rows["old_id"])),
    ]


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
