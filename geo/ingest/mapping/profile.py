"""Profiles: which column holds which field, by a TOML file, by `--map`, or by recognition of the columns.

The profiles are in `profiles/*.toml`, and the words for codes in `codes.toml`. Where no profile fits,
`geo.ingest.recognition` recognizes the columns. `choose_profile.py` picks the profile of a file.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from geo.errors import BadInput, NeedsOption
from geo.ingest.date_text.date_settings import check_date_formats
from geo.ingest.measures.units import read_unit_option, unit_sizes
from geo.schema import LAYERS, Layer, layer_named

BRACKETED = re.compile(r"(.+?)\s*\[([^\]]+)\]")  # DBH[cm], and status[Lien]
MODULE_DIR = Path(__file__).parent
# Names that a file may have besides a layer's fields: the id, the location, and for trees their status.
EXTRA_FIELDS = ("id", "lon", "lat", "x", "y", "wkt")
COORDINATE_FIELDS = {"lon", "lat", "x", "y", "wkt"}
TREE_STATUS_FIELDS = ("status", "removed_on")
OWN_PROFILE = "lotleaf"  # the profile of lotleaf's own exports, with every field under its own name


@dataclass(frozen=True)
class FieldOrigin:
    """The origin of a field: columns joined by a space, or a constant. `unit` is that of the column's numbers."""

    columns: tuple[str, ...] = ()
    constant: str | None = None
    unit: str | None = None

    def __str__(self) -> str:
        """Return the origin as `--map` takes it.

        >>> str(FieldOrigin(("NUM", "STREET"))), str(FieldOrigin(constant="open")), str(FieldOrigin(("DBH",), unit="cm"))
        ('NUM+STREET', '=open', 'DBH[cm]')
        """
        if self.constant is not None:
            return f"={self.constant}"
        return "+".join(self.columns) + (f"[{self.unit}]" if self.unit else "")


@dataclass(frozen=True)
class Profile:
    """The mapping of a vendor's file to a layer.

    `marks` are the columns by which the file is recognized. `columns` maps fields to their origins.
    `codes` maps the file's words to codes, by field. `factors` convert numbers into the field's
    unit. `unknown_words` are values that mean unknown, by field. `join_keys` name the key columns
    of a geometry file and its attribute table. `date_formats` are formats of dates as strptime takes
    them, by field. `is_guessed` says that the user did not name the profile. `missing_columns` are
    those that the profile names and the file does not have.
    """

    name: str
    layer: str
    description: str = ""
    licence: str | None = None
    crs: str | None = None
    marks: tuple[str, ...] = ()
    columns: Mapping[str, FieldOrigin] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    factors: Mapping[str, float] = field(default_factory=dict)
    unknown_words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    join_keys: Mapping[str, str] = field(default_factory=dict)
    date_formats: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    is_guessed: bool = False
    missing_columns: tuple[str, ...] = ()

    def report_label(self) -> str | None:
        """Return the profile's name for a report, and whether it was guessed.

        >>> Profile("stl-311", "inspections", is_guessed=True).report_label()
        'stl-311 (guessed from its columns)'
        >>> Profile("", "trees").report_label()
        'none fits; columns recognized by names and contents'
        """
        if not self.name:
            return "none fits; columns recognized by names and contents"
        return f"{self.name} (guessed from its columns)" if self.is_guessed else self.name


def profiles_by_name() -> dict[str, Profile]:
    """Return all bundled profiles by name.

    >>> profiles_by_name()["stl-city-trees"].layer
    'trees'
    """
    return dict(_read_profiles())


@cache
def _read_profiles() -> tuple[tuple[str, Profile], ...]:
    paths = sorted((MODULE_DIR / "profiles").glob("*.toml"))
    return tuple((path.stem, _read_profile(path)) for path in paths)


def _read_profile(path: Path) -> Profile:
    return parse_profile(path.stem, tomllib.loads(path.read_text("utf-8")))


