"""The records that match a map's filters and have no location, so that no map shows them.

`webmap.pages.routes.show_map` calls `unplaced_summary`.
"""

from collections.abc import Mapping
from typing import Any

from flask import url_for

from geo.schema import Layer
from geo.store.protocol import Reader
from geo.store.records import PUBLIC
from webmap import params
from webmap.clock import today
from webmap.pages.parts.export_links import export_links

FilterPairs = list[tuple[str, str]]


def unplaced_summary(
    reader: Reader, layer: Layer, filters: FilterPairs, towns: Mapping[str, str]
) -> dict[str, Any] | None:
    """Return the number of unplaced records and their export URLs. None if the layer has none.

    `filters` are the filters in the map's URL. An unplaced record seldom has a town. So a filter by
    town also counts the records of unknown town.
    """
    if "placed_by" not in layer.fields_by_name:
        return None
    pairs = [*_without_map_filters(filters), ("placed_by", "none")]
    query = params.query_from_pairs(layer, pairs, towns, today=today())
    return {
        "count": reader.count(layer.name, query, actor=PUBLIC),
        "count_href": url_for("api.count_features", layer=layer.name),
        "links": export_links(layer.name, pairs),
        "of_town": any(name == "town" for name, _ in pairs),
    }


def _without_map_filters(filters: FilterPairs) -> FilterPairs:
    ignored = ("bbox", "placed_by", *params.MAP_STATE_PARAMS)
    retained = [(name, value) for name, value in filters if name not in ignored and value.strip()]
    return [(name, f"{value},{params.NULL}" if name == "town" else value) for name, value in retained]
