"""Municipal files read as a layer: read in the sandbox, mapped to fields, cleaned, admitted and reported.

`geo.workspace` calls `read_source` for each load. `read_address_table` shares `assemble_rows`.
"""

from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.crs import WGS84
from geo.errors import BadInput
from geo.identifiers import make_source_name
from geo.ingest.cleaning import tree_columns
from geo.ingest.cleaning.clean_layer import CleanedLayer, clean_layer
from geo.ingest.cleaning.geometries import FAR_FROM_TOWNS_NOTE
from geo.ingest.ingest_request import SURVEYED_LAYERS, IngestReport, IngestRequest, IngestResult, display_name
from geo.ingest.location_counts import COUNTED_LAYERS as LOCATED
from geo.ingest.location_counts import count_by_location
from geo.ingest.mapping.choose_profile import choose_profile
from geo.ingest.mapping.map_rows import SourceRows, join_tables, stack_tables
from geo.ingest.mapping.profile import OWN_PROFILE, Profile
from geo.ingest.read_raster import ingest_raster
from geo.ingest.readers.raw_table import RawTable
from geo.ingest.row_notes import RowNotes, RowOutcome, format_row_spans
from geo.ingest.sandbox.sandbox import SandboxResult, read_in_sandbox
from geo.progress import Progress, ignore_progress
from geo.schema import LAYERS, Layer, admit, cast_columns, layer_named

# Keys of a table's metadata that list row numbers, with the outcome and the note for these rows.
METADATA_NOTES: dict[str, tuple[RowOutcome, str]] = {
    "short_rows": ("noted", "the row has fewer cells than the header; the missing values are unknown"),
    "curved_rows": ("mended", "geometry: arcs replaced by straight lines, off by at most 0.004% of the radius"),
}
REQUIRED_REPORT_KEYS = {"profile", "crs", "encoding"}  # in every report, None where there is none


def read_source(request: IngestRequest, *, progress: Progress | None = None) -> IngestResult:
    """Return files as a layer: read in the sandbox, mapped by a profile or by guess, cleaned with notes.

    `progress` is called with the name of each step. Raises BadFile for files that cannot be read.
    Raises BadLayer for files that are not this layer. Raises NeedsOption for a choice that only the
    user can make, with the name of the option.
    """
    layer = layer_named(request.layer)
    if request.covers and layer.name not in SURVEYED_LAYERS:
        raise BadInput(f"only {', '.join(SURVEYED_LAYERS)} can cover whole towns; {layer.name} cannot")
    report_progress = progress or ignore_progress
    report_progress("reading", None)
    sandbox_result = read_in_sandbox(request)
    if sandbox_result.cells is not None:
        return ingest_raster(request, sandbox_result)
    report_progress("cleaning", None)
    rows, profile, join_summary = assemble_rows(sandbox_result.tables, request, layer)
    notes = RowNotes(len(rows))
    if join_summary:
        notes.add_note(
            "noted",
            join_summary.pop("several"),
            f"{profile.join_keys['key']}: several rows of the table have it; the first one is used",
        )
    _note_table_metadata(sandbox_result.tables, rows, notes)
    cleaned = clean_layer(rows, profile, request, layer, notes)
    report_progress("admitting", None)
    return _build_result(cleaned, rows, profile, request, layer, sandbox_result, join_summary)


def _note_table_metadata(tables: list[RawTable], rows: SourceRows, notes: RowNotes) -> None:
    """Add notes about the single rows that the sandbox worker listed in a table's metadata."""
    for table in tables:
        for metadata_key, (outcome, reason) in METADATA_NOTES.items():
            if row_numbers := table.metadata.get(metadata_key):
                is_affected = (rows.file_indexes == table.metadata["file"]) & np.isin(rows.row_numbers, row_numbers)
                notes.add_note(outcome, is_affected, reason)


