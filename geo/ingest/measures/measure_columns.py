"""A column of measures as numbers in its field's unit, with classes and several stems.

`FieldCleaner` calls `read_measures` for each field with a unit of length or area.
"""

from dataclasses import dataclass, replace
from math import isfinite, pi

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geo.fields import Field
from geo.ingest.measures.decimal_signs import use_decimal_points
from geo.ingest.measures.quantities import read_quantity
from geo.ingest.measures.spreadsheet_marks import remove_spreadsheet_marks
from geo.ingest.measures.unit_choice import DIAMETER_FIELD, UnitEvidence, choose_unit
from geo.ingest.measures.units import CONVERTED_DECIMALS, UNIT_NAMES, find_unit, unit_sizes
from geo.ingest.report_text import clip_values
from geo.ingest.row_notes import MAX_LISTED_ROWS, RowNotes

MAX_CLASS_END = 400  # as in `dbh_high_in`
NUMBER_AND_UNIT = r"^(?P<number>[-+]?[0-9]*\.?[0-9]+) ?(?P<unit>[A-Za-z²\"']+)\.?$"


@dataclass(frozen=True)
class Measures:
    """The measures of a column `(n,)` in the field's unit, nan where unknown.

    `values` are single sizes. `low` and `high` are the ends of classes. `stems` counts the stems that a
    value combines, 0 for one size. `text` is the column as it was read.
    """

    values: pd.Series
    low: pd.Series
    high: pd.Series
    stems: pd.Series
    text: pd.Series


@dataclass(frozen=True)
class _DistinctTexts:
    """The distinct texts of a column, and at last the unknown one. `rows` `(n,)` is the position of each row's text."""

    texts: pd.Series
    rows: np.ndarray

    @classmethod
    def of(cls, column: pd.Series) -> "_DistinctTexts":
        codes, texts = pd.factorize(column)
        return cls(pd.Series([*texts, None], dtype="str"), np.where(codes < 0, len(texts), codes))


@dataclass(frozen=True)
class _Readings:
    """What each distinct text says, in its own unit: columns like those of `Quantity`, and whether it is a plain number."""

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    stems: np.ndarray
    unit: np.ndarray
    problem: np.ndarray
    is_plain: np.ndarray


def read_measures(
    field: Field,
    cleaned: pd.Series,
    notes: RowNotes,
    *,
    evidence: UnitEvidence | None = None,
    factor: float = 1.0,
    delimiter: str | None = None,
) -> Measures:
    """Return a column of texts as measures in the field's unit. What cannot be read becomes unknown, with a note.

    `factor` converts the numbers that name no unit. Only a diameter may be a class or several stems.

    >>> dbh = Field("dbh_in", "real", "Diameter.", unit="in", low=0.1, high=120)
    >>> text = pd.Series(["12", "35 cm", "7-12", "6+8"], dtype="str")
    >>> measures = read_measures(dbh, text, RowNotes(4))
    >>> measures.values.tolist(), measures.high.tolist(), measures.stems.tolist()
    ([12.0, 13.7795, nan, 10.0], [nan, nan, 12.0, nan], [0, 0, 0, 2])
    """
    evidence = evidence or UnitEvidence(is_settled=True)
    distinct = _DistinctTexts.of(cleaned)
    readings = _read_distinct(field, cleaned, distinct, notes, delimiter)
    readings = _convert_to_field_unit(field, readings, evidence, factor, distinct, notes)
    is_implausible = (readings.low > (field.high or np.inf)) | (readings.high > MAX_CLASS_END) | (readings.high <= 0)
    readings.problem[is_implausible & (readings.problem == "")] = "is not a plausible class"
    _note_readings(field, cleaned, readings, distinct, notes)
    is_read = readings.problem == ""
    columns = {
        name: pd.Series(np.where(is_read, getattr(readings, name), nothing)[distinct.rows], index=cleaned.index)
        for name, nothing in (("value", np.nan), ("low", np.nan), ("high", np.nan), ("stems", 0))
    }
    return Measures(columns["value"], columns["low"], columns["high"], columns["stems"].astype("int64"), cleaned)


