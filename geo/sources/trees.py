"""What only tree inventories have: stumps and empty places among the trees, and sites for all."""

import numpy as np
import pandas as pd

from geo.layers import LAYERS
from geo.sources.notes import Notes
from geo.sources.profile import Profile, words_for

STATES = ("planted", "stump", "vacant", "retired", "proposed")
# What stands as a species where there is no tree. "Vacant" is a species 30,935 times in St. Louis.
NO_TREE = {
    "stump": "stump",
    "stumps": "stump",
    "vacant": "vacant",
    "vacant site": "vacant",
    "vacant planting site": "vacant",
    "planting site": "vacant",
    "available planting site": "vacant",
    "empty": "vacant",
    "empty site": "vacant",
    "no tree": "vacant",
    "none - vacant": "vacant",
    "removed": "vacant",
}
SPEAKING = ("species", "common", "genus", "condition")  # fields in which such words stand
OF_SITE = {
    "address": "address",
    "on_street": "on_street",
    "parcel_key": "parcel_key",
    "surveyed_on": "surveyed_on",
    "location": "site_type",
    "wires": "overhead_wires",
}


def states(texts: dict[str, pd.Series], profile: Profile, rows: int, notes: Notes) -> pd.Series:
    """Tell for each row what stands there: planted, stump, vacant, retired or proposed.

    A species, common name or condition that says so decides, then the status column; a row that
    only has a day of removal is vacant. Each site without a tree is remarked with its reason.
    """
    state = pd.Series([None] * rows, dtype="str")
    for name in SPEAKING:
        if name in texts:
            said = _tidy(texts[name]).map(NO_TREE).astype("str")
            fresh = state.isna() & said.notna()
            _tell(notes, fresh, name, texts[name], said)
            state = state.fillna(said)
    told = _told_status(texts.get("status"), profile, rows, notes)
    fresh = state.isna() & told.notna() & (told != "planted")
    if "status" in texts:
        _tell(notes, fresh, "status", texts["status"], told)
    state = state.fillna(told)
    return _removed(state, texts, notes).fillna("planted").astype("str")


def dead(texts: dict[str, pd.Series], rows: int) -> pd.Series:
    """Mark the trees whose status column says that they are dead, though they stand."""
    if "status" not in texts:
        return pd.Series([False] * rows)
    return (_tidy(texts["status"]) == "dead").fillna(value=False).astype(bool)


def sites(trees: pd.DataFrame, state: pd.Series, site_id: pd.Series) -> pd.DataFrame:
    """Make the sites of a tree inventory: one for each tree, and those where none stands.

    Where several rows name the same site, its first tree tells what is copied.
    """
    table = pd.DataFrame({"id": site_id, "source": trees["source"], "raw": trees["raw"]})
    table["status"] = state
    for mine, theirs in OF_SITE.items():
        table[theirs] = trees[mine]
    for field in LAYERS["sites"].fields:
        if field.name not in table:
            table[field.name] = pd.Series([None] * len(table), index=table.index, dtype=field.dtype)
    table["geometry"] = trees["geometry"]
    standing = np.argsort((state != "planted").to_numpy(), kind="stable")
    return table.iloc[standing].drop_duplicates("id").sort_index()


def remark_crowds(frame: pd.DataFrame, most: int, notes: Notes, at: np.ndarray) -> None:
    """Remark points that several trees share, and addresses that have more than `most` trees."""
    x, y = frame.geometry.bounds["minx"], frame.geometry.bounds["miny"]
    spot = pd.DataFrame({"x": x, "y": y}).reset_index(drop=True)
    twin = spot.duplicated() & spot["x"].notna()
    notes.add("noted", _marked(notes.rows, at[twin]), "geometry: another tree at the same point")
    address = frame["address"].reset_index(drop=True)
    count = address.map(address.value_counts())
    crowded = (count > most).fillna(value=False).astype(bool)
    told = (
        "address: "
        + count[crowded].astype("Int64").astype("str")
        + " trees at '"
        + address[crowded]
        + "'"
    )
    notes.add(
        "noted", _marked(notes.rows, at[crowded]), f"address: more than {most} trees at one", told
    )


def _marked(rows: int, at: np.ndarray) -> np.ndarray:
    mask = np.zeros(rows, dtype=bool)
    mask[at] = True
    return mask


def _tidy(text: pd.Series) -> pd.Series:
    return text.str.lower().str.replace(r"[_\s]+", " ", regex=True).str.strip()


def _tell(notes: Notes, where: pd.Series, name: str, text: pd.Series, state: pd.Series) -> None:
    told = f"{name}: '" + text[where].str.strip() + "' is no tree: a " + state[where] + " site"
    notes.add("noted", where, f"{name} says that no tree stands there: a site", told)


def _told_status(text: pd.Series | None, profile: Profile, rows: int, notes: Notes) -> pd.Series:
    if text is None:
        return pd.Series([None] * rows, dtype="str")
    words = words_for(profile, "status", STATES)
    told = _tidy(text).map(words).astype("str")
    strange = text.notna() & (text.str.strip() != "") & told.isna()
    reasons = "status: '" + text[strange] + "' says nothing known; taken for a standing tree"
    notes.add(
        "noted", strange, "status: a word that is not known; taken for a standing tree", reasons
    )
    return told


def _removed(state: pd.Series, texts: dict[str, pd.Series], notes: Notes) -> pd.Series:
    if "removed_on" not in texts:
        return state
    gone = (texts["removed_on"].str.strip() != "").fillna(value=False) & texts["removed_on"].notna()
    gone = gone.astype(bool) & ~_tidy(texts["removed_on"]).isin(["na", "n/a", "null", "none"])
    notes.add(
        "noted",
        gone & (state == "planted"),
        "removed_on: has a day of removal, but its status says that it stands; kept as a tree",
    )
    vacant = gone & state.isna()
    notes.add("noted", vacant, "removed_on: removed, so a vacant site")
    return state.mask(vacant, "vacant")
