"""Words and weights for the illustrative county, read from `word_lists.toml`."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MERGED_TOWNS = ("Vinita Park", "Vinita Terrace")  # one town since the vote of November 2016
LAST_DAY_SEPARATE, FIRST_DAY_MERGED = ("2016-11-08", "2016-11-09")  # illustrative: the month is known, the day is not
COUNTY_INSPECTOR = "St. Louis County Public Works"

WORD_LISTS: dict[str, Any] = tomllib.loads(Path(__file__).with_name("word_lists.toml").read_text("utf-8"))
STREET_WORDS: tuple[str, ...] = tuple(dict.fromkeys(WORD_LISTS["streets"].split()))


@dataclass(frozen=True)
class Town:
    """A town before any merger. `weight` is its relative number of parcels.

    `police` and `court` are indices into the lists of `word_lists.toml`. `known` has the kinds of
    district whose assignment is a fact. All others are illustrative.
    """

    name: str
    kind: str
    weight: float
    zip: str
    city: str
    police: int
    court: int
    inspection: str | None = None
    known: tuple[str, ...] = ()

    @property
    def current_name(self) -> str:
        """Return the town's name today. Vinita Terrace is part of Vinita Park.

        >>> Town("Vinita Terrace", "village", 170, "63114", "St. Louis", 0, 0).current_name
        'Vinita Park'
        """
        return MERGED_TOWNS[0] if self.name in MERGED_TOWNS else self.name

    @property
    def inspecting_agency(self) -> str:
        """Return the agency that inspects in the town.

        >>> Town("Vinita Terrace", "village", 170, "63114", "St. Louis", 0, 0).inspecting_agency
        'Vinita Park code inspection (illustrative)'
        """
        return self.inspection or f"{self.current_name} code inspection (illustrative)"


def first_towns(count: int) -> list[Town]:
    """Return the first `count` towns. The 24 real names are followed by "Town 25" and so on.

    >>> [town.name for town in first_towns(26)][-3:]
    ['Wellston', 'Town 25', 'Town 26']
    """
    real_towns = [Town(**table | {"known": tuple(table.get("known", ()))}) for table in WORD_LISTS["towns"][:count]]
    invented_towns = [
        Town(f"Town {i}", "other", 300 + i * 7919 % 1700, f"631{i % 40:02d}", "St. Louis", 2 + i % 2, 0)
        for i in range(len(real_towns) + 1, count + 1)
    ]
    return real_towns + invented_towns


def to_ordinal(number: int) -> str:
    """Return a number as the name of an ordinal street.

    >>> [to_ordinal(n) for n in (61, 62, 63, 64, 111)]
    ['61st', '62nd', '63rd', '64th', '111th']
    """
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10)
    return f"{number}{ending or 'th'}"
