"""`geocode`: a table of addresses matched to parcels, row by row."""

import csv
import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import click
import pandas as pd
from rich.table import Table as Shown

from geo.errors import BadInput
from geo.sources.addressed import Table
from webmap.cli.common import ending, in_a_folder, opened, progress_bar, screen, workspace_option

OURS = "lotleaf_"  # before the names of the columns that are added
SAYS = {
    "exact": "every typed part stands in the table",
    "corrected": "found after a change that is told",
    "ambiguous": "several fit equally well",
    "nearest": "no such number; the nearest on its side is told",
    "block": "a block",
    "intersection": "a crossing of two streets",
    "prefix": "an address that is not finished",
    "none": "nothing found, or no address in the row",
}


@click.command(
    epilog=ending(
        "geocode complaints.csv -o placed.csv",
        'geocode trees.xlsx --layer trees --map "address=HOUSE+STREET" -o placed.geojson --report report.json',
    )
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@workspace_option
@click.option(
    "-o", "--out", required=True, help="A .csv or .geojson file, or - for CSV on standard output."
)
@click.option(
    "--layer",
    "kind",
    type=click.Choice(["inspections", "trees"]),
    default="inspections",
    show_default=True,
    help="What the rows are: by this their columns are known.",
)
@click.option(
    "--map", "maps", multiple=True, help="A column by hand, as address=NUMBER+STREET; repeatable."
)
@click.option("--table", help="The sheet or table of a file that has several.")
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A JSON file for what was found.",
)
def geocode(
    file: Path,
    workspace: Path,
    out: str,
    kind: str,
    maps: tuple[str, ...],
    table: str | None,
    report: Path | None,
) -> None:
    """Match a table's addresses to parcels, row by row.

    Every row and column stays; columns called lotleaf_… are added. lotleaf_parcel_id is given only where
    every part of the address stands in the table.
    """
    from geo.addresses.finding.geocoding import geocoded, summed
    from geo.addresses.gazetteer.stored import kept_index
    from geo.sources.addressed import read_table
    from geo.sources.reading import Request
    from webmap.cli.loading import mapped

    _writable(out, report)
    with progress_bar() as tell:
        read = read_table(Request(kind, (file,), maps=mapped(maps), table=table), progress=tell)
        with opened(workspace) as store, store.snapshot() as reader:
            index = kept_index(reader, store.beside)
        found = geocoded(index, read.address, read.town, progress=tell)
    _write(out, read, found)
    counts, placed = summed(found), int(found["parcel_id"].notna().sum())
    if report:
        told = _report(file, read, found, counts, placed)
        report.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")
    _show(counts, placed, len(read), read)


def _writable(out: str, report: Path | None) -> None:
    """Refuse an end that is not known, or a folder that is not there, before anything is read."""
    if out != "-":
        if Path(out).suffix.lower() not in (".csv", ".geojson"):
            raise BadInput(
                f"{out}: -o takes a .csv or a .geojson file, or - for CSV on standard output"
            )
        in_a_folder(Path(out))
    if report:
        in_a_folder(report)


def _write(out: str, read: Table, found: pd.DataFrame) -> None:
    with _opened(out) as file:
        (_geojson if out.lower().endswith(".geojson") else _csv)(file, read, found)


@contextmanager
def _opened(out: str) -> Iterator[TextIO]:
    if out == "-":
        wrapped = io.TextIOWrapper(sys.stdout.buffer, "utf-8", newline="", write_through=True)
        yield wrapped
        wrapped.detach()
        return
    with Path(out).open("w", encoding="utf-8", newline="") as file:
        yield file


def _rows(read: Table, found: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Give each row as the file has it, with our columns behind; one of the same name is the file's no more."""
    ours = [f"{OURS}{name}" for name in found]
    theirs = {name: column for name, column in read.columns.items() if name not in ours}
    columns = [column.astype(object).where(column.notna(), None) for column in theirs.values()]
    added = [found[name].astype(object).where(found[name].notna(), None) for name in found]
    for values in zip(*columns, *added, strict=True):
        yield dict(zip([*theirs, *ours], values, strict=True))


def _csv(file: TextIO, read: Table, found: pd.DataFrame) -> None:
    rows = csv.writer(file)
    for at, row in enumerate(_rows(read, found)):
        if at == 0:
            rows.writerow(row)
        rows.writerow("" if value is None else value for value in row.values())


def _geojson(file: TextIO, read: Table, found: pd.DataFrame) -> None:
    file.write('{"type": "FeatureCollection", "features": [')
    for at, row in enumerate(_rows(read, found)):
        place = [row[f"{OURS}lon"], row[f"{OURS}lat"]]
        point = None if None in place else {"type": "Point", "coordinates": place}
        feature = {"type": "Feature", "geometry": point, "properties": row}
        file.write((",\n" if at else "\n") + json.dumps(feature, ensure_ascii=False))
    file.write("\n]}\n")


def _report(
    file: Path, read: Table, found: pd.DataFrame, counts: Any, placed: int
) -> dict[str, Any]:
    """Tell the counts, and every row without a sure parcel with why."""
    left = found["parcel_id"].isna().to_numpy()
    rows = zip(
        read.numbers[left].tolist(), read.address[left], found[left].itertuples(), strict=True
    )
    return {
        "file": file.name,
        "profile": read.profile,
        "address": read.origin,
        "rows": len(read),
        "with_address": int(read.address.notna().sum()),
        "different_addresses": int(read.address.nunique()),
        "placed": placed,
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


def _show(counts: Any, placed: int, rows: int, read: Table) -> None:
    table = Shown(box=None, show_header=False, pad_edge=False)
    for status, count in counts.items():
        table.add_row(f"{count:,}", status, SAYS[status])
    screen.print(table)
    screen.print(
        f"placed {placed:,} of {rows:,} rows ({placed / rows:.1%}), address from {read.origin}",
        markup=False,
    )
