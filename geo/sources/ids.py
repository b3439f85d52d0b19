"""Ids within a source: the file's own, and where it has none or repeats them, stable ones."""

import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from geo.sources.notes import Notes

# What tells rows apart that lie at one place, or at none: the most telling first.
KEYS = (
    "parcel_id",
    "parcel_key",
    "address",
    "number",
    "number_hi",
    "frac",
    "number_sfx",
    "predir",
    "street",
    "suffix",
    "postdir",
    "unit",
    "zip",
    "name",
    "alias",
    "kind",
    "town",
    "valid_from",
)
# What sets apart the inspections of one place: there are several by nature.
EVENT = ("case_id", "code", "opened_on")
PLACES = 7  # decimals of a coordinate: finer than any survey, coarser than a converter's rounding


@dataclass(frozen=True)
class Traits:
    """What tells the rows of a file apart: where they lie, their fields, all that they hold.

    `shapes` are as the file has them, so that neither a workspace's towns nor a newer PROJ changes
    an id. All three have the same rows, counted from 0.
    """

    shapes: np.ndarray
    frame: pd.DataFrame
    content: pd.Series

    def of(self, where: pd.Series) -> pd.DataFrame:
        """Give the traits of the rows that are marked, the most lasting first."""
        shapes, frame = self.shapes[where.to_numpy()], self.frame[where]
        known = np.isfinite(shapely.bounds(shapes)).all(axis=1)
        flat = shapely.normalize(shapely.force_2d(np.where(known, shapes, None)))
        middle = shapely.centroid(flat)
        told = {
            "x": shapely.get_x(middle).round(PLACES),
            "y": shapely.get_y(middle).round(PLACES),
            "shape": pd.Series(shapely.to_wkt(flat, rounding_precision=PLACES)).fillna("").array,
            "keys": _joined(frame, KEYS),
            "event": _joined(frame, EVENT),
            "content": self.content[where],
        }
        return pd.DataFrame(told, index=frame.index)


def allot(own: pd.Series, traits: Traits, notes: Notes) -> pd.Series:
    """Give every row an id that is unique and stays when the file is loaded again.

    Of rows with the same id the first by place keeps it, the next gets "-2", and so on; where places
    are alike, the other traits tell which is first. A row without an id gets one made from its place,
    and from its keys where it has no place or shares it. So neither the rows' order nor what else
    changes in them gives one row another's id.

    >>> spots = shapely.points([[2, 0], [1, 0], [3, 0]])
    >>> traits = Traits(spots, pd.DataFrame(index=range(3)), pd.Series(["", "", ""]))
    >>> allot(pd.Series(["7", "7", None], dtype="str"), traits, Notes(3)).tolist()
    ['7-2', '7', 'h6bbcf842e13']
    """
    absent = _absent(own)
    made = pd.Series(own, dtype="str").mask(absent)
    if absent.any():
        made[absent] = ["h" + _checksum(text)[:11] for text in _lasting(traits.of(absent))]
        whole = absent.all()
        notes.add(
            "noted",
            absent,
            "id: none in the file; made from its place, or from what tells it apart",
            listed=not whole,
        )
    repeated = made.duplicated(keep=False)
    if repeated.any():
        made = _suffixed(made, traits.of(repeated), notes)
    return made.astype("str")


def _joined(frame: pd.DataFrame, names: tuple[str, ...]) -> pd.Series:
    """Join the fields of these names that a frame has; "" where a row has none of them."""
    held = [frame[name].astype("str").fillna("") for name in names if name in frame]
    none = pd.Series("", index=frame.index, dtype="str")
    if not held:
        return none
    return held[0].str.cat(held[1:], sep="|").mask(sum(one != "" for one in held) == 0, "")


def _lasting(told: pd.DataFrame) -> pd.Series:
    """Give the text that an id is made from."""
    text = told["shape"].mask(told["shape"] == "", told["keys"]) + "|" + told["event"]
    shared = text.duplicated(keep=False) & (told["keys"] != "")
    return text.mask(shared, text + "|" + told["keys"])


def _absent(own: pd.Series) -> pd.Series:
    """Mark the rows without an id: nothing, signs alone, or a 0 that several rows have."""
    signs = ~own.str.contains(r"[^\W_]", regex=True).fillna(value=False).astype(bool)
    zero = own.str.fullmatch("0+").fillna(value=False).astype(bool)
    return signs | (zero & own.duplicated(keep=False))


def _suffixed(made: pd.Series, repeated: pd.DataFrame, notes: Notes) -> pd.Series:
    rows = repeated.assign(id=made[repeated.index])
    rows = rows.sort_values(["id", *repeated.columns])
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
