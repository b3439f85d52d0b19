"""Checks of `override_parcel_id`, the parcel that somebody sets by hand: an existing parcel or 'none'.

`record_editor` calls `override_faults`.
"""

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any

import apsw

from geo.identifiers import original_id
from geo.store.geopackage.connections import fetch_all
from geo.store.geopackage.tables import key_sql

OVERRIDE_FIELD = "override_parcel_id"
MAX_SUGGESTIONS = 3  # ids in the error message

# Same rules as the join: by id in any letter case, also without `~source`, or by old id.
_PARCEL_EXISTS_SQL = f"""
SELECT EXISTS (SELECT 1 FROM parcels WHERE id = :word) OR EXISTS (
  SELECT 1 FROM parcels WHERE upper(trim(id)) = :spelt AND {key_sql("id")} = :bare AND id NOTNULL
) OR EXISTS (
  SELECT 1 FROM parcels WHERE {key_sql("id")} = :spelt AND id NOTNULL
) OR EXISTS (
  SELECT 1 FROM parcels WHERE upper(trim(old_id)) = :spelt AND {key_sql("old_id")} = :bare AND old_id NOTNULL
)
"""


def override_faults(connection: apsw.Connection, values: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence if the given parcel does not exist, with the most similar ids."""
    parcel_id = values.get(OVERRIDE_FIELD)
    if parcel_id is not None and not names_parcel(connection, parcel_id):
        normalized_id = parcel_id.strip().upper()
        suggestions = ", ".join(_similar_parcel_ids(connection, normalized_id)) or "none are loaded"
        yield (
            f"{OVERRIDE_FIELD} is {parcel_id!r}, but there is no such parcel (the nearest ids: {suggestions}); "
            "`lotleaf find ADDRESS` shows a parcel's id, and 'none' means no parcel"
        )


def names_parcel(connection: apsw.Connection, parcel_id: str) -> bool:
    """Return whether an override names a parcel that some load holds, by the rules of the join, or 'none'."""
    normalized_id = parcel_id.strip().upper()
    if normalized_id in {"", "NONE"}:
        return True
    parameters = {"word": parcel_id, "spelt": normalized_id, "bare": original_id(normalized_id).strip()}
    return bool(connection.execute(_PARCEL_EXISTS_SQL, parameters).get)


def _similar_parcel_ids(connection: apsw.Connection, parcel_id: str) -> list[str]:
    """Return the ids most similar to `parcel_id`, among its neighbors in the order of ids."""
    adjacent_rows = fetch_all(
        connection,
        "SELECT * FROM (SELECT id FROM parcels WHERE id >= ?1 ORDER BY id LIMIT 20) UNION ALL "
        "SELECT * FROM (SELECT id FROM parcels WHERE id < ?1 ORDER BY id DESC LIMIT 20)",
        (parcel_id,),
    )
    ids = [id_ for (id_,) in adjacent_rows]
    similarity = {id_: SequenceMatcher(None, parcel_id, id_.upper()).ratio() for id_ in ids}
    return sorted(ids, key=lambda id_: (-similarity[id_], id_))[:MAX_SUGGESTIONS]
