"""Address lists: as rows for those who make queries of them, and as a layer for the index."""

import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geo.sources.read import read_source
from geo.sources.reading import Request

Street = tuple[
    str, str, str, str
]  # direction, name, suffix, direction behind; as the list writes them

STL = "../shared/data/addresses/stl_20k/addresses.csv"  # real, and never in the repository
TOWNS = "85"  # of a sample county

_TEXTS = (
    *("parcel_id", "frac", "number_sfx", "predir", "street", "suffix", "postdir", "unit"),
    *("town_declared", "zip", "postal_city"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One address as its list has it; what it has not is empty, `high` is 0 where there is no range."""

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
    postal: str  # the post office's city

    @property
    def street(self) -> Street:
        """The whole street."""
        return self.predir, self.name, self.suffix, self.postdir

    @property
    def house(self) -> str:
        """The number as lists write it: 4021-4025, 503 1/2, 4131R."""
        return (
            f"{self.number}"
            + (f"-{self.high}" if self.high else "")
            + (f" {self.frac}" if self.frac else "")
            + self.letter
        )

    @property
    def road(self) -> str:
        """The street as one text."""
        return " ".join(filter(None, self.street))


@dataclass(frozen=True)
class List:
    """A list of addresses, and what of it the makers of queries must know so as not to ask for two things at once."""

    rows: tuple[Row, ...]

    @cached_property
    def on(self) -> dict[Street, list[Row]]:
        """The rows of each street."""
        found: dict[Street, list[Row]] = defaultdict(list)
        for row in self.rows:
            found[row.street].append(row)
        return dict(found)

    @cached_property
    def called(self) -> dict[str, list[Street]]:
        """The streets of each name, in capitals."""
        found: dict[str, list[Street]] = defaultdict(list)
        for street in self.on:
            found[street[1].upper()].append(street)
        return dict(found)

    @cached_property
    def numbered(self) -> dict[tuple[str, int], list[Row]]:
        """The rows of each name (in capitals) and number, whatever the suffix and direction."""
        found: dict[tuple[str, int], list[Row]] = defaultdict(list)
        for row in self.rows:
            found[row.name.upper(), row.number].append(row)
        return dict(found)

    @cached_property
    def towns(self) -> tuple[str, ...]:
        """The towns."""
        return tuple(sorted({row.town for row in self.rows}))


@dataclass(frozen=True)
class Folder:
    """Where a list is kept, admitted once for all that ask it."""

    path: Path

    @classmethod
    def of(cls, name: str, parent: Path) -> "Folder":
        """Read a list by its file, or make that of a sample county of so many parcels; done once."""
        name = STL if name == "stl" else name
        folder = cls(parent / (f"sample-{name}" if name.isdigit() else Path(name).parent.name))
        if not folder._frame.exists():
            folder.path.mkdir(parents=True, exist_ok=True)
            file = _sampled(folder.path, name) if name.isdigit() else Path(name)
            frame = read_source(Request(layer="addresses", files=(file,))).frame
            frame.to_parquet(folder._frame)
        return folder

    @property
    def _frame(self) -> Path:
        return self.path / "admitted.parquet"

    def frame(self) -> gpd.GeoDataFrame:
        """Give the layer `addresses`, admitted."""
        return gpd.read_parquet(self._frame)

    def list(self) -> List:
        """Give the list as rows."""
        return listed(self.frame())


def _sampled(folder: Path, parcels: str) -> Path:
    lotleaf, sample = Path(sys.executable).with_name("lotleaf"), folder / "sample"
    options = ["--parcels", parcels, "--towns", TOWNS, "--format", "geoparquet"]
    subprocess.run([lotleaf, "sample", sample, *options], check=True, capture_output=True)
    return sample / "addresses" / "addresses.parquet"


def listed(addresses: pd.DataFrame) -> List:
    """Make a list of the layer `addresses`, admitted; rows without a number or a street are left out."""
    there = addresses[addresses["number"].notna() & addresses["street"].notna()]
    numbers = (there[name].fillna(0).astype(int) for name in ("number", "number_hi"))
    texts = (there[name].astype(object).fillna("").astype(str) for name in _TEXTS)
    first, *rest = texts
    return List(tuple(map(Row, first, *numbers, *rest)))