def _read_distinct(
    field: Field, cleaned: pd.Series, distinct: _DistinctTexts, notes: RowNotes, delimiter: str | None
) -> _Readings:
    """Read the distinct texts of a column, each in its own unit."""
    is_diameter = field.name == DIAMETER_FIELD
    bare = remove_spreadsheet_marks(distinct.texts)
    if not bare.equals(distinct.texts):
        expanded = bare.take(distinct.rows).set_axis(cleaned.index)
        notes.note_changed_values(field.name, "a spreadsheet's marks removed", cleaned, expanded)
    bounds, counts = (field.low, field.high), np.bincount(distinct.rows, minlength=len(bare))
    counts = np.where(bare.notna(), counts, 0)
    pointed = use_decimal_points(bare, delimiter, bounds=bounds, may_be_list=is_diameter, counts=counts)
    if pointed.sign == ",":
        has_comma = bare.str.contains(",", regex=False).fillna(value=False).to_numpy(dtype=bool)
        kind = f"{field.name}: numbers with a decimal comma"
        notes.add_note("noted", has_comma[distinct.rows], kind, is_listed=False)
    readings = _read_texts(pointed.text)
    if not is_diameter:
        readings = _refuse_several_values(readings)
    readings.problem[pointed.is_ambiguous] = (
        "could be two numbers: its comma or point divides decimals, thousands or stems"
    )
    return readings


def _read_texts(text: pd.Series) -> _Readings:
    """Read plain numbers and numbers with a unit as columns, and each other distinct text once."""
    count = len(text)
    value = pd.to_numeric(text, errors="coerce").to_numpy("float64").copy()
    unit, problem = np.full(count, None, dtype=object), np.full(count, "", dtype=object)
    low, high, stems = np.full(count, np.nan), np.full(count, np.nan), np.zeros(count, dtype=np.int64)
    is_plain = np.isfinite(value) | np.isinf(value)
    other = np.flatnonzero(text.notna().to_numpy() & ~is_plain)
    if len(other):
        other = _read_numbers_with_unit(text, other, value, unit)
    if len(other):
        codes, texts = pd.factorize(text.iloc[other])
        quantities = np.array([read_quantity(str(item)) for item in texts], dtype=object)
        for name, column in (
            ("value", value),
            ("low", low),
            ("high", high),
            ("stems", stems),
            ("unit", unit),
            ("problem", problem),
        ):
            column[other] = np.array([getattr(item, name) for item in quantities], dtype=column.dtype)[codes]
    return _Readings(value, low, high, stems, unit, problem, is_plain)


