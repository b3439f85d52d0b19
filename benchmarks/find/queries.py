"""Queries with their truth: what was asked, what must come first, and what must never be said."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from benchmarks.find.lists import List, Row


@dataclass(frozen=True, slots=True)
class Query:
    """A query made from a row of a list, or of an address that does not exist.

    `parcels` are those that fit all that the text says, the best answers first; the answer is right at first when its first
    candidate is one of them, and right among five when `row`'s own parcel is among the first five (or, where more than five fit, any
    five of them). An empty tuple means that no such address exists. `exact` tells whether the answer may be `exact`: only where every
    part stands in the list as typed or as its standard abbreviation.
    """

    kind: str
    text: str
    parcels: tuple[str, ...]
    parcel: str | None  # the row's own
    exact: bool
    statuses: tuple[str, ...] = ()  # the answer's status must be one of these; any where empty
    town: str | None = None  # the asker's


Maker = Callable[
    [Random, Row, List], Query | None
]  # None where the row is no ground for such a query


def made(
    kinds: dict[str, Maker], addresses: List, *, each: int, seed: int, tries: int = 400
) -> list[Query]:
    """Make `each` queries of every kind from rows that chance chooses; the same seed gives the same."""
    found = []
    for kind, make in kinds.items():
        rng = Random(f"{seed} {kind}")  # noqa: S311 - to be the same each time
        count = 0
        for _ in range(each * tries):
            query = make(rng, rng.choice(addresses.rows), addresses)
            if query is not None:
                found.append(query)
                count += 1
            if count == each:
                break
    return found
