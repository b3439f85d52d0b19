"""What a map cannot show: the records that its filters mean and that have no place."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import url_for

from geo.layers import Layer
from geo.store.protocol import PUBLIC, Reader
from webmap import params
from webmap.clock import today

Choices = list[tuple[str, str]]


def told(
    reader: Reader, layer: Layer, chosen: Choices, towns: Mapping[str, str]
) -> dict[str, Any] | None:
    """Count the records on no map, and say where they are to be had; None where every record has a place.

    `chosen` are the filters of the map's address. What has no place has seldom a town, so with a town's
    records those of no known town are told.
    """
    if "placed_by" not in layer.by_name:
        return None
    asked = [*_without_place(chosen), ("placed_by", "none")]
    query = params.query_from(layer, asked, towns, today=today())
    export = url_for("api.features", layer=layer.name)
    return {
        "count": reader.count(layer.name, query, actor=PUBLIC),
        "count_href": url_for("api.count", layer=layer.name),
        "export_href": export,
        "href": f"{export}?{urlencode([*asked, ('download', '1')])}",
        "of_town": any(name == "town" for name, _ in asked),
    }


def _without_place(chosen: Choices) -> Choices:
    aside = ("bbox", "placed_by", *params.MAP_STATE)
    kept = [(name, value) for name, value in chosen if name not in aside and value.strip()]
    return [(name, f"{value},{params.NULL}" if name == "town" else value) for name, value in kept]
