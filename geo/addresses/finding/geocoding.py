"""Geocoding: a whole column of addresses, each row with its status, its parcel where that is sure, and what was changed."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from geo.addresses.finding.answer import STATUSES, Answer, Candidate
from geo.addresses.finding.columns import parcel_of_address
from geo.addresses.finding.find import find
from geo.addresses.gazetteer.index import AddressIndex
from geo.naming import slug
from geo.progress import Progress, quiet

COLUMNS = ("parcel_id", "status", "told", "candidate", "address", "town", "lon", "lat")
NOTHING = "The row names no address."
AT_ONCE = 500  # addresses between two words of progress
MOST = 5  # candidates of an answer


def geocoded(
    index: AddressIndex,
    addresses: pd.Series,
    towns: pd.Series,
    *,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Match addresses (None where a row has none) with parcels; one row out for each row in, in their order.

    `parcel_id` is given only where the join itself would take it: every part of the address stands in the table, and one parcel
    has it, or the row's town decides between several. Else it is None, and `candidate` is the parcel that comes first.
    `status` is one of `STATUSES`, `told` what was changed, or why nothing was found; places are in degrees. Each different
    address is asked once.
    """
    asked = pd.DataFrame({"address": addresses.to_numpy(object), "town": towns.to_numpy(object)})
    asked = asked.fillna("")
    once = asked.drop_duplicates().reset_index(drop=True)
    words = once.astype("str").where(once != "", None)
    sure = parcel_of_address(index)(words["address"], words["town"])
    told = []
    for at, (address, town) in enumerate(zip(once["address"], once["town"], strict=True)):
        if at % AT_ONCE == 0:
            (progress or quiet)("matching", at / len(once))
        leaning = slug(town) if town else None
        answer = find(index, address, town=leaning, limit=MOST) if address else None
        parcel = sure[at]
        told.append(_row(answer, parcel if isinstance(parcel, str) else None))
    number = {pair: at for at, pair in enumerate(once.itertuples(index=False, name=None))}
    rows = [number[pair] for pair in asked.itertuples(index=False, name=None)]
    found = pd.DataFrame(told, columns=list(COLUMNS))
    return found.iloc[rows].reset_index(drop=True)


def _row(answer: Answer | None, parcel: str | None) -> dict[str, Any]:
    """Tell one answer as a row; where several were found the parcel that the town decided for comes first."""
    if answer is None or not answer.candidates:
        return {"status": "none", "told": answer.reason if answer else NOTHING}
    first = next((one for one in answer.candidates if one.parcel_id == parcel), None)
    if parcel is not None and first is not None:
        return _told(first, "exact", first.changes) | {"parcel_id": parcel}
    first, *others = answer.candidates
    several = (
        [f"{1 + len(others)} parcels fit equally well."] if answer.status == "ambiguous" else []
    )
    return _told(first, answer.status, [*several, *first.changes])


def _told(one: Candidate, status: str, changes: Any) -> dict[str, Any]:
    place = {"address": one.address, "town": one.town, "lon": one.lon, "lat": one.lat}
    return {
        "candidate": one.parcel_id,
        "status": status,
        "told": " ".join(changes) or None,
        **place,
    }


def summed(rows: pd.DataFrame) -> Mapping[str, int]:
    """Count the rows of each status, those that there are, in the order of `STATUSES`."""
    counts = rows["status"].value_counts()
    return {status: int(counts[status]) for status in STATUSES if status in counts}
