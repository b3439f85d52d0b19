"""The command `geocode`: a table of addresses matched to parcels, row by row.

`webmap.cli.main.LazyGroup` imports it. `geo.geocode.geocode_table` does the matching.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pandas as pd
from rich.table import Table as Shown

from geo.errors import BadInput
from geo.fields import Field
from geo.formats.export_file import format_of_file, write_export_file
from geo.ingest.read_address_table import AddressTable
from webmap.cli.options import (
    console,
    help_epilog,
    open_workspace,
    progress_bar,
    require_parent_folder,
    workspace_option,
)

COLUMN_PREFIX = "lotleaf_"  # prefix of the added columns


@click.command(
    epilog=help_epilog(
        "geocode complaints.csv -o placed.xlsx",
        'geocode trees.xlsx --layer trees --map "address=HOUSE+STREET" -o placed.geojson --report report.json',
    )
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@workspace_option
@click.option("-o", "--out", required=True, help="A .csv, .xlsx or .geojson file, or - for CSV on standard output.")
@click.option(
    "--layer",
    "kind",
    type=click.Choice(["inspections", "trees"]),
    default="inspections",
    show_default=True,
    help="What the rows are. It decides how columns are recognized.",
)
@click.option(
    "--map", "maps", multiple=True, help="The column of a field, such as address=NUMBER+STREET. May be repeated."
)
@click.option("--table", help="The sheet or table to read, in a file with several.")
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="Write a report as JSON.")
def geocode(
    file: Path, workspace: Path, out: str, kind: str, maps: tuple[str, ...], table: str | None, report: Path | None
) -> None:
    """Match a table's addresses to parcels, row by row.

    Every row and column stays. Columns named lotleaf_… are added. lotleaf_parcel_id is filled only
    where every part of the address is in the workspace.
    """
    from geo.geocode.gazetteer.from_store import load_or_build_index
    from geo.geocode.geocode_table import count_statuses, geocode_addresses
    from geo.ingest.ingest_request import IngestRequest
    from geo.ingest.read_address_table import read_address_table
    from webmap.cli.loading.load_options import parse_mapping

    _require_writable(out, report)
    with progress_bar() as progress:
        address_table = read_address_table(
            IngestRequest(kind, (file,), column_mapping=parse_mapping(maps), table=table), progress=progress
        )
        _require_fitting_rows(out, address_table, file)
        with open_workspace(workspace) as store, store.snapshot() as reader:
            index = load_or_build_index(reader, store.cache_dir)
        matches = geocode_addresses(index, address_table.address, address_table.town, progress=progress)
    _write_output(out, address_table, matches)
    counts, placed_count = count_statuses(matches), int(matches["parcel_id"].notna().sum())
    if report:
        report_json = _build_report(file, address_table, matches, counts, placed_count)
        report.write_text(json.dumps(report_json, ensure_ascii=False, indent=1) + "\n", "utf-8")
    _print_counts(counts, placed_count, len(address_table), address_table)


def _require_writable(out: str, report: Path | None) -> None:
    """Raise BadInput for an unknown file type or a missing folder, before anything is read."""
    if out != "-":
        if Path(out).suffix.lower() not in (".csv", ".xlsx", ".geojson"):
            raise BadInput(f"{out}: -o takes a .csv, .xlsx or .geojson file, or - for CSV on standard output")
        require_parent_folder(Path(out))
    if report:
        require_parent_folder(report)


def _require_fitting_rows(out: str, address_table: AddressTable, file: Path) -> None:
    """Raise BadInput for more rows than an Excel sheet holds, before any is matched."""
    if out.lower().endswith(".xlsx"):
        from geo.formats.xlsx_table import require_sheet_rows

        require_sheet_rows(len(address_table), file.name)


def _write_output(out: str, address_table: AddressTable, matches: pd.DataFrame) -> None:
    if out == "-":
        for chunk in _csv_chunks(address_table, matches):
            sys.stdout.buffer.write(chunk)
        return
    export_format = format_of_file(Path(out))
    chunks = OUTPUT_CHUNKS[export_format.name](address_table, matches)
    write_export_file(Path(out), chunks, export_format)


def _output_columns(address_table: AddressTable, matches: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the columns of the file with our columns added, which replace those of equal name."""
    added_columns = {f"{COLUMN_PREFIX}{name}": matches[name] for name in matches}
    file_columns = {name: column for name, column in address_table.columns.items() if name not in added_columns}
    return file_columns | added_columns


