"""Columns that hold places, found by their content, and by names such as _gps_latitude or lat_6_Location.

`coordinates.read_geometries` calls `find_place_columns` where nothing else says where the rows lie.
"""

import re

import numpy as np
import pandas as pd
import pyarrow as pa

from geo.ingest.mapping.column_matching import column_as_text
from geo.ingest.mapping.map_rows import SourceRows
from geo.ingest.mapping.place_notation import ANGLE_KINDS, detect_place_notation, parse_coordinate_column
from geo.ingest.mapping.profile import FieldOrigin

SAMPLE_ROWS = 5_000
MIN_SHARE = 0.8  # of a column's filled cells that must be coordinates
LATITUDE_WORDS = {"lat", "latitude", "latitud", "latitide"}
LONGITUDE_WORDS = {"lon", "lng", "long", "longitude", "longitud"}
NOTATION_ORDER = ("wkb", "wkt", "geojson", "pair")  # a shape says more than a point


def find_place_columns(rows: SourceRows) -> dict[str, FieldOrigin]:
    """Return the columns that say where the rows lie: `lon` and `lat`, or `wkt` for a place in one cell.

    Empty where no column does. Of several, the one with the most filled cells is taken.
    """
    texts = {name: column_as_text(column.slice(0, SAMPLE_ROWS)) for name, column in rows.columns.items()}
    pairs = find_coordinate_pairs(texts)
    if pairs:
        lon, lat = max(pairs, key=lambda pair: int(texts[pair[0]].notna().sum()))
        return {"lon": FieldOrigin((lon,)), "lat": FieldOrigin((lat,))}
    notations = {
        name: detect_place_notation(text)
        for name, text in texts.items()
        if pa.types.is_string(rows.columns[name].type) and text.notna().any()
    }
    angles = {kind: [name for name, notation in notations.items() if notation == kind] for kind in ANGLE_KINDS}
    if len(angles["latitude"]) == len(angles["longitude"]) == 1:
        return {"lon": FieldOrigin((angles["longitude"][0],)), "lat": FieldOrigin((angles["latitude"][0],))}
    places = [name for kind in NOTATION_ORDER for name, notation in notations.items() if notation == kind]
    return {"wkt": FieldOrigin((max(places, key=lambda name: int(texts[name].notna().sum())),))} if places else {}


def find_coordinate_pairs(texts: dict[str, pd.Series]) -> list[tuple[str, str]]:
    """Return the names of columns that hold longitudes and latitudes in degrees, pair by pair.

    Two columns are a pair if their names differ only in the word for the axis.

    >>> columns = {"lat_6_Location": ["38.7"], "long_6_Location": ["-90.3"], "latest": ["x"]}
    >>> find_coordinate_pairs({name: pd.Series(values) for name, values in columns.items()})
    [('long_6_Location', 'lat_6_Location')]
    """
    latitudes = {_name_without(name, LATITUDE_WORDS): name for name in reversed(list(texts))}
    latitudes.pop(None, None)
    pairs = []
    for name, text in texts.items():
        latitude = latitudes.get(_name_without(name, LONGITUDE_WORDS))
        if latitude is not None and _are_degrees(text, 180) and _are_degrees(texts[latitude], 90):
            pairs.append((name, latitude))
    return pairs


def _name_without(name: str, words: set[str]) -> str | None:
    """Return a column's name without the word for its axis, None if it has none.

    >>> _name_without("_gps_latitude", LATITUDE_WORDS), _name_without("Latest", LATITUDE_WORDS)
    ('gps', None)
    """
    parts = re.findall(r"[a-z]+|[0-9]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower())
    rest = [part for part in parts if part not in words]
    return " ".join(rest) if len(rest) < len(parts) else None


def _are_degrees(texts: pd.Series, limit: float) -> bool:
    """Return whether the filled cells are angles of at most `limit` degrees, and not all of them whole numbers."""
    filled = texts[texts.notna() & (texts.str.strip() != "")]
    if filled.empty:
        return False
    values, _, is_angle = parse_coordinate_column(filled.str.strip())
    is_degrees = np.abs(values) <= limit
    has_fraction = (values[is_degrees] % 1 != 0).any() or is_angle.any()
    return bool(is_degrees.mean() >= MIN_SHARE and has_fraction)
