"""KML placemarks, read by ourselves: no links are followed, no entities are resolved."""

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, iterparse

import pyarrow as pa
import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import BadFile
from geo.sources.prologs import has_doctype
from geo.sources.raws import RawTable


def read_kml(path: Path, name: str) -> RawTable:
    """Read every placemark of a KML document, whatever its folder.

    Columns are name, description, the extended data, and the folder. Raises BadFile.
    """
    _refuse_entities(path, name)
    rows: list[dict[str, str]] = []
    shapes: list[BaseGeometry | None] = []
    try:
        for values, shape in _placemarks(path):
            rows.append(values)
            shapes.append(shape)
    except (ParseError, ValueError, shapely.errors.GEOSException) as error:
        raise BadFile(
            f"{name}: no whole KML (placemark {len(rows) + 1}: {error}); export it again"
        ) from None
    if not rows:
        raise BadFile(
            f"{name}: holds no placemark; a KML that links to another holds no data itself"
        )
    names = list(dict.fromkeys(key for row in rows for key in row))
    columns = [
        pa.chunked_array([pa.array([row.get(key) for row in rows], pa.string())]) for key in names
    ]
    wkb = pa.chunked_array([pa.array(shapely.to_wkb(shapes), pa.binary())])
    facts = {"driver": "KML", "crs": "OGC:CRS84", "encoding": "UTF-8"}
    return RawTable(names, columns, wkb, None, facts)


def _refuse_entities(path: Path, name: str) -> None:
    with path.open("rb") as file:
        if has_doctype(file):
            raise BadFile(
                f"{name}: KML with a document type or entities is not read; export it again without"
            )


def _placemarks(path: Path) -> Iterator[tuple[dict[str, str], BaseGeometry | None]]:
    folders: list[str] = []
    parents: list[Element] = []
    for event, element in iterparse(path, events=("start", "end")):  # noqa: S314 - entities are refused above
        tag = _tag(element)
        if event == "start":
            parents.append(element)
            continue
        parents.pop()
        if tag == "name" and parents and _tag(parents[-1]) == "Folder":
            folders.append((element.text or "").strip())
        elif tag == "Folder" and folders:
            folders.pop()
        elif tag == "Placemark":
            yield _values(element, folders[-1] if folders else None), _shape(element)
            element.clear()


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _values(mark: Element, folder: str | None) -> dict[str, str]:
    values = {} if folder is None else {"folder": folder}
    for child in mark:
        if _tag(child) in {"name", "description"} and child.text:
            values[_tag(child)] = child.text
    for data in mark.iter():
        if _tag(data) == "SimpleData":
            values[data.get("name", "")] = data.text or ""
        elif _tag(data) == "Data":
            value = next((one.text for one in data if _tag(one) == "value"), None)
            values[data.get("name", "")] = value or ""
    return values


def _shape(element: Element) -> BaseGeometry | None:
    parts = [_MAKERS[_tag(one)](one) for one in element if _tag(one) in _MAKERS]
    return parts[0] if parts else None


def _coordinates(element: Element) -> list[list[float]]:
    found = next((one for one in element.iter() if _tag(one) == "coordinates"), None)
    text = (found.text or "") if found is not None else ""
    return [[float(number) for number in spot.split(",")[:2]] for spot in text.split()]


def _polygon(element: Element) -> BaseGeometry:
    rings: dict[str, list[list[list[float]]]] = {"outerBoundaryIs": [], "innerBoundaryIs": []}
    for one in element:
        if _tag(one) in rings:
            rings[_tag(one)].append(_coordinates(one))
    outer = rings["outerBoundaryIs"]
    return shapely.Polygon(outer[0], rings["innerBoundaryIs"]) if outer else shapely.Polygon()


def _several(element: Element) -> BaseGeometry:
    parts = [_MAKERS[_tag(one)](one) for one in element if _tag(one) in _MAKERS]
    kinds = {part.geom_type for part in parts}
    if len(kinds) == 1 and kinds <= {"Point", "LineString", "Polygon"}:
        many = {
            "Point": shapely.MultiPoint,
            "LineString": shapely.MultiLineString,
            "Polygon": shapely.MultiPolygon,
        }
        return many[kinds.pop()](parts)
    return shapely.GeometryCollection(parts)


def _point(element: Element) -> BaseGeometry:
    spots = _coordinates(element)
    return shapely.Point(spots[0]) if spots else shapely.Point()


_MAKERS = {
    "Point": _point,
    "LineString": lambda element: shapely.LineString(_coordinates(element)),
    "Polygon": _polygon,
    "MultiGeometry": _several,
}
