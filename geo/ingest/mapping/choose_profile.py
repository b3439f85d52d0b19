"""Find the profile of a file: named by the user, that of a known kind of file, or made by recognizing its columns."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from geo.errors import BadInput
from geo.identifiers import original_id
from geo.ingest.ingest_request import IngestRequest
from geo.ingest.mapping.id_columns import with_id_column
from geo.ingest.mapping.profile import (
    COORDINATE_FIELDS,
    EXTRA_FIELDS,
    OWN_PROFILE,
    TREE_STATUS_FIELDS,
    FieldOrigin,
    Profile,
    _apply_column_mapping,
    _resolve_columns,
    profile_choices_text,
    profiles_by_name,
)
from geo.ingest.mapping.profile_file import is_profile_path, read_profile_file
from geo.ingest.recognition.contents.content_words import RecognitionContext
from geo.ingest.recognition.recognize import Recognition, recognize_columns
from geo.schema import Layer

Columns = Mapping[str, pa.ChunkedArray]


def choose_profile(
    request: IngestRequest, layer: Layer, columns: Columns, *, has_geometry: bool
) -> tuple[Profile, Recognition | None]:
    """Return the profile for a table with these columns, with `--map` applied, and how the columns were recognized.

    The recognition is None where a known profile made it unnecessary.

    A requested profile comes first, then the one with the most matching marks, then the recognized
    columns. If the file has no geometry, coordinate columns are recognized under any profile.
    Raises BadInput for an unknown profile or column. Raises NeedsOption if no column of the profile
    is in the file.

    >>> from pathlib import Path
    >>> from geo.schema import LAYERS
    >>> request = IngestRequest("trees", (Path("trees.csv"),))
    >>> table = {"TreeID": ["7"], "DIAM": ["12"], "Latitude": ["38.7"], "Longitude": ["-90.3"]}
    >>> columns = {name: pa.chunked_array([values]) for name, values in table.items()}
    >>> profile, recognition = choose_profile(request, LAYERS["trees"], columns, has_geometry=False)
    >>> {name: str(origin) for name, origin in profile.columns.items()}
    {'id': 'TreeID', 'lon': 'Longitude', 'lat': 'Latitude', 'dbh_in': 'DIAM'}
    >>> recognition.missing
    ('species', 'condition')
    """
    column_names, recognition = list(columns), None
    named_profile = _find_profile(request.profile, layer) if request.profile is not None else None
    known_profile = named_profile or _recognize_profile(layer, column_names)
    if known_profile is None:
        recognition = recognize_columns(columns, layer, recognition_context(request), has_geometry=has_geometry)
        known_profile = Profile("", layer.name, columns=dict(recognition.origins), is_guessed=True)
    profile = _resolve_columns(known_profile, layer, column_names, has_mapping=bool(request.column_mapping))
    if has_geometry:
        other_columns = {name: origin for name, origin in profile.columns.items() if name not in COORDINATE_FIELDS}
        profile = replace(profile, columns=other_columns)
    elif layer.geometry_types and not COORDINATE_FIELDS & (set(profile.columns) | set(request.column_mapping)):
        recognition = recognition or recognize_columns(
            columns, layer, recognition_context(request), has_geometry=has_geometry
        )
        profile = replace(profile, columns={**profile.columns, **_coordinate_columns(recognition)})
    profile = _apply_column_mapping(profile, request.column_mapping, layer, column_names)
    return with_id_column(profile, request.column_mapping, layer, columns)[0], recognition


def recognition_context(request: IngestRequest) -> RecognitionContext:
    """Return what the workspace of a request knows: its towns' bounding box, and the numbers of its parcels."""
    ids = request.parcel_numbers().ids if request.parcel_numbers else ()
    return RecognitionContext(request.towns_bbox, frozenset(original_id(id_).upper() for id_ in ids))


def _coordinate_columns(recognition: Recognition) -> dict[str, FieldOrigin]:
    return {name: origin for name, origin in recognition.origins.items() if name in COORDINATE_FIELDS}


def _find_profile(name: str, layer: Layer) -> Profile:
    if name == OWN_PROFILE:
        return _own_profile(layer)
    if is_profile_path(name):
        return _check_layer(read_profile_file(Path(name)), name, layer)
    profiles = profiles_by_name()
    if name not in profiles:
        raise BadInput(
            f"--profile {name}: no such profile; the profiles for {layer.name} are: {profile_choices_text(layer)}"
        )
    return _check_layer(profiles[name], name, layer)


def _check_layer(profile: Profile, name: str, layer: Layer) -> Profile:
    if profile.layer != layer.name:
        raise BadInput(f"--profile {name} is for {profile.layer}, not for {layer.name}")
    return profile


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
