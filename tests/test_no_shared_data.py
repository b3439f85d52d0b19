"""Nothing of the real files that tests are run on stands in the project, but the tables that their READMEs allow."""

import csv
import hashlib
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

pytestmark = pytest.mark.realdata

ROOT = Path(__file__).parents[1]
ALLOWED = (
    "codes/facts/",
    "forestry/species_roster.csv",
    "forestry/species_synonyms.csv",
    "forestry/worked_examples.json",
)
DATA_SUFFIXES = {
    ".csv",
    ".json",
    ".geojson",
    ".topojson",
    ".toml",
    ".txt",
    ".parquet",
    ".tif",
    ".gpkg",
    ".zip",
    ".xlsx",
}
MIN_VALUES, MIN_CHARACTERS = 4, 24  # of a row that says more than a few common words
MIN_DECIMALS = 5  # of a coordinate that is one place's
MAX_COMMON_PLACES = 20  # that two files of one region share by chance
csv.field_size_limit(10_000_000)


@pytest.fixture(scope="module")
def shared_files(realdata) -> list[Path]:
    return [
        path
        for path in sorted(realdata.rglob("*"))
        if path.is_file() and path.suffix != ".md" and not str(path.relative_to(realdata)).startswith(ALLOWED)
    ]


@pytest.fixture(scope="module")
def ours() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    return [path for path in paths if path.suffix in DATA_SUFFIXES and path.is_file()]


def rows_of(path: Path) -> Iterator[str]:
    """Yield the values of each row of a table or each feature of a JSON file, in one text."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            yield from (as_text(row) for row in csv.reader(file))
    elif path.suffix == ".parquet":
        names = [name for name in pq.read_schema(path).names if name not in {"geometry", "bbox"}]
        for row in pq.read_table(path, columns=names).to_pylist():
            yield as_text(list(row.values()))
    elif path.suffix in {".json", ".geojson", ".topojson"}:
        yield from (as_text(list(item.values())) for item in properties_in(json.loads(path.read_text("utf-8"))))


def properties_in(value: object) -> Iterator[dict[str, object]]:
    if isinstance(value, dict):
        if isinstance(value.get("properties"), dict):
            yield value["properties"]
        for name, part in value.items():
            if name in {"features", "objects", "geometries"} or isinstance(part, dict):
                yield from properties_in(part)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for part in value:
            yield from properties_in(part)


def as_text(values: list[object]) -> str:
    filled = [str(value).strip() for value in values if value is not None and str(value).strip()]
    text = "|".join(filled)
    return text if len(filled) >= MIN_VALUES and len(text) >= MIN_CHARACTERS else ""


def places_of(path: Path) -> set[str]:
    if path.suffix not in {".json", ".geojson"}:
        return set()
    pattern = rf"\[\s*(-?[0-9]+\.[0-9]{{{MIN_DECIMALS},}}),\s*(-?[0-9]+\.[0-9]{{{MIN_DECIMALS},}})"
    return {f"{float(x):.5f} {float(y):.5f}" for x, y in re.findall(pattern, path.read_text("utf-8"))}


def test_no_file_is_a_copy(shared_files, ours):
    digests = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in shared_files}

    assert len(digests) > 100
    assert [path for path in ours if hashlib.sha256(path.read_bytes()).hexdigest() in digests] == []


def test_no_row_is_a_copy(shared_files, ours):
    rows = {text for path in shared_files for text in rows_of(path) if text}
    own_rows = {text: path for path in ours for text in rows_of(path) if text}

    assert len(rows) > 100_000
    assert len(own_rows) > 8_000
    assert {text: own_rows[text] for text in own_rows.keys() & rows} == {}


def test_no_outline_is_a_copy(shared_files, ours):
    places = {place for path in shared_files for place in places_of(path)}

    assert len(places) > 10_000
    assert {path: len(common) for path in ours if len(common := places_of(path) & places) > MAX_COMMON_PLACES} == {}


def test_a_copied_row_would_be_noticed(shared_files, tmp_path):
    table = next(path for path in shared_files if path.suffix == ".csv" and path.stat().st_size < 5_000_000)
    copied = tmp_path / "copy.csv"
    copied.write_bytes(table.read_bytes())

    assert {text for text in rows_of(copied) if text} == {text for text in rows_of(table) if text} != set()
