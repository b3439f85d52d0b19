"""Links to the records of a layer in each export format, for pages that offer them.

`webmap.pages.routes`, `town_page` and `unplaced_records` call `export_links`.
"""

from collections.abc import Iterable
from urllib.parse import urlencode

from flask import url_for

from geo.errors import BadQuery
from geo.formats.export_file import EXPORT_FORMATS
from geo.schema import Layer
from webmap import param_values, params

FilterPairs = Iterable[tuple[str, str]]


def export_links(layer: str, filters: FilterPairs = ()) -> list[dict[str, str]]:
    """Return one link for each format: its label, the URL of the whole layer, and the URL with filters."""
    return [
        {
            "label": export_format.label,
            "url": url_for(f"api.layer_{name}", layer=layer),
            "href": export_href(layer, name, filters),
        }
        for name, export_format in EXPORT_FORMATS.items()
    ]


def export_href(layer: str, format_name: str, filters: FilterPairs) -> str:
    """Return the URL of a layer's matching records as a file. Raises BadQuery for an unknown format."""
    if format_name not in EXPORT_FORMATS:
        raise BadQuery(f"{params.FORMAT} is {format_name!r}; it can be {', '.join(EXPORT_FORMATS)}")
    return f"{url_for(f'api.layer_{format_name}', layer=layer)}?{urlencode([*filters, ('download', '1')])}"


def filled_filters(args: param_values.Args, layer: Layer) -> list[tuple[str, str]]:
    """Return the filters of a layer that have a value, as pairs of a query string.

    >>> from werkzeug.datastructures import MultiDict
    >>> from geo.schema import LAYERS
    >>> filled_filters(MultiDict({"town": "bel-nor", "need": "", "at": "19/38.7/-90.3"}), LAYERS["trees"])
    [('town', 'bel-nor')]
    """
    names = params.layer_parameters(layer)
    return [(name, value) for name, value in args.items(multi=True) if name in names and value.strip()]
