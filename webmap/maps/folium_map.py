"""Our Folium map. It takes any Folium part, and comes out in two ways.

`LotMap.save` writes it as Folium does: one file that any browser opens, with our own files in it
instead of links to other hosts (`webmap.maps.open_page`). `LotMap.render_parts` gives the parts of a page
that allows no inline script. Only `CanvasLayer` can be drawn there. `webmap.maps.map_definitions.draw_map`
calls it for our pages, and `webmap.maps.file_map.draw_file_map` makes the files of `lotleaf map`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import folium
from branca.element import Element
from folium.map import Layer
from folium.template import Template
from folium.utilities import camelize
from markupsafe import Markup

from geo.crs import LonLat
from geo.language.translate import gettext
from webmap.maps.open_page import ForeignAsset, OpenPage

PAGE_SCRIPTS, PAGE_STYLES = ("boot.js", "map-page.js"), ("map.css",)  # of a page that draws canvas layers

PAGE_TEMPLATE = Template(
    """
    <div id="{{ this.get_name() }}" class="folium-map" data-map></div>
    <script type="application/json" id="{{ this.get_name() }}-config">
    {{- this.full_config() | tojson -}}
    </script>
    """
)


@dataclass(frozen=True, slots=True)
class MapParts:
    """The parts of a map in a page: the names of its scripts and styles, and its HTML element."""

    scripts: tuple[str, ...]
    styles: tuple[str, ...]
    body: Markup


class LotMap(folium.Map):
    """A Folium map without tiles. `key` is its id in the page.

    `page_config` is the configuration for the page's script. It is sent as JSON in a data block, which
    no browser executes. `page` is the page that `save` writes, by default one that the map fills.
    """

    # Folium's header forbids zooming with two fingers. Its script is taken as it is.
    _template = Template(
        """
        {%- macro html(this, kwargs) -%}
        <div id="{{ this.get_name() }}" class="folium-map" role="region" aria-label="{{ this.map_label | e }}"></div>
        {%- endmacro -%}
        {%- macro script(this, kwargs) -%}{{ this.folium_script(kwargs) }}{%- endmacro -%}
        """
    )
    default_js = [("leaflet", "open-map.js")]  # noqa: RUF012 - Folium's own attribute
    default_css = [("leaflet_css", "open-map.css")]  # noqa: RUF012 - as above

    def __init__(
        self,
        key: str,
        center: LonLat,
        zoom: int,
        page_config: dict[str, Any] | None = None,
        *,
        page: OpenPage | None = None,
    ) -> None:
        # Folium drops max_zoom without tiles. maxZoom reaches Leaflet.
        options: dict[str, Any] = {"maxZoom": 21, "minZoom": 9}
        super().__init__(to_latlon(center), tiles=None, zoom_start=zoom, prefer_canvas=True, **options)
        self._name, self._id, self.page_config = "map", key, page_config or {}
        self.map_label = gettext("Map")
        (page or OpenPage(self.map_label)).add_child(self)

    def folium_script(self, kwargs: dict[str, Any]) -> str:
        """Return the script with which Folium starts a map."""
        module: Any = folium.Map._template.module  # noqa: SLF001 - Folium has no public name for it
        return str(module.script(self, kwargs))

    def full_config(self) -> dict[str, Any]:
        """Return the configuration for the page's script: Leaflet options, `page_config` and layers."""
        layers = [child.layer_config() for child in self._children.values() if isinstance(child, CanvasLayer)]
        options = {camelize(name): value for name, value in self.options.items()}
        options["center"] = list(self.location)
        return {"options": options, "layers": layers, **self.page_config}

    def render_parts(self) -> MapParts:
        """Return the parts for a page that allows no inline script. Raises ForeignAsset for other layers."""
        page: Any = self.get_root()
        for part in _descendants(page):
            if part is not self and not isinstance(part, CanvasLayer):
                raise ForeignAsset(
                    f"a page without inline script cannot show {type(part).__name__}, which Folium draws with a script of "
                    "its own; use CanvasLayer, or write the map into a file of its own with LotMap.save"
                )
        return MapParts(PAGE_SCRIPTS, PAGE_STYLES, Markup(PAGE_TEMPLATE.render(this=self).strip()))  # noqa: S704 - tojson escapes it


class CanvasLayer(Layer):
    """A layer that the page's script draws on a canvas from the server's tiles. People can show or hide it."""

    _template = Template("")

    def __init__(self, key: str, title: str, *, show: bool = True) -> None:
        super().__init__(name=title, overlay=True, show=show)
        self._name, self._id = "layer", key

    def render(self, **kwargs: Any) -> Any:  # noqa: ARG002 - Folium's signature
        """Raise ForeignAsset: a file has no server to ask for tiles."""
        raise ForeignAsset(
            f"a file cannot show the CanvasLayer {self.layer_name!r}, which is drawn from a server's tiles; "
            "use DataLayer, or any layer of Folium"
        )

    def layer_config(self) -> dict[str, Any]:
        """Return the layer's configuration for the page's script."""
        return {"key": self._id, "title": self.layer_name, "show": self.show}


def to_latlon(point: LonLat) -> tuple[float, float]:
    """Return a point as (lat, lon), the order of Folium. No other function swaps the pair.

    >>> to_latlon(LonLat(-90.3, 38.7))
    (38.7, -90.3)
    """
    return point.lat, point.lon


def _descendants(element: Element) -> Iterator[Element]:
    for child in element._children.values():  # noqa: SLF001 - Folium has no public name for it
        yield child
        yield from _descendants(child)
