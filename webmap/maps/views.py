"""The three maps, as data: what each shows when far and when near, and what people filter by."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from geo.places import Bbox, LonLat
from webmap import palette
from webmap.maps.drawing import CanvasLayer, LotMap, MapParts
from webmap.palette import Mark, Scale
from webmap.towns import FAR

NEAR = FAR + 1  # from this zoom on the map shows single parcels, trees and inspections, not towns
LOTS = 16  # from this zoom on it also draws every lot and street under them
LIMIT = 2_000  # features of a layer in one view; beyond it the map says that it cuts


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
    fields: tuple[str, ...]


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
            fields=("address", "town", "canopy_pct"),
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
            filters=("condition", "risk"),
            fields=(
                "need", "town", "status", "common", "species", "dbh_in", "condition", "risk",
                "address", "on_street", "tree_id", "frontage_parcel_id", "placed_by",
            ),
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
            fields=("status", "town", "kind", "address", "opened_on", "due_on", "closed_on", "parcel_id", "lon", "lat", "placed_by"),
        ),
    )
}  # fmt: skip


def draw(view: MapView, home: Bbox, *, api: str, today: date, near: int = NEAR) -> MapParts:
    """Draw a map of the box `home`: its parts for a page.

    `api` is where the features are; before the zoom `near` the map shows towns.
    """
    centre = LonLat((home.west + home.east) / 2, (home.south + home.north) / 2)
    told = {
        "view": view.name,
        "layer": view.layer,
        "noun": view.noun,
        "home": list(home),
        "api": api,
        "today": today.isoformat(),
        "near": near,
        "outlines": f"{api}/towns.geojson",
        "exact": NEAR,
        "limit": LIMIT,
        "scale": {**asdict(view.scale), "unknown": palette.UNKNOWN_COLOUR},
        "marks": [asdict(mark) for mark in view.marks],
        "markBy": view.mark_by,
    }
    chart = LotMap("main", centre, 12, told)
    for layer in _layers(view, api):
        layer.add_to(chart)
    return chart.parts()


def _layers(view: MapView, api: str) -> list[CanvasLayer]:
    scale: dict[str, Any] = {
        "fields": (*view.scale.over, *((view.scale.under,) if view.scale.under else ()))
    }
    towns = ("name", "slug", "valid_from", "valid_to", *scale["fields"])
    ground = "areas" if view.layer == "parcels" else "lots"
    near = NEAR if view.layer == "parcels" else LOTS
    return [
        CanvasLayer("towns", "Towns", address=f"{api}/municipalities.geojson", how="towns", nearest=0, fields=towns),
        CanvasLayer("streets", "Streets", address=f"{api}/streets.geojson", how="lines", nearest=NEAR, fields=("name",)),
        CanvasLayer("parcels", "Parcels", address=f"{api}/parcels.geojson", how=ground, nearest=near,
                    fields=view.fields if view.layer == "parcels" else ("address",)),
        *(
            [CanvasLayer(view.layer, view.title, address=f"{api}/{view.layer}.geojson", how="marks", nearest=NEAR, fields=view.fields)]
            if view.marks
            else []
        ),
    ]  # fmt: skip
