"""Geocoding of a column of addresses with a status, a candidate and the changes for each row.

The command `lotleaf geocode` calls `geocode_addresses`.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from geo.geocode.batch import make_parcel_finder
from geo.geocode.gazetteer.address_index import AddressIndex
from geo.geocode.geocoder import find
from geo.geocode.match.geocode_result import STATUSES, Candidate, GeocodeResult
from geo.identifiers import slugify
from geo.language.translate import gettext, gettext_noop, ngettext
from geo.progress import Progress, ignore_progress

RESULT_COLUMNS = ("parcel_id", "status", "told", "candidate", "address", "town", "lon", "lat")
NO_ADDRESS_REASON = gettext_noop("The row has no address.")
PROGRESS_INTERVAL = 500  # addresses between two progress reports
MAX_CANDIDATES = 5  # candidates of one address


def geocode_addresses(
    index: AddressIndex, addresses: pd.Series, towns: pd.Series, *, progress: Progress | None = None
) -> pd.DataFrame:
    """Return one row for each address, in order, with the columns `RESULT_COLUMNS`.

    `parcel_id` is set only if the join would use it: every part of the address matches and one parcel
    has it, or the town decides. Otherwise it is NA and `candidate` is the first candidate's parcel.
    `status` is one of `STATUSES`. `told` holds the changes, or the reason for no result. Points are in
    degrees. An address of None gets the status "none". Each distinct address is looked up once.

    >>> parcels = pd.DataFrame({"id": ["10E1"], "address": ["4021 Oak Ave"], "town_declared": ["Bel-Nor"]})
    >>> index = AddressIndex.build(parcels=parcels.assign(old_id="", postal_city="", zip=""))
    >>> rows = geocode_addresses(index, pd.Series(["4021 Oak Ave", "4021 Oak St"]), pd.Series([None, None]))
    >>> rows[["parcel_id", "status", "candidate"]].fillna("NA").to_numpy().tolist()
    [['10E1', 'exact', '10E1'], ['NA', 'corrected', '10E1']]
    """
    requests = pd.DataFrame({"address": addresses.to_numpy(object), "town": towns.to_numpy(object)})
    requests = requests.fillna("")
    unique_requests = requests.drop_duplicates().reset_index(drop=True)
    nullable_requests = unique_requests.astype("str").where(unique_requests != "", None)
    parcel_ids = make_parcel_finder(index)(nullable_requests["address"], nullable_requests["town"])
    result_rows = []
    for i, (address, town) in enumerate(zip(unique_requests["address"], unique_requests["town"], strict=True)):
        if i % PROGRESS_INTERVAL == 0:
            (progress or ignore_progress)("matching", i / len(unique_requests))
        town_slug = slugify(town) if town else None
        result = find(index, address, town=town_slug, limit=MAX_CANDIDATES) if address else None
        parcel_id = parcel_ids[i]
        result_rows.append(_result_row(result, parcel_id if isinstance(parcel_id, str) else None))
    position_of_pair = {pair: i for i, pair in enumerate(unique_requests.itertuples(index=False, name=None))}
    positions = [position_of_pair[pair] for pair in requests.itertuples(index=False, name=None)]
    results = pd.DataFrame(result_rows, columns=list(RESULT_COLUMNS))
    return results.iloc[positions].reset_index(drop=True)


def _result_row(result: GeocodeResult | None, parcel_id: str | None) -> dict[str, Any]:
    """Return one geocode result as a row. The parcel that the town decides for comes first."""
    if result is None or not result.candidates:
        return {"status": "none", "told": result.reason if result else gettext(NO_ADDRESS_REASON)}
    first = next((candidate for candidate in result.candidates if candidate.parcel_id == parcel_id), None)
    if parcel_id is not None and first is not None:
        return _candidate_row(first, "exact", first.changes) | {"parcel_id": parcel_id}
    first, *others = result.candidates
    changes = first.changes
    if result.status == "ambiguous":
        count = 1 + len(others)
        count_text = ngettext("%(count)s parcel matches equally well.", "%(count)s parcels match equally well.", count)
        changes = (count_text, *changes)
    return _candidate_row(first, result.status, changes)


def _candidate_row(candidate: Candidate, status: str, changes: Any) -> dict[str, Any]:
    location = {"address": candidate.address, "town": candidate.town, "lon": candidate.lon, "lat": candidate.lat}
    return {"candidate": candidate.parcel_id, "status": status, "told": " ".join(changes) or None, **location}


def count_statuses(rows: pd.DataFrame) -> Mapping[str, int]:
    """Count the rows of each status present, in the order of `STATUSES`.

    >>> count_statuses(pd.DataFrame({"status": ["none", "exact", "exact"]}))
    {'exact': 2, 'none': 1}
    """
    counts = rows["status"].value_counts()
    return {status: int(counts[status]) for status in STATUSES if status in counts}
