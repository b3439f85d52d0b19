"""Whole columns of addresses at once, for the join: each different address is looked up once."""

from collections.abc import Callable, Collection

from pandas import DataFrame, Series

from geo.addresses.answer import Answer, Candidate
from geo.addresses.find import find
from geo.addresses.index import AddressIndex, folded

_MOST = 50  # candidates of an ambiguous address among which the town may decide


def parcel_of_address(index: AddressIndex) -> Callable[[Series, Series], Series]:
    """Give a function from addresses and their towns to parcel numbers.

    An address gets a parcel only if every part of it stands in the table and one parcel has it; where
    the same address stands in several towns, the given town decides. A given town that governs
    nothing (a post office) decides nothing. Missing where there is no such parcel; index and order
    are those of the addresses.
    """
    governing = {folded(name) for name in index.lots.town_names if name}

    def of(addresses: Series, towns: Series) -> Series:
        asked = DataFrame(
            {"address": addresses.astype("object"), "town": towns.astype("object").fillna("")}
        )
        once = asked[asked["address"].notna()].drop_duplicates()
        once = once.assign(parcel_id=[_parcel(index, governing, *pair) for pair in once.to_numpy()])
        found = asked.merge(once, on=["address", "town"], how="left")["parcel_id"]
        return Series(found.to_numpy(), index=addresses.index, dtype="str", name="parcel_id")

    return of


def _parcel(index: AddressIndex, governing: Collection[str], address: str, town: str) -> str | None:
    answer = find(index, address, limit=_MOST)
    wanted = folded(town)
    meant = [one for one in _sure(answer) if wanted not in governing or _in(one, wanted)]
    ids = {one.parcel_id for one in meant if one.kind == "address"}
    return ids.pop() if len(ids) == 1 else None


def _in(one: Candidate, wanted: str) -> bool:
    return one.town is None or folded(one.town) == wanted


def _sure(answer: Answer) -> list[Candidate]:
    if answer.status not in ("exact", "ambiguous"):
        return []
    return [one for one in answer.candidates if one.status in ("exact", "ambiguous")]
