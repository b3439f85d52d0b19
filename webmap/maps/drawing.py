"""A slim `folium.Map`: its parts are rendered apart, from our own files, with no inline script."""

from dataclasses import dataclass
from typing import Any

import folium
from branca.element import CssLink, Figure, JavascriptLink
from folium.elements import JSCSSMixin
from folium.map import Layer
from folium.template import Template
from folium.utilities import camelize
from markupsafe import Markup

from geo.places import LonLat

# Every name under which Folium or a layer of ours asks for a file, and the file of ours that
# answers. A name that is not here is refused: nothing is loaded from another host by accident.
OWN_FILES = {"lotleaf_begin": "begin.js", "lotleaf_map": "map.js", "leaflet_css": "map.css"}
OWN_JS = [(name, OWN_FILES[name]) for name in ("lotleaf_begin", "lotleaf_map")]
OWN_CSS = [("leaflet_css", OWN_FILES["leaflet_css"])]


class ForeignAsset(LookupError):
    """A part of the map asks for a file that we do not ship, or writes script into the page."""


@dataclass(frozen=True, slots=True)
class MapParts:
    """A map, taken apart for our page: names of our files, and the element with its configuration."""

    scripts: tuple[str, ...]
    styles: tuple[str, ...]
    body: Markup


class LotMap(folium.Map):
    """A Folium map without tiles, whose page is ours.

    `key` is its id in the page. `told` is configuration for the page's module; it travels as JSON
    in a data block, which no browser runs.
    """

    _template = Template(
        """
        {%- macro html(this, kwargs) -%}
        <div id="{{ this.get_name() }}" class="folium-map" data-map></div>
        <script type="application/json" id="{{ this.get_name() }}-told">
        {{- this.told_all() | tojson -}}
        </script>
        {%- endmacro -%}
        """
    )
    default_js = OWN_JS
    default_css = OWN_CSS

    def __init__(self, key: str, centre: LonLat, zoom: int, told: dict[str, Any]) -> None:
        # Folium drops max_zoom when it has no tiles; maxZoom goes through to Leaflet.
        options: dict[str, Any] = {"maxZoom": 21, "minZoom": 9}
        super().__init__(latlon(centre), tiles=None, zoom_start=zoom, prefer_canvas=True, **options)
        self._name, self._id, self.told = "map", key, told

    def told_all(self) -> dict[str, Any]:
        """Everything that the page's module needs: Leaflet's options, our own, and the layers'."""
        layers = [one.told() for one in self._children.values() if isinstance(one, CanvasLayer)]
        options = {camelize(name): value for name, value in self.options.items()}
        options["center"] = list(self.location)
        return {"options": options, "layers": layers, **self.told}

    def parts(self) -> MapParts:
        """Render the map, and refuse what is not ours."""
        figure: Any = self.get_root()
        for child in list(figure._children.values()):  # noqa: SLF001 - Folium has no other door
            child.render()
        _refuse_script(figure)
        links = list(figure.header._children.items())  # noqa: SLF001 - as above
        scripts = tuple(_own(name) for name, one in links if isinstance(one, JavascriptLink))
        styles = tuple(_own(name) for name, one in links if isinstance(one, CssLink))
        return MapParts(scripts, styles, Markup(figure.html.render().strip()))  # noqa: S704 - made of configuration by tojson


class CanvasLayer(JSCSSMixin, Layer):
    """A layer that the page's module draws on a canvas from tiles, and that people may show or hide."""

    _template = Template("")
    default_js = OWN_JS

    def __init__(self, key: str, title: str, *, show: bool = True) -> None:
        super().__init__(name=title, overlay=True, show=show)
        self._name, self._id = "layer", key

    def render(self, **kwargs: Any) -> Any:
        """Ask for the files; `Layer.render` would write script into the page for a shown layer."""
        shown, self.show = self.show, False
        parent: Any = super()  # Folium's methods carry no types
        told = parent.render(**kwargs)
        self.show = shown
        return told

    def told(self) -> dict[str, Any]:
        """Everything that the page's module needs to know of this layer."""
        return {"key": self._id, "title": self.layer_name, "show": self.show}


def latlon(place: LonLat) -> tuple[float, float]:
    """Turn a place into Folium's order. Nowhere else is the pair turned round.

    >>> latlon(LonLat(-90.3, 38.7))
    (38.7, -90.3)
    """
    return place.lat, place.lon


def _own(name: str) -> str:
    try:
        return OWN_FILES[name]
    except KeyError:
        raise ForeignAsset(f"the map asks for {name!r}, which is no file of ours") from None


def _refuse_script(figure: Figure) -> None:
    if script := figure.script.render().strip():
        raise ForeignAsset(f"a part of the map writes script into the page: {script[:80]}")
