"""How well each column fits each field, by its name and its contents together.

`recognize` calls `score_columns`.
"""

from dataclasses import dataclass

import numpy as np

from geo.ingest.mapping.profile import EXTRA_FIELDS, TREE_STATUS_FIELDS
from geo.ingest.recognition.column_names import field_name_table
from geo.ingest.recognition.contents.column_contents import ColumnContents
from geo.ingest.recognition.contents.content_kinds import fit_contents
from geo.ingest.recognition.contents.content_words import RecognitionContext
from geo.ingest.recognition.name_scores import score_name, shared_prefix
from geo.schema import Layer

MIN_FIT = -0.5  # contents that fit worse are of another kind
MIN_FIT_ALONE = 0.95  # contents that are enough without a name
ALONE_SCORE = 0.42
EMPTY_FACTOR = 0.15  # a column without values loses against any other
CONSTANT_FACTOR = 0.3  # a column of one value, for a field whose rows differ
# Fields that may have one value in every row.
CONSTANT_FIELDS = {"town_declared", "postal_city", "zip", "town", "agency", "kind", "method", "year", "status", "owner_kind", "land_use"}  # fmt: skip
PREFIX_FACTOR = 0.95  # for a name without the words that most names of the file begin with
ADDRESS_PARTS = ("house_number", "predir", "street", "suffix", "postdir")


@dataclass(frozen=True, slots=True)
class ColumnScore:
    """The fit of one column and one field: the name's score 0 to 1, the contents' -1 to 1, and both together 0 to 1."""

    name: float
    contents: float
    total: float


@dataclass(frozen=True)
class ScoreTable:
    """The scores of all columns and fields. `totals` is `(columns, fields)`.

    `scores` has those above 0, by column and field.
    """

    columns: tuple[str, ...]
    fields: tuple[str, ...]
    totals: np.ndarray
    scores: dict[tuple[str, str], ColumnScore]


def recognizable_fields(layer: Layer, *, has_geometry: bool) -> tuple[str, ...]:
    """Return the fields that a column of a layer may hold, with the parts of addresses and of Latin names.

    >>> from geo.schema import LAYERS
    >>> "parts.house_number" in recognizable_fields(LAYERS["trees"], has_geometry=False)
    True
    """
    field_names = [*EXTRA_FIELDS, *(field.name for field in layer.fields)]
    if layer.name == "trees":
        field_names += [*TREE_STATUS_FIELDS, "parts.epithet"]
    if "address" in layer.fields_by_name and "number" not in layer.fields_by_name:
        field_names += [f"parts.{part}" for part in ADDRESS_PARTS]
    if has_geometry or not layer.geometry_types:
        field_names = [name for name in field_names if name not in {"lon", "lat", "x", "y", "wkt"}]
    return tuple(dict.fromkeys(field_names))


def score_columns(
    contents: list[ColumnContents], layer: Layer, fields: tuple[str, ...], context: RecognitionContext
) -> ScoreTable:
    """Return the scores of columns for the fields of a layer.

    >>> from geo.ingest.recognition.contents.column_contents import sample_contents
    >>> from geo.schema import LAYERS
    >>> columns = [sample_contents("Species", ["Red maple", "Pin oak"]), sample_contents("Botanical", ["Acer rubrum", "Quercus palustris"])]
    >>> table = score_columns(columns, LAYERS["trees"], ("species", "common"), RecognitionContext())
    >>> table.scores["Species", "common"].total > table.scores["Botanical", "common"].total if ("Botanical", "common") in table.scores else True
    True
    """
    scores: dict[tuple[str, str], ColumnScore] = {}
    prefix = shared_prefix([column.name for column in contents])
    for column in contents:
        name_scores = score_name(column.name, layer.name)
        if prefix and column.name.startswith(prefix):
            for field, name_score in score_name(column.name.removeprefix(prefix), layer.name).items():
                name_scores[field] = max(name_scores.get(field, 0.0), PREFIX_FACTOR * name_score)
        fits: dict[str, float] = {}
        for field in fields:
            score = _score_column(column, field, name_scores.get(field, 0.0), layer, context, fits)
            if score.total > 0:
                scores[column.name, field] = score
    totals = np.array(
        [
            [scores[item.name, field].total if (item.name, field) in scores else 0.0 for field in fields]
            for item in contents
        ]
    )
    return ScoreTable(tuple(item.name for item in contents), fields, totals.reshape(len(contents), len(fields)), scores)


def field_entry(layer_name: str, field: str) -> dict[str, object]:
    """Return the entry of a field in `field_names.toml`, empty without one.

    >>> field_entry("trees", "species")["content"]
    'latin_name'
    """
    table = field_name_table()
    if field.startswith("parts."):
        return table["parts"][field.removeprefix("parts.")]
    return table.get(layer_name, {}).get(field) or table["any"].get(field) or {}


def _score_column(
    column: ColumnContents,
    field: str,
    name_score: float,
    layer: Layer,
    context: RecognitionContext,
    fits: dict[str, float],
) -> ColumnScore:
    """Return the score of one column and field. `fits` keeps the fits of the column's contents by kind."""
    entry = field_entry(layer.name, field)
    kind = str(entry.get("content", "")) or _kind_of_field(layer, field)
    if name_score == 0 and not entry.get("alone"):
        return ColumnScore(0.0, 0.0, 0.0)
    fit = fits.setdefault(kind, fit_contents(kind, column, context)) if kind else 0.0
    if name_score == 0:
        is_enough = fit >= MIN_FIT_ALONE and column.filled > 0.2 and len(column.values) >= 5 and not column.is_constant
        return ColumnScore(0.0, fit, ALONE_SCORE if is_enough else 0.0)
    if fit <= MIN_FIT:
        return ColumnScore(name_score, fit, 0.0)
    total = name_score * (0.75 + 0.25 * fit) + 0.02 * min(column.filled, 1.0) * name_score
    if not column.values:
        total *= EMPTY_FACTOR
    elif column.is_constant and field not in CONSTANT_FIELDS and (name_score < 1 or fit <= 0.5):
        total *= CONSTANT_FACTOR
    return ColumnScore(name_score, fit, float(total))


def _kind_of_field(layer: Layer, field: str) -> str:
    """Return the kind of contents of a field without an entry, by its type."""
    known = layer.fields_by_name.get(field)
    kinds = {"date": "date", "integer": "count", "real": "measure", "flag": "flag", "code": "category"}
    return kinds.get(known.kind, "") if known else ""
