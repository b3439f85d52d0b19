"""What a spreadsheet adds to a cell, or takes from it: ="007", an apostrophe, ".0", leading zeros.

`FieldCleaner.clean_text` and `clean_layer` call it. `geo.key_repair` has the rules for one text.
"""

import pandas as pd

from geo.ingest.row_notes import RowNotes
from geo.key_repair import undo_cell_text

# Fields that hold a number only as a name. A spreadsheet takes it for a number.
IDENTIFIER_FIELDS = {
    "id", "old_id", "case_id", "site_id", "zip", "geoid", "code", "number_sfx", "unit",
}  # fmt: skip
CELL_TEXT_PATTERN = r"^\s*(?:=\s*\".*\"|'[-+]?[0-9][^']*)\s*$|[\u00a0\u200b\ufeff]"
ZIP_DIGITS = 5


def undo_cell_texts(text: pd.Series, field_name: str, notes: RowNotes, *, is_private: bool = False) -> pd.Series:
    r"""Return texts without ="...", a leading apostrophe before a number, and invisible characters.

    >>> undo_cell_texts(pd.Series(['="007"', "'12", "'Autumn Blaze'"], dtype="str"), "id", RowNotes(3)).tolist()
    ['007', '12', "'Autumn Blaze'"]
    """
    is_bent = text.str.contains(CELL_TEXT_PATTERN, regex=True).fillna(value=False).astype(bool)
    if not is_bent.any():
        return text
    plain_by_text = {value: undo_cell_text(value) for value in text[is_bent].unique()}
    plain = text.mask(is_bent, text.map(plain_by_text)).astype("str")
    change = "what a spreadsheet adds to a cell is left out"
    if is_private:
        notes.add_note("mended", is_bent & (plain != text), f"{field_name}: {change}")
    else:
        notes.note_changed_values(field_name, change, text, plain)
    return plain


def strip_decimal_zeros(
    text: pd.Series, field_name: str, notes: RowNotes, *, is_untyped: bool, is_identifier: bool = False
) -> pd.Series:
    """Return whole numbers without the ".0" that a spreadsheet adds.

    In an untyped table it goes where every value has it. In a field of identifiers (`is_identifier`, or known as one)
    it also goes where only some rows have it, unless the column has other decimals. Then 12.0 may be a number of its own.

    >>> strip_decimal_zeros(pd.Series(["63121.0", "63133"]), "zip", RowNotes(2), is_untyped=True).tolist()
    ['63121', '63133']
    >>> strip_decimal_zeros(pd.Series(["12.0", "12.1"]), "id", RowNotes(2), is_untyped=True).tolist()
    ['12.0', '12.1']
    """
    filled = text[text.notna() & (text != "")]
    has_zeros = filled.str.fullmatch(r"\s*-?[0-9]+\.0+\s*")
    if filled.empty or not has_zeros.any():
        return text
    other_decimals = ~has_zeros & filled.str.fullmatch(r"\s*-?[0-9]*\.[0-9]+\s*")
    may_lose_some = (is_identifier or field_name in IDENTIFIER_FIELDS) and not other_decimals.any()
    if not may_lose_some and not (is_untyped and has_zeros.all()):
        return text
    integers = text.str.replace(r"^(\s*-?[0-9]+)\.0+(\s*)$", r"\1\2", regex=True)
    every = "every value" if has_zeros.all() else "some values"
    notes.add_note("mended", (integers != text) & text.notna(), f"{field_name}: '.0' removed from {every}")
    return integers


def restore_zips(text: pd.Series, notes: RowNotes) -> pd.Series:
    """Return ZIP codes with the leading zero that a spreadsheet took.

    A code of three or four digits gets its zeros back, unless the column has codes that begin with another digit.
    Then nobody knows what is missing, so it becomes unknown.

    >>> restore_zips(pd.Series(["2139", "02140"], dtype="str"), RowNotes(2)).tolist()
    ['02139', '02140']
    >>> restore_zips(pd.Series(["6312", "63121"], dtype="str"), RowNotes(2)).tolist()
    [nan, '63121']
    """
    is_short = text.str.fullmatch(r"[0-9]{3,4}").fillna(value=False).astype(bool)
    if not is_short.any():
        return text
    if text.str.match(r"[1-9][0-9]{4}(?:-|$)").fillna(value=False).any():
        notes.note_emptied_values("zip", "has too few digits", is_short, text)
        return text.mask(is_short)
    full = text.mask(is_short, text.str.zfill(ZIP_DIGITS))
    notes.note_changed_values("zip", "leading zeros lost in a spreadsheet", text, full)
    return full


def note_lost_digits(text: pd.Series, field_name: str, notes: RowNotes) -> None:
    """Note identifiers such as 1.71E+07, of which a spreadsheet kept the first digits only."""
    is_lost = text.str.fullmatch(r"[0-9]\.[0-9]+[Ee]\+[0-9]{1,3}").fillna(value=False).astype(bool)
    reasons = f"{field_name}: '" + text[is_lost] + "' lost its last digits in a spreadsheet"
    notes.add_note("noted", is_lost, f"{field_name}: lost its last digits in a spreadsheet", reasons)
