"""What the quick look at a column leaves out needs no cleaning: the outcome is that of cleaning every text."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from property_examples import examples

from geo.ingest.cleaning import usual_text
from geo.ingest.cleaning.field_values import MISSING_WORDS, FieldCleaner
from geo.ingest.cleaning.usual_text import unusual_text_mask
from geo.ingest.row_notes import RowNotes

SPACES = ["", " ", "  ", "\t", "\n", "\r\n", "\x0b", "\x1c", "\x1f", "\x85", "\u00a0", "\u1680", "\u2009", "\u200b", "\u2028", "\u202f", "\u205f", "\u3000", "\ufeff"]  # fmt: skip
WORDS = ["Oak", "oak Ave", "12", "12.0", "12.50", "-3.00", "0.", ".0", "63121.0", '="007"', "='x'", "'12", "'Autumn Blaze'", "É", "None", *MISSING_WORDS, *map(str.upper, MISSING_WORDS)]  # fmt: skip
texts = st.one_of(
    st.none(),
    st.builds("".join, st.lists(st.sampled_from([*SPACES, *WORDS]), max_size=4)),
    st.text(max_size=6),
)
FIELDS = ("street", "maintenance", "zip", "id", "dbh_in", "owner")


def clean_column(column, field_name, **options):
    notes = RowNotes(len(column))
    cleaner = FieldCleaner(notes, is_untyped=options.pop("is_untyped"))
    values = cleaner.clean_text(column, field_name, is_private=field_name == "owner", **options)
    numbers = np.arange(1, len(column) + 1)
    told = (
        notes.report_lines(numbers, None),
        sorted(map(str, notes.summary())),
        notes.unknown_rows_by_field(numbers, None),
    )
    return values.tolist(), told


@settings(max_examples=examples(600))
@given(st.lists(texts, min_size=1, max_size=8), st.sampled_from(FIELDS), st.booleans())
def test_a_column_is_cleaned_as_if_every_text_were_looked_at(column, field_name, is_untyped):
    series = pd.Series(column, dtype="str")

    values, (lines, summary, unknown) = clean_column(series, field_name, is_untyped=is_untyped)

    def everything(text, _):
        return text.notna().to_numpy()

    quick, usual_text.unusual_text_mask = usual_text.unusual_text_mask, everything
    try:
        all_values, (all_lines, all_summary, all_unknown) = clean_column(series, field_name, is_untyped=is_untyped)
    finally:
        usual_text.unusual_text_mask = quick
    assert str(values) == str(all_values)
    assert (lines, summary, unknown) == (all_lines, all_summary, all_unknown)


def test_usual_texts_are_left_out():
    column = pd.Series(["Oak Ave", "12.5", "4021 Elm St", None, "É", "x'y"], dtype="str")

    assert not unusual_text_mask(column, list(MISSING_WORDS)).any()


def test_each_distinct_text_is_told_at_each_of_its_rows():
    column = pd.Series(["Oak  Ave", "Elm", "Oak  Ave", "N/A", "", "N/A"], dtype="str")
    notes = RowNotes(6)

    values = FieldCleaner(notes).clean_text(column, "street")

    assert values.fillna("unknown").tolist() == ["Oak Ave", "Elm", "Oak Ave", "unknown", "unknown", "unknown"]
    told = [(line["row"], line["reason"]) for line in notes.report_lines(np.arange(1, 7), None)]
    changed = "street: 'Oak  Ave' became 'Oak Ave'"
    blank = "blank, so unknown: street"
    nothing = "street: 'N/A', so unknown"
    assert told == [(1, changed), (3, changed), (4, nothing), (5, blank), (6, nothing)]
