"""Recognition of a file's columns: which one holds which field of a layer, why, and how surely.

`geo.ingest.mapping.choose_profile` calls `recognize_columns` where no profile fits. `lotleaf inspect`
shows the result. See `docs/decisions/0033-recognition.md`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from geo.ingest.mapping.profile import FieldOrigin
from geo.ingest.recognition.assign_columns import (
    LOW,
    MIN_TOTAL,
    assign_columns,
    confidence_of,
)
from geo.ingest.recognition.column_scores import ScoreTable, field_entry, recognizable_fields, score_columns
from geo.ingest.recognition.combine_columns import combine_columns
from geo.ingest.recognition.contents.column_contents import ColumnContents, read_contents
from geo.ingest.recognition.contents.content_words import RecognitionContext
from geo.ingest.recognition.name_scores import EXACT, score_name
from geo.ingest.recognition.reasons import reason_for_field, reason_for_unused
from geo.schema import LAYERS, Layer

COORDINATE_FIELDS = {"lon", "lat", "x", "y", "wkt"}
MIN_ALTERNATIVE_NAME, MIN_ALTERNATIVE_TOTAL = 0.45, 0.4  # of a column that says the same field as another
COORDINATE_NAMES = (
    *(("x", "y"), ("easting", "northing"), ("east", "north"), ("longitude", "latitude"), ("long", "lat")),
    *(("lon", "lat"), ("lng", "lat")),
)
SAMPLES = 3  # values of each column that are shown
# Main fields of which one is enough.
ALTERNATIVE_FIELDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "trees": (("species", "common"), ("address", "lon", "x", "wkt")),
    "addresses": (("address", "number"), ("address", "street")),
    "streets": (("name", "street"),),
    "inspections": (("parcel_key", "address", "lon", "x", "wkt"),),
}


@dataclass(frozen=True, slots=True)
class RecognizedColumn:
    """One column of a file: the field that it was taken for, or None, why, how surely, and three of its values.

    `rival` is another column that fits the field as well, if there is one.
    """

    column: str
    field: str | None
    confidence: str | None
    reason: str
    samples: tuple[str, ...]
    rival: str | None = None


@dataclass(frozen=True)
class Recognition:
    """All columns of a file as they were recognized for a layer.

    `origins` maps fields to their columns. `missing` names the main fields that no column holds.
    `contents` has a sample of each column. `alternatives` names, for main fields that have one column, the unused columns whose
    name and contents say the same field.
    """

    layer: str
    columns: tuple[RecognizedColumn, ...]
    origins: Mapping[str, FieldOrigin]
    missing: tuple[str, ...]
    score: float
    contents: tuple[ColumnContents, ...]
    alternatives: Mapping[str, tuple[str, ...]]

    @property
    def unsure_fields(self) -> dict[str, tuple[str, ...]]:
        """The main fields whose column is not sure, each with the columns that may hold it, the best first."""
        return {
            item.field: tuple(filter(None, (item.column, item.rival)))
            for item in self.columns
            if item.field and item.confidence == LOW and is_main_field(self.layer, item.field)
        }


def recognize_columns(
    columns: Mapping[str, pa.ChunkedArray], layer: Layer, context: RecognitionContext, *, has_geometry: bool
) -> Recognition:
    """Return which column of a table holds which field of a layer.

    Names and contents of all columns are weighed together. A column without a field is named with the reason.

    >>> from geo.schema import LAYERS
    >>> table = {"BOTANICALN": ["Acer rubrum", "Quercus alba"], "Name": ["Red maple", "White oak"], "DIAM": ["12", "7.5"]}
    >>> arrow = {name: pa.chunked_array([values]) for name, values in table.items()}
    >>> recognition = recognize_columns(arrow, LAYERS["trees"], RecognitionContext(), has_geometry=True)
    >>> {field: str(origin) for field, origin in recognition.origins.items()}
    {'species': 'BOTANICALN', 'common': 'Name', 'dbh_in': 'DIAM'}
    """
    contents = tuple(read_contents(name, column) for name, column in columns.items())
    return recognize_contents(contents, layer, context, has_geometry=has_geometry)


def recognize_contents(
    contents: tuple[ColumnContents, ...], layer: Layer, context: RecognitionContext, *, has_geometry: bool
) -> Recognition:
    """Return the recognition of columns whose contents were read already."""
    fields = recognizable_fields(layer, has_geometry=has_geometry)
    table = score_columns(list(contents), layer, fields, context)
    whole = [not field.startswith("parts.") for field in fields]
    whole_fields = tuple(field for field, is_whole in zip(fields, whole, strict=True) if is_whole)
    assigned = _assign_with_case(ScoreTable(table.columns, whole_fields, table.totals[:, whole], table.scores))
    assigned = _choose_coordinates(table, pair_coordinates(table, assigned))
    origins = combine_columns(table, assigned, {item.name: item for item in contents}, layer.name)
    origins |= _empty_columns(contents, whole_fields, layer, origins)
    order = {field: index for index, field in enumerate(fields)}
    origins = dict(sorted(origins.items(), key=lambda item: order[item[0]]))
    recognized = tuple(_describe_column(item, table, origins, layer) for item in contents)
    return Recognition(
        layer=layer.name,
        columns=recognized,
        origins=origins,
        missing=missing_main_fields(layer.name, origins),
        score=_total_score(table, origins, layer),
        contents=contents,
        alternatives=_alternative_columns(table, origins, layer.name),
    )


def is_main_field(layer_name: str, field: str) -> bool:
    """Return whether a field is one of the main fields of its layer.

    >>> is_main_field("trees", "dbh_in"), is_main_field("trees", "notes")
    (True, False)
    """
    return bool(field_entry(layer_name, field).get("main"))


def _assign_with_case(table: ScoreTable) -> dict[str, str]:
    """Return the column of each field. The number of a case comes before the id of a row, for a row may have no id of its own."""
    if "case_id" not in table.fields:
        return assign_columns(table)
    is_other = [field != "id" for field in table.fields]
    other_fields = tuple(field for field in table.fields if field != "id")
    assigned = assign_columns(ScoreTable(table.columns, other_fields, table.totals[:, is_other], table.scores))
    is_free = [column not in assigned.values() for column in table.columns]
    free_columns = tuple(column for column in table.columns if column not in assigned.values())
    ids = ScoreTable(free_columns, ("id",), table.totals[is_free][:, [not other for other in is_other]], table.scores)
    return assigned | assign_columns(ids)


def _empty_columns(
    contents: tuple[ColumnContents, ...], fields: tuple[str, ...], layer: Layer, origins: Mapping[str, FieldOrigin]
) -> dict[str, FieldOrigin]:
    """Return the columns without a value whose name is just that of a field, for the fields that no other column holds."""
    used = {column for origin in origins.values() for column in origin.columns}
    found: dict[str, FieldOrigin] = {}
    for item in contents:
        if item.values or item.name in used:
            continue
        name_scores = score_name(item.name, layer.name)
        named = [field for field in fields if name_scores.get(field) == EXACT]
        own_name = item.name.strip().lower().replace(" ", "_")
        field = own_name if own_name in named else next(iter(named), None)
        if field is not None and field not in {*COORDINATE_FIELDS, *origins, *found}:
            found[field] = FieldOrigin((item.name,))
    return found


def _alternative_columns(
    table: ScoreTable, origins: Mapping[str, FieldOrigin], layer_name: str
) -> dict[str, tuple[str, ...]]:
    used = {column for origin in origins.values() for column in origin.columns}
    alternatives = {
        field: tuple(
            column
            for column in table.columns
            if column not in used
            and (score := table.scores.get((column, field))) is not None
            and score.name >= MIN_ALTERNATIVE_NAME
            and score.total >= MIN_ALTERNATIVE_TOTAL
        )
        for field, origin in origins.items()
        if len(origin.columns) == 1 and is_main_field(layer_name, field) and field not in {"id", *COORDINATE_FIELDS}
    }
    return {field: columns for field, columns in alternatives.items() if columns}


def pair_coordinates(table: ScoreTable, assigned: dict[str, str]) -> dict[str, str]:
    """Return the assignment with coordinates that belong together: the column for y that is named like the one for x.

    A file may have several systems, and x of one with y of another is a place where nothing is.

    >>> import numpy as np
    >>> from geo.ingest.recognition.column_scores import ColumnScore
    >>> score = ColumnScore(1.0, 0.8, 0.97)
    >>> table = ScoreTable(("x", "y", "Northing"), ("x", "y"), np.zeros((3, 2)), {("y", "y"): score, ("Northing", "y"): score})
    >>> pair_coordinates(table, {"x": "x", "y": "Northing"})
    {'x': 'x', 'y': 'y'}
    """
    paired = dict(assigned)
    for first, second in (("x", "y"), ("lon", "lat")):
        if first not in assigned or second not in assigned:
            continue
        partners = {_partner_name(assigned[first], old, new) for old, new in COORDINATE_NAMES} - {None}
        best = next((name for name in table.columns if name.casefold() in partners), None)
        score = table.scores.get((best, second)) if best else None
        if best and score is not None and score.total >= MIN_TOTAL and best not in assigned.values():
            paired[second] = best
    return paired


def _partner_name(name: str, old: str, new: str) -> str | None:
    """Return the name of the other coordinate's column, in small letters. None where a name has not just one such word.

    >>> _partner_name("POINT_X", "x", "y"), _partner_name("Easting", "easting", "northing"), _partner_name("lon", "x", "y")
    ('point_y', 'northing', None)
    """
    text, count = re.subn(rf"(?i)(?<![a-z]){old}(?![a-z])|(?<=[a-z]){old}$", new, name)
    return text.casefold() if count == 1 else None


def _choose_coordinates(table: ScoreTable, assigned: dict[str, str]) -> dict[str, str]:
    """Return the assignment with one kind of place: degrees before one column with both, and both before a projected pair."""
    pairs = [{"lon", "lat"}, {"wkt"}, {"x", "y"}]
    complete = [pair for pair in pairs if pair <= set(assigned)]
    if not complete:
        return assigned

    def total(pair: set[str]) -> float:
        return min(table.scores[assigned[field], field].total for field in pair)

    best = max(complete, key=lambda pair: (round(total(pair), 1), -pairs.index(pair)))
    dropped = COORDINATE_FIELDS - best
    return {field: column for field, column in assigned.items() if field not in dropped}


def _describe_column(
    item: ColumnContents, table: ScoreTable, origins: Mapping[str, FieldOrigin], layer: Layer
) -> RecognizedColumn:
    samples = tuple(value[:60] for value in item.first_values(SAMPLES))
    used_columns = {column for origin in origins.values() for column in origin.columns}
    fields = [field for field, origin in origins.items() if item.name in origin.columns]
    if not fields:
        return RecognizedColumn(item.name, None, None, reason_for_unused(item, table, origins, layer), samples)
    field = min(fields, key=lambda name: len(origins[name].columns))
    if len(origins[field].columns) > 1 or (item.name, field) not in table.scores:
        reason = f"part of {field}, with {' and '.join(name for name in origins[field].columns if name != item.name)}"
        return RecognizedColumn(item.name, field, "high", reason, samples)
    if not item.values:
        return RecognizedColumn(item.name, field, "high", "name only; it is empty", samples)
    confidence, rival = confidence_of(table, field, item.name, used_columns - {item.name})
    return RecognizedColumn(
        item.name, field, confidence, reason_for_field(table.scores[item.name, field], field, layer), samples, rival
    )


def missing_main_fields(layer_name: str, origins: Mapping[str, FieldOrigin]) -> tuple[str, ...]:
    """Return the main fields of a layer that no column holds. One kind of name, of address or of street is enough.

    >>> missing_main_fields("trees", {"id": FieldOrigin(("ID",)), "common": FieldOrigin(("NAME",))})
    ('dbh_in', 'condition', 'address')
    """
    names = ("id", *(field.name for field in LAYERS[layer_name].fields))
    missing = [name for name in names if is_main_field(layer_name, name) and name not in origins]
    for group in ALTERNATIVE_FIELDS.get(layer_name, ()):
        told = () if not set(group).isdisjoint(origins) else group[:1]
        missing = [name for name in missing if name not in group or name in told]
    return tuple(missing)


def _total_score(table: ScoreTable, origins: Mapping[str, FieldOrigin], layer: Layer) -> float:
    """Return the sum of the scores of the main fields, by which layers are compared."""
    totals = [
        table.scores[origin.columns[0], field].total if (origin.columns[0], field) in table.scores else MIN_TOTAL
        for field, origin in origins.items()
        if is_main_field(layer.name, field) and field not in {"id", "address"}
    ]
    return float(sum(totals))
