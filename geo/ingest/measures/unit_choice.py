"""The unit of a column: by option, by its heading, by its own values, or guessed from their distribution.

`measure_columns` calls `choose_unit`. `geo.ingest.cleaning.measured_fields` makes the evidence of each field.
"""

from dataclasses import dataclass

import numpy as np

from geo.fields import Field
from geo.ingest.measures.units import METERS, UNIT_NAMES, Heading

MIN_GUESS_VALUES = 10  # fewer values have no distribution
# A town's trees have a median of 6 to 15 in, and 95 % are under 36 in. In centimeters that is 15 to 38, and 91.
CM_MEDIAN, CM_HIGH_PERCENTILE = 22, 60
MM_MEDIAN = 120  # wider than nearly every tree, in inches as in centimeters
METRIC_HEIGHT_LIMIT = 45  # 95 % of a town's trees are lower, in meters
NO_HEADING = Heading()
DIAMETER_FIELD = "dbh_in"


@dataclass(frozen=True)
class UnitEvidence:
    """What is known of a column's unit before its values are read.

    `option` is what the user said, and `heading` what the column's name says. `is_settled` where a profile
    says that the numbers are in the field's unit, or converts them. `is_metric` where another column of the
    file is in a metric unit. `column` is the column's name.
    """

    option: Heading | None = None
    heading: Heading = NO_HEADING
    is_settled: bool = False
    is_metric: bool = False
    column: str = ""

    @property
    def is_girth(self) -> bool:
        """Whether the column holds girths, by the option or by its heading.

        >>> UnitEvidence(heading=Heading("in", is_girth=True)).is_girth
        True
        """
        return self.heading.is_girth or (self.option is not None and self.option.is_girth)


@dataclass(frozen=True)
class UnitChoice:
    """The unit of the numbers that name none, and the sentence that tells it ("" if there is nothing to tell)."""

    unit: str
    note: str = ""


def choose_unit(field: Field, evidence: UnitEvidence, bare_values: np.ndarray, value_units: set[str]) -> UnitChoice:
    """Return the unit of the numbers `bare_values`, which name none themselves.

    The option comes first, then the heading, then the unit that other values of the column name, then the
    distribution. `value_units` are the units that values name.

    >>> dbh = Field("dbh_in", "real", "Diameter.", unit="in", high=120)
    >>> centimeters = np.array([12, 18, 25, 31, 38, 41, 47, 55, 72, 88, 150])
    >>> choose_unit(dbh, UnitEvidence(), centimeters, set()).unit
    'cm'
    >>> choose_unit(dbh, UnitEvidence(Heading("mm")), centimeters, set()).unit
    'mm'
    """
    own_unit = field.unit or ""
    guess = guess_unit(field, bare_values, is_metric=evidence.is_metric)
    stated = (evidence.option.unit if evidence.option else None) or evidence.heading.unit
    if stated:
        return UnitChoice(stated, _stated_note(field, evidence, stated, guess))
    if evidence.is_settled:
        return UnitChoice(own_unit, _doubt_note(field, own_unit, guess))
    if len(value_units) == 1 and len(bare_values):
        unit = next(iter(value_units))
        return UnitChoice(unit, f"{field.name}: names no unit; read as {UNIT_NAMES[unit]}, as other rows say")
    if not len(bare_values) or own_unit not in METERS:
        return UnitChoice(own_unit)
    if guess and guess != own_unit:
        return UnitChoice(
            guess,
            f"{field.name}: no unit is named; read as {UNIT_NAMES[guess]}, a guess from the values. {_option_text(field, evidence)}",
        )
    return UnitChoice(own_unit, f"{field.name}: no unit is named; read as {UNIT_NAMES[own_unit]}")


def guess_unit(field: Field, values: np.ndarray, *, is_metric: bool = False) -> str | None:
    """Return the unit that the distribution of a field's values suggests. None where it doesn't decide.

    >>> height = Field("height_ft", "real", "Height.", unit="ft")
    >>> guess_unit(height, np.arange(5, 20), is_metric=True), guess_unit(height, np.arange(5, 20))
    ('m', None)
    """
    positive = values[np.isfinite(values) & (values > 0)]
    if len(positive) < MIN_GUESS_VALUES:
        return None
    median, high = np.percentile(positive, [50, 95])
    if field.name == DIAMETER_FIELD:
        if median > MM_MEDIAN:
            return "mm"
        return "cm" if median >= CM_MEDIAN and high >= CM_HIGH_PERCENTILE else None
    is_length_in_feet = field.name in {"height_ft", "crown_ft"}
    return "m" if is_length_in_feet and is_metric and high <= METRIC_HEIGHT_LIMIT else None


def _stated_note(field: Field, evidence: UnitEvidence, unit: str, guess: str | None) -> str:
    heading = evidence.heading.unit
    is_option = evidence.option is not None and evidence.option.unit is not None
    if is_option and heading not in {None, unit}:
        return f"{field.name}: read as {UNIT_NAMES[unit]} as told, though the heading '{evidence.column}' says {UNIT_NAMES[heading or unit]}"
    if guess and guess != unit and unit in METERS:
        return _doubt_note(field, unit, guess)
    if unit == field.unit:
        return ""
    origin_text = "as told" if is_option else f"by its heading '{evidence.column}'"
    return f"{field.name}: {UNIT_NAMES[unit]} {origin_text}; turned into {UNIT_NAMES[field.unit or unit]}"


def _doubt_note(field: Field, unit: str, guess: str | None) -> str:
    if guess is None or guess == unit:
        return ""
    return f"{field.name}: read as {UNIT_NAMES[unit]}, though the values look like {UNIT_NAMES[guess]}"


def _option_text(field: Field, evidence: UnitEvidence) -> str:
    return f"To be sure, add --map {field.name}={evidence.column}[{field.unit}] or the unit that it is"
