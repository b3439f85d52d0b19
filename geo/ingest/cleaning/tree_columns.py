"""Columns that only tree inventories have: site status, and the planting sites made from trees.

`clean_layer` calls `site_status_of_rows` and `dead_tree_mask`. `read_source` calls `build_sites`
and `note_crowded_trees`. See `docs/decisions/0006-sites-and-trees.md`.
"""

import numpy as np
import pandas as pd

from geo.ingest.mapping.profile import Profile, field_code_words
from geo.ingest.row_notes import RowNotes
from geo.ingest.text_columns import convert_distinct
from geo.ingest.words.site_words import find_site_status, names_site
from geo.schema import LAYERS

SITE_STATUSES = ("planted", "stump", "vacant", "retired", "proposed")
# Fields that hold words for a site without a tree. In St. Louis, 30,935 rows have the species "Vacant".
NAME_FIELDS = ("species", "common", "genus")
STATUS_WORD_FIELDS = (*NAME_FIELDS, "cultivar", "family", "condition", "dbh_in")
SITE_FIELD_BY_TREE_FIELD = {
    "address": "address",
    "on_street": "on_street",
    "parcel_key": "parcel_key",
    "surveyed_on": "surveyed_on",
    "location": "site_type",
    "wires": "overhead_wires",
}


def site_status_of_rows(texts: dict[str, pd.Series], profile: Profile, row_count: int, notes: RowNotes) -> pd.Series:
    """Return for each row what stands there: planted, stump, vacant, retired or proposed.

    The head word of a name, a condition or a diameter comes first, then the status column. A row that only has a removal date is vacant. Each site without a tree gets a note with the
    reason.

    >>> texts = {"species": pd.Series(["Acer rubrum", "Stump", "Vacant Site"], dtype="str")}
    >>> site_status_of_rows(texts, Profile("", "trees"), 3, RowNotes(3)).tolist()
    ['planted', 'stump', 'vacant']
    """
    site_status = pd.Series([None] * row_count, dtype="str")
    for field_name in STATUS_WORD_FIELDS:
        if field_name in texts:
            field_status = _site_status_by_words(texts[field_name], field_name, notes)
            is_new = site_status.isna() & field_status.notna()
            _note_missing_tree(notes, is_new, field_name, texts[field_name], field_status)
            site_status = site_status.fillna(field_status)
    column_status = _status_from_column(texts.get("status"), profile, row_count, notes)
    is_new = site_status.isna() & column_status.notna() & (column_status != "planted")
    if "status" in texts:
        _note_missing_tree(notes, is_new, "status", texts["status"], column_status)
    site_status = site_status.fillna(column_status)
    return _vacate_removed_sites(site_status, texts, notes).fillna("planted").astype("str")


def site_words_of(texts: pd.Series) -> list[str]:
    """Return the words of a column that say that no tree stands there, in lower case.

    >>> site_words_of(pd.Series(["Stump", "Fair", None], dtype="str"))
    ['stump']
    """
    words = _normalize_words(texts).dropna().unique()
    return [word for word in words if find_site_status(word, may_follow_name=False)]


def _site_status_by_words(texts: pd.Series, field_name: str, notes: RowNotes) -> pd.Series:
    """Return the status that a column's words give, None for trees. A name with such a word in it gets a note."""
    distinct = texts.dropna().unique()
    may_follow_name = field_name in NAME_FIELDS
    status_by_text = {text: find_site_status(text, may_follow_name=may_follow_name) for text in distinct}
    status = texts.map(status_by_text).astype("str")
    unsure = [text for text in distinct if may_follow_name and status_by_text[text] is None and names_site(text)]
    is_unsure = texts.isin(unsure)
    reasons = f"{field_name}: '" + texts[is_unsure].str.strip() + "' has a word for an empty site; taken for a tree"
    notes.add_note("noted", is_unsure, f"{field_name}: a name with a word for an empty site; taken for a tree", reasons)
    return status


def dead_tree_mask(texts: dict[str, pd.Series], row_count: int) -> pd.Series:
    """Return a mask `(n,)` of the standing trees that the status column calls dead.

    >>> dead_tree_mask({"status": pd.Series(["Dead", "Alive", None], dtype="str")}, 3).tolist()
    [True, False, False]
    """
    if "status" not in texts:
        return pd.Series([False] * row_count)
    return (_normalize_words(texts["status"]) == "dead").fillna(value=False).astype(bool)