def _output_rows(columns: dict[str, pd.Series]) -> Iterator[tuple[Any, ...]]:
    return zip(*(column.astype(object).where(column.notna(), None) for column in columns.values()), strict=True)


def _csv_chunks(address_table: AddressTable, matches: pd.DataFrame) -> Iterator[bytes]:
    from geo.formats.csv_table import stream_rows

    columns = _output_columns(address_table, matches)
    return stream_rows(columns, _output_rows(columns))


def _xlsx_chunks(address_table: AddressTable, matches: pd.DataFrame) -> Iterator[bytes]:
    """Iterate over the chunks of a workbook. Text of the file stays text, also where it looks like a number."""
    from geo.formats.xlsx_table import Sheet, stream_workbook
    from webmap.clock import now

    columns = _output_columns(address_table, matches)
    sheet = Sheet("geocoded", [Field(name, "text", "") for name in columns], _output_rows(columns))
    return stream_workbook([sheet], created=now())


def _geojson_chunks(address_table: AddressTable, matches: pd.DataFrame) -> Iterator[bytes]:
    columns = _output_columns(address_table, matches)
    yield b'{"type": "FeatureCollection", "features": ['
    for index, values in enumerate(_output_rows(columns)):
        row = dict(zip(columns, values, strict=True))
        position = [row[f"{COLUMN_PREFIX}lon"], row[f"{COLUMN_PREFIX}lat"]]
        geometry = None if None in position else {"type": "Point", "coordinates": position}
        feature = {"type": "Feature", "geometry": geometry, "properties": row}
        yield ((",\n" if index else "\n") + json.dumps(feature, ensure_ascii=False)).encode()
    yield b"\n]}\n"


OUTPUT_CHUNKS = {"csv": _csv_chunks, "geojson": _geojson_chunks, "xlsx": _xlsx_chunks}


def _build_report(
    file: Path, address_table: AddressTable, matches: pd.DataFrame, counts: Any, placed_count: int
) -> dict[str, Any]:
    """Return the counts as JSON, with each row that has no certain parcel."""
    is_unplaced = matches["parcel_id"].isna().to_numpy()
    rows = zip(
        address_table.row_numbers[is_unplaced].tolist(),
        address_table.address[is_unplaced],
        matches[is_unplaced].itertuples(),
        strict=True,
    )
    return {
        "file": file.name,
        "profile": address_table.profile,
        "address": address_table.address_columns,
        "rows": len(address_table),
        "with_address": int(address_table.address.notna().sum()),
        "different_addresses": int(address_table.address.nunique()),
        "placed": placed_count,
        "statuses": dict(counts),
        "not_placed": [
            {
                "row": number,
                "address": address if isinstance(address, str) else None,
                "status": row.status,
                "told": row.told if isinstance(row.told, str) else None,
                "candidate": row.candidate if isinstance(row.candidate, str) else None,
            }
            for number, address, row in rows
        ],
    }


def _print_counts(counts: Any, placed_count: int, row_count: int, address_table: AddressTable) -> None:
    from geo.geocode import status_label

    table = Shown(box=None, show_header=False, pad_edge=False)
    for status, count in counts.items():
        table.add_row(f"{count:,}", status, status_label(status))
    console.print(table)
    console.print(
        f"placed {placed_count:,} of {row_count:,} rows ({placed_count / row_count:.1%}), address from {address_table.address_columns}",
        markup=False,
    )
