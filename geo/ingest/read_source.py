"""Municipal files read as a layer: read in the sandbox, mapped to fields, cleaned, admitted and reported.

`geo.workspace` calls `read_source` for each load.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.crs import WGS84
from geo.errors import BadInput
from geo.identifiers import make_source_name
from geo.ingest.assemble_rows import AssembledRows, assemble_rows
from geo.ingest.cleaning import tree_columns
from geo.ingest.cleaning.case_history import case_history_summary, fold_case_history
from geo.ingest.cleaning.clean_layer import CleanedLayer, clean_layer
from geo.ingest.cleaning.match_parcel_keys import unmatched_key_positions, unmatched_key_summary
from geo.ingest.cleaning.tree_names.name_notes import count_strangers
from geo.ingest.date_text.date_settings import check_timezone
from geo.ingest.ingest_request import SURVEYED_LAYERS, IngestReport, IngestRequest, IngestResult, display_name
from geo.ingest.location_counts import COUNTED_LAYERS as LOCATED
from geo.ingest.location_counts import count_by_location
from geo.ingest.mapping.choose_profile import recognition_context
from geo.ingest.mapping.map_rows import SourceRows
from geo.ingest.mapping.profile import OWN_PROFILE, Profile
from geo.ingest.read_raster import ingest_raster
from geo.ingest.readers.raw_table import RawTable
from geo.ingest.recognition.column_report import column_details
from geo.ingest.recognition.contradictions import describe_contradictions
from geo.ingest.recognition.rank_layers import refuse_other_layer
from geo.ingest.recognition.recognize import Recognition
from geo.ingest.report_details import describe_containers, rows_to_check
from geo.ingest.row_notes import RowNotes, RowOutcome
from geo.ingest.sandbox.sandbox import SandboxResult, read_in_sandbox
from geo.progress import Progress, ignore_progress
from geo.schema import LAYERS, Layer, admit, cast_columns, layer_named

# Keys of a table's metadata that list row numbers, with the outcome and the note for these rows.
METADATA_NOTES: dict[str, tuple[RowOutcome, str]] = {
    "short_rows": ("noted", "the row has fewer cells than the header; the missing values are unknown"),
    "curved_rows": ("mended", "geometry: arcs replaced by straight lines, off by at most 0.004% of the radius"),
}
REQUIRED_REPORT_KEYS = {"profile", "crs", "encoding"}  # in every report, None where there is none


# Given how a file's columns were recognized, returns the columns to use instead, as `--map` would name them.
ColumnChooser = Callable[[Recognition], Mapping[str, str]]


def read_source(
    request: IngestRequest, *, choose_columns: ColumnChooser | None = None, progress: Progress | None = None
) -> IngestResult:
    """Return files as a layer: read in the sandbox, mapped by a profile or by recognition, cleaned with notes.

    `progress` is called with the name of each step. `choose_columns` is called if a main field's column is not sure. Raises BadFile for files that cannot be read.
    Raises BadLayer for files that are not this layer. Raises NeedsOption for a choice that only the
    user can make, with the name of the option.
    """
    layer = layer_named(request.layer)
    if request.covers and layer.name not in SURVEYED_LAYERS:
        raise BadInput(f"only {', '.join(SURVEYED_LAYERS)} can cover whole towns; {layer.name} cannot")
    check_timezone(request.timezone)
    report_progress = progress or ignore_progress
    report_progress("reading", None)
    sandbox_result = read_in_sandbox(request)
    if sandbox_result.cells is not None:
        return ingest_raster(request, sandbox_result)
    report_progress("cleaning", None)
    assembled = assemble_rows(sandbox_result.tables, request, layer)
    if choose_columns and assembled.recognition is not None and assembled.recognition.unsure_fields:
        chosen = {**choose_columns(assembled.recognition), **request.column_mapping}
        request = replace(request, column_mapping=chosen)
        assembled = assemble_rows(sandbox_result.tables, request, layer)
    rows, profile = assembled.rows, assembled.profile
    notes = RowNotes(len(rows))
    if assembled.join_summary:
        notes.add_note(
            "noted",
            assembled.join_summary.pop("several"),
            f"{profile.join_keys['key']}: several rows of the table have it; the first one is used",
        )
    _note_table_metadata(sandbox_result.tables, rows, notes)
    _review_recognition(assembled, request, notes)
    cleaned = clean_layer(rows, profile, request, layer, notes)
    report_progress("admitting", None)
    return _build_result(cleaned, assembled, request, layer, sandbox_result)


def _review_recognition(assembled: AssembledRows, request: IngestRequest, notes: RowNotes) -> None:
    """Refuse files of another layer, and tell of columns that contradict each other.

    Files whose columns a profile or the user names are believed.
    """
    rows, recognition = assembled.rows, assembled.recognition
    if recognition is None or assembled.profile.name or request.column_mapping:
        return
    name = display_name(request.files[0])
    refuse_other_layer(recognition, recognition_context(request), has_geometry=rows.has_geometry, file_name=name)
    notes.warnings.extend(describe_contradictions(recognition, rows.columns, rows.row_numbers))


def _note_table_metadata(tables: list[RawTable], rows: SourceRows, notes: RowNotes) -> None:
    """Add notes about the single rows that the sandbox worker listed in a table's metadata."""
    for index, table in enumerate(tables):
        # A table that was joined to geometries has no rows of its own.
        is_of_table = (
            rows.table_indexes == index
            if len(rows.part_names) == len(tables)
            else rows.file_indexes == table.metadata["file"]
        )
        for metadata_key, (outcome, reason) in METADATA_NOTES.items():
            if row_numbers := table.metadata.get(metadata_key):
                notes.add_note(outcome, is_of_table & np.isin(rows.row_numbers, row_numbers), reason)
        for outcome, reason, row_numbers, reasons in table.metadata.get("row_notes", ()):
            reason_by_row = dict(zip(row_numbers, reasons, strict=True))
            is_affected = is_of_table & np.isin(rows.row_numbers, row_numbers)
            notes.add_note(
                outcome, is_affected, reason, [reason_by_row[row] for row in rows.row_numbers[is_affected].tolist()]
            )


