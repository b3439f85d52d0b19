"""Cleaning of field values: blanks, words for nothing, numbers in text, codes and bounds, each with a note.

`clean_layer` creates one `FieldCleaner` for each table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field

import pandas as pd

from geo.fields import Field
from geo.ingest.cleaning.cell_text import IDENTIFIER_FIELDS, note_lost_digits, restore_zips
from geo.ingest.cleaning.dates import UTC_SETTINGS, parse_dates
from geo.ingest.cleaning.graded_words import GRADED_FIELDS, read_graded_words
from geo.ingest.cleaning.usual_text import clean_texts
from geo.ingest.date_text.date_settings import DateSettings
from geo.ingest.measures.decimal_signs import use_decimal_points
from geo.ingest.measures.measure_columns import Measures, read_measures
from geo.ingest.measures.spreadsheet_marks import DATE_PROBLEM, is_spreadsheet_date, remove_spreadsheet_marks
from geo.ingest.measures.unit_choice import UnitEvidence
from geo.ingest.measures.units import unit_sizes
from geo.ingest.row_notes import RowNotes
from geo.ingest.text_columns import convert_distinct

# Words that mean an empty cell. "none" stays in fields where it is a value, such as clearance.
MISSING_WORDS = ("n/a", "na", "#n/a", "null", "nan", "nil", "<null>", "(null)", "none", "-", "--", "---", "?")
FIELDS_WHERE_NONE_IS_VALID = {"maintenance", "clearance", "hardscape", "wires", "overhead_wires", "outcome"}
BOOLEAN_BY_WORD = {
    "yes": True,
    "y": True,
    "true": True,
    "t": True,
    "1": True,
    "no": False,
    "n": False,
    "false": False,
    "f": False,
    "0": False,
}


@dataclass(frozen=True)
class FieldCleaner:
    """Cleans the fields of one table. An untyped table (CSV, XLSX) has only text.

    `delimiter` is the separator of a CSV file. `measures` holds what was read from each field with a
    unit, by its name.
    """

    notes: RowNotes
    is_untyped: bool = False
    delimiter: str | None = None
    measures: dict[str, Measures] = dataclass_field(default_factory=dict)
    date_settings: DateSettings = UTC_SETTINGS

    def clean_text(
        self, text: pd.Series, field_name: str, *, is_private: bool = False, raw_text: pd.Series | None = None
    ) -> pd.Series:
        """Return text with spaces trimmed and collapsed, unknown where blank or a word for nothing.

        `raw_text` is the file's column, if `text` was derived from it. A value is noted as null
        only where the file's cell is null. Values of a private field are never put into a note.

        >>> cleaner = FieldCleaner(RowNotes(3))
        >>> cleaner.clean_text(pd.Series([" Oak  Ave", "N/A", ""], dtype="str"), "street").tolist()
        ['Oak Ave', nan, nan]
        >>> cleaner.clean_text(pd.Series(["None", "Prune", "none"], dtype="str"), "maintenance").tolist()
        ['None', 'Prune', 'none']
        """
        missing_words = [
            word for word in MISSING_WORDS if word != "none" or field_name not in FIELDS_WHERE_NONE_IS_VALID
        ]
        cleaned = clean_texts(
            text, field_name, self.notes, missing_words, is_untyped=self.is_untyped, is_private=is_private
        )
        is_null = text.isna() & (text if raw_text is None else raw_text).isna()
        self.notes.note_unknown_values(field_name, "null", is_null)
        if field_name in IDENTIFIER_FIELDS:
            note_lost_digits(cleaned, field_name, self.notes)
        return (restore_zips(cleaned, self.notes) if field_name == "zip" else cleaned).astype("str")

    def clean_field(
        self,
        field: Field,
        text: pd.Series,
        *,
        code_by_word: Mapping[str, str],
        factor: float = 1.0,
        unknown_words: tuple[str, ...] = (),
        raw_text: pd.Series | None = None,
        evidence: UnitEvidence | None = None,
    ) -> pd.Series:
        """Return the values of a field in its dtype. Doubtful ones become unknown, with a note.

        `factor` converts numbers into the field's unit. `unknown_words` are values that mean
        unknown in this file. `evidence` is what is known of the unit of a measure. Without it, numbers
        are in the field's unit.

        >>> dbh = Field("dbh_in", "real", "Diameter.", unit="in", low=0.1, high=120)
        >>> text = pd.Series(["12 in", "9,908", "", "18.5"], dtype="str")
        >>> FieldCleaner(RowNotes(4)).clean_field(dbh, text, code_by_word={}).tolist()
        [12.0, nan, nan, 18.5]
        """
        cleaned = self.clean_text(text, field.name, is_private=field.private, raw_text=raw_text)
        if unknown_words:
            is_unknown = cleaned.isin(unknown_words).astype(bool)
            self.notes.note_emptied_values(field.name, "means unknown in this file", is_unknown, cleaned)
            cleaned = cleaned.mask(is_unknown)
        if field.kind == "code":
            if field.name in GRADED_FIELDS:
                cleaned = read_graded_words(field, cleaned, code_by_word, self.notes)
            return self.parse_codes(field, cleaned, code_by_word)
        if field.kind == "date":
            return parse_dates(cleaned, field.name, self.notes, self.date_settings)
        if field.kind == "flag":
            return self._parse_booleans(field, cleaned)
        if field.kind == "real" and unit_sizes(field.unit):
            measures = read_measures(
                field, cleaned, self.notes, evidence=evidence, factor=factor, delimiter=self.delimiter
            )
            self.measures[field.name] = measures
            return self._enforce_bounds(field, measures.values, cleaned)
        if field.kind in ("integer", "real"):
            return self._enforce_bounds(field, self.parse_numbers(field, cleaned) * factor, cleaned)
        return cleaned

    def parse_codes(self, field: Field, cleaned: pd.Series, code_by_word: Mapping[str, str]) -> pd.Series:
        """Return the code of each word, without regard to case, hyphens and underscores. Unknown words get a note.

        >>> condition = Field("condition", "code", "Condition.", codes=("good", "very_good", "unknown"))
        >>> words = {"very good": "very_good", "good": "good"}
        >>> cleaner = FieldCleaner(RowNotes(3))
        >>> cleaner.parse_codes(condition, pd.Series(["VERY_GOOD", "Good", "so-so"], dtype="str"), words).tolist()
        ['very_good', 'good', 'unknown']
        """
        code_by_normalized_word = {_normalize_word(word): code for word, code in code_by_word.items()}
        codes = convert_distinct(
            cleaned,
            lambda words: (
                words.str.lower().str.replace(r"[-_\s]+", " ", regex=True).str.strip().map(code_by_normalized_word)
            ),
        )
        is_unknown = cleaned.notna() & codes.isna()
        self.notes.note_emptied_values(field.name, "is not a known value of this field", is_unknown, cleaned)
        return (codes.fillna("unknown") if "unknown" in field.codes else codes).astype("str")

    def parse_numbers(self, field: Field, cleaned: pd.Series) -> pd.Series:
        """Return numbers without a unit as float64, nan where unreadable. Thousands separators are removed.

        >>> built = Field("dwellings", "integer", "Living units.")
        >>> text = pd.Series(["1,200", "35.0", "many", "Dec-14"], dtype="str")
        >>> FieldCleaner(RowNotes(4)).parse_numbers(built, text).tolist()
        [1200.0, 35.0, nan, nan]
        """
        bare = remove_spreadsheet_marks(cleaned)
        pointed = use_decimal_points(bare, self.delimiter, bounds=(field.low, field.high))
        number_text = pointed.text
        if field.kind == "integer" and self.is_untyped:
            number_text = number_text.str.replace(r"^([-+]?[0-9]+)\.0+$", r"\1", regex=True)
        self.notes.note_changed_values(field.name, "number found in text", cleaned, number_text.astype("str"))
        values = pd.to_numeric(number_text, errors="coerce").astype("float64").mask(pointed.is_ambiguous)
        is_not_number = cleaned.notna() & values.isna()
        is_date = is_not_number & is_spreadsheet_date(cleaned.where(is_not_number))
        is_ambiguous = is_not_number & pointed.is_ambiguous
        for mask, problem in (
            (is_date, DATE_PROBLEM),
            (is_ambiguous, "could be two numbers: its comma or point divides decimals or thousands"),
            (is_not_number & ~is_date & ~is_ambiguous, "is not a number"),
        ):
            self.notes.note_emptied_values(field.name, problem, mask, cleaned)
        return values

    def _enforce_bounds(self, field: Field, values: pd.Series, cleaned: pd.Series) -> pd.Series:
        low, high = field.low, field.high
        is_out_of_bounds = (values < low if low is not None else values.isna() & False) | (
            values > high if high is not None else False
        )
        number_format = ",g" if field.unit else "g"  # a year takes no thousands separator
        bounds_text = "is not a plausible value"
        if low is not None and high is not None:
            bounds_text = f"is not between {low:{number_format}} and {high:{number_format}}"
        self.notes.note_emptied_values(
            field.name, f"{bounds_text}{' ' + field.unit if field.unit else ''}", is_out_of_bounds, cleaned
        )
        values = values.mask(is_out_of_bounds)
        if field.kind == "real":
            return values.astype("float64")
        is_fraction = values.notna() & (values != values.round())
        self.notes.note_emptied_values(field.name, "is not a whole number", is_fraction, cleaned)
        return values.mask(is_fraction).astype("Int64")

    def _parse_booleans(self, field: Field, cleaned: pd.Series) -> pd.Series:
        booleans = cleaned.str.lower().map(BOOLEAN_BY_WORD).astype("boolean")
        self.notes.note_emptied_values(field.name, "is neither yes nor no", cleaned.notna() & booleans.isna(), cleaned)
        return booleans


def _normalize_word(word: str) -> str:
    return word.lower().replace("-", " ").replace("_", " ").strip()