def _read_numbers_with_unit(text: pd.Series, rows: np.ndarray, value: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """Fill in `value` and `unit` of the rows like "35 cm". Returns the other rows."""
    parts = pc.extract_regex(pa.array(text.iloc[rows], pa.string(), from_pandas=True), NUMBER_AND_UNIT)
    words = pc.struct_field(parts, "unit").dictionary_encode()
    unit_of_word = np.array([*(find_unit(word) for word in words.dictionary.to_pylist()), None], dtype=object)
    found = unit_of_word[pc.fill_null(words.indices, len(unit_of_word) - 1).to_numpy(zero_copy_only=False)]
    is_found = np.asarray(pd.notna(found))
    numbers = pd.to_numeric(pc.struct_field(parts, "number").to_pandas(), errors="coerce").to_numpy("float64")
    value[rows[is_found]], unit[rows[is_found]] = numbers[is_found], found[is_found]
    return rows[~is_found]


def _refuse_several_values(readings: _Readings) -> _Readings:
    """Return readings in which only single sizes are left, for a field that has no classes and no stems."""
    problem = readings.problem.copy()
    problem[(problem != "") & np.isfinite(readings.value)] = ""  # a fraction that can only be a fraction
    problem[np.isfinite(readings.low) | np.isfinite(readings.high)] = "is a range, not one value"
    problem[readings.stems > 0] = "is several values, not one"
    no_end = np.full(len(problem), np.nan)
    return replace(readings, problem=problem, low=no_end, high=no_end.copy(), stems=np.zeros(len(problem), np.int64))


def _convert_to_field_unit(
    field: Field,
    readings: _Readings,
    evidence: UnitEvidence,
    factor: float,
    distinct: _DistinctTexts,
    notes: RowNotes,
) -> _Readings:
    """Return readings in the field's unit, girths as diameters. Tells the unit, and what contradicts it."""
    own_unit, sizes = field.unit or "", unit_sizes(field.unit)
    has_unit = np.array([item is not None for item in readings.unit], dtype=bool)
    is_other = has_unit & np.array([item not in sizes for item in readings.unit], dtype=bool)
    readings.problem[is_other & (readings.problem == "")] = f"is not in a unit of {field.name}"
    is_bare = (readings.problem == "") & ~has_unit & _has_size(readings)
    is_girth = evidence.is_girth and field.name == DIAMETER_FIELD
    divisor = pi if is_girth else 1.0
    bare_sizes = np.where(np.isfinite(readings.value), readings.value, _middle(readings))[distinct.rows] / divisor
    choice = choose_unit(field, evidence, bare_sizes[is_bare[distinct.rows]], set(readings.unit[has_unit & ~is_other]))
    if choice.note:
        told = is_bare if is_bare.any() else _has_size(readings)
        notes.add_note("noted", told[distinct.rows], choice.note, is_listed=False)
    unit = np.where(has_unit & ~is_other, readings.unit, choice.unit)
    unit = _settle_contradictions(field, evidence, unit, has_unit & ~is_other, distinct, notes)
    size_by_row = np.array([sizes.get(item, 1.0) for item in unit]) / sizes.get(own_unit, 1.0) / divisor
    if is_girth:
        kind = f"{field.name}: girth, turned into a diameter (divided by pi)"
        notes.add_note("noted", _has_size(readings)[distinct.rows], kind, is_listed=False)
    return _scale(readings, size_by_row, np.where(is_bare, factor, 1.0))


def _has_size(readings: _Readings) -> np.ndarray:
    is_size = np.isfinite(readings.value) | np.isfinite(readings.low) | np.isfinite(readings.high)
    return np.asarray(is_size & (readings.problem == ""))


def _middle(readings: _Readings) -> np.ndarray:
    """Return the middle of each class, or its only end."""
    low = np.where(np.isfinite(readings.low), readings.low, readings.high)
    high = np.where(np.isfinite(readings.high), readings.high, readings.low)
    return np.asarray((low + high) / 2)


def _settle_contradictions(
    field: Field,
    evidence: UnitEvidence,
    unit: np.ndarray,
    has_unit: np.ndarray,
    distinct: _DistinctTexts,
    notes: RowNotes,
) -> np.ndarray:
    """Return the unit of each row. The option goes before the value, and the value before the heading; both are told."""
    option, heading = evidence.option, evidence.heading.unit
    if option is not None and option.unit is not None:
        differs = has_unit & (unit != option.unit)
        kind = f"{field.name}: the value names another unit; read as {UNIT_NAMES[option.unit]}, as told"
        notes.add_note("noted", differs[distinct.rows], kind)
        return np.where(differs, option.unit, unit)
    if heading is not None:
        differs = has_unit & (unit != heading)
        kind = f"{field.name}: the value names another unit than the heading '{evidence.column}'; the value's is used"
        notes.add_note("noted", differs[distinct.rows], kind)
    return unit


def _scale(readings: _Readings, size_by_row: np.ndarray, factor_by_row: np.ndarray) -> _Readings:
    is_changed = (size_by_row != 1.0) | (readings.stems > 0)

    def convert(sizes: np.ndarray) -> np.ndarray:
        scaled = sizes * size_by_row
        return np.where(is_changed, np.round(scaled, CONVERTED_DECIMALS), scaled) * factor_by_row

    return replace(readings, value=convert(readings.value), low=convert(readings.low), high=convert(readings.high))


def _note_readings(
    field: Field, cleaned: pd.Series, readings: _Readings, distinct: _DistinctTexts, notes: RowNotes
) -> None:
    """Tell what was read from texts that are no plain numbers, and what could not be read."""
    is_class = (np.isfinite(readings.low) | np.isfinite(readings.high)) & (readings.problem == "")
    is_stems = (readings.stems > 0) & (readings.problem == "")
    is_number = ~readings.is_plain & np.isfinite(readings.value) & (readings.problem == "") & ~is_stems
    for mask, kind, sentence in (
        (is_number, "number found in text", "became '{value}'"),
        (is_stems, "several stems, combined into one diameter of the same basal area", "became '{value}'"),
        (is_class, "a class, not one diameter; kept as its low and high end", "is a class from {low} to {high}"),
    ):
        row_mask = mask[distinct.rows]
        rows = np.flatnonzero(row_mask)[: MAX_LISTED_ROWS["mended"]]
        sizes = zip(*(getattr(readings, name)[distinct.rows[rows]] for name in ("value", "low", "high")), strict=True)
        reasons = [
            f"{field.name}: '{text}' " + sentence.format(value=f"{value:g}", low=_end_text(low), high=_end_text(high))
            for text, (value, low, high) in zip(clip_values(cleaned.iloc[rows]), sizes, strict=True)
        ]
        notes.add_note("mended", row_mask, f"{field.name}: {kind}", reasons)
    for problem in dict.fromkeys(readings.problem[readings.problem != ""]):
        mask = pd.Series((readings.problem == problem)[distinct.rows], index=cleaned.index)
        notes.note_emptied_values(field.name, str(problem), mask, cleaned)


def _end_text(size: float) -> str:
    return f"{size:g}" if isfinite(size) else "unknown"
