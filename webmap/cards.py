"""What one record is, in JSON: for a tap on a map, and for other programs."""

from typing import Any

import shapely
from flask import url_for

from geo.export import properties_of
from geo.layers import Layer
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
        "at": spot(record.wkb),
        "properties": properties_of(record, (field.name for field in layer.public)),
    }


def page(layer: str, id_: str) -> str | None:
    """Give the address of a record's page; None where its layer has none."""
    return url_for(PAGES[layer], id_=id_) if layer in PAGES else None


def spot(wkb: bytes | None) -> dict[str, float] | None:
    """Give a point inside a shape, in degrees, where its label or its marker stands."""
    if wkb is None:
        return None
    point = shapely.point_on_surface(shapely.from_wkb(wkb))
    if point.is_empty:
        return None
    return {"lon": round(point.x, 7), "lat": round(point.y, 7)}
