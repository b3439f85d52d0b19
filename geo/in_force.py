"""Whether a town boundary or a district is in force on a day, for one record and for the rows of a layer.

The join, the address index and the pages call these functions.
"""

from datetime import date

import numpy as np
import pandas as pd

from geo.store.records import Record


def is_in_force(town: Record, today: date) -> bool:
    """Return whether a town boundary is in force on a day, its first and last day included.

    >>> town = Record("bel-nor", "limits", {"valid_from": "1948-05-01", "valid_to": None})
    >>> is_in_force(town, date(1948, 5, 1)), is_in_force(town, date(1948, 4, 30))
    (True, False)
    """
    values = town.values  # noqa: PD011 - of a record, not of a frame
    start, end = values.get("valid_from"), values.get("valid_to")
    today_text = today.isoformat()
    return (not start or start[:10] <= today_text) and (not end or today_text <= end[:10])


def rows_in_force(valid_from: pd.Series, valid_to: pd.Series, today: date) -> np.ndarray:
    """Return a mask of the rows in force on a day. Both ends are included, and an open end has no limit.

    >>> valid_from, valid_to = pd.Series(["2020-01-01", None]), pd.Series([None, "2023-12-31"])
    >>> rows_in_force(valid_from, valid_to, date(2024, 1, 1)).tolist()
    [True, False]
    >>> rows_in_force(valid_from, valid_to, date(2023, 12, 31)).tolist()
    [True, True]
    """
    iso_day = today.isoformat()
    has_begun = valid_from.isna() | (valid_from <= iso_day)
    not_ended = valid_to.isna() | (valid_to >= iso_day)
    return (has_begun & not_ended).to_numpy(bool)
