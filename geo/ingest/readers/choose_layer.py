"""The layer of a file to read: the one that is named, or the only one that the load can mean.

`vector_files.read_vector` calls `choose_layer`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyogrio

from geo.errors import BadFile, NeedsOption

MULTI_LAYER_FORMATS = {"GPKG", "TopoJSON", "OpenFileGDB", "GPX", "GML"}  # one file may hold several layers
IGNORED_LAYERS = {"layer_styles"}  # a table that QGIS adds
# The points of lines that are layers themselves, and the attachments of ArcGIS, which are photos.
PART_LAYERS = {"route_points": "routes", "track_points": "tracks"}
ATTACHMENT_SUFFIX = "__ATTACH"
MAX_LISTED_LAYERS = 20


@dataclass(frozen=True)
class LayerSummary:
    """A layer of a file. `geometry_type` is that of GDAL without dimensions, "" for a table without geometry."""

    name: str
    geometry_type: str
    rows: int

    def __str__(self) -> str:
        """Return the layer as a message names it.

        >>> str(LayerSummary("trees", "Point", 1)), str(LayerSummary("lots", "Polygon", 1200))
        ("'trees' (1 row)", "'lots' (1,200 rows)")
        """
        return f"'{self.name}' ({self.rows:,} row{'' if self.rows == 1 else 's'})"

    def fits(self, geometry_types: list[str]) -> bool:
        """Return whether the layer's geometries may be of one of these types. A table without geometry may fit anything.

        >>> LayerSummary("lots", "MultiPolygon", 2).fits(["Point"]), LayerSummary("cases", "", 2).fits(["Point"])
        (False, True)
        """
        kinds = {kind.removeprefix("Multi") for kind in geometry_types}
        is_open = self.geometry_type in {"", "Unknown", "GeometryCollection"} or not kinds
        return is_open or self.geometry_type.removeprefix("Multi") in kinds | {"Curve", "Surface"}


def choose_layer(
    path: Path, format_name: str, name: str, table_name: str | None, geometry_types: list[str]
) -> tuple[str, list[dict[str, Any]]]:
    """Return the name of the layer to read, and a description of each other layer that has rows.

    Raises BadFile for a file without layers. Raises NeedsOption where several layers may be meant,
    with their names and rows.
    """
    layer_names = [str(layer_name) for layer_name, _ in pyogrio.list_layers(path) if layer_name not in IGNORED_LAYERS]
    if not layer_names:
        raise BadFile(f"{name}: has no layer; is the file complete? Export it again")
    if format_name not in MULTI_LAYER_FORMATS:
        return layer_names[0], []  # its layer is named after the copy in the sandbox
    if table_name is not None and table_name in layer_names and len(layer_names) == 1:
        return table_name, []
    layers = [_summarize_layer(path, layer_name) for layer_name in layer_names]
    if table_name is not None and table_name not in layer_names:
        raise NeedsOption(
            f"{name}: has no table '{table_name}'; name one of these with --table: {_list_layers(layers)}"
        )
    chosen = table_name or _only_layer(_candidate_layers(layers), geometry_types)
    if chosen is None:
        raise NeedsOption(f"{name}: has several layers; name one with --table: {_list_layers(layers)}")
    left_out = [
        {"name": layer.name, "kind": "layer", "rows": layer.rows}
        for layer in _candidate_layers(layers)
        if layer.name != chosen and layer.rows
    ]
    return chosen, left_out


def _summarize_layer(path: Path, layer_name: str) -> LayerSummary:
    info = pyogrio.read_info(path, layer=layer_name, force_feature_count=True)
    geometry_type = str(info["geometry_type"] or "").replace("2.5D ", "")
    return LayerSummary(layer_name, geometry_type.split(" ")[0], int(info["features"]))


def _candidate_layers(layers: list[LayerSummary]) -> list[LayerSummary]:
    """Return the layers with rows, without attachments and without the points of other layers. All if none is left.

    >>> layers = [LayerSummary("tracks", "LineString", 1), LayerSummary("track_points", "Point", 9)]
    >>> [layer.name for layer in _candidate_layers(layers)]
    ['tracks']
    """
    filled_names = {layer.name for layer in layers if layer.rows}
    return [
        layer
        for layer in layers
        if layer.name in filled_names
        and not layer.name.endswith(ATTACHMENT_SUFFIX)
        and PART_LAYERS.get(layer.name) not in filled_names
    ] or layers


def _only_layer(layers: list[LayerSummary], geometry_types: list[str]) -> str | None:
    """Return the name of the only layer, or of the only one that fits the geometry types, else None."""
    fitting = [layer for layer in layers if layer.fits(geometry_types)] if len(layers) > 1 else layers
    return fitting[0].name if len(fitting) == 1 else None


def _list_layers(layers: list[LayerSummary]) -> str:
    return ", ".join(map(str, layers[:MAX_LISTED_LAYERS]))