def parse_profile(profile_name: str, table: Mapping[str, Any]) -> Profile:
    """Return the profile that the table of a TOML file describes.

    >>> parse_profile("bel-nor", {"layer": "trees", "columns": {"address": ["NUM", "STREET"]}}).columns["address"].columns
    ('NUM', 'STREET')
    """
    columns = {
        name: FieldOrigin((column,) if isinstance(column, str) else tuple(column))
        for name, column in table.get("columns", {}).items()
    }
    columns |= {
        name: replace(
            columns[name], unit=_checked_unit(name, unit, layer_named(table["layer"]), f"{profile_name}: [unit]")
        )
        for name, unit in table.get("unit", {}).items()
        if name in columns
    }
    date_formats = {
        name: (texts,) if isinstance(texts, str) else tuple(texts) for name, texts in table.get("dates", {}).items()
    }
    check_date_formats(date_formats, profile_name)
    constants = {name: FieldOrigin(constant=value) for name, value in table.get("constants", {}).items()}
    return Profile(
        name=profile_name,
        layer=table["layer"],
        description=table.get("description", table.get("says", "")),
        licence=table.get("licence"),
        crs=table.get("crs"),
        marks=tuple(table.get("marks", ())),
        columns=columns | constants,
        codes={name: _code_by_word(words) for name, words in table.get("codes", {}).items()},
        factors=table.get("factor", {}),
        unknown_words={name: tuple(words) for name, words in table.get("unknown", {}).items()},
        join_keys=table.get("join", {}),
        date_formats=date_formats,
    )


def _code_by_word(codes: Mapping[str, list[str]]) -> dict[str, str]:
    return {word: code for code, words in codes.items() for word in words}


@cache
def common_code_words() -> dict[str, dict[str, str]]:
    """Return the words that mean a code in any file, by field. A key is "code:word".

    >>> common_code_words()["condition"]["good:healthy"]
    'good'
    """
    tables = tomllib.loads((MODULE_DIR / "codes.toml").read_text("utf-8"))
    words_by_field: dict[str, dict[str, str]] = {field_name: {} for field_name in tables}
    for field_name, codes in tables.items():
        for code, words in codes.items():
            words_by_field[field_name] |= {f"{code}:{word}": code for word in words}
    return words_by_field


def field_code_words(profile: Profile, field_name: str, codes: Iterable[str]) -> dict[str, str]:
    """Return the code that each word means in a field with these codes. The profile's words come first.

    >>> words = field_code_words(Profile("", "trees"), "condition", ("very_good", "good"))
    >>> words["v good"], words["healthy"], "dead" in words
    ('very_good', 'good', False)
    """
    allowed_codes = set(codes)
    common_words = {
        key.split(":", 1)[1]: code
        for key, code in common_code_words().get(field_name, {}).items()
        if code in allowed_codes
    }
    own_words = {code.replace("_", " "): code for code in allowed_codes}
    return common_words | own_words | dict(profile.codes.get(field_name, {}))


def _resolve_columns(profile: Profile, layer: Layer, column_names: list[str], *, has_mapping: bool) -> Profile:
    """Return the profile with columns in the file's own spelling, without the ones that the file lacks.

    Raises NeedsOption if the file has none of them.
    """
    spelling_by_name = {name.casefold(): name for name in reversed(column_names)} | {
        name: name for name in column_names
    }
    known_names = {name.casefold() for name in column_names}
    columns: dict[str, FieldOrigin] = {}
    for name, origin in profile.columns.items():
        matches = tuple(
            spelling_by_name.get(column, spelling_by_name.get(column.casefold(), "")) for column in origin.columns
        )
        matches = tuple(item for item in matches if item)
        if matches or origin.constant is not None:
            columns[name] = replace(origin, columns=matches)
        elif len(origin.columns) == 1 and (bracketed := BRACKETED.fullmatch(origin.columns[0])):
            column = spelling_by_name.get(bracketed[1].casefold())
            if column is not None:
                columns[name] = FieldOrigin((column,), unit=_checked_unit(name, bracketed[2], layer, "[columns]"))
    column_origins = [item for item in profile.columns.values() if item.columns]
    if column_origins and not any(item.columns for item in columns.values()) and not has_mapping:
        raise NeedsOption(
            f"--profile {profile.name}: none of its columns is in the file, which has {column_names[:30]}; name another profile ({profile_choices_text(layer)}), or use --map FIELD=COLUMN"
        )
    missing = [column for item in column_origins for column in item.columns if column.casefold() not in known_names]
    return replace(profile, columns=columns, missing_columns=tuple(dict.fromkeys(missing)))


