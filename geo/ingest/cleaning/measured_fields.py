"""Measured fields: what a profile says of their units, and the classes and stems beside a diameter.

`clean_layer` calls `unit_evidence` for each field, and `fill_diameter_fields` for trees.
"""

import pandas as pd

from geo.fields import Field
from geo.ingest.mapping.profile import FieldOrigin, Profile
from geo.ingest.measures.measure_columns import Measures
from geo.ingest.measures.unit_choice import UnitEvidence
from geo.ingest.measures.units import METRIC_UNITS, Heading, read_heading, read_unit_option
from geo.ingest.row_notes import RowNotes


def unit_evidence(field: Field, profile: Profile) -> UnitEvidence:
    """Return what a profile and the heading of a field's column say about its unit.

    >>> from geo.schema import LAYERS
    >>> profile = Profile("", "trees", columns={"dbh_in": FieldOrigin(("DBH_CM",))})
    >>> unit_evidence(LAYERS["trees"].fields_by_name["dbh_in"], profile).heading.unit
    'cm'
    """
    origin = profile.columns.get(field.name, FieldOrigin())
    is_settled = bool(profile.name) or field.name in profile.factors or origin.constant is not None
    option, heading = _unit_words(origin, field.unit or "")
    heading = Heading() if field.name in profile.factors else heading  # the factor converts already
    others = [one for name, one in profile.columns.items() if name != field.name]
    is_metric = any(
        heading.unit in METRIC_UNITS or (option is not None and option.unit in METRIC_UNITS)
        for option, heading in (_unit_words(one, "m") for one in others)
    )
    return UnitEvidence(option, heading, is_settled, is_metric, "+".join(origin.columns))


def _unit_words(origin: FieldOrigin, field_unit: str) -> tuple[Heading | None, Heading]:
    option = read_unit_option(origin.unit, field_unit) if origin.unit else None
    return option, read_heading(" ".join(origin.columns), field_unit)


def fill_diameter_fields(
    columns: dict[str, pd.Series], diameters: Measures | None, notes: RowNotes
) -> dict[str, pd.Series]:
    """Return the columns of trees with the class and the number of stems that their diameters say.

    Values that the file has in columns of their own stay.

    >>> no_end, one = pd.Series([float("nan")]), pd.Series([3])
    >>> combined = Measures(pd.Series([6.9]), no_end, no_end, one, pd.Series(["3@4"]))
    >>> columns = {name: no_end for name in ("dbh_low_in", "dbh_high_in")} | {"stems": pd.Series([None], dtype="Int64")}
    >>> fill_diameter_fields(columns, combined, RowNotes(1))["stems"].tolist()
    [3]
    """
    if diameters is None:
        return columns
    is_exact = columns["dbh_in"].notna() if "dbh_in" in columns else pd.Series(data=False, index=diameters.low.index)
    low, high = (
        columns[name].fillna(end).mask(is_exact & columns[name].isna())
        for name, end in (("dbh_low_in", diameters.low), ("dbh_high_in", diameters.high))
    )
    counted = diameters.stems.where(diameters.stems > 0).astype("Int64")
    stems = columns["stems"]
    differs = (stems.notna() & counted.notna() & (stems != counted)).fillna(value=False).astype(bool)
    reasons = (
        "stems: "
        + stems[differs].astype("str")
        + ", but '"
        + diameters.text[differs]
        + "' has "
        + counted[differs].astype("str")
    )
    notes.add_note("noted", differs, "stems: another number than the diameters have; kept as the file says", reasons)
    return columns | {"dbh_low_in": low, "dbh_high_in": high, "stems": stems.fillna(counted).astype("Int64")}
