"""A town's map as one file: a Folium map with its records in it, a legend, and tables of figures.

`webmap.cli.map_command` calls `fit_file_map`. The page is in the current language. The map is a `LotMap` with a `DataLayer` for each kind of
record, Folium's `LayerControl` and its scale. `webmap/templates/file_map.html` is the page around it.
"""

from collections.abc import Iterator, Mapping
from math import ceil
from typing import Any, NamedTuple

import folium
import shapely
from branca.element import MacroElement
from folium.template import Template
from markupsafe import Markup

from geo.crs import Bbox, LonLat
from geo.errors import BadInput
from geo.language.translate import format_number, gettext
from webmap import source_notes
from webmap.maps import file_figures, file_notes, palette
from webmap.maps.file_content import FileContent, smaller_contents
from webmap.maps.file_layers import (
    DataLayer,
    PaletteMarker,
    boundary_records,
    mark_records,
    parcel_records,
    street_records,
)
from webmap.maps.folium_map import LotMap, to_latlon
from webmap.maps.open_page import OpenPage, template_environment
from webmap.wording import format_date

BYTES_PER_MB = 1_000_000


class FileMap(NamedTuple):
    """A map file: its HTML, and what is in it."""

    html: str
    content: FileContent


class PanelControl(MacroElement):
    """Puts Folium's layer control into the page's panel, and starts the page's table and names."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            lotleaf.startPage({{ this._parent.get_name() }}, {{ this.layer_control.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self, layer_control: folium.LayerControl) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # branca has no types
        self._name, self._id, self.layer_control = "panel", "main", layer_control


def fit_file_map(content: FileContent, status: source_notes.Status, *, max_mb: float, may_leave_out: bool) -> FileMap:
    """Return the map with as much of its content as fits into `max_mb`. Raises BadInput if nothing does."""
    context = _page_context(content, status)
    sizes_mb = []
    for candidate in (content, *(smaller_contents(content) if may_leave_out else ())):
        html = draw_file_map(candidate, {**context, "max_mb": format_number(max_mb)})
        size_mb = len(html.encode("utf-8")) / BYTES_PER_MB
        if size_mb <= max_mb:
            return FileMap(html, candidate)
        sizes_mb.append(size_mb)
    raise BadInput(_too_large_text(sizes_mb[-1], max_mb, may_leave_out=may_leave_out))


def draw_file_map(content: FileContent, context: Mapping[str, Any]) -> str:
    """Return the page of a map. `context` goes to the page's template."""
    bbox = _bbox_of(content)
    page = OpenPage(
        file_notes.map_title(content), "file_map.html", **context, omissions=file_notes.omission_texts(content)
    )
    lot_map = LotMap("main", LonLat((bbox.west + bbox.east) / 2, (bbox.south + bbox.north) / 2), 14, page=page)
    lot_map.control_scale = True
    lot_map.options["zoom_snap"] = 0.25  # nothing is a picture of one zoom, so the town fills the map
    layers = list(_layers(content))
    for layer in layers:
        layer.add_to(lot_map)
    lot_map.keep_in_front(*reversed(layers))  # the first layer of the legend lies on top
    layer_control = folium.LayerControl(collapsed=False)
    layer_control._id = "main"  # noqa: SLF001 - a stable id: the same content is the same file
    layer_control.add_to(lot_map)
    PanelControl(layer_control).add_to(lot_map)
    fit_bounds = folium.FitBounds(
        [to_latlon(LonLat(bbox.west, bbox.south)), to_latlon(LonLat(bbox.east, bbox.north))], padding=(16, 16)
    )
    fit_bounds._id = "main"  # noqa: SLF001 - as above
    fit_bounds.add_to(lot_map)
    return page.render()


def too_many_records_text(record_count: int, max_mb: float) -> str | None:
    """Return why so many records cannot fit, or None if they may. No record takes less than 20 bytes."""
    least_mb = 20 * record_count / BYTES_PER_MB
    return _too_large_text(least_mb, max_mb, may_leave_out=False, is_exact=False) if least_mb > max_mb else None


def _layers(content: FileContent) -> Iterator[DataLayer]:
    """Iterate over the layers in the order of the legend, which is from top to bottom on the map."""
    for mark in content.view.localize().marks:
        records = mark_records(content, mark)
        if len(records):
            yield DataLayer(
                mark.code, _layer_title(mark.label, len(records), mark), records, marker=PaletteMarker(mark)
            )
    if any(town.wkb is not None for town in content.towns):
        title = gettext("Town boundary") if len(content.towns) == 1 else gettext("Town boundaries")
        yield DataLayer("boundary", _layer_title(title), boundary_records(content))
    if content.streets:
        yield DataLayer("streets", _layer_title(gettext("Streets"), len(content.streets)), street_records(content))
    if content.parcels:
        yield DataLayer("parcels", _layer_title(gettext("Parcels"), len(content.parcels)), parcel_records(content))


def _layer_title(text: str, count: int | None = None, mark: palette.Mark | None = None) -> str:
    """Return a layer's name in the layer control, as HTML of our own texts. `text` is in the current language."""
    parts: Any = template_environment().get_template("parts.html").module
    symbol = parts.mark(mark, 26) if mark else ""
    count_html = ""
    if count is not None:
        count_html = Markup('<span class="layer-count">{}</span>').format(format_number(count))
    return str(Markup("{}<span>{}</span>{}").format(symbol, text, count_html))


def _page_context(content: FileContent, status: source_notes.Status) -> dict[str, Any]:
    """Return what the page says about the whole content, whatever the map leaves out."""
    view = content.view.localize()
    layers = tuple(
        dict.fromkeys((view.layer, "canopy" if view.name == "coverage" else view.layer, "parcels", "streets"))
    )
    return {
        "view": view,
        "scale": view.scale if not view.marks else None,
        "unknown_note": file_notes.unknown_note(content),
        "left_out": file_notes.left_out_notes(content),
        "figures_title": gettext(file_figures.FIGURES_TITLES[view.name]),
        "list_title": gettext(file_figures.LIST_TITLES[view.name]),
        "illustrative": source_notes.has_illustrative_data(status),
        "kind_rows": file_figures.kind_rows(content),
        "total_count": file_figures.total_text(content),
        "town_columns": file_figures.town_columns(content),
        "town_rows": file_figures.town_rows(content),
        "made_on": format_date(content.today.isoformat()),
        "date_note": source_notes.data_date_note(status, *layers),
        "license_note": source_notes.license_note(status, *layers),
    }


def _bbox_of(content: FileContent) -> Bbox:
    records = next((part for part in (content.towns, content.parcels, content.placed_records) if part), [])
    shapes = [shapely.from_wkb(record.wkb) for record in records if record.wkb is not None]
    if not shapes:
        raise BadInput("there is nothing to draw: no boundary, parcel or record of these towns has a place")
    return Bbox(*shapely.total_bounds(shapes).tolist())


def _too_large_text(size_mb: float, max_mb: float, *, may_leave_out: bool, is_exact: bool = True) -> str:
    needed_mb = f"{ceil(10 * size_mb) / 10:g}"
    rest = "even without all that can be left out, " if may_leave_out else ""
    size = f"{needed_mb} MB" if is_exact else f"more than {needed_mb} MB"
    advice = f"allow more with --max-mb {needed_mb}" if is_exact else "allow more with --max-mb"
    return f"{rest}the map takes {size}, and the limit is {max_mb:g}; name fewer towns with --town, or {advice}"
