"""Parcel numbers of rows, matched with the parcels of the workspace.

`clean_layer` calls `match_parcel_keys`. `read_source` puts the rows that name no parcel into the report.
"""

from typing import Any

import numpy as np
import pandas as pd

from geo.ingest.cleaning.cell_text import strip_decimal_zeros
from geo.ingest.ingest_request import IngestRequest
from geo.ingest.report_text import clip_values, format_row_spans
from geo.ingest.row_notes import RowNotes

KEY_FIELD_BY_LAYER = {
    "addresses": "parcel_id",
    "trees": "parcel_key",
    "sites": "parcel_key",
    "inspections": "parcel_key",
}
UNMATCHED_NOTE = "names no parcel"


def match_parcel_keys(keys: pd.Series, request: IngestRequest, notes: RowNotes) -> pd.Series:
    """Return the keys of a layer's rows, each that a spreadsheet has changed as the number of its parcel.

    A key that names no parcel stays, and its row is noted. Without parcels no key can be checked.
    """
    field_name = KEY_FIELD_BY_LAYER[request.layer]
    numbers = request.parcel_numbers() if request.parcel_numbers is not None and keys.notna().any() else None
    if numbers is None or not len(numbers):
        if numbers is not None:
            remark = "not checked, because no parcels are loaded; load them, then this file again"
            notes.note_column(field_name, remark, keys.notna())
        return strip_decimal_zeros(keys, field_name, notes, is_untyped=True, is_identifier=True)
    match_by_key = {key: numbers.match_key(key, request.town) for key in keys.dropna().unique()}
    change = keys.map({key: match.change for key, match in match_by_key.items()}).astype("str")
    matched = keys.map({key: match.parcel_id for key, match in match_by_key.items()}).astype("str")
    for kind in change[matched.notna()].unique():
        if kind:
            is_changed = (change == kind) & matched.notna()
            notes.note_changed_values(field_name, kind, keys.where(is_changed), matched)
    is_unmatched = keys.notna() & matched.isna()
    reasons = field_name + ": '" + clip_values(keys[is_unmatched]) + "' " + change[is_unmatched]
    notes.add_note("noted", is_unmatched, f"{field_name}: {UNMATCHED_NOTE}", reasons)
    return matched.where(matched.notna(), keys).astype("str")


def unmatched_key_positions(notes: RowNotes) -> np.ndarray:
    """Return the positions `(k,)` of the rows whose key names no parcel, without refused rows."""
    found = [note.positions for note in notes.entries if note.kind.endswith(f": {UNMATCHED_NOTE}")]
    positions = np.concatenate([*found, np.zeros(0, np.int64)]).astype(np.int64)
    return positions[~notes.rows_with_outcome("refused")[positions]]


def unmatched_key_summary(
    notes: RowNotes, admitted: pd.DataFrame, row_numbers: np.ndarray, row_file_names: np.ndarray | None
) -> dict[str, Any] | None:
    """Return how many keys name no parcel, how many rows have them and which, and three of them. None without any.

    `admitted` has the admitted rows, by position.
    """
    positions = unmatched_key_positions(notes)
    if not len(positions):
        return None
    field_name = "parcel_key" if "parcel_key" in admitted else "parcel_id"
    distinct = admitted.loc[positions, field_name].unique()
    names = None if row_file_names is None else row_file_names[positions]
    return {
        "keys": len(distinct),
        "count": len(positions),
        "rows": format_row_spans(row_numbers[positions], names),
        "examples": clip_values(pd.Series(distinct[:3])).tolist(),
    }
