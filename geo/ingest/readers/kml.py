"""Reading of KML placemarks with a plain XML parser: no links are followed, no entities are resolved.

`sandbox_worker` calls `read_kml`.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError, iterparse

import pyarrow as pa
import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import BadFile, NeedsOption
from geo.ingest.readers.guards.xml_guard import has_doctype
from geo.ingest.readers.kml_description import parse_description_table
from geo.ingest.readers.raw_table import RawTable


def read_kml(path: Path, name: str, folder_name: str | None = None) -> RawTable:
    """Return every placemark of a KML document as a row, in any folder or in the named one.

    The columns are name, description, the extended data and the folder. A table in the description
    gives columns too, as ArcGIS writes it. Raises BadFile, or NeedsOption for a folder that there is not.
    """
    _refuse_doctype(path, name)
    rows: list[dict[str, str]] = []
    geometries: list[BaseGeometry | None] = []
    try:
        for values, geometry in _read_placemarks(path):
            rows.append(values)
            geometries.append(geometry)
    except (ParseError, ValueError, shapely.errors.GEOSException) as error:
        raise BadFile(f"{name}: not a complete KML (placemark {len(rows) + 1}: {error}); export it again") from None
    if not rows:
        raise BadFile(f"{name}: has no placemarks; a KML that only links to another file has no data; export that file")
    left_out: list[dict[str, Any]] = []
    if folder_name is not None:
        is_chosen, left_out = _choose_folder(rows, folder_name, name)
        rows = [row for row, chosen in zip(rows, is_chosen, strict=True) if chosen]
        geometries = [geometry for geometry, chosen in zip(geometries, is_chosen, strict=True) if chosen]
    _add_description_columns(rows)
    column_names = list(dict.fromkeys(key for row in rows for key in row))
    columns = [pa.chunked_array([pa.array([row.get(key) for row in rows], pa.string())]) for key in column_names]
    wkb = pa.chunked_array([pa.array(shapely.to_wkb(geometries), pa.binary())])
    metadata = {"driver": "KML", "crs": "OGC:CRS84", "encoding": "UTF-8", "table": folder_name, "left_out": left_out}
    return RawTable(column_names, columns, wkb, None, metadata)


def _choose_folder(rows: list[dict[str, str]], folder_name: str, name: str) -> tuple[list[bool], list[dict[str, Any]]]:
    """Return which rows are in the named folder, and the row counts of all other folders."""
    counts = Counter(row.get("folder") or "" for row in rows)
    if folder_name not in counts:
        folders = ", ".join(f"'{folder}' ({count:,} rows)" for folder, count in counts.items() if folder)
        raise NeedsOption(
            f"{name}: has no folder '{folder_name}'; name one of these with --table: {folders or 'it has none'}"
        )
    left_out = [
        {"name": folder or "(no folder)", "kind": "folder", "rows": count}
        for folder, count in counts.items()
        if folder != folder_name
    ]
    return [(row.get("folder") or "") == folder_name for row in rows], left_out


def _add_description_columns(rows: list[dict[str, str]]) -> None:
    """Add the attributes in the descriptions' tables, if at least half of the descriptions have one."""
    tables = [parse_description_table(row.get("description", "")) for row in rows]
    if 2 * sum(map(bool, tables)) >= sum("description" in row for row in rows):
        for row, table in zip(rows, tables, strict=True):
            own_names = {key.casefold() for key in row}
            row.update({key: value for key, value in table.items() if key.casefold() not in own_names})


def _refuse_doctype(path: Path, name: str) -> None:
    with path.open("rb") as file:
        if has_doctype(file):
            raise BadFile(f"{name}: KML with a document type or entities is not read; export it again without them")


def _read_placemarks(path: Path) -> Iterator[tuple[dict[str, str], BaseGeometry | None]]:
    folders: list[str] = []
    ancestors: list[Element] = []
    for event, element in iterparse(path, events=("start", "end")):  # noqa: S314 - entities are refused above
        tag = _local_tag(element)
        if event == "start":
            ancestors.append(element)
            continue
        ancestors.pop()
        if tag == "name" and ancestors and _local_tag(ancestors[-1]) == "Folder":
            folders.append((element.text or "").strip())
        elif tag == "Folder" and folders:
            folders.pop()
        elif tag == "Placemark":
            yield (_placemark_values(element, folders[-1] if folders else None), _placemark_geometry(element))
            element.clear()


def _local_tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _placemark_values(placemark: Element, folder: str | None) -> dict[str, str]:
    values = {} if folder is None else {"folder": folder}
    for child in placemark:
        if _local_tag(child) in {"name", "description"} and child.text:
            values[_local_tag(child)] = child.text
    for data in placemark.iter():
        if _local_tag(data) == "SimpleData":
            values[data.get("name", "")] = data.text or ""
        elif _local_tag(data) == "Data":
            value = next((node.text for node in data if _local_tag(node) == "value"), None)
            values[data.get("name", "")] = value or ""
    return values


def _placemark_geometry(element: Element) -> BaseGeometry | None:
    geometries = [
        _GEOMETRY_PARSERS[_local_tag(child)](child) for child in element if _local_tag(child) in _GEOMETRY_PARSERS
    ]
    return geometries[0] if geometries else None


def _parse_coordinates(element: Element) -> list[list[float]]:
    coordinates = next((node for node in element.iter() if _local_tag(node) == "coordinates"), None)
    text = (coordinates.text or "") if coordinates is not None else ""
    return [[float(number) for number in position.split(",")[:2]] for position in text.split()]


def _parse_polygon(element: Element) -> BaseGeometry:
    rings: dict[str, list[list[list[float]]]] = {"outerBoundaryIs": [], "innerBoundaryIs": []}
    for boundary in element:
        if _local_tag(boundary) in rings:
            rings[_local_tag(boundary)].append(_parse_coordinates(boundary))
    outer = rings["outerBoundaryIs"]
    return shapely.Polygon(outer[0], rings["innerBoundaryIs"]) if outer else shapely.Polygon()


def _parse_multi_geometry(element: Element) -> BaseGeometry:
    parts = [_GEOMETRY_PARSERS[_local_tag(child)](child) for child in element if _local_tag(child) in _GEOMETRY_PARSERS]
    kinds = {part.geom_type for part in parts}
    if len(kinds) == 1 and kinds <= {"Point", "LineString", "Polygon"}:
        multi_types = {
            "Point": shapely.MultiPoint,
            "LineString": shapely.MultiLineString,
            "Polygon": shapely.MultiPolygon,
        }
        return multi_types[kinds.pop()](parts)
    return shapely.GeometryCollection(parts)


def _parse_point(element: Element) -> BaseGeometry:
    positions = _parse_coordinates(element)
    return shapely.Point(positions[0]) if positions else shapely.Point()


_GEOMETRY_PARSERS = {
    "Point": _parse_point,
    "LineString": lambda element: shapely.LineString(_parse_coordinates(element)),
    "Polygon": _parse_polygon,
    "MultiGeometry": _parse_multi_geometry,
}
