"""The layers of a map file as parts of Folium: data layers, marks of the palette, and the records in them.

`webmap.maps.file_map` adds them to a `LotMap`. No data enters a template of Folium: a `DataLayer` is a
`folium.GeoJson` without features, and its records stand beside it as JSON, which the page's script adds.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import folium
import shapely
from branca.element import MacroElement
from folium.template import Template
from folium.utilities import JsCode

from geo.crs import LonLat
from geo.fields import Field
from geo.language.translate import gettext
from geo.schema import LAYERS
from geo.store.records import Record
from webmap.maps.file_content import FileContent
from webmap.maps.folium_map import to_latlon
from webmap.maps.packed_records import MapRecords, pack_records, to_data_block
from webmap.maps.palette import Mark
from webmap.wording import field_name, format_value, inspection_name, location_text, tree_diameter_text, tree_name

PARCEL_FIELDS = {
    "coverage": ("canopy_pct", "trees", "inspections_open"),
    "maintenance": ("trees", "need_remove", "need_prune", "need_stump", "need_plant", "need_inspect"),
    "inspections": ("inspections_open", "inspections_closed", "inspected_last_on", "due_next_on"),
}
RECORD_FIELDS = {
    "sites": ("need_rule", "condition", "risk", "dbh_in", "species", "address", "frontage_parcel_id", "surveyed_on"),
    "inspections": (
        "status_word",
        "opened_on",
        "due_on",
        "closed_on",
        "agency",
        "address",
        "parcel_address",
        "parcel_id",
    ),
}
HATCH = "hatch"
SURVEY_STYLES = ({"fill": "--card", "opacity": 0.6}, {"fill": HATCH, "opacity": 0.6})  # of known and unknown ground

# The name of a field within a sentence, and the text of a record. None is unknown, and an empty text is not shown.
Column = tuple[str, Callable[[Record], str | None]]


class PaletteMarker(folium.CircleMarker):
    """A mark of the palette on the map, drawn by `palette-mark.js`. Smaller when zoomed out."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = new L.PaletteMark({{ this.location|tojson }}, {{ this.options|tojavascript }})
                .addTo({{ this._parent.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self, mark: Mark, point: LonLat | None = None) -> None:
        super().__init__(to_latlon(point) if point else None, radius=mark.size / 2)
        self._name = "PaletteMark"
        self.options = {"mark": asdict(mark)}


class DataLayer(folium.GeoJson):
    """A GeoJSON layer of Folium whose records stand in a data block. `key` is its id in the page."""

    def __init__(self, key: str, title: str, records: MapRecords, *, marker: PaletteMarker | None = None) -> None:
        super().__init__(
            {"type": "FeatureCollection", "features": []}, name=title, marker=marker, style=JsCode("lotleaf.styleOf")
        )
        self._id = key
        self.add_child(DataBlock(key, records))


class DataBlock(MacroElement):
    """The records of a layer as JSON in the page, and the call that adds them to the layer."""

    _template = Template(
        """
        {%- macro html(this, kwargs) -%}
        <script type="application/json" id="{{ this.get_name() }}">{{ this.json }}</script>
        {%- endmacro -%}
        {% macro script(this, kwargs) %}
            lotleaf.fillLayer({{ this._parent.get_name() }}, {{ this.get_name()|tojson }}, {{ this._id|tojson }});
        {% endmacro %}
        """
    )

    def __init__(self, key: str, records: MapRecords) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # branca has no types
        self._name, self._id = "data", key
        self.json = to_data_block(pack_records(records))


def boundary_records(content: FileContent) -> MapRecords:
    """Return the towns' boundaries. Where there are several, each has a point for its name."""
    towns = [town for town in content.towns if town.wkb is not None]
    shapes = _shapes_of(towns)
    return MapRecords(
        kind="polygon",
        shapes=shapes,
        titles=[str(town.values["name"]) for town in towns],
        styles=({"fill": None, "line": "boundary"},),
        label_points=[shapely.point_on_surface(shape) for shape in shapes] if len(towns) > 1 else [],
    )


def street_records(content: FileContent) -> MapRecords:
    """Return the streets with their names."""
    streets = content.streets
    names = [str(street.values.get("name") or "") for street in streets]
    return MapRecords(kind="line", shapes=_shapes_of(streets), titles=names, styles=({"fill": None, "line": "street"},))


def parcel_records(content: FileContent) -> MapRecords:
    """Return the parcels with their figures, those with a colored edge last, so that no neighbor hides it."""
    styles, style_of = _parcel_styles(content)
    parcels = sorted(content.parcels, key=lambda parcel: (style_of(parcel) % 2, parcel.id))
    columns: list[Column] = [(gettext("parcel number"), lambda parcel: parcel.id)]
    columns += [_field_column("parcels", name) for name in PARCEL_FIELDS[content.view.name]]
    columns += _town_column(content)
    return MapRecords(
        kind="polygon",
        shapes=_shapes_of(parcels),
        titles=[str(parcel.values.get("address") or gettext("Parcel %(id)s", id=parcel.id)) for parcel in parcels],
        columns=_columns_of(parcels, columns),
        styles=styles,
        style_rows=[style_of(parcel) for parcel in parcels],
        is_listed=content.view.layer == "parcels",
    )


def mark_records(content: FileContent, mark: Mark) -> MapRecords:
    """Return the sites or inspections with one mark, whose label is in the current language."""
    layer = content.view.layer
    records = [record for record in content.placed_records if content.mark_code(record) == mark.code]
    name_of = tree_name if layer == "sites" else inspection_name
    mark_field = LAYERS[layer].fields_by_name[content.view.mark_field or ""]
    columns: list[Column] = [(field_name(mark_field), lambda _: mark.label)]
    columns += [_field_column(layer, name) for name in RECORD_FIELDS[layer]]
    columns += [*_town_column(content), (gettext("location"), _location_text)]
    return MapRecords(
        kind="point",
        shapes=[shapely.point_on_surface(shape) for shape in _shapes_of(records)],
        titles=[name_of(record.values) for record in records],
        columns=_columns_of(records, columns),
        style_rows=[0] * len(records),
        is_listed=True,
    )


def _parcel_styles(content: FileContent) -> tuple[Sequence[Mapping[str, Any]], Callable[[Record], int]]:
    """Return the styles of parcels, and the function that finds a parcel's style.

    Coverage has two styles for each color, the second with an edge for open inspections.
    """
    view = content.view
    if view.name != "coverage":
        return SURVEY_STYLES, lambda parcel: int(content.is_unsurveyed(parcel))
    fills = [*view.scale.colors, HATCH]
    styles = [{"fill": fill, "line": line} for fill in fills for line in ("parcel", "open")]

    def style_of(parcel: Record) -> int:
        step = view.scale.step_number(parcel.values.get("canopy_pct"))
        has_open_inspections = bool(parcel.values.get("inspections_open"))
        return 2 * (len(fills) - 1 if step is None else step) + has_open_inspections

    return styles, style_of


def _town_column(content: FileContent) -> list[Column]:
    """Return the column of towns, where there are several."""
    return [_field_column(content.view.layer, "town")] if len(content.towns) != 1 else []


def _location_text(record: Record) -> str:
    """Return where a record is drawn, if it isn't at a point on record."""
    return "" if record.values.get("placed_by") in ("point", "tree", "site") else location_text(record.values)


def _field_column(layer: str, name: str) -> Column:
    field = LAYERS[layer].fields_by_name[name]
    if field.private:
        raise ValueError(f"{layer}.{name} is private and has no place in a map file")
    return field_name(field), lambda record: _field_text(record.values, field)


def _field_text(values: Mapping[str, Any], field: Field) -> str | None:
    """Return the value of a field as text. None is unknown, and an empty text is not shown.

    >>> closed_on = LAYERS["inspections"].fields_by_name["closed_on"]
    >>> _field_text({"status": "open"}, closed_on), _field_text({"status": "closed"}, closed_on)
    ('Not closed yet', None)
    """
    value = values.get(field.name)
    if field.name == "dbh_in" and value is None and (class_text := tree_diameter_text(values)):
        return class_text
    if field.name == "parcel_address" and value in (None, values.get("address")):
        return ""
    if value in (None, "") or (field.kind == "code" and value == "unknown"):
        return _missing_text(values, field)
    return gettext(value) if field.name == "need_rule" else format_value(value, field)


def _missing_text(values: Mapping[str, Any], field: Field) -> str | None:
    if field.name == "closed_on" and values.get("status") == "open":
        return gettext("Not closed yet")
    return "" if field.name == "address" and values.get("parcel_address") else None


def _columns_of(records: Sequence[Record], columns: Sequence[Column]) -> list[tuple[str, list[str | None]]]:
    return [(name, [text_of(record) for record in records]) for name, text_of in columns]


def _shapes_of(records: Sequence[Record]) -> list[shapely.Geometry]:
    return list(shapely.from_wkb([record.wkb for record in records]))
