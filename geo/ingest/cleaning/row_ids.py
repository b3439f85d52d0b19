"""Ids of rows within a source: the file's own ids, and stable ones where it has none or repeats them.

`clean_layer` calls `assign_ids` for the admitted rows. See `docs/decisions/0002-ids.md`.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from geo.identifiers import guid_key
from geo.ingest.row_notes import RowNotes

# Fields that distinguish rows at one point, or without a point, the most specific first.
KEY_FIELDS = (
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
# Fields that distinguish inspections of one parcel, because a parcel may have several.
EVENT_FIELDS = ("case_id", "code", "opened_on")
COORDINATE_DECIMALS = 7  # finer than any survey, coarser than the rounding of file converters


@dataclass(frozen=True)
class RowTraits:
    """The traits that distinguish the rows of a file: geometry, fields and raw content.

    `geometries` `(n,)` are in the file's own CRS, so that an id depends on neither the workspace's
    towns nor the PROJ version. `frame` and `content` have the same `n` rows, indexed from 0.
    """

    geometries: np.ndarray
    frame: pd.DataFrame
    content: pd.Series

    def traits_of_rows(self, mask: pd.Series) -> pd.DataFrame:
        """Return the traits of the rows in `mask` as columns, the most stable first."""
        geometries, frame = self.geometries[mask.to_numpy()], self.frame[mask]
        is_finite = np.isfinite(shapely.bounds(geometries)).all(axis=1)
        normalized = shapely.normalize(shapely.force_2d(np.where(is_finite, geometries, None)))
        centroids = shapely.centroid(normalized)
        traits = {
            "x": shapely.get_x(centroids).round(COORDINATE_DECIMALS),
            "y": shapely.get_y(centroids).round(COORDINATE_DECIMALS),
            "shape": pd.Series(shapely.to_wkt(normalized, rounding_precision=COORDINATE_DECIMALS)).fillna("").array,
            "keys": _join_fields(frame, KEY_FIELDS),
            "event": _join_fields(frame, EVENT_FIELDS),
            "content": self.content[mask],
        }
        return pd.DataFrame(traits, index=frame.index)


def unify_guid_writings(ids: pd.Series) -> pd.Series:
    """Return ids in which each GUID has one writing, that of its first row.

    >>> ids = pd.Series(["{0A1B2C3D-1111-4A4A-9B9B-000000000002}", "0a1b2c3d11114a4a9b9b000000000002", "7"], dtype="str")
    >>> unify_guid_writings(ids).nunique()
    2
    """
    is_guid = ids.str.len().between(32, 48).fillna(value=False)
    if not is_guid.any():
        return ids
    distinct = ids[is_guid].drop_duplicates()
    keys = distinct.map(guid_key).astype("str")
    first_writing = distinct.groupby(keys).first()
    first_of_key = keys.map(first_writing).astype("str").fillna(distinct)
    writing = pd.Series(first_of_key.to_numpy(), index=distinct.to_numpy())
    return ids.where(~is_guid, ids.map(writing)).astype("str") if len(first_writing) < len(distinct) else ids


def assign_ids(file_ids: pd.Series, traits: RowTraits, notes: RowNotes) -> pd.Series:
    """Return ids that are unique in the file and stay the same when the file is loaded again.

    Rows that share an id are ordered by location, then by their other traits. The first one has the
    id, the next has the suffix "-2", and so on. A row without an id gets a hash of its geometry.
    Where that is missing or shared, its key fields are hashed too. The order of rows has no effect.

    >>> points = shapely.points([[2, 0], [1, 0], [3, 0]])
    >>> traits = RowTraits(points, pd.DataFrame(index=range(3)), pd.Series(["", "", ""]))
    >>> assign_ids(pd.Series(["7", "7", None], dtype="str"), traits, RowNotes(3)).tolist()
    ['7-2', '7', 'h6bbcf842e13']
    """
    is_absent = _absent_id_mask(file_ids)
    ids = pd.Series(file_ids, dtype="str").mask(is_absent)
    if is_absent.any():
        ids[is_absent] = ["h" + _sha256_hex(text)[:11] for text in _id_source_text(traits.traits_of_rows(is_absent))]
        all_absent = is_absent.all()
        notes.add_note(
            "noted",
            is_absent,
            "id: none in the file; made from the location and other values",
            is_listed=not all_absent,
        )
    is_repeated = ids.duplicated(keep=False)
    if is_repeated.any():
        ids = _add_id_suffixes(ids, traits.traits_of_rows(is_repeated), notes)
    return ids.astype("str")


def _join_fields(frame: pd.DataFrame, field_names: tuple[str, ...]) -> pd.Series:
    """Return the named fields of each row, joined by "|", or "" where a row has none of them.

    >>> frame = pd.DataFrame({"street": ["Oak", None], "unit": ["2", None]}, dtype="str")
    >>> _join_fields(frame, ("street", "suffix", "unit")).tolist()
    ['Oak|2', '']
    """
    texts = [frame[name].astype("str").fillna("") for name in field_names if name in frame]
    no_values = pd.Series("", index=frame.index, dtype="str")
    if not texts:
        return no_values
    return texts[0].str.cat(texts[1:], sep="|").mask(sum(text != "" for text in texts) == 0, "")


def _id_source_text(traits: pd.DataFrame) -> pd.Series:
    """Return the text that is hashed for a row's id."""
    text = traits["shape"].mask(traits["shape"] == "", traits["keys"]) + "|" + traits["event"]
    is_shared = text.duplicated(keep=False) & (traits["keys"] != "")
    return text.mask(is_shared, text + "|" + traits["keys"])


def _absent_id_mask(file_ids: pd.Series) -> pd.Series:
    """Return a mask `(n,)` of rows without an id: blank, punctuation only, or a 0 that several rows share.

    The GUID of zeros is a 0 too.

    >>> _absent_id_mask(pd.Series(["12", "-", None, "0", "0"], dtype="str")).tolist()
    [False, True, True, True, True]
    """
    is_punctuation = ~file_ids.str.contains(r"[^\W_]", regex=True).fillna(value=False).astype(bool)
    is_zero = file_ids.str.fullmatch(r"[{(]?0[0-]*[)}]?").fillna(value=False).astype(bool)
    return is_punctuation | (is_zero & file_ids.duplicated(keep=False))


def _add_id_suffixes(ids: pd.Series, repeated_traits: pd.DataFrame, notes: RowNotes) -> pd.Series:
    rows = repeated_traits.assign(id=ids[repeated_traits.index])
    rows = rows.sort_values(["id", *repeated_traits.columns])
    occurrences = rows.groupby("id").cumcount() + 1
    used_ids = set(ids)
    unique_ids = ids.copy()
    for index, (id_, occurrence) in zip(rows.index, zip(rows["id"], occurrences, strict=True), strict=True):
        if occurrence > 1:
            suffix = int(occurrence)
            while f"{id_}-{suffix}" in used_ids:
                suffix += 1
            unique_ids[index] = f"{id_}-{suffix}"
            used_ids.add(f"{id_}-{suffix}")
    is_changed = np.asarray(unique_ids != ids)
    reasons = "id: '" + ids[is_changed] + "' is used more than once; this one is now '" + unique_ids[is_changed] + "'"
    notes.add_note("mended", is_changed, "id: repeated; later rows got a suffix", reasons)
    return unique_ids


def _sha256_hex(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
