"""What one record is, in JSON: for a tap on a map, and for other programs."""

from typing import Any

import shapely
from flask import url_for

from geo.export import properties_of
from geo.layers import Layer
from geo.places import LonLat
from geo.store.protocol import Record

# The layers whose records have a page of their own, and the page's endpoint.
PAGES = {
    "parcels": "pages.parcel",
    "trees": "pages.tree",
    "sites": "pages.site",
    "inspections": "pages.inspection",
}


def card(layer: Layer, record: Record) -> dict[str, Any]:
    """Tell a record: its public properties, where it is, and where its page is, if it has one."""
    return {
        "layer": layer.name,
        "id": record.id,
        "page": page(layer.name, record.id),
        "at": _degrees(spot(record)),
        "properties": properties_of(record, (field.name for field in layer.public)),
    }


def page(layer: str, id_: str) -> str | None:
    """Give the address of a record's page; None where its layer has none."""
    return url_for(PAGES[layer], id_=id_) if layer in PAGES else None


def spot(record: Record) -> LonLat | None:
    """Find a point inside a record's shape, where its label or its marker stands; None without one."""
    if record.wkb is None:
        return None
    point = shapely.point_on_surface(shapely.from_wkb(record.wkb))
    return None if point.is_empty else LonLat(point.x, point.y)


def _degrees(place: LonLat | None) -> dict[str, float] | None:
    return place and {"lon": round(place.lon, 7), "lat": round(place.lat, 7)}
