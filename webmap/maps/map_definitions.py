"""The definitions of the three maps: layer, scale, marks and filters.

`webmap.pages.routes` calls `draw_map` with a `MapView` from `MAP_VIEWS`. The texts here are English:
`MapView.localize` returns them in the current language.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from geo.crs import Bbox, LonLat
from geo.language.translate import gettext, gettext_noop
from webmap.maps import palette
from webmap.maps.folium_map import CanvasLayer, LotMap, MapParts
from webmap.maps.palette import Mark, Scale

HEXBIN_MIN_ZOOM = 13  # from this zoom on the map shows hexbins, and towns below it
FEATURE_MIN_ZOOM = 16  # from this zoom on it shows single parcels, trees and inspections
PARCEL_MIN_ZOOM = 17  # from this zoom on it also draws every parcel under them


@dataclass(frozen=True, slots=True)
class MapView:
    """One map: its texts, its layer, and how that layer is drawn and filtered."""

    name: str
    title: str
    description: str
    layer: str
    noun: str  # for reports, which are English
    scale: Scale
    marks: tuple[Mark, ...]
    mark_field: str | None
    filter_fields: tuple[str, ...]
    date_fields: tuple[str, ...]
    tileset: str  # the tileset that holds the layer

    def localize(self) -> "MapView":
        """Return the map with its texts, marks and scale in the current language."""
        return replace(
            self,
            title=gettext(self.title),
            description=gettext(self.description),
            scale=self.scale.localize(),
            marks=tuple(mark.localize() for mark in self.marks),
        )


MAP_VIEWS = {
    view.name: view
    for view in (
        MapView(
            name="coverage",
            title=gettext_noop("Canopy coverage"),
            description=gettext_noop("How much of each town, and of each lot, lies under tree crowns."),
            layer="parcels",
            noun="parcels",
            scale=palette.CANOPY_SCALE,
            marks=(),
            mark_field=None,
            filter_fields=(),
            date_fields=(),
            tileset="lots",
        ),
        MapView(
            name="maintenance",
            title=gettext_noop("Maintenance needs"),
            description=gettext_noop("Which trees need removal, pruning or an arborist's look, which stumps to grind, and where to plant."),
            layer="sites",
            noun="trees and sites",
            scale=palette.NEED_SCALE,
            marks=palette.NEED_MARKS,
            mark_field="need",
            filter_fields=("status", "condition", "risk"),
            date_fields=("surveyed_on",),
            tileset="sites",
        ),
        MapView(
            name="inspections",
            title=gettext_noop("Inspections"),
            description=gettext_noop("Which inspections and requests are open, overdue or closed, and where."),
            layer="inspections",
            noun="inspections",
            scale=palette.OPEN_INSPECTIONS_SCALE,
            marks=palette.STATUS_MARKS,
            mark_field="status",
            filter_fields=(),
            date_fields=("opened_on",),
            tileset="inspections",
        ),
    )
}  # fmt: skip


# The same fields for every map, so that a browser caches one response.
TOWN_FIELDS = sorted(
    {"name", "slug", "valid_from", "valid_to"}
    | {
        field
        for view in MAP_VIEWS.values()
        for field in (*view.scale.numerator_fields, view.scale.denominator_field)
        if field
    }
)


def draw_map(
    view: MapView,
    bbox: Bbox,
    *,
    api: str,
    today: date,
    tileset_summary: Mapping[str, Any],
    module_urls: Mapping[str, str],
    basemap: Mapping[str, str] | None = None,
    is_overview: bool = False,
) -> MapParts:
    """Return the parts of a map that opens on `bbox`, in the current language.

    `api` is the base URL of the API and `tileset_summary` the result of `AppState.tileset_summary`.
    `module_urls` has the URLs of the page's scripts. The crew script is in it where edits are allowed.
    An `is_overview` map shows towns up to `PARCEL_MIN_ZOOM`.
    """
    view = view.localize()
    center = LonLat((bbox.west + bbox.east) / 2, (bbox.south + bbox.north) / 2)
    page_config = {
        "view": view.name,
        "layer": view.layer,
        "tileset": view.tileset,
        "homeBbox": list(bbox),
        "api": api,
        "today": today.isoformat(),
        **module_urls,
        **tileset_summary,
        "basemap": basemap,
        "hexbinZoom": PARCEL_MIN_ZOOM if is_overview else HEXBIN_MIN_ZOOM,
        "featureZoom": PARCEL_MIN_ZOOM if is_overview else FEATURE_MIN_ZOOM,
        "parcelZoom": PARCEL_MIN_ZOOM,
        "townFields": TOWN_FIELDS,
        "scale": {**asdict(view.scale), "unknown_color": palette.UNKNOWN_COLOR},
        "marks": [asdict(mark) for mark in (*view.marks, *_crew_marks(view, module_urls))],
        "markBy": view.mark_field,
    }
    lot_map = LotMap("main", center, 12, page_config)
    basemap_layers = [CanvasLayer("basemap", gettext("Basemap"))] if basemap else []
    for layer in (*basemap_layers, *_canvas_layers(view)):
        layer.add_to(lot_map)
    return lot_map.render_parts()


def _crew_marks(view: MapView, module_urls: Mapping[str, str]) -> tuple[Mark, ...]:
    """Return the mark of work done on this device, for maps of needs where edits are allowed."""
    return (palette.DONE_MARK.localize(),) if "crewUrl" in module_urls and view.mark_field == "need" else ()


def _canvas_layers(view: MapView) -> list[CanvasLayer]:
    base_layers = [
        ("towns", gettext("Towns")),
        ("blocks", gettext("Hexagons")),
        ("streets", gettext("Streets")),
        ("parcels", gettext("Parcels")),
    ]
    feature_layers = [(view.layer, view.title)] if view.marks else []
    return [CanvasLayer(key, title) for key, title in (*base_layers, *feature_layers)]
