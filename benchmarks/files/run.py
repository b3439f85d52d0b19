"""Print how a folder of strangers' files is understood, each loaded without an option.

`make try-files FOLDER=...` runs it. `truth.csv` says which columns of a file hold its main fields. A file is
understood if 95 % of its rows are admitted and each main field that it has comes from the right column.
"""

import csv
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from geo.errors import GeoError
from geo.ingest.ingest_request import IngestRequest
from geo.ingest.read_source import read_source

TRUTH = Path(__file__).with_name("truth.csv")
MIN_ADMITTED = 0.95
PLACES = (("lon", "lat"), ("x", "y"), ("wkt",))
OTHER_FIELDS = {"street": ("street", "name"), "name": ("name",)}  # fields that hold the same


@dataclass
class FileTruth:
    """A file with the columns that are right for each field. Several are alternatives of each other."""

    layer: str
    source: str
    what: str
    fields: dict[str, tuple[str, ...]]


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--truth", type=click.Path(exists=True, path_type=Path), default=TRUTH, help="The table of what is right."
)
def main(folder: Path, truth: Path) -> None:
    """Load each file of FOLDER that the table of truth names, and print a Markdown table."""
    print("| file | rows | admitted | fields right | understood |\n|---|---|---|---|---|")
    understood = count = 0
    for name, file_truth in sorted(read_truth(truth).items()):
        if (folder / name).exists():
            line, is_understood = judge_file(folder / name, file_truth)
            print(line, flush=True)
            understood, count = understood + is_understood, count + 1
    print(f"\n{understood} of {count} files understood")


def read_truth(path: Path) -> dict[str, FileTruth]:
    """Return the truth of each file, by its name in the folder."""
    lines = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            lines[line["file"]].append(line)
    return {
        name: FileTruth(
            rows[0]["layer"],
            rows[0]["source"],
            rows[0]["what"],
            {row["field"]: tuple(row["columns"].split("|")) for row in rows},
        )
        for name, rows in lines.items()
    }


def judge_file(path: Path, truth: FileTruth) -> tuple[str, bool]:
    """Return a file's line of the table, and whether it was understood."""
    try:
        report = read_source(IngestRequest(truth.layer, (path,))).report.to_json()
    except GeoError as error:
        return f"| {path.name} | | refused: {str(error)[:160]} | | no |", False
    right = [field for field, columns in truth.fields.items() if is_right(field, columns, report["mapping"])]
    is_understood = report["admitted"] >= MIN_ADMITTED * report["read"] and len(right) == len(truth.fields)
    wrong = ", ".join(f"{field}: {report['mapping'].get(field, '-')}" for field in truth.fields if field not in right)
    fields_text = f"{len(right)} of {len(truth.fields)}" + (f" ({wrong})" if wrong else "")
    return (
        f"| {path.name} | {report['read']:,} | {report['admitted']:,} | {fields_text} | {'yes' if is_understood else 'no'} |",
        is_understood,
    )


def is_right(field: str, columns: tuple[str, ...], mapping: dict[str, Any]) -> bool:
    """Return whether a field was taken from one of the right columns.

    >>> is_right("place", ("Longitude+Latitude",), {"lon": "Longitude", "lat": "Latitude"})
    True
    >>> is_right("place", ("geometry",), {}), is_right("id", ("Tag #",), {"id": "Crew"})
    (True, False)
    """
    if field == "place":
        taken = [
            "+".join(mapping[name] for name in names) for names in PLACES if all(name in mapping for name in names)
        ]
        return not set(taken or ["geometry"]).isdisjoint(columns)
    return any(mapping.get(name) in columns for name in OTHER_FIELDS.get(field, (field,)))


if __name__ == "__main__":
    main()
