"""Rows of a table that are no records: total lines, and rows with nothing but what stands in every row.

`admission` refuses them. A row with an id or a geometry of its own is a record whatever it says.
"""

import re

import numpy as np
import pandas as pd

from geo.ingest.cleaning.field_values import MISSING_WORDS
from geo.ingest.mapping.map_rows import SourceRows
from geo.ingest.row_notes import RowNotes

TOTAL_LINE_NOTE = "a total line, not a record"
BLANK_ROW_NOTE = "blank but for what stands in every row"
_TOTAL_PATTERN = re.compile(r"(?i)\s*(?:grand\s*|sub\s*-?\s*)?totals?\b[^.?!]{0,60}", re.DOTALL)
MAX_TOTAL_SHARE = 0.3  # of the rows; where more say so, the word means something else


def refuse_summary_rows(rows: SourceRows, file_ids: pd.Series, notes: RowNotes) -> np.ndarray:
    """Return a mask `(n,)` of the rows that are no records. Each gets a note. `file_ids` `(n,)` are the rows' own ids."""
    is_candidate = file_ids.isna().to_numpy() & np.array([value is None for value in rows.wkb], dtype=bool)
    masks = {note: np.zeros(len(rows), dtype=bool) for note in (TOTAL_LINE_NOTE, BLANK_ROW_NOTE)}
    if 0 < is_candidate.mean() <= MAX_TOTAL_SHARE:
        _find_summary_rows(rows, np.flatnonzero(is_candidate), masks)
    for note, mask in masks.items():
        notes.add_note("refused", mask, note)
    return np.logical_or.reduce(list(masks.values()))


def _find_summary_rows(rows: SourceRows, positions: np.ndarray, masks: dict[str, np.ndarray]) -> None:
    """Mark the rows among `positions` that are no records."""
    is_total, is_blank = np.zeros(len(positions), dtype=bool), np.ones(len(positions), dtype=bool)
    for column in rows.columns.values():
        texts = ["" if value is None else str(value).strip() for value in column.take(positions).to_pylist()]
        is_total |= np.array([_TOTAL_PATTERN.fullmatch(text) is not None for text in texts], dtype=bool)
        is_filled = np.array([text.lower() not in {"", *MISSING_WORDS} for text in texts], dtype=bool)
        if (is_filled & is_blank).any() and len(column.unique()) > 1:
            is_blank &= ~is_filled
    masks[TOTAL_LINE_NOTE][positions] = is_total
    masks[BLANK_ROW_NOTE][positions] = is_blank & ~is_total
