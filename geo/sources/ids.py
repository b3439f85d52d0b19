"""Ids within a source: the file's own, and where it has none or repeats them, stable ones."""

import hashlib

import numpy as np
import pandas as pd

from geo.sources.notes import Notes


def allot(own: pd.Series, keys: pd.Series, content: pd.Series, notes: Notes) -> pd.Series:
    """Give every row an id that is unique and stays when the file is loaded again.

    A row without an id gets one made from `keys`, what tells it apart: its geometry and the fields
    that place it. Of rows with the same id, the one whose whole content has the lowest checksum
    keeps it, the next gets "-2", and so on: their order in the file does not count.

    >>> told = Notes(3)
    >>> own = pd.Series(["7", "7", None], dtype="str")
    >>> text = pd.Series(["oak", "elm", "ash"])
    >>> allot(own, text, text, told).tolist()
    ['7-2', '7', 'h037d390cd4e']
    """
    absent = _absent(own)
    made = pd.Series(own, dtype="str").mask(absent)
    if absent.any():
        made[absent] = ["h" + _checksum(text)[:11] for text in keys[absent]]
        whole = absent.all()
        notes.add(
            "noted",
            absent,
            "id: none in the file; made from its geometry and what tells it apart",
            listed=not whole,
        )
    repeated = made.duplicated(keep=False)
    if repeated.any():
        made = _suffixed(made, repeated, content, notes)
    return made.astype("str")


def _absent(own: pd.Series) -> pd.Series:
    """Mark the rows without an id: nothing, signs alone, or a 0 that several rows have."""
    signs = ~own.str.contains(r"[^\W_]", regex=True).fillna(value=False).astype(bool)
    zero = own.str.fullmatch("0+").fillna(value=False).astype(bool)
    return signs | (zero & own.duplicated(keep=False))


def _suffixed(made: pd.Series, repeated: pd.Series, content: pd.Series, notes: Notes) -> pd.Series:
    sums = [_checksum(text) for text in content[repeated]]
    rows = pd.DataFrame({"id": made[repeated], "sum": sums}).sort_values(["id", "sum"])
    order = rows.groupby("id").cumcount() + 1
    taken = set(made)
    chosen = made.copy()
    for at, (name, count) in zip(rows.index, zip(rows["id"], order, strict=True), strict=True):
        if count > 1:
            number = int(count)
            while f"{name}-{number}" in taken:
                number += 1
            chosen[at] = f"{name}-{number}"
            taken.add(f"{name}-{number}")
    where = np.asarray(chosen != made)
    told = "id: '" + made[where] + "' stands more than once; this one is '" + chosen[where] + "'"
    notes.add("mended", where, "id: repeated; the further ones got a suffix", told)
    return chosen


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
