"""House numbers as tables write them: 4021-25, 4131R, 503 1/2, in two columns, or bent by a spreadsheet.

`clean_layer` calls `repair_house_numbers` for every layer, and `split_house_numbers` for the addresses.
"""

import pandas as pd

from geo.ingest.measures.spreadsheet_marks import (
    APOSTROPHES,
    DATE_PATTERN,
    DATE_PROBLEM,
    is_spreadsheet_date,
    remove_spreadsheet_marks,
)
from geo.ingest.row_notes import RowNotes
from geo.ingest.text_columns import match_some

HOUSE_NUMBER_PATTERN = (
    r"^(?P<number>[0-9]+)(?:\s*-\s*(?P<second>[0-9]+))?(?:[ -]*(?P<frac>[0-9]/[0-9]))?(?:[ -]*(?P<sfx>[A-Za-z]))?$"
)
MAX_RANGE_WIDTH = 200  # the largest difference between the ends of a range in one column
MAX_SUFFIX_RANGE_WIDTH = 20  # the same if the second number is in the suffix column, where it may be a unit


HOUSE_NUMBER_FIELDS = ("number", "number_hi", "frac")
ADDRESS_FIELD = "address"
# What stands around the number of an address whose parts are in two columns: ="4021" Elm, '4021 Elm, 4021.0 Elm.
MARKED_NUMBER = (
    r"^\s*(?:=\"(?P<quoted>[^\"]*)\"|" + f"[{APOSTROPHES}]" + r"(?P<behind>[0-9][^\s'\u2019]*)"
    r"|(?P<whole>[0-9]+)\.0+)(?P<rest>\s.*)$"
)


def repair_house_numbers(texts: dict[str, pd.Series], notes: RowNotes) -> dict[str, pd.Series]:
    """Return texts whose house numbers are without a spreadsheet's marks. One that became a date is unknown.

    An address that begins with such a date is unknown, too.

    >>> address = pd.Series(['="4021" Elm St', "4021.0 Elm St", "2014-12-01 00:00:00 Elm St", "12-14 Elm St"], dtype="str")
    >>> repair_house_numbers({"address": address}, RowNotes(4))["address"].tolist()
    ['4021 Elm St', '4021 Elm St', nan, '12-14 Elm St']
    """
    repaired = dict(texts)
    for name in [name for name in (*HOUSE_NUMBER_FIELDS, ADDRESS_FIELD) if name in texts]:
        bare = remove_spreadsheet_marks(texts[name])
        if name == ADDRESS_FIELD:
            bare = _unmark_first_numbers(bare)
            is_date = match_some(bare, rf"\s*{DATE_PATTERN}(?:[\s,]|$)", "[-/]")
        else:
            bare = bare.str.replace(r"^(\s*[0-9]+)\.0+\s*$", r"\1", regex=True)
            is_date = is_spreadsheet_date(bare)
        notes.note_changed_values(name, "a spreadsheet's marks removed", texts[name], bare)
        notes.note_emptied_values(name, DATE_PROBLEM, is_date, texts[name])
        repaired[name] = bare.mask(is_date).astype("str")
    return repaired


def _unmark_first_numbers(text: pd.Series) -> pd.Series:
    is_marked = match_some(text, MARKED_NUMBER, rf"[={APOSTROPHES}]|\.0")
    if not is_marked.any():
        return text
    parts = text[is_marked].str.extract(MARKED_NUMBER)
    number = parts["quoted"].fillna(parts["behind"]).fillna(parts["whole"])
    return text.where(~is_marked, (number + parts["rest"]).str.strip().reindex(text.index)).astype("str")


def split_house_numbers(texts: dict[str, pd.Series], notes: RowNotes) -> dict[str, pd.Series]:
    """Return an address table's texts with house numbers split into number, range end, fraction, letter, unit.

    "4021-25" ends at 4025. A second number ends a range if it is higher, near, and on the same side
    of the street (both odd or both even). Otherwise it is a unit. Values that the table has in
    columns of their own stay. Each split number gets a note.

    >>> notes = RowNotes(2)
    >>> parts = split_house_numbers({"number": pd.Series(["4021-25", "503 1/2"], dtype="str")}, notes)
    >>> {name: text.tolist() for name, text in parts.items() if text.notna().any()}
    {'number': ['4021', '503'], 'number_hi': ['4025', nan], 'frac': [nan, '1/2']}
    >>> parts = split_house_numbers({"number": pd.Series(["4131R", "12-305"], dtype="str")}, notes)
    >>> parts["number_sfx"].tolist(), parts["unit"].tolist()
    (['R', nan], [nan, '305'])
    """
    if "number" not in texts:
        return texts
    no_values = pd.Series([None] * len(texts["number"]), dtype="str")
    other_columns = {name: texts.get(name, no_values) for name in ("number_hi", "frac", "number_sfx", "unit")}
    number, suffix = texts["number"].str.strip(), other_columns["number_sfx"].str.strip()
    suffix_has_number = suffix.str.contains(r"[0-9]", regex=True).fillna(value=False).astype(bool)
    full_number = number.where(~suffix_has_number, number + "-" + suffix)
    parts = full_number.str.extract(HOUSE_NUMBER_PATTERN)
    is_split = full_number.notna() & ~full_number.str.fullmatch(r"[0-9]+").fillna(value=False).astype(bool)
    is_split &= parts["number"].notna()
    range_end, unit = _range_end_or_unit(parts, MAX_SUFFIX_RANGE_WIDTH, suffix_has_number)
    reasons = "number: '" + full_number[is_split] + "' split"
    notes.add_note("noted", is_split, "number: split into number, range, fraction, letter or unit", reasons)
    return texts | {
        "number": parts["number"].where(is_split, number).astype("str"),
        "number_hi": other_columns["number_hi"].fillna(range_end.where(is_split)).astype("str"),
        "frac": other_columns["frac"].fillna(parts["frac"].where(is_split)).astype("str"),
        "number_sfx": suffix.mask(suffix_has_number & is_split)
        .fillna(parts["sfx"].where(is_split & ~suffix.notna() | suffix_has_number))
        .astype("str"),
        "unit": other_columns["unit"].fillna(unit.where(is_split)).astype("str"),
    }


def _range_end_or_unit(
    parts: pd.DataFrame, max_suffix_width: int, is_from_suffix: pd.Series
) -> tuple[pd.Series, pd.Series]:
    """Return two columns: the second numbers that end a range, and the second numbers that are units."""
    first, second = parts["number"], parts["second"]
    is_abbreviated = second.str.len().between(2, 99) & (second.str.len() < first.str.len())
    full_second = pd.Series(
        [
            a[: len(a) - len(b)] + b if is_short else b
            for a, b, is_short in zip(first.fillna(""), second.fillna(""), is_abbreviated, strict=True)
        ],
        index=first.index,
        dtype="str",
    ).where(second.notna())
    low, high = pd.to_numeric(first), pd.to_numeric(full_second)
    max_width = pd.Series(MAX_RANGE_WIDTH, index=first.index).mask(is_from_suffix, max_suffix_width)
    is_range = (high > low) & ((high - low) % 2 == 0) & (high - low <= max_width)
    return full_second.where(is_range), second.where(second.notna() & ~is_range)
