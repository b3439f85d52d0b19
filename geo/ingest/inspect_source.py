"""Inspection of a file before it is loaded: what layer it looks like, and what each column would be taken for.

`lotleaf inspect` (`webmap/cli/inspect_command.py`) calls `inspect_source`. Nothing is cleaned and nothing is written.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import shapely

from geo.errors import BadFile
from geo.ingest.ingest_request import IngestRequest, display_name
from geo.ingest.mapping.choose_profile import choose_profile, recognition_context
from geo.ingest.mapping.map_rows import stack_columns
from geo.ingest.mapping.profile import Profile
from geo.ingest.readers.raw_table import RawTable
from geo.ingest.recognition.column_report import describe_columns
from geo.ingest.recognition.contents.column_contents import read_contents
from geo.ingest.recognition.rank_layers import rank_layers
from geo.ingest.recognition.recognize import missing_main_fields
from geo.ingest.sandbox.sandbox import read_in_sandbox
from geo.progress import Progress, ignore_progress
from geo.schema import layer_named

SHOWN_VALUES = 3  # of each column
VALUE_CHARACTERS = 40


@dataclass(frozen=True)
class SourceInspection:
    """A file as it would be read.

    `layer_scores` ranks the layers that it may be, the best first. `columns` has an entry for each column, as
    `describe_columns` makes them, with `values`. `missing` are the layer's main fields that no column holds.
    """

    layer: str
    layer_scores: Mapping[str, float]
    rows: int
    profile: Profile
    columns: list[dict[str, Any]]
    missing: tuple[str, ...]
    metadata: dict[str, Any]


def inspect_source(
    request: IngestRequest, layer_name: str | None, *, progress: Progress | None = None
) -> SourceInspection:
    """Return what a file looks like, read in the sandbox. Without a layer, the one that fits best is taken.

    Raises BadFile for files that cannot be read, or that are a raster. Raises NeedsOption for a choice that only the user
    can make.
    """
    (progress or ignore_progress)("reading", None)
    sandbox_result = read_in_sandbox(request)
    if sandbox_result.cells is not None:
        raise BadFile(f"{display_name(request.files[0])}: a raster; load it with: lotleaf load canopy FILE")
    columns, tables = stack_columns(sandbox_result.tables), sandbox_result.tables
    contents = tuple(read_contents(name, column) for name, column in columns.items())
    context = recognition_context(request)
    has_geometry = any(table.has_geometries for table in tables)
    scores = rank_layers(contents, _geometry_kind(tables), context)
    layer = layer_named(layer_name or next(iter(scores)))
    profile, recognition = choose_profile(replace(request, layer=layer.name), layer, columns, has_geometry=has_geometry)
    values = {item.name: [value[:VALUE_CHARACTERS] for value in item.first_values(SHOWN_VALUES)] for item in contents}
    entries = describe_columns(columns, profile, recognition, request.column_mapping)
    return SourceInspection(
        layer=layer.name,
        layer_scores=scores,
        rows=sum(len(table.columns[0]) if table.columns else 0 for table in tables),
        profile=profile,
        columns=[entry | {"values": values[entry["column"]]} for entry in entries],
        missing=missing_main_fields(layer.name, profile.columns),
        metadata=tables[0].metadata,
    )


def _geometry_kind(tables: list[RawTable]) -> str | None:
    """Return the kind of the first geometry, None where the files have none.

    >>> import pyarrow as pa
    >>> wkb = pa.chunked_array([[None, shapely.Point(1, 2, 3).wkb]])
    >>> _geometry_kind([RawTable([], [], wkb)])
    'Point'
    """
    table = next((item for item in tables if item.has_geometries), None)
    if table is None or table.wkb is None:
        return None
    first = shapely.from_wkb(table.wkb.drop_null()[0].as_py(), on_invalid="ignore")
    return first.geom_type if first is not None else None
