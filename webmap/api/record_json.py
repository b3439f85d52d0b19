"""JSON of one record, for a tap on the map and for API clients.

`webmap.api.feature_routes.record_card` calls `record_to_json`. Pages use the other functions.
"""

from typing import Any

import shapely
from flask import url_for

from geo.crs import LonLat
from geo.formats.geojson import feature_properties
from geo.schema import Layer
from geo.store.records import Record

# The endpoint of the record page, for each layer that has one.
PAGE_ENDPOINTS = {
    "parcels": "pages.show_parcel",
    "trees": "pages.show_tree",
    "sites": "pages.show_site",
    "inspections": "pages.show_inspection",
}


def record_to_json(layer: Layer, record: Record) -> dict[str, Any]:
    """Return a record as JSON: its public properties, representative point and page URL.

    >>> record = Record("C-7", "county", {}, shapely.to_wkb(shapely.Point(-90.305, 38.682)))
    >>> record_to_json(Layer("canopy", "Canopy", "", ("Point",), (), (), ()), record)["at"]
    {'lon': -90.305, 'lat': 38.682}
    """
    return {
        "layer": layer.name,
        "id": record.id,
        "page": record_page_url(layer.name, record.id),
        "at": _point_to_json(representative_point(record)),
        "properties": feature_properties(record, (field.name for field in layer.public_fields)),
    }


def record_page_url(layer: str, id_: str) -> str | None:
    """Return the URL of a record's page. None when its layer has no pages.

    >>> record_page_url("canopy", "C-7") is None
    True
    """
    return url_for(PAGE_ENDPOINTS[layer], id_=id_) if layer in PAGE_ENDPOINTS else None


def representative_point(record: Record) -> LonLat | None:
    """Return a point inside a record's geometry, in degrees. None without a geometry.

    >>> outline = shapely.box(-92, 38, -90, 40)
    >>> representative_point(Record("10E620112", "county", {}, shapely.to_wkb(outline)))
    LonLat(lon=-91.0, lat=39.0)
    """
    if record.wkb is None:
        return None
    point = shapely.point_on_surface(shapely.from_wkb(record.wkb))
    return None if point.is_empty else LonLat(point.x, point.y)


def _point_to_json(point: LonLat | None) -> dict[str, float] | None:
    return point and {"lon": round(point.lon, 7), "lat": round(point.lat, 7)}