def build_sites(trees: pd.DataFrame, site_status: pd.Series, site_id: pd.Series) -> pd.DataFrame:
    """Return the planting sites of a tree inventory: one for each tree, and the sites without a tree.

    Where several rows name the same site, the site copies the fields of its first tree.
    """
    table = pd.DataFrame({"id": site_id, "source": trees["source"], "raw": trees["raw"]})
    table["status"] = site_status
    for tree_field, site_field in SITE_FIELD_BY_TREE_FIELD.items():
        table[site_field] = trees[tree_field]
    for field in LAYERS["sites"].fields:
        if field.name not in table:
            table[field.name] = pd.Series([None] * len(table), index=table.index, dtype=field.dtype)
    table["geometry"] = trees["geometry"]
    planted_first = np.argsort((site_status != "planted").to_numpy(), kind="stable")
    return table.iloc[planted_first].drop_duplicates("id").sort_index()


def note_crowded_trees(frame: pd.DataFrame, max_at_address: int, notes: RowNotes, row_positions: np.ndarray) -> None:
    """Add notes on points that several trees share, and on addresses with more than `max_at_address` trees.

    `row_positions` `(n,)` are the positions of the rows of `frame` in the table as read.
    """
    x, y = frame.geometry.bounds["minx"], frame.geometry.bounds["miny"]
    points = pd.DataFrame({"x": x, "y": y}).reset_index(drop=True)
    is_repeated = points.duplicated() & points["x"].notna()
    notes.add_note(
        "noted",
        _mask_from_positions(notes.row_count, row_positions[is_repeated]),
        "geometry: another tree at the same point",
    )
    address = frame["address"].reset_index(drop=True)
    counts = address.map(address.value_counts())
    is_crowded = (counts > max_at_address).fillna(value=False).astype(bool)
    reasons = "address: " + counts[is_crowded].astype("Int64").astype("str") + " trees at '" + address[is_crowded] + "'"
    notes.add_note(
        "noted",
        _mask_from_positions(notes.row_count, row_positions[is_crowded]),
        f"address: more than {max_at_address} trees at one address",
        reasons,
    )


def _mask_from_positions(row_count: int, positions: np.ndarray) -> np.ndarray:
    mask = np.zeros(row_count, dtype=bool)
    mask[positions] = True
    return mask


def _normalize_words(text: pd.Series) -> pd.Series:
    return convert_distinct(text, lambda words: words.str.lower().str.replace(r"[_\s]+", " ", regex=True).str.strip())


def _note_missing_tree(
    notes: RowNotes, mask: pd.Series, field_name: str, text: pd.Series, site_status: pd.Series
) -> None:
    reasons = (
        f"{field_name}: '" + text[mask].str.strip() + "' is not a tree; recorded as a " + site_status[mask] + " site"
    )
    notes.add_note("noted", mask, f"{field_name}: no tree stands there; recorded as a site", reasons)


def _status_from_column(text: pd.Series | None, profile: Profile, row_count: int, notes: RowNotes) -> pd.Series:
    if text is None:
        return pd.Series([None] * row_count, dtype="str")
    code_by_word = field_code_words(profile, "status", SITE_STATUSES)
    words = _normalize_words(text)
    head_status = text.map({one: find_site_status(one, may_follow_name=False) for one in text.dropna().unique()})
    column_status = words.map(code_by_word).astype("str").fillna(head_status.astype("str"))
    is_unknown = text.notna() & (text.str.strip() != "") & column_status.isna()
    reasons = "status: '" + text[is_unknown] + "' is not a known status; taken for a standing tree"
    notes.add_note("noted", is_unknown, "status: not a known status; taken for a standing tree", reasons)
    return column_status


def _vacate_removed_sites(site_status: pd.Series, texts: dict[str, pd.Series], notes: RowNotes) -> pd.Series:
    if "removed_on" not in texts:
        return site_status
    is_removed = (texts["removed_on"].str.strip() != "").fillna(value=False) & texts["removed_on"].notna()
    is_removed = is_removed.astype(bool) & ~_normalize_words(texts["removed_on"]).isin(["na", "n/a", "null", "none"])
    notes.add_note(
        "noted",
        is_removed & (site_status == "planted"),
        "removed_on: has a removal date, but its status says that it stands; kept as a tree",
    )
    is_vacant = is_removed & site_status.isna()
    notes.add_note("noted", is_vacant, "removed_on: removed; recorded as a vacant site")
    return site_status.mask(is_vacant, "vacant")
