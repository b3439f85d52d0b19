"""What each column of a file was taken for, as reports and the screen show it.

`geo.ingest.read_source` puts it into the report of a load. `lotleaf inspect` shows it as a table.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from geo.ingest.mapping.profile import OWN_PROFILE, Profile
from geo.ingest.recognition.recognize import Recognition, RecognizedColumn, missing_main_fields
from geo.schema import LAYERS

ID_REASON = "it tells the rows apart, also in the next export"  # of a column that `id_columns` chose as the id


def column_details(
    columns: Mapping[str, Any], profile: Profile, recognition: Recognition | None, column_mapping: Mapping[str, str]
) -> dict[str, Any]:
    """Return what a report tells of the columns: the mapping, the unused ones, and what is missing."""
    used_columns = {column for origin in profile.columns.values() for column in origin.columns}
    details: dict[str, Any] = {
        "mapping": {name: str(origin) for name, origin in profile.columns.items()},
        "unused": [name for name in columns if name not in used_columns],
        "columns": describe_columns(columns, profile, recognition, column_mapping),
        "recognized": recognition is not None and not profile.name,
        # Files in lotleaf's own format have the columns that they need. A main field is told below.
        "missing_columns": None if profile.name == OWN_PROFILE else list(profile.missing_columns) or None,
        "missing_fields": list(missing_main_fields(profile.layer, profile.columns)) or None,
    }
    return details


def describe_columns(
    column_names: Iterable[str], profile: Profile, recognition: Recognition | None, column_mapping: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return one entry for each column of a file: its fields, the reason, and how sure that is.

    A column that a profile or `--map` names is sure. The other ones are as they were recognized.

    >>> describe_columns(["DIAM"], Profile("", "trees"), None, {})
    [{'column': 'DIAM', 'fields': [], 'reason': 'the profile does not use it', 'confidence': None}]
    """
    recognized = {} if recognition is None or profile.name else {item.column: item for item in recognition.columns}
    return [_describe_column(name, recognized.get(name), profile, column_mapping) for name in column_names]


def _describe_column(
    name: str, recognized: RecognizedColumn | None, profile: Profile, column_mapping: Mapping[str, str]
) -> dict[str, Any]:
    fields = [field for field, origin in profile.columns.items() if name in origin.columns]
    if any(field in column_mapping for field in fields):
        return {"column": name, "fields": fields, "reason": "named with --map", "confidence": "high"}
    if not fields:
        return {
            "column": name,
            "fields": [],
            "reason": _reason_for_unused(recognized, column_mapping),
            "confidence": None,
        }
    if recognized is None or recognized.field not in fields:
        reason = f"profile {profile.name}" if profile.name else ID_REASON
        return {"column": name, "fields": fields, "reason": reason, "confidence": "high"}
    values = [] if _is_private(fields, profile.layer) else list(recognized.samples)
    entry: dict[str, Any] = {
        "column": name,
        "fields": fields,
        "reason": recognized.reason,
        "confidence": recognized.confidence,
        "values": values,
    }
    return entry | ({"rival": recognized.rival} if recognized.rival else {})


def _reason_for_unused(recognized: RecognizedColumn | None, column_mapping: Mapping[str, str]) -> str:
    if recognized is None:
        return "the profile does not use it"
    if recognized.field is None:
        return recognized.reason
    return (
        "another column was named with --map" if recognized.field in column_mapping else "another column goes before it"
    )


def _is_private(fields: list[str], layer_name: str) -> bool:
    """Return whether a column holds a private field, whose values stay out of reports.

    >>> _is_private(["phone"], "inspections"), _is_private(["kind"], "inspections")
    (True, False)
    """
    known = LAYERS[layer_name].fields_by_name
    return any(name in known and known[name].private for name in fields)
