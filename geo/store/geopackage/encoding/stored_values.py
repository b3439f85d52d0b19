"""Checks of values that are read from a file, since a stranger's file may hold anything anywhere.

`snapshot`, `metadata` and the other readers of the file call these functions. They raise CorruptValue.
"""

import json
import re
import reprlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.crs import WORLD_BBOX, Bbox
from geo.schema import Layer
from geo.store.geopackage.encoding import geometry_blob

CRS_NAME = re.compile(r"(EPSG|ESRI|OGC):\w{1,20}", re.ASCII)
# Parts of a CRS definition that make PROJ open a file.
FILE_REFERENCE = re.compile(r"PARAMETERFILE|EXTENSION|(grids|geoids|file)\s*=", re.IGNORECASE)
BATCH_SIZE = 10_000  # geometries that are parsed together


class CorruptValue(Exception):
    """A value in the file that lotleaf never writes. `connections.translate_errors` turns it into BadWorkspace."""


def require_text(value: Any, location: str) -> str:
    """Return a value that is text. Raises CorruptValue for anything else.

    >>> require_text(7, "sites.id")
    Traceback (most recent call last):
    geo.store.geopackage.encoding.stored_values.CorruptValue: sites.id has 7, which is not text
    """
    if not isinstance(value, str):
        raise CorruptValue(f"{location} has {reprlib.repr(value)}, which is not text")
    return value


def parse_json_object(value: Any, location: str) -> dict[str, Any]:
    """Parse a JSON object. Raises CorruptValue for anything else.

    >>> parse_json_object('{"added": 12}', "lotleaf_loads.report")
    {'added': 12}
    >>> parse_json_object("[12]", "lotleaf_loads.report")
    Traceback (most recent call last):
    geo.store.geopackage.encoding.stored_values.CorruptValue: lotleaf_loads.report is not a JSON object
    """
    try:
        parsed = json.loads(require_text(value, location))
    except (ValueError, RecursionError) as error:
        raise CorruptValue(f"{location} cannot be read as JSON ({error})") from None
    if not isinstance(parsed, dict):
        raise CorruptValue(f"{location} is not a JSON object")
    return parsed


def require_types(values: Iterable[Any], allowed: set[type], location: str) -> None:
    """Raise CorruptValue unless every value is None or has one of the allowed types.

    >>> require_types(["oak", None], {str}, "trees.common")
    >>> require_types(["oak", 3], {str}, "trees.common")
    Traceback (most recent call last):
    geo.store.geopackage.encoding.stored_values.CorruptValue: trees.common has values of the wrong type: int
    """
    if unexpected_types := set(map(type, values)) - allowed - {type(None)}:
        raise CorruptValue(
            f"{location} has values of the wrong type: {', '.join(sorted(kind.__name__ for kind in unexpected_types))}"
        )


@lru_cache(maxsize=64)
def require_metric_crs(crs_name: str) -> str:
    """Return the name of a CRS in meters. Raises CorruptValue for any other.

    >>> require_metric_crs("EPSG:26996")
    'EPSG:26996'
    >>> require_metric_crs("EPSG:4326")
    Traceback (most recent call last):
    geo.store.geopackage.encoding.stored_values.CorruptValue: the CRS EPSG:4326 does not measure in meters
    """
    if not CRS_NAME.fullmatch(crs_name):
        raise CorruptValue(f"the CRS is {crs_name[:80]!r}, not a name like EPSG:26996")
    crs = _parse_crs(crs_name)
    if not crs.is_projected or {axis.unit_name for axis in crs.axis_info} != {"metre"}:
        raise CorruptValue(f"the CRS {crs_name} does not measure in meters")
    return crs_name


@lru_cache(maxsize=64)
def parse_raster_crs(crs_text: str) -> CRS:
    """Parse the CRS of a raster: a name, or WKT that refers to no other file.

    >>> parse_raster_crs("EPSG:26996").name
    'NAD83 / Missouri East'
    """
    if not CRS_NAME.fullmatch(crs_text) and FILE_REFERENCE.search(crs_text):
        raise CorruptValue(f"the CRS {crs_text[:80]!r} refers to another file, which is not opened")
    return _parse_crs(crs_text)


def _parse_crs(crs_text: str) -> CRS:
    try:
        return CRS.from_user_input(crs_text) if CRS_NAME.fullmatch(crs_text) else CRS.from_wkt(crs_text)
    except CRSError:
        raise CorruptValue(f"{crs_text[:80]!r} is not a coordinate system") from None


def parse_geometries(wkbs: Sequence[bytes | None], layer: Layer) -> np.ndarray:
    """Parse the geometries of a layer from WKB, and check that their types and coordinates are allowed.

    Returns shape `(n,)` and dtype object, None for no geometry. Raises CorruptValue.

    >>> from geo.schema import LAYERS
    >>> geometries = parse_geometries([geometry_blob.point_wkb(-90.31, 38.68), None], LAYERS["trees"])
    >>> geometries[0].coords[0], geometries[1]
    ((-90.31, 38.68), None)
    """
    geometries = np.empty(len(wkbs), dtype=object)
    for start in range(0, len(wkbs), BATCH_SIZE):
        batch = slice(start, start + BATCH_SIZE)
        geometries[batch] = _parse_geometry_batch(wkbs[batch], layer)
    return geometries


def _parse_geometry_batch(wkbs: Sequence[bytes | None], layer: Layer) -> np.ndarray:
    require_types(wkbs, {bytes}, f"a geometry of {layer.name}")
    if not all(geometry_wkb is None or geometry_blob.is_supported_wkb(geometry_wkb) for geometry_wkb in wkbs):
        raise CorruptValue(f"a geometry of {layer.name} has a format that lotleaf does not write")
    try:
        with np.errstate(invalid="ignore"):  # non-finite coordinates fail the test below
            geometries: np.ndarray = shapely.from_wkb(np.array(wkbs, dtype=object))
    except shapely.errors.GEOSException as error:
        raise CorruptValue(f"a geometry of {layer.name} cannot be read ({error})") from None
    present = geometries[geometries != None]  # noqa: E711 - elementwise
    first_of_type = np.unique(shapely.get_type_id(present), return_index=True)[1]
    if unexpected_types := {geometry.geom_type for geometry in present[first_of_type]} - set(layer.geometry_types):
        raise CorruptValue(f"{layer.name} has geometries of the types {sorted(unexpected_types)}")
    vertices = shapely.get_coordinates(present)
    # Non-finite coordinates are within no bounds.
    if len(vertices) and not WORLD_BBOX.contains(Bbox(*vertices.min(axis=0), *vertices.max(axis=0))):
        raise CorruptValue(f"the coordinates of a geometry of {layer.name} are not degrees")
    return geometries
