"""Address lists: as rows for those who make queries of them, and as a layer for the index."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

Street = tuple[
    str, str, str, str
]  # direction, name, suffix, direction behind; as the list writes them

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


def listed(addresses: pd.DataFrame) -> List:
    """Make a list of the layer `addresses`, admitted; rows without a number or a street are left out."""
    there = addresses[addresses["number"].notna() & addresses["street"].notna()]
    numbers = (there[name].fillna(0).astype(int) for name in ("number", "number_hi"))
    texts = (there[name].astype(object).fillna("").astype(str) for name in _TEXTS)
    first, *rest = texts
    return List(tuple(map(Row, first, *numbers, *rest)))
