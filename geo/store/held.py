"""What a file holds, held to what lotleaf writes: strangers' files may hold anything anywhere."""

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

from geo.layers import Layer
from geo.places import EARTH, Bbox
from geo.store import shapes

NAMED = re.compile(r"(EPSG|ESRI|OGC):\w{1,20}", re.ASCII)
# What in a system's text has its reader open a file.
OPENS = re.compile(r"PARAMETERFILE|EXTENSION|(grids|geoids|file)\s*=", re.IGNORECASE)
AT_ONCE = 10_000  # shapes looked at together


class Unsound(Exception):
    """Something in the file is not what lotleaf writes there; `connections.told` makes it BadWorkspace."""


def text(value: Any, where: str) -> str:
    """Give a value that must be text."""
    if not isinstance(value, str):
        raise Unsound(f"{where} holds {reprlib.repr(value)}, which is no text")
    return value


def members(value: Any, where: str) -> dict[str, Any]:
    """Read a JSON object."""
    try:
        found = json.loads(text(value, where))
    except (ValueError, RecursionError) as error:
        raise Unsound(f"{where} cannot be read as JSON ({error})") from None
    if not isinstance(found, dict):
        raise Unsound(f"{where} holds no JSON object")
    return found


def kinds(values: Iterable[Any], allowed: set[type], where: str) -> None:
    """Make sure that every value is of a kind that is allowed; None always is."""
    if strange := set(map(type, values)) - allowed - {type(None)}:
        raise Unsound(f"{where} holds {', '.join(sorted(kind.__name__ for kind in strange))}")


@lru_cache(maxsize=64)
def metres(told: str) -> str:
    """Give the name of a CRS that measures in metres, as `EPSG:26996`."""
    if not NAMED.fullmatch(told):
        raise Unsound(f"the CRS is {told[:80]!r}, not a name as EPSG:26996")
    crs = _crs(told)
    if not crs.is_projected or {axis.unit_name for axis in crs.axis_info} != {"metre"}:
        raise Unsound(f"the CRS {told} does not measure in metres")
    return told


@lru_cache(maxsize=64)
def system(told: str) -> CRS:
    """Read a raster's CRS: a name, or WKT that has nobody open a file."""
    if not NAMED.fullmatch(told) and OPENS.search(told):
        raise Unsound(f"the CRS {told[:80]!r} points to another file, which is not opened")
    return _crs(told)


def _crs(told: str) -> CRS:
    try:
        return CRS.from_user_input(told) if NAMED.fullmatch(told) else CRS.from_wkt(told)
    except CRSError:
        raise Unsound(f"{told[:80]!r} is no coordinate system") from None


def drawn(wkb: Sequence[bytes | None], layer: Layer) -> np.ndarray:
    """Read the shapes of a layer, of its kinds and somewhere on Earth; None where there is none."""
    found = np.empty(len(wkb), dtype=object)
    for start in range(0, len(wkb), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        found[part] = _drawn(wkb[part], layer)
    return found


def _drawn(wkb: Sequence[bytes | None], layer: Layer) -> np.ndarray:
    kinds(wkb, {bytes}, f"a shape of {layer.name}")
    if not all(each is None or shapes.flat(each) for each in wkb):
        raise Unsound(f"a shape of {layer.name} is none that lotleaf writes")
    try:
        with np.errstate(invalid="ignore"):  # what is not finite is told below
            found: np.ndarray = shapely.from_wkb(np.array(wkb, dtype=object))
    except shapely.errors.GEOSException as error:
        raise Unsound(f"a shape of {layer.name} cannot be read ({error})") from None
    there = found[found != None]  # noqa: E711 - elementwise
    if strange := {shape.geom_type for shape in there} - set(layer.geometry):
        raise Unsound(f"{layer.name} holds shapes of the kinds {sorted(strange)}")
    corners = shapely.get_coordinates(there)
    # What is not finite is within no bounds.
    if len(corners) and not EARTH.holds(Bbox(*corners.min(axis=0), *corners.max(axis=0))):
        raise Unsound(f"the coordinates of a shape of {layer.name} are no degrees")
    return found
