"""Queries with their right results, and random choice of queries by kind.

`benchmarks.find.run` calls `make_queries`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from benchmarks.find.lists import AddressList, AddressRow


@dataclass(frozen=True, slots=True)
class Query:
    """A query made from a row of a list, or for an address that does not exist.

    `right_parcels` are the parcels that fit the text, the best first. A result is right at first if
    its first candidate is one of them. It is right among five if `own_parcel`, the row's parcel, is
    among its first five. Where more than five fit, any five of them are right. No right parcel
    means that no such address exists. `may_be_exact` says whether the status may be `exact`: only
    if every part is in the list as typed or as its standard abbreviation. For a number that does not exist,
    `useful_parcels` are those of the nearest numbers on the street and of the number whose digit was mistyped.
    """

    kind: str
    text: str
    right_parcels: tuple[str, ...]
    own_parcel: str | None
    may_be_exact: bool
    allowed_statuses: tuple[str, ...] = ()  # empty allows any status
    asker_town: str | None = None
    useful_parcels: frozenset[str] = frozenset()  # for an absent number: what helps to find the right one


QueryMaker = Callable[[Random, AddressRow, AddressList], Query | None]  # None where the row cannot make such a query


def make_queries(
    makers: dict[str, QueryMaker], addresses: AddressList, *, per_kind: int, seed: int, tries: int = 400
) -> list[Query]:
    """Return `per_kind` queries of every kind, made from random rows. The same seed makes the same queries."""
    queries = []
    for kind, make_query in makers.items():
        rng = Random(f"{seed} {kind}")  # noqa: S311 - the same in every run
        count = 0
        for _ in range(per_kind * tries):
            query = make_query(rng, rng.choice(addresses.rows), addresses)
            if query is not None:
                queries.append(query)
                count += 1
            if count == per_kind:
                break
    return queries
