"""Edits by hand that name a parcel which no load holds any more. The join passes them over.

`metadata.build_status` calls `find_lost_overrides`, so that `status`, `check` and loads name them.
"""

from collections.abc import Iterator
from typing import Any

import apsw

from geo.schema import LAYERS
from geo.store.geopackage.connections import fetch_all
from geo.store.geopackage.tables import quote_name
from geo.store.geopackage.writes.overrides import OVERRIDE_FIELD, names_parcel


def find_lost_overrides(connection: apsw.Connection) -> Iterator[dict[str, Any]]:
    """Yield `layer`, `id` and `parcel_id` of each record that somebody gave to a parcel that is gone."""
    for layer in LAYERS.values():
        if OVERRIDE_FIELD not in layer.fields_by_name:
            continue
        rows = fetch_all(
            connection,
            f"SELECT id, {OVERRIDE_FIELD} FROM {quote_name(layer.name)} WHERE {OVERRIDE_FIELD} NOTNULL ORDER BY id",
        )
        for id_, parcel_id in rows:
            if isinstance(parcel_id, str) and not names_parcel(connection, parcel_id):
                yield {"layer": layer.name, "id": id_, "parcel_id": parcel_id}