def assemble_rows(
    tables: list[RawTable], request: IngestRequest, layer: Layer
) -> tuple[SourceRows, Profile, dict[str, Any]]:
    """Return the rows of all files, their profile, and a summary of the table join (empty without one).

    The files follow one another. If some have geometry and some have none, the table is joined to
    the geometries by the profile's keys. Raises BadInput where the profile has no keys for that.
    """
    column_names = list(dict.fromkeys(name for table in tables for name in table.column_names))
    geometry_tables = [table for table in tables if table.wkb is not None]
    profile = choose_profile(request, layer, column_names, has_geometry=bool(geometry_tables))
    attribute_tables = [table for table in tables if table.wkb is None]
    if not geometry_tables or not attribute_tables:
        return stack_tables(tables), profile, {}
    if not profile.join_keys or len(geometry_tables) != 1 or len(attribute_tables) != 1:
        raise BadInput(
            f"{display_name(request.files[0])}: some files have geometries and some are tables, and profile {profile.name or '(none)'} does not say how to join them; load them one at a time"
        )
    wide_table, join_summary = join_tables(geometry_tables[0], attribute_tables[0], profile)
    return stack_tables([wide_table]), profile, join_summary


def _build_result(
    cleaned: CleanedLayer,
    rows: SourceRows,
    profile: Profile,
    request: IngestRequest,
    layer: Layer,
    sandbox_result: SandboxResult,
    join_summary: dict[str, Any],
) -> IngestResult:
    source = source_name(request, profile.name)
    frame = cleaned.frame.assign(source=source)
    extra_layers: dict[str, gpd.GeoDataFrame] = {}
    if layer.name == "canopy":
        frame = _fill_method_and_year(frame, request)
    row_positions = frame.index.to_numpy()
    if layer.name == "trees" and cleaned.site_status is not None:
        frame, extra_layers = _split_sites(frame, cleaned.site_status, request, cleaned.notes)
    admitted_frame = admit(frame, layer)
    report = _build_report(cleaned, rows, profile, request, sandbox_result, len(row_positions), join_summary)
    if layer.name in LOCATED:
        report = replace(report, details={**report.details, "located": count_by_location(admitted_frame)})
    return IngestResult(
        frame=admitted_frame,
        extra_layers=extra_layers,
        raster=None,
        source=source,
        provenance=_source_provenance(profile, request, rows, sandbox_result, report),
        report=report,
    )


def _split_sites(
    frame: gpd.GeoDataFrame, site_status: pd.Series, request: IngestRequest, notes: RowNotes
) -> tuple[gpd.GeoDataFrame, dict[str, gpd.GeoDataFrame]]:
    """Return the trees of an inventory, and the planting sites of all its rows under `sites`."""
    row_status = site_status.loc[frame.index]
    site_id = frame["site_id"].fillna(frame["id"]).astype("str")
    sites_layer = LAYERS["sites"]
    site_frame = gpd.GeoDataFrame(tree_columns.build_sites(frame, row_status, site_id), geometry="geometry", crs=WGS84)
    planted_trees = frame.assign(site_id=site_id)[(row_status == "planted").to_numpy()]
    tree_columns.note_crowded_trees(planted_trees, request.max_at_address, notes, planted_trees.index.to_numpy())
    return planted_trees, {
        "sites": admit(cast_columns(site_frame[list(sites_layer.columns)], sites_layer), sites_layer)
    }


def _fill_method_and_year(frame: gpd.GeoDataFrame, request: IngestRequest) -> gpd.GeoDataFrame:
    """Return canopy rows with the method and year of the request, where the file has none."""
    method = frame["method"].fillna(request.method) if request.method else frame["method"]
    year = frame["year"].fillna(request.year) if request.year else frame["year"]
    return frame.assign(method=method.astype("str"), year=year.astype("Int64"))


