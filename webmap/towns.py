"""The towns: what they are called, which of them stand on a day, and where."""

from collections.abc import Mapping
from datetime import date

import shapely

from geo.naming import slug
from geo.places import Bbox
from geo.store.protocol import PUBLIC, Query, Reader, Record


def named_by_slug(reader: Reader) -> Mapping[str, str]:
    """Give the towns' names by slug, in the order of their names."""
    found = (
        record.values["name"] for record in reader.query("municipalities", Query(), actor=PUBLIC)
    )
    return {slug(name): name for name in sorted(found)}


def standing(reader: Reader, today: date) -> list[Record]:
    """Give the towns that stand on a day, by name; a town that merged away is not among them."""
    found = reader.query("municipalities", Query(), actor=PUBLIC)
    return sorted((one for one in found if stands(one, today)), key=lambda one: one.values["name"])


def stands(town: Record, today: date) -> bool:
    """Whether a town's limits hold on a day, the first and the last one included."""
    start, end = town.values.get("valid_from"), town.values.get("valid_to")
    now = today.isoformat()
    return (not start or start[:10] <= now) and (not end or now <= end[:10])


def around(towns: list[Record]) -> Bbox | None:
    """Give the box, in degrees, that holds the towns; None when there are none."""
    drawn = [shapely.from_wkb(one.wkb) for one in towns if one.wkb is not None]
    return Bbox(*shapely.total_bounds(drawn).tolist()) if drawn else None
