"""The cases: published headings with rows made by hand, and the column of each main field.

Each file of `cases/` and `held_out/` is one. Nobody looked at `held_out/` while the recognition was tuned.
"""

import csv
import io
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

FOLDER = Path(__file__).parent
PLACE_FIELDS = ("lon", "lat", "x", "y", "wkt")
# The main fields of each layer, besides the place.
MAIN_FIELDS: Mapping[str, tuple[str, ...]] = {
    "municipalities": ("name",),
    "districts": ("name",),
    "parcels": ("id", "address", "land_use", "year_built"),
    "addresses": ("number", "street", "address", "parcel_id"),
    "streets": ("name", "street", "left_from", "left_to", "right_from", "right_to"),
    "trees": ("species", "common", "dbh_in", "condition", "address", "id"),
    "sites": ("status", "address", "id"),
    "inspections": ("case_id", "kind", "status", "opened_on", "parcel_key", "address"),
}


@dataclass(frozen=True)
class Case:
    """One set of headings with rows. `truth` maps each field that the file has to the columns that are right."""

    name: str
    layer: str
    columns: dict[str, pa.ChunkedArray]
    has_geometry: bool
    truth: dict[str, tuple[str, ...]]


def read_cases(folder: str) -> Iterator[Case]:
    """Yield the cases of a folder, in the order of their names. Equal headings get a number behind them."""
    for path in sorted((FOLDER / folder).glob("*.toml")):
        table = tomllib.loads(path.read_text("utf-8"))
        heading, *rows = [row for row in csv.reader(io.StringIO(table["csv"].strip("\n") + "\n")) if row]
        names = _number_equal_names(heading)
        columns = {
            name: pa.chunked_array([pa.array([row[index] for row in rows], pa.string())])
            for index, name in enumerate(names)
        }
        truth = {field: tuple(text.split(" or ")) for field, text in table["fields"].items()}
        if "dbh_in" not in truth and "dbh_class" in truth:
            truth["dbh_in"] = truth["dbh_class"]
        yield Case(path.stem, table["layer"], columns, table.get("kind", "csv") != "csv", truth)


def _number_equal_names(names: list[str]) -> list[str]:
    """Return column names, each later one of equal names with its number.

    >>> _number_equal_names(["Size", "Form", "Size"])
    ['Size', 'Form', 'Size (2)']
    """
    seen: dict[str, int] = {}
    numbered = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        numbered.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return numbered
