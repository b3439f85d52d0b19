"""Address lists of the benchmark: as rows for the makers of queries, and as a layer for the index.

`benchmarks.find.run` opens them with `AddressFolder.open_or_make`.
"""

import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geo.ingest.ingest_request import IngestRequest
from geo.ingest.read_source import read_source

StreetParts = tuple[str, str, str, str]  # predir, name, suffix, postdir, as in the list

ST_LOUIS_LIST = "../shared/data/addresses/stl_20k/addresses.csv"  # real data, never in the repository
SAMPLE_TOWNS = "85"  # towns of a sample county

_TEXT_COLUMNS = (
    *("parcel_id", "frac", "number_sfx", "predir", "street", "suffix", "postdir", "unit"),
    *("town_declared", "zip", "postal_city"),
)


@dataclass(frozen=True, slots=True)
class AddressRow:
    """One address of a list. A missing part is empty, and `high` is 0 without a range.

    >>> row = AddressRow("04E100010", 4021, 4025, "", "", "N", "Oak", "Ave", "", "", "Pagedale", "63133", "St. Louis")
    >>> row.house_number, row.street_text
    ('4021-4025', 'N Oak Ave')
    """

    parcel: str
    number: int
    high: int
    frac: str
    letter: str
    predir: str
    name: str
    suffix: str
    postdir: str
    unit: str
    town: str
    zip: str
    postal_city: str

    @property
    def street(self) -> StreetParts:
        """Return the street: direction before the name, name, suffix, direction after the name."""
        return self.predir, self.name, self.suffix, self.postdir

    @property
    def house_number(self) -> str:
        """Return the house number as lists write it: 4021-4025, 503 1/2, 4131R."""
        return (
            f"{self.number}"
            + (f"-{self.high}" if self.high else "")
            + (f" {self.frac}" if self.frac else "")
            + self.letter
        )

    @property
    def street_text(self) -> str:
        """Return the street as one text."""
        return " ".join(filter(None, self.street))


@dataclass(frozen=True)
class AddressList:
    """The rows of a list, with the indexes that makers of queries need to avoid ambiguous ones."""

    rows: tuple[AddressRow, ...]

    @cached_property
    def rows_by_street(self) -> dict[StreetParts, list[AddressRow]]:
        """Return the rows of each street."""
        rows_by_street: dict[StreetParts, list[AddressRow]] = defaultdict(list)
        for row in self.rows:
            rows_by_street[row.street].append(row)
        return dict(rows_by_street)

    @cached_property
    def streets_by_name(self) -> dict[str, list[StreetParts]]:
        """Return the streets of each name, in capitals."""
        streets_by_name: dict[str, list[StreetParts]] = defaultdict(list)
        for street in self.rows_by_street:
            streets_by_name[street[1].upper()].append(street)
        return dict(streets_by_name)

    @cached_property
    def rows_by_name_and_number(self) -> dict[tuple[str, int], list[AddressRow]]:
        """Return the rows of each name (in capitals) and number, with any suffix and direction."""
        rows_by_house: dict[tuple[str, int], list[AddressRow]] = defaultdict(list)
        for row in self.rows:
            rows_by_house[row.name.upper(), row.number].append(row)
        return dict(rows_by_house)

    @cached_property
    def towns(self) -> tuple[str, ...]:
        """Return the names of the towns, sorted."""
        return tuple(sorted({row.town for row in self.rows}))


@dataclass(frozen=True)
class AddressFolder:
    """The folder of a list. The list is admitted once for all engines."""

    path: Path

    @classmethod
    def open_or_make(cls, name: str, parent: Path) -> "AddressFolder":
        """Open a list, "stl" or a file or a number of sample parcels, and admit it the first time."""
        name = ST_LOUIS_LIST if name == "stl" else name
        folder = cls(parent / (f"sample-{name}" if name.isdigit() else Path(name).parent.name))
        if not folder._frame_path.exists():
            folder.path.mkdir(parents=True, exist_ok=True)
            file = _make_sample_addresses(folder.path, name) if name.isdigit() else Path(name)
            frame = read_source(IngestRequest(layer="addresses", files=(file,))).frame
            frame.to_parquet(folder._frame_path)
        return folder

    @property
    def _frame_path(self) -> Path:
        return self.path / "admitted.parquet"

    def read_frame(self) -> gpd.GeoDataFrame:
        """Return the admitted layer `addresses`."""
        return gpd.read_parquet(self._frame_path)

    def read_addresses(self) -> AddressList:
        """Return the list as rows."""
        return make_address_list(self.read_frame())


def _make_sample_addresses(folder: Path, parcels: str) -> Path:
    program, sample = Path(sys.executable).with_name("lotleaf"), folder / "sample"
    options = ["--parcels", parcels, "--towns", SAMPLE_TOWNS, "--format", "geoparquet"]
    subprocess.run([program, "sample", sample, *options], check=True, capture_output=True)
    return sample / "addresses" / "addresses.parquet"


def make_address_list(addresses: pd.DataFrame) -> AddressList:
    """Return the rows of an admitted layer `addresses` that have a number and a street."""
    complete_rows = addresses[addresses["number"].notna() & addresses["street"].notna()]
    numbers = (complete_rows[name].fillna(0).astype(int) for name in ("number", "number_hi"))
    texts = (complete_rows[name].astype(object).fillna("").astype(str) for name in _TEXT_COLUMNS)
    first_text, *other_texts = texts
    return AddressList(tuple(map(AddressRow, first_text, *numbers, *other_texts)))