def source_name(request: IngestRequest, profile_name: str) -> str:
    """Return the source's name: town and profile, as "pagedale/stl-city-trees", or the file's own name.

    A later file of the same kind gets the same name and replaces the earlier one. Files in
    lotleaf's own format, and files without a profile, are named by file.

    >>> from pathlib import Path
    >>> request = IngestRequest("trees", (Path("Inventory 2024.csv"),), town="St. John")
    >>> source_name(request, "stl-city-trees"), source_name(request, "")
    ('st-john/stl-city-trees', 'st-john/Inventory 2024')
    """
    name = profile_name if profile_name not in {"", OWN_PROFILE} else display_name(request.files[0]).split(".")[0]
    return make_source_name(request.town, name)


def _build_report(
    cleaned: CleanedLayer,
    rows: SourceRows,
    profile: Profile,
    request: IngestRequest,
    sandbox_result: SandboxResult,
    admitted_count: int,
    join_summary: dict[str, Any],
) -> IngestReport:
    notes = cleaned.notes
    is_refused = notes.rows_with_outcome("refused")
    file_names = np.array([display_name(path) for path in request.files], dtype=object)
    row_file_names = file_names[rows.file_indexes] if len(np.unique(rows.file_indexes)) > 1 else None
    details: dict[str, Any] = {
        "files": sandbox_result.files,
        "profile": profile.report_label(),
        "mapping": {name: str(origin) for name, origin in profile.columns.items()},
        "unused": _unused_columns(rows, profile),
        "crs": str(cleaned.detected_crs) if cleaned.detected_crs else None,
        "encoding": rows.metadata.get("encoding"),
        "unknowns": notes.unknown_rows_by_field(rows.row_numbers, row_file_names),
        "in_short": notes.unlisted_rows(rows.row_numbers, row_file_names) or None,
        "header_row": rows.metadata.get("header_row"),
        "table": rows.metadata.get("table"),
        "other_tables": rows.metadata.get("other_tables"),
        "joined_table": join_summary or None,
        "far_from_towns": _far_rows(notes, rows.row_numbers, row_file_names),
    }
    return IngestReport(
        layer=request.layer,
        read=len(rows),
        admitted=admitted_count,
        mended=int((notes.rows_with_outcome("mended") & ~is_refused).sum()),
        refused=int(is_refused.sum()),
        rows=notes.report_lines(rows.row_numbers, row_file_names),
        summary=notes.summary(),
        details={key: value for key, value in details.items() if value is not None or key in REQUIRED_REPORT_KEYS},
    )


def _far_rows(notes: RowNotes, row_numbers: np.ndarray, row_file_names: np.ndarray | None) -> dict[str, Any] | None:
    """Return the number of admitted rows outside the mapped area and their row numbers. None if there are none."""
    noted = [note.positions for note in notes.entries if note.kind == FAR_FROM_TOWNS_NOTE]
    positions = np.concatenate([*noted, np.zeros(0, np.int64)]).astype(np.int64)
    positions = positions[~notes.rows_with_outcome("refused")[positions]]
    if not len(positions):
        return None
    names = None if row_file_names is None else row_file_names[positions]
    return {"count": len(positions), "rows": format_row_spans(row_numbers[positions], names)}


def _unused_columns(rows: SourceRows, profile: Profile) -> list[str]:
    used_columns = {column for origin in profile.columns.values() for column in origin.columns}
    return [name for name in rows.columns if name not in used_columns]


def _source_provenance(
    profile: Profile, request: IngestRequest, rows: SourceRows, sandbox_result: SandboxResult, report: IngestReport
) -> dict[str, Any]:
    """Return the provenance of a source, as `status` and the exports page show it."""
    report_json = report.to_json()
    return {
        "files": sandbox_result.files,
        "driver": rows.metadata["driver"],
        "crs": report_json.get("crs"),
        "encoding": report_json.get("encoding"),
        "profile": report_json["profile"],
        "says": rows.metadata.get("says") or profile.description or None,
        "licence": request.licence or profile.licence,
        "date": request.dated,
        "mapping": report_json["mapping"],
        "town": request.town,
        "method": request.method,
        "year": request.year,
        "walls": sandbox_result.restrictions,
        "counts": {key: report_json[key] for key in ("read", "admitted", "mended", "refused")},
    } | ({"covers": list(request.covers)} if request.covers else {})
