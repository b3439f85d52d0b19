"""The parcel that somebody sets by hand: one that there is, or 'none'."""

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any

import apsw

from geo.naming import bare
from geo.store.connections import fetched
from geo.store.schema import key_of

FIELD = "override_parcel_id"
NEAREST = 3  # ids that are offered in the place of one that there is not

# As the join finds it: by its id, in whatever spelling, also without its `~source`, or by its old number.
_KNOWN = f"""
SELECT EXISTS (SELECT 1 FROM parcels WHERE id = :word) OR EXISTS (
  SELECT 1 FROM parcels WHERE upper(trim(id)) = :spelt AND {key_of("id")} = :bare AND id NOTNULL
) OR EXISTS (
  SELECT 1 FROM parcels WHERE {key_of("id")} = :spelt AND id NOTNULL
) OR EXISTS (
  SELECT 1 FROM parcels WHERE upper(trim(old_id)) = :spelt AND {key_of("old_id")} = :bare AND old_id NOTNULL
)
"""


def faults(connection: apsw.Connection, values: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence where the parcel set by hand is none that there is, with those called most like it."""
    word = values.get(FIELD)
    if word is None or word.strip().casefold() == "none":
        return
    spelt = word.strip().upper()
    if not connection.execute(
        _KNOWN, {"word": word, "spelt": spelt, "bare": bare(spelt).strip()}
    ).get:
        near = ", ".join(_nearest(connection, spelt)) or "none are loaded"
        yield (
            f"{FIELD} is {word!r}, but there is no such parcel (the nearest ids: {near}); "
            "`lotleaf find ADDRESS` tells a parcel's id, and 'none' means no parcel"
        )


def _nearest(connection: apsw.Connection, word: str) -> list[str]:
    """Give the ids most like a word, of those that stand beside it in their order."""
    beside = fetched(
        connection,
        "SELECT * FROM (SELECT id FROM parcels WHERE id >= ?1 ORDER BY id LIMIT 20) UNION ALL "
        "SELECT * FROM (SELECT id FROM parcels WHERE id < ?1 ORDER BY id DESC LIMIT 20)",
        (word,),
    )
    ids = [id_ for (id_,) in beside]
    alike = {id_: SequenceMatcher(None, word, id_.upper()).ratio() for id_ in ids}
    return sorted(ids, key=lambda id_: (-alike[id_], id_))[:NEAREST]
