"""Maps, drawn by Folium. Nothing outside this room knows it.

Folium wants latitude first, puts text into the page as HTML, gives its parts random ids and copies
every feature into the page. Here the pair is turned round once (`latlon`), every part has a stable
id, and a page gets configuration alone: no data enters a template of Folium's.
"""

from webmap.maps.drawing import CanvasLayer, ForeignAsset, LotMap, MapParts, latlon
from webmap.maps.views import VIEWS, MapView, draw

__all__ = [
    "VIEWS",
    "CanvasLayer",
    "ForeignAsset",
    "LotMap",
    "MapParts",
    "MapView",
    "draw",
    "latlon",
]