def _apply_column_mapping(
    profile: Profile, column_mapping: Mapping[str, str], layer: Layer, column_names: list[str]
) -> Profile:
    """Return the profile with `--map` applied. Raises BadInput for an unknown field or column."""
    field_names = {*EXTRA_FIELDS, *(layer_field.name for layer_field in layer.fields)}
    field_names |= set(TREE_STATUS_FIELDS) if layer.name == "trees" else set()
    columns = dict(profile.columns)
    codes = {name: dict(words) for name, words in profile.codes.items()}
    for name, map_value in column_mapping.items():
        if bracketed := BRACKETED.fullmatch(name):
            field_name, word = bracketed[1], bracketed[2].strip()
            codes.setdefault(field_name, {})[word.lower()] = _checked_code(field_name, word, map_value, layer)
            continue
        if name not in field_names:
            raise BadInput(
                f"--map {name}={map_value}: {layer.name} have no field {name}; the fields are: {', '.join(sorted(field_names))}"
            )
        if map_value:
            columns[name] = _parse_origin(name, map_value, column_names, layer)
        else:
            columns.pop(name, None)  # `--map dbh_in=` says that no column holds it
    return replace(profile, columns=columns, codes=codes)


def _checked_code(name: str, word: str, code: str, layer: Layer) -> str:
    """Return the code that `--map FIELD[WORD]=CODE` gives a word. Raises BadInput for an unknown field or code."""
    layer_field = layer.fields_by_name.get(name)
    codes = layer_field.codes if layer_field else ()
    if layer.name == "trees" and name == "status":
        codes = LAYERS["sites"].fields_by_name["status"].codes
    if code not in codes:
        choices = f"its codes are: {', '.join(codes)}" if codes else "it has no codes"
        raise BadInput(f"--map {name}[{word}]={code}: {layer.name}.{name} cannot be {code}; {choices}")
    return code


def _parse_origin(name: str, map_value: str, column_names: list[str], layer: Layer) -> FieldOrigin:
    """Return the origin that `--map` names: columns, a column with its unit in brackets, or a constant.

    >>> from geo.schema import LAYERS
    >>> _parse_origin("dbh_in", "DBH[cm]", ["DBH"], LAYERS["trees"])
    FieldOrigin(columns=('DBH',), constant=None, unit='cm')
    >>> _parse_origin("dbh_in", "DBH[cm]", ["DBH", "DBH[cm]"], LAYERS["trees"]).unit  # a column of that name
    """
    if map_value.startswith("="):
        return FieldOrigin(constant=map_value[1:])
    unit = None
    bracketed = None if map_value in column_names else BRACKETED.fullmatch(map_value)
    if bracketed and bracketed[1] in column_names:
        map_value, unit = bracketed[1], _checked_unit(name, bracketed[2], layer, f"--map {name}={map_value}")
    parts = (map_value,) if map_value in column_names else tuple(map_value.split("+"))
    if missing_columns := [part for part in parts if part not in column_names]:
        raise BadInput(
            f"--map {name}={map_value}: the file has no column '{missing_columns[0]}'; its columns are: {', '.join(column_names[:60])}"
        )
    return FieldOrigin(parts, unit=unit)


def _checked_unit(name: str, unit: str, layer: Layer, label: str) -> str:
    """Return the unit of a column. Raises BadInput for a unit that the field cannot have."""
    layer_field = layer.fields_by_name.get(name)
    units = unit_sizes(layer_field.unit if layer_field else None)
    if read_unit_option(unit, layer_field.unit if layer_field else None) is None:
        choices = f"it takes {', '.join(units)}" if units else "it has no unit"
        raise BadInput(f"{label}: {layer.name}.{name} cannot be in '{unit}'; {choices}")
    return unit


def profile_choices_text(layer: Layer) -> str:
    """Return the names of a layer's profiles as an error message lists them, lotleaf's own last.

    >>> from geo.schema import LAYERS
    >>> profile_choices_text(LAYERS["trees"])
    'stl-city-trees, stl-forest-park-trees, lotleaf'
    """
    return ", ".join([*(name for name, profile in _read_profiles() if profile.layer == layer.name), OWN_PROFILE])