def _build_result(
    cleaned: CleanedLayer,
    assembled: AssembledRows,
    request: IngestRequest,
    layer: Layer,
    sandbox_result: SandboxResult,
) -> IngestResult:
    rows, profile = assembled.rows, assembled.profile
    source = source_name(request, profile.name)
    frame = cleaned.frame.assign(source=source)
    extra_layers: dict[str, gpd.GeoDataFrame] = {}
    if layer.name == "canopy":
        frame = _fill_method_and_year(frame, request)
    row_positions = frame.index.to_numpy()
    if layer.name == "inspections":
        frame = fold_case_history(frame, cleaned.notes)
    if layer.name == "trees" and cleaned.site_status is not None:
        frame, extra_layers = _split_sites(frame, cleaned.site_status, request, cleaned.notes)
    admitted_frame = admit(frame, layer)
    admitted_count = len(row_positions) + cleaned.merged_count
    report = _build_report(cleaned, assembled, request, sandbox_result, admitted_count)
    report = replace(
        report, details={**report.details, **_admitted_details(frame, layer, len(row_positions), cleaned.notes)}
    )
    return IngestResult(
        frame=admitted_frame,
        extra_layers=extra_layers,
        raster=None,
        source=source,
        provenance=_source_provenance(profile, request, rows, sandbox_result, report),
        report=report,
        profile=profile,
    )


def _admitted_details(frame: gpd.GeoDataFrame, layer: Layer, row_count: int, notes: RowNotes) -> dict[str, Any]:
    """Return what a report tells of the admitted rows: case history, locations, names that the roster lacks."""
    details: dict[str, Any] = {}
    if layer.name == "inspections" and len(frame) < row_count:
        details["case_history"] = case_history_summary(row_count, frame, notes)
    if layer.name in LOCATED:
        details["located"] = count_by_location(frame, unmatched_key_positions(notes))
    if strangers := count_strangers(notes):
        details["names_not_in_roster"] = strangers
    return details


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
    assembled: AssembledRows,
    request: IngestRequest,
    sandbox_result: SandboxResult,
    admitted_count: int,
) -> IngestReport:
    rows, profile, notes = assembled.rows, assembled.profile, cleaned.notes
    is_refused = notes.rows_with_outcome("refused")
    file_names = np.array([display_name(path) for path in request.files], dtype=object)
    row_file_names = rows.part_labels(file_names)
    details: dict[str, Any] = {
        "files": sandbox_result.files,
        "profile": profile.report_label(),
        **column_details(rows.columns, profile, assembled.recognition, request.column_mapping),
        "crs": str(cleaned.detected_crs) if cleaned.detected_crs else None,
        "encoding": rows.metadata.get("encoding"),
        "unknowns": notes.unknown_rows_by_field(rows.row_numbers, row_file_names),
        "in_short": notes.unlisted_rows(rows.row_numbers, row_file_names) or None,
        **describe_containers(sandbox_result, rows, row_file_names),
        "joined_table": assembled.join_summary or None,
        "unmatched_keys": unmatched_key_summary(notes, cleaned.frame, rows.row_numbers, row_file_names),
        "column_notes": notes.column_notes(rows.row_numbers, row_file_names) or None,
        "look_at": notes.warnings or None,
        **rows_to_check(notes, rows.row_numbers, row_file_names),
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
