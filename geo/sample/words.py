"""The words and shares from which the illustrative county is made; they stand in `words.toml`."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MERGED = ("Vinita Park", "Vinita Terrace")  # one town since the vote of November 2016
LAST_DAY, FIRST_DAY = "2016-11-08", "2016-11-09"  # illustrative: the month is known, the day is not
COUNTY_INSPECTS = "St. Louis County Public Works"

WORDS: dict[str, Any] = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
STREETS: tuple[str, ...] = tuple(dict.fromkeys(WORDS["streets"].split()))


@dataclass(frozen=True)
class Town:
    """A town as it was drawn before any merger; `weight` is its relative number of parcels."""

    name: str
    kind: str
    weight: float
    zip: str
    city: str
    police: int
    court: int
    inspection: str | None = None

    @property
    def today(self) -> str:
        """The town's name today: Vinita Terrace is part of Vinita Park."""
        return MERGED[0] if self.name in MERGED else self.name

    @property
    def inspects(self) -> str:
        """Who inspects there."""
        return self.inspection or f"{self.today} code inspection (illustrative)"


def towns(count: int) -> list[Town]:
    """Give the first `count` towns; after the 24 of the partnership come "Town 25" and so on.

    >>> [town.name for town in towns(26)][-3:]
    ['Wellston', 'Town 25', 'Town 26']
    """
    known = [Town(**table) for table in WORDS["towns"][:count]]
    more = [
        Town(f"Town {i}", "other", 300 + i * 7919 % 1700, f"631{i % 40:02d}", "St. Louis", i % 2, 0)
        for i in range(len(known) + 1, count + 1)
    ]
    return known + more


def ordinal(number: int) -> str:
    """Write a number as a street is called after it.

    >>> [ordinal(n) for n in (61, 62, 63, 64, 111)]
    ['61st', '62nd', '63rd', '64th', '111th']
    """
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10)
    return f"{number}{ending or 'th'}"
