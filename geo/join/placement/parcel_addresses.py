"""Addresses of parcels: the parcel's own, else that of its first address point.

`geo.join.inspections` fills `parcel_address` with them.
"""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geo.address_text import ADDRESS_TEXT_FIELDS, address_text
from geo.identifiers import original_id
from geo.join.placement.parcel_keys import find_parcels_by_key
from geo.projected_layer import NONE, ProjectedLayer


def find_parcel_addresses(parcels: ProjectedLayer, addresses: ProjectedLayer, rows: np.ndarray) -> np.ndarray:
    """Return the address of each parcel in `rows` (positions), None if unknown and for `NONE`.

    It is the parcel's own address, else the text of the first address point that names the parcel by its
    id. Address points come in the order of their ids.
    """
    parcel_rows, index = np.unique(rows, return_inverse=True)
    own_texts = parcels.string_array("address").take(pa.array(parcel_rows, mask=parcel_rows == NONE))
    texts = np.array([*own_texts.to_pylist(), None], object)[:-1]
    lacking = [position for position, text in enumerate(texts) if not has_text(text) and parcel_rows[position] != NONE]
    text_by_parcel = _texts_of_address_points(parcels, addresses, parcel_rows[lacking])
    texts[lacking] = [text_by_parcel.get(row) for row in parcel_rows[lacking].tolist()]
    found: np.ndarray = texts[index]
    return found


def has_text(text: str | None) -> bool:
    """Return whether a text is known and not blank.

    >>> has_text("12 Elm St"), has_text(" "), has_text(None)
    (True, False, False)
    """
    return text is not None and bool(text.strip())


def _texts_of_address_points(
    parcels: ProjectedLayer, addresses: ProjectedLayer, parcel_rows: np.ndarray
) -> dict[int, str]:
    """Return the text of the first address point of each parcel that has one, by parcel position."""
    ids = {id_ for row in parcel_rows.tolist() for id_ in (parcels.ids[row], original_id(parcels.ids[row]))}
    named_ids = pa.array(sorted(ids), pa.large_string())
    is_candidate = pc.is_in(addresses.string_array("parcel_id"), value_set=named_ids, skip_nulls=True)
    candidates = np.flatnonzero(is_candidate.to_numpy(zero_copy_only=False))
    if not len(candidates):
        return {}
    # Two sources may use the same number, so the rules for keys decide which parcel is meant.
    keys, sources = (addresses.series(name).iloc[candidates] for name in ("parcel_id", "source"))
    parcel_of_candidate = find_parcels_by_key(keys, parcels, sources)
    columns = {name: _objects_at(addresses.series(name), candidates) for name in ADDRESS_TEXT_FIELDS}
    text_by_parcel: dict[int, str] = {}
    for position, parcel in enumerate(parcel_of_candidate.tolist()):
        text = address_text({name: column[position] for name, column in columns.items()})
        if text.strip():
            text_by_parcel.setdefault(parcel, text)
    return text_by_parcel


def _objects_at(column: pd.Series, rows: np.ndarray) -> list[Any]:
    """Return the values of some rows as Python objects, None where unknown."""
    values = column.iloc[rows].astype(object)
    return values.where(values.notna(), None).tolist()
