"""Find the profile of a file: named by the user, recognized by its columns, or guessed by their names."""

import re
import tomllib
from dataclasses import replace

from geo.errors import BadInput
from geo.ingest.ingest_request import IngestRequest
from geo.ingest.mapping.profile import (
    COORDINATE_FIELDS,
    EXTRA_FIELDS,
    MODULE_DIR,
    OWN_PROFILE,
    TREE_STATUS_FIELDS,
    FieldOrigin,
    Profile,
    _apply_column_mapping,
    _resolve_columns,
    profile_choices_text,
    profiles_by_name,
)
from geo.schema import Layer


def choose_profile(request: IngestRequest, layer: Layer, column_names: list[str], *, has_geometry: bool) -> Profile:
    """Return the profile for a table with these columns, with `--map` applied.

    A requested profile comes first, then the one with the most matching marks, then a guess from
    column names. If the file has no geometry, coordinate columns are found by their names under any
    profile. Raises BadInput for an unknown profile or column. Raises NeedsOption if no column of
    the profile is in the file.

    >>> from pathlib import Path
    >>> from geo.schema import LAYERS
    >>> request = IngestRequest("trees", (Path("trees.csv"),))
    >>> columns = ["TreeID", "DIAM", "Latitude", "Longitude"]
    >>> profile = choose_profile(request, LAYERS["trees"], columns, has_geometry=False)
    >>> {name: str(origin) for name, origin in profile.columns.items()}
    {'id': 'TreeID', 'dbh_in': 'DIAM', 'lon': 'Longitude', 'lat': 'Latitude'}
    """
    if request.profile is not None:
        profile = _find_profile(request.profile, layer)
    else:
        profile = _recognize_profile(layer, column_names) or _guess_by_synonyms(layer, column_names)
    profile = _resolve_columns(profile, layer, column_names, has_mapping=bool(request.column_mapping))
    if has_geometry:
        other_columns = {name: origin for name, origin in profile.columns.items() if name not in COORDINATE_FIELDS}
        profile = replace(profile, columns=other_columns)
    elif layer.geometry_types and not COORDINATE_FIELDS & (set(profile.columns) | set(request.column_mapping)):
        coordinate_columns = {
            coordinate_name: coordinate_origin
            for coordinate_name, coordinate_origin in _guess_by_synonyms(layer, column_names).columns.items()
            if coordinate_name in COORDINATE_FIELDS
        }
        profile = replace(profile, columns={**profile.columns, **coordinate_columns})
    return _apply_column_mapping(profile, request.column_mapping, layer, column_names)


def _find_profile(name: str, layer: Layer) -> Profile:
    if name == OWN_PROFILE:
        return _own_profile(layer)
    profiles = profiles_by_name()
    if name not in profiles:
        raise BadInput(
            f"--profile {name}: no such profile; the profiles for {layer.name} are: {profile_choices_text(layer)}"
        )
    if profiles[name].layer != layer.name:
        raise BadInput(f"--profile {name} is for {profiles[name].layer}, not for {layer.name}")
    return profiles[name]


def _own_profile(layer: Layer) -> Profile:
    field_names = (*EXTRA_FIELDS, *(layer_field.name for layer_field in layer.fields))
    if layer.name == "trees":
        field_names += TREE_STATUS_FIELDS
    return Profile(OWN_PROFILE, layer.name, columns={name: FieldOrigin((name,)) for name in field_names})


def _recognize_profile(layer: Layer, column_names: list[str]) -> Profile | None:
    folded_names = {name.casefold() for name in column_names}
    matches = [
        profile
        for profile in profiles_by_name().values()
        if profile.layer == layer.name and profile.marks and {mark.casefold() for mark in profile.marks} <= folded_names
    ]
    if matches:
        return replace(max(matches, key=lambda profile: len(profile.marks)), is_guessed=True)
    own_fields = {"id", *layer.fields_by_name} - COORDINATE_FIELDS  # any file may have columns with these names
    if "id" in column_names and len(own_fields & set(column_names)) >= max(3, 0.7 * len(column_names)):
        return replace(_own_profile(layer), is_guessed=True)
    return None


def _guess_by_synonyms(layer: Layer, column_names: list[str]) -> Profile:
    """Return a profile with columns recognized by their names. Each column serves one field."""
    column_by_normalized_name = {_normalize_name(name): name for name in reversed(column_names)}
    synonyms = tomllib.loads((MODULE_DIR / "synonyms.toml").read_text("utf-8"))
    field_names = [*EXTRA_FIELDS, *(entry.name for entry in layer.fields)]
    field_names += [entry for entry in TREE_STATUS_FIELDS if layer.name == "trees"]
    columns: dict[str, FieldOrigin] = {}
    used_columns: set[str] = set()
    no_synonyms: dict[str, list[str]] = {}
    for words_by_field in (no_synonyms, synonyms.get(layer.name, {}), synonyms["any"]):
        for name in field_names:
            # A column "id" is often a row number, so that parcel_id comes before it.
            spellings = [*([_normalize_name(name)] if name != "id" else []), *words_by_field.get(name, [])]
            column = next(
                (
                    column_by_normalized_name[spelling]
                    for spelling in spellings
                    if spelling in column_by_normalized_name and column_by_normalized_name[spelling] not in used_columns
                ),
                None,
            )
            if name not in columns and column is not None:
                columns[name] = FieldOrigin((column,))
                used_columns.add(column)
    return Profile("", layer.name, columns=columns, is_guessed=True)


def _normalize_name(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())
