"""Fields that share a column, and fields from several columns: an address from its parts, a Latin name from genus and epithet.

`recognize` calls `combine_columns` after the columns are assigned.
"""

from collections.abc import Mapping

from geo.ingest.mapping.profile import FieldOrigin
from geo.ingest.recognition.assign_columns import assign_columns
from geo.ingest.recognition.column_scores import ADDRESS_PARTS, ScoreTable
from geo.ingest.recognition.contents.column_contents import ColumnContents

MIN_WHOLE_FIT = 0.2  # contents of a whole address, or of a whole Latin name
MIN_GENUS_FIT = 0.4
MIN_SINGLE_WORDS = 0.6  # share of single words in a column of epithets
MIN_ID_TOTAL = 0.5  # an id that is less sure gives way to the id of the site or the case
SHARED_FIELDS = {"on_street"}  # a street's column serves both the address and this field
# The field whose column is the id where no column is an id of its own.
ID_FIELDS = {"trees": "site_id", "inspections": "case_id"}


def combine_columns(
    table: ScoreTable, columns: Mapping[str, str], contents: Mapping[str, ColumnContents], layer_name: str
) -> dict[str, FieldOrigin]:
    """Return the origin of each field, with the fields that several columns make up.

    A column of whole addresses comes first. Without one, number and street make the address. A
    street without a number is no address. Genus and epithet make the Latin name.
    """
    part_columns = _assign_parts(table, columns)
    origins = {field: FieldOrigin((column,)) for field, column in columns.items()}
    if "parts.house_number" in table.fields:
        _combine_address(table, columns, part_columns, origins)
    if layer_name == "trees":
        _combine_latin_name(table, columns, part_columns, contents, origins)
    _share_id(table, columns, origins, ID_FIELDS.get(layer_name))
    return origins


def _assign_parts(table: ScoreTable, columns: Mapping[str, str]) -> dict[str, str]:
    """Return the column of each part of an address or name, among those that are no better as something else."""
    is_part = [field.startswith("parts.") for field in table.fields]
    totals = table.totals.copy()
    for field, column in columns.items():
        row = table.columns.index(column)
        own_total = table.totals[row, table.fields.index(field)]
        if field not in {*SHARED_FIELDS, "address"}:
            totals[row] = [total if total > own_total else 0.0 for total in totals[row]]
    parts = tuple(field for field in table.fields if field.startswith("parts."))
    return assign_columns(ScoreTable(table.columns, parts, totals[:, is_part], table.scores))


def _combine_address(
    table: ScoreTable, columns: Mapping[str, str], part_columns: Mapping[str, str], origins: dict[str, FieldOrigin]
) -> None:
    whole = columns.get("address")
    if whole is not None and table.scores[whole, "address"].contents >= MIN_WHOLE_FIT:
        return
    parts = [part_columns.get(f"parts.{part}") for part in ADDRESS_PARTS]
    if parts[0] is None or parts[2] is None:
        if whole is not None and table.scores[whole, "address"].contents < 0:
            del origins["address"]
        return
    used_parts = tuple(part for part in parts if part)
    for field in [field for field, column in columns.items() if column in used_parts and field not in SHARED_FIELDS]:
        origins.pop(field, None)
    origins["address"] = FieldOrigin(used_parts)


def _combine_latin_name(
    table: ScoreTable,
    columns: Mapping[str, str],
    part_columns: Mapping[str, str],
    contents: Mapping[str, ColumnContents],
    origins: dict[str, FieldOrigin],
) -> None:
    genus, species = columns.get("genus"), columns.get("species")
    if genus is None or table.scores[genus, "genus"].contents < MIN_GENUS_FIT:
        return
    epithet = part_columns.get("parts.epithet")
    if epithet and species and table.scores[epithet, "parts.epithet"].total > table.scores[species, "species"].total:
        species = None
    if species is not None and table.scores[species, "species"].contents < MIN_WHOLE_FIT:
        is_epithet = contents[species].share(r"^(?:[x\xd7X]\s+)?[^\W\d_][\w.-]*$") >= MIN_SINGLE_WORDS
        origins["species"] = FieldOrigin((genus, species)) if is_epithet else origins["species"]
    elif species is None and epithet is not None:
        for field in [field for field, column in columns.items() if column == epithet]:
            origins.pop(field, None)
        origins["species"] = FieldOrigin((genus, epithet))


def _share_id(
    table: ScoreTable, columns: Mapping[str, str], origins: dict[str, FieldOrigin], id_field: str | None
) -> None:
    """Take the column of the site's or the case's id as the row's id, if no column is surely an id of its own."""
    if id_field is None or id_field not in origins:
        return
    own = columns.get("id")
    if own is None or table.scores[own, "id"].total < MIN_ID_TOTAL:
        origins["id"] = origins[id_field]
