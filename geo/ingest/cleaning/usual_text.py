"""The texts of a column that may need cleaning. In most columns they are few, and one pass of Arrow finds them.

`FieldCleaner.clean_text` calls `clean_texts`, which cleans each of these distinct texts once.
"""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geo.ingest.cleaning.cell_text import strip_decimal_zeros, undo_cell_texts
from geo.ingest.row_notes import RowNotes

# Every whitespace of Unicode but the plain space, and two invisible characters. RE2's own class is ASCII only.
ODD_SPACES = r"\t-\r\x{1c}-\x{1f}\x{85}\x{a0}\x{1680}\x{2000}-\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}"
# A blank, spaces that go, and what a spreadsheet puts before a text.
UNUSUAL_PATTERN = rf"^$|^ | $|  |[{ODD_SPACES}]|^[=']"
DECIMAL_ZEROS_PATTERN = r"\.0+\s*$"


def clean_texts(
    text: pd.Series,
    field_name: str,
    notes: RowNotes,
    missing_words: list[str],
    *,
    is_untyped: bool,
    is_private: bool,
) -> pd.Series:
    """Return texts with spaces trimmed and collapsed, unknown where blank or one of `missing_words`, with notes.

    Values of a private field are never put into a note.

    >>> column = pd.Series(["Oak  Ave", "n/a", "Elm"], dtype="str")
    >>> clean_texts(column, "street", RowNotes(3), ["n/a"], is_untyped=True, is_private=False).tolist()
    ['Oak Ave', nan, 'Elm']
    """
    positions = np.flatnonzero(unusual_text_mask(text, missing_words))
    if not positions.size:
        return text
    value_codes, values = pd.factorize(text.array[positions])
    value_notes = RowNotes(len(values))
    distinct = undo_cell_texts(pd.Series(values, dtype="str"), field_name, value_notes, is_private=is_private)
    distinct = strip_decimal_zeros(distinct, field_name, value_notes, is_untyped=is_untyped)
    cleaned_values = _trim(distinct, field_name, value_notes, missing_words, is_private=is_private)
    cleaned = text.copy()
    cleaned.array[positions] = cleaned_values.array[value_codes]
    notes.merge_value_notes(value_notes, value_codes, positions)
    return cleaned


def _trim(
    text: pd.Series, field_name: str, notes: RowNotes, missing_words: list[str], *, is_private: bool
) -> pd.Series:
    """Return distinct texts without surplus spaces. Blanks and words for nothing become unknown."""
    trimmed = text.str.replace(r"\s+", " ", regex=True).str.strip()
    is_blank = (trimmed == "").to_numpy(dtype=bool)
    notes.note_unknown_values(field_name, "blank", is_blank)
    is_missing_word = trimmed.str.lower().isin(missing_words).to_numpy(dtype=bool)
    for missing_word in trimmed[is_missing_word].unique():
        notes.note_unknown_values(field_name, f"'{missing_word}'", trimmed == missing_word)
    is_empty = is_blank | is_missing_word
    reported = trimmed.where(~is_empty, text)
    if is_private:
        notes.add_note("mended", text != reported, f"{field_name}: extra spaces removed")
    else:
        notes.note_changed_values(field_name, "extra spaces removed", text, reported)
    return trimmed.mask(is_empty).astype("str")


def unusual_text_mask(text: pd.Series, missing_words: list[str]) -> np.ndarray:
    """Return a mask `(n,)` of the texts that cleaning may change or empty. Null is none of them.

    `missing_words` are the words for nothing, in small letters. If one text ends in ".0", so that the whole column
    has to be looked at, every text is in the mask.

    >>> unusual_text_mask(pd.Series(["Oak Ave", "Oak  Ave", "", None, "N/A", "='7'"], dtype="str"), ["n/a"]).tolist()
    [False, True, True, False, True, True]
    >>> unusual_text_mask(pd.Series(["63121.0", "63133", None], dtype="str"), []).tolist()
    [True, True, False]
    """
    column = pa.array(text, from_pandas=True)
    if pc.any(pc.match_substring_regex(column, DECIMAL_ZEROS_PATTERN)).as_py():
        return text.notna().to_numpy()
    is_unusual = pc.match_substring_regex(column, UNUSUAL_PATTERN)
    is_missing_word = pc.is_in(pc.utf8_lower(column), pa.array(missing_words, column.type))
    mask: np.ndarray = pc.fill_null(pc.or_kleene(is_unusual, is_missing_word), fill_value=False).to_numpy(
        zero_copy_only=False
    )
    return mask & text.notna().to_numpy()
