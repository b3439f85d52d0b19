"""The three maps, as data: what each shows when far and when near, and what people filter by."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from geo.places import Bbox, LonLat
from webmap import palette
from webmap.maps.drawing import CanvasLayer, LotMap, MapParts
from webmap.palette import Mark, Scale

BLOCKS = 13  # from this zoom on the map shows blocks, before it towns
NEAR = 16  # from this zoom on it shows single parcels, trees and inspections
LOTS = 17  # from this zoom on it also draws every lot under them


@dataclass(frozen=True, slots=True)
class MapView:
    """One map: its words, the layer it is about, and how that layer is drawn."""

    name: str
    title: str
    says: str
    layer: str
    noun: str
    scale: Scale
    marks: tuple[Mark, ...]
    mark_by: str | None
    filters: tuple[str, ...]
    dates: tuple[str, ...]
    tiles: str  # the tileset that holds the layer


VIEWS = {
    view.name: view
    for view in (
        MapView(
            name="coverage",
            title="Canopy coverage",
            says="How much of each town, and of each lot, lies under tree crowns.",
            layer="parcels",
            noun="parcels",
            scale=palette.CANOPY,
            marks=(),
            mark_by=None,
            filters=(),
            dates=(),
            tiles="lots",
        ),
        MapView(
            name="maintenance",
            title="Maintenance needs",
            says="Which trees to remove, prune or inspect, which stumps to grind, where to plant.",
            layer="sites",
            noun="trees and sites",
            scale=palette.NEED_SHARE,
            marks=palette.NEEDS,
            mark_by="need",
            filters=("status", "condition", "risk"),
            dates=("surveyed_on",),
            tiles="sites",
        ),
        MapView(
            name="inspections",
            title="Inspections",
            says="Which inspections and requests are open, overdue or closed, and where.",
            layer="inspections",
            noun="inspections",
            scale=palette.OPEN_SHARE,
            marks=palette.STATUSES,
            mark_by="status",
            filters=(),
            dates=("opened_on",),
            tiles="inspections",
        ),
    )
}  # fmt: skip


# The same for every map, so that a browser keeps them once.
TOWN_FIELDS = sorted(
    {"name", "slug", "valid_from", "valid_to"}
    | {field for view in VIEWS.values() for field in (*view.scale.over, view.scale.under) if field}
)


def draw(
    view: MapView,
    home: Bbox,
    *,
    api: str,
    today: date,
    tiles: Mapping[str, Any],
    files: Mapping[str, str],
    basemap: Mapping[str, str] | None = None,
    far: bool = False,
) -> MapParts:
    """Draw a map of the box `home`: its parts for a page.

    `api` is where figures and cards are, `tiles` what it says of its tilesets, `files` where the modules are that
    draw, and the crew's where edits are taken. A map that is `far` shows towns as long as it can.
    """
    centre = LonLat((home.west + home.east) / 2, (home.south + home.north) / 2)
    told = {
        "view": view.name,
        "layer": view.layer,
        "set": view.tiles,
        "noun": view.noun,
        "home": list(home),
        "api": api,
        "today": today.isoformat(),
        **files,
        **tiles,
        "basemap": basemap,
        "blocks": LOTS if far else BLOCKS,
        "near": LOTS if far else NEAR,
        "lots": LOTS,
        "townFields": TOWN_FIELDS,
        "scale": {**asdict(view.scale), "unknown": palette.UNKNOWN_COLOUR},
        "marks": [asdict(mark) for mark in (*view.marks, *_own(view, files))],
        "markBy": view.mark_by,
    }
    chart = LotMap("main", centre, 12, told)
    under = [CanvasLayer("basemap", "Basemap")] if basemap else []
    for layer in (*under, *_layers(view)):
        layer.add_to(chart)
    return chart.parts()


def _own(view: MapView, files: Mapping[str, str]) -> tuple[Mark, ...]:
    """Give the mark of what a crew has done, where crews may mark work."""
    return (palette.DONE,) if "crew" in files and view.mark_by == "need" else ()


def _layers(view: MapView) -> list[CanvasLayer]:
    ground = [
        ("towns", "Towns"),
        ("blocks", "Blocks"),
        ("streets", "Streets"),
        ("parcels", "Parcels"),
    ]
    about = [(view.layer, view.title)] if view.marks else []
    return [CanvasLayer(key, title) for key, title in (*ground, *about)]
