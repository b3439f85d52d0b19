"""The interactive maps, made with Folium. No other package imports Folium.

`webmap.pages.routes` calls `draw_map` with one of `MAP_VIEWS`. `webmap.cli.map_command` writes map files
with `file_map`. Folium puts latitude first, writes text into the page as code, uses random ids and links
to files on other hosts. This package swaps coordinates in one function (`to_latlon`), sets stable ids,
puts our own files in place, and lets no data enter a Folium template.
"""

from webmap.maps.folium_map import CanvasLayer, LotMap, MapParts, to_latlon
from webmap.maps.map_definitions import MAP_VIEWS, MapView, draw_map
from webmap.maps.open_page import ForeignAsset

__all__ = ["MAP_VIEWS", "CanvasLayer", "ForeignAsset", "LotMap", "MapParts", "MapView", "draw_map", "to_latlon"]
