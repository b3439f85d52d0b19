"""The rows of all files of a request, with the profile that maps their columns.

`geo.ingest.read_source` and `read_address_table` call `assemble_rows`.
"""

from dataclasses import dataclass
from typing import Any

from geo.errors import BadInput
from geo.ingest.ingest_request import IngestRequest, display_name
from geo.ingest.mapping.choose_profile import choose_profile
from geo.ingest.mapping.map_rows import SourceRows, join_tables, stack_columns, stack_tables
from geo.ingest.mapping.profile import Profile
from geo.ingest.readers.raw_table import RawTable
from geo.ingest.recognition.recognize import Recognition
from geo.schema import Layer


@dataclass(frozen=True)
class AssembledRows:
    """The rows of all files of a request, with the profile that maps their columns.

    `recognition` tells what each column was taken for, None where a known profile names them. `join_summary` is
    the summary of a table join, empty without one.
    """

    rows: SourceRows
    profile: Profile
    recognition: Recognition | None
    join_summary: dict[str, Any]


def assemble_rows(tables: list[RawTable], request: IngestRequest, layer: Layer) -> AssembledRows:
    """Return the rows of all files and the profile of their columns.

    The files follow one another. If some have geometry and some have none, the table is joined to
    the geometries by the profile's keys. Raises BadInput where the profile has no keys for that.
    """
    geometry_tables = [table for table in tables if table.wkb is not None]
    attribute_tables = [table for table in tables if table.wkb is None]
    has_geometry = any(table.has_geometries for table in tables)
    if not geometry_tables or not attribute_tables:
        rows = stack_tables(tables)
        profile, recognition = choose_profile(request, layer, rows.columns, has_geometry=has_geometry)
        return AssembledRows(rows, profile, recognition, {})
    profile, recognition = choose_profile(request, layer, stack_columns(tables), has_geometry=has_geometry)
    if not profile.join_keys or len(geometry_tables) != 1 or len(attribute_tables) != 1:
        raise BadInput(
            f"{display_name(request.files[0])}: some files have geometries and some are tables, and profile {profile.name or '(none)'} does not say how to join them; load them one at a time"
        )
    wide_table, join_summary = join_tables(geometry_tables[0], attribute_tables[0], profile)
    return AssembledRows(stack_tables([wide_table]), profile, recognition, join_summary)
