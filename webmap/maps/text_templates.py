"""Templates with which no text of a Folium part becomes code, in the page or in Python.

Branca renders a part, takes the result for a new template, and renders that: `{{…}}` in a text would run in
Python. Folium puts the text of a `Popup` or `Tooltip` into a template literal of JavaScript, where `${…}`
runs, and `GeoJsonPopup` and `GeoJsonTooltip` write values of the data as HTML. Branca draws a color scale
with d3. `webmap.maps.open_page` calls `use_text_template` for each part before it is rendered. Then every
part is rendered once, texts are strings, values are text nodes, and a color scale needs no library.
"""

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import folium
import jinja2
from branca.colormap import ColorMap
from branca.element import Element, MacroElement
from folium.features import GeoJsonPopup, GeoJsonTooltip
from folium.template import Environment

ESCAPED_BACKTICK = re.compile(r"\\`")  # Folium escapes them when a popup is made
# Folium writes an icon in a style like this, and has the second rendering take the braces away.
NAME_IN_BRACES = re.compile(r"\{\{'([A-Za-z_]\w*)'\}\}", re.ASCII)
TEMPLATE_SIGN = re.compile(r"\{(?=[{%#])")
PLAIN_IDENTIFIER = re.compile(r"feature(\.[A-Za-z_]\w*)+", re.ASCII)


class TextEnvironment(Environment):
    """Folium's environment, with the filter that takes back Folium's escapes."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)  # type: ignore[no-untyped-call] # Folium has no types here
        self.filters["plain"] = lambda html: ESCAPED_BACKTICK.sub("`", html).strip()


class TextTemplate(jinja2.Template):
    """A template in which texts become strings of JavaScript, with `tojson`."""

    environment_class = TextEnvironment


TOOLTIP = TextTemplate(
    """
    {%- macro script(this, kwargs) %}
    {% set style %}{% if this.style %} style="{{ this.style | e }}"{% endif %}{% endset %}
    {{ this._parent.get_name() }}.bindTooltip({{ ("<div" ~ style ~ ">" ~ this.text ~ "</div>") | tojson }}, {{ this.options | tojavascript }});
    {%- endmacro %}
    """
)
# A popup is rendered whole, not by its macros.
POPUP = TextTemplate(
    """
    {%- set html %}{% for element in this.html._children.values() %}{{ element.render(**kwargs) }}{% endfor %}{% endset %}
    var {{ this.get_name() }} = L.popup({{ this.options | tojavascript }}).setContent({{ html | plain | tojson }});
    {{ this._parent.get_name() }}.bindPopup({{ this.get_name() }}){% if this.show %}.openPopup(){% endif %};
    {% for element in this.script._children.values() %}{{ element.render() }}{% endfor %}
    """
)
FEATURE_TABLE = """
    {%- macro script(this, kwargs) %}
    {% set table = {"fields": this.fields | list, "aliases": this.aliases | list, "labels": this.labels, "localize": this.localize} %}
    {{ this._parent.get_name() }}.METHOD(lotleaf.featureTable({{ table | tojson }}), {{ this.OPTIONS | tojavascript }});
    {%- endmacro %}
    """
GEOJSON_TOOLTIP = TextTemplate(FEATURE_TABLE.replace("METHOD", "bindTooltip").replace("OPTIONS", "tooltip_options"))
GEOJSON_POPUP = TextTemplate(FEATURE_TABLE.replace("METHOD", "bindPopup").replace("OPTIONS", "popup_options"))
COLOR_MAP = TextTemplate(
    """
    {%- macro script(this, kwargs) %}
    {% set legend = {"caption": this.caption, "colors": this.color_range, "low": this.color_domain[0], "high": this.color_domain[-1], "ticks": this.tick_labels | list} %}
    lotleaf.addColorLegend({{ this._parent.get_name() }}, {{ legend | tojson }});
    {%- endmacro %}
    """
)

TEMPLATES: dict[type[Element], jinja2.Template] = {
    folium.Tooltip: TOOLTIP,
    folium.Popup: POPUP,
    GeoJsonTooltip: GEOJSON_TOOLTIP,
    GeoJsonPopup: GEOJSON_POPUP,
    ColorMap: COLOR_MAP,
}


class OnceTemplate:
    """A template whose result stays as it is when branca renders it a second time."""

    def __init__(self, template: jinja2.Template) -> None:
        self.template = template

    @property
    def module(self) -> SimpleNamespace:
        """The macros of the template, by which Folium renders most parts."""
        macros = {name: macro for name, macro in vars(self.template.module).items() if callable(macro)}
        return SimpleNamespace(**{name: _escape_result(macro) for name, macro in macros.items()})

    def render(self, **context: Any) -> str:
        """Render the template whole, as Folium does with popups."""
        return escape_template(self.template.render(**context))


def escape_template(text: str) -> str:
    """Return a template that renders as `text`.

    >>> jinja2.Template(escape_template("{{ 7 * 7 }} {% if %} {#")).render()
    '{{ 7 * 7 }} {% if %} {#'
    """
    return TEMPLATE_SIGN.sub('{{"{"}}', NAME_IN_BRACES.sub(r"\1", text))


def use_text_template(part: Any) -> None:
    """Have a part of a map rendered once, and by our template where there is one."""
    own_template = next((ours for kind, ours in TEMPLATES.items() if _is_drawn_as(part, kind)), part._template)  # noqa: SLF001 - Folium has no public name
    if isinstance(part, MacroElement) and not isinstance(own_template, OnceTemplate):
        part._template = OnceTemplate(own_template)  # noqa: SLF001 - as above
    identifier = getattr(part, "feature_identifier", None)
    if identifier is not None and not PLAIN_IDENTIFIER.fullmatch(identifier):
        _number_features(part)


def _is_drawn_as(part: Any, kind: type[Element]) -> bool:
    """Return whether a part is drawn by Folium's own template of `kind`."""
    return isinstance(part, kind) and part._template is kind._template  # noqa: SLF001 - as above


def _escape_result(macro: Callable[..., str]) -> Callable[..., str]:
    return lambda part, kwargs: escape_template(str(macro(part, kwargs)))


def _number_features(layer: folium.GeoJson) -> None:
    """Set a number as the id of each feature. Folium would write the name of one of their fields into the script."""
    for number, feature in enumerate(layer.data["features"]):
        feature["id"] = str(number)
    layer.feature_identifier = "feature.id"
