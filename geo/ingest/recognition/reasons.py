"""The reasons of a recognition in plain words.

`recognize` calls `reason_for_field` and `reason_for_unused`.
"""

from collections.abc import Mapping

from geo.ingest.mapping.profile import FieldOrigin
from geo.ingest.recognition.assign_columns import MIN_TOTAL
from geo.ingest.recognition.column_scores import MIN_FIT, ColumnScore, ScoreTable, field_entry
from geo.ingest.recognition.contents.column_contents import ColumnContents
from geo.schema import Layer

KIND_TEXTS = {
    "latin_name": "Latin names",
    "common_name": "common names of trees",
    "genus": "genera",
    "epithet": "the second words of Latin names",
    "family": "families",
    "diameter": "diameters",
    "condition": "words or grades of condition",
    "site_status": "words for what stands there",
    "case_status": "words of a case's status",
    "risk": "words or grades of risk",
    "address": "addresses",
    "house_number": "house numbers",
    "street_name": "street names",
    "street_part": "street names",
    "street_full_name": "street names",
    "street_suffix": "street suffixes",
    "direction": "directions",
    "flag": "yes or no",
    "suffix_letter": "single letters",
    "unit": "units",
    "parcel_number": "parcel numbers",
    "own_parcel_number": "parcel numbers",
    "id": "different in each row",
    "longitude": "longitudes",
    "latitude": "latitudes",
    "projected": "coordinates",
    "place": "places",
    "zip": "ZIP codes",
    "year": "years",
    "date": "dates",
    "range_number": "house numbers",
    "count": "counts",
    "measure": "measures",
    "category": "categories",
    "category_words": "categories in words",
    "words": "words",
    "code": "codes",
    "free_text": "text",
    "name": "names",
    "district_name": "names",
}


def reason_for_field(score: ColumnScore, field: str, layer: Layer) -> str:
    """Return why a column was taken for a field.

    >>> from geo.schema import LAYERS
    >>> reason_for_field(ColumnScore(1.0, 0.9, 0.97), "dbh_in", LAYERS["trees"])
    'name and values (diameters)'
    >>> reason_for_field(ColumnScore(1.0, 0.0, 0.75), "dbh_in", LAYERS["trees"])
    'name only'
    """
    kind = KIND_TEXTS.get(str(field_entry(layer.name, field).get("content", "")), "values of this field")
    if score.name == 0:
        return f"values only ({kind})"
    name_text = "name" if score.name >= 0.8 else "part of the name"
    return f"{name_text} and values ({kind})" if score.contents >= 0.25 else f"{name_text} only"


def reason_for_unused(item: ColumnContents, table: ScoreTable, origins: Mapping[str, FieldOrigin], layer: Layer) -> str:
    """Return why a column was not taken for any field.

    >>> import numpy as np
    >>> from geo.ingest.recognition.contents.column_contents import sample_contents
    >>> from geo.schema import LAYERS
    >>> table = ScoreTable(("DBH",), ("dbh_in",), np.zeros((1, 1)), {})
    >>> reason_for_unused(sample_contents("DBH", [""]), table, {}, LAYERS["trees"])
    'it is empty'
    """
    if not item.values:
        return "it is empty"
    row = table.columns.index(item.name)
    field = max(table.fields, key=lambda name: table.totals[row, table.fields.index(name)], default=None)
    if field and table.totals[row, table.fields.index(field)] >= MIN_TOTAL:
        taken_from = origins.get(field)
        if taken_from is not None:
            return f"{field} is taken from {taken_from}"
    contradiction = _contradicted_field(item.name, table, layer)
    if contradiction is not None:
        name, kind = contradiction
        return f"its name says {name}, but its values are not {kind}"
    return "no field of the layer fits"


def _contradicted_field(column: str, table: ScoreTable, layer: Layer) -> tuple[str, str] | None:
    """Return the field that a column's name says, and what its values would have to be, if they are something else."""
    from geo.ingest.recognition.name_scores import score_name  # noqa: PLC0415

    names = {
        field: score
        for field, score in score_name(column, layer.name).items()
        if score >= 0.8 and field in table.fields
    }
    excluded = [
        field
        for field in names
        if (column, field) not in table.scores or table.scores[column, field].contents <= MIN_FIT
    ]
    if not excluded:
        return None
    field = max(excluded, key=lambda name: names[name])
    kind = KIND_TEXTS.get(str(field_entry(layer.name, field).get("content", "")), "values of this field")
    return field.removeprefix("parts.").replace("_", " "), kind
