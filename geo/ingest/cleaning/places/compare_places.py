"""Comparison of each row's geometry with the file's own coordinate columns.

`clean_layer` calls `note_contradicting_columns`. It changes no geometry: `--place-by columns` does.
"""

import numpy as np
import shapely

from geo.ingest.mapping.column_matching import column_as_text
from geo.ingest.mapping.find_place_columns import SAMPLE_ROWS, find_coordinate_pairs
from geo.ingest.mapping.map_rows import SourceRows
from geo.ingest.mapping.place_notation import parse_coordinate_column
from geo.ingest.row_notes import RowNotes

MAX_DIFFERENCE_M = 50.0  # a phone's position is off by less, and so are coordinates with three decimals mostly
METERS_PER_DEGREE = 111_195.0  # of latitude, on a sphere of 6,371 km
CONTRADICTION_NOTE = "geometry: is more than 50 m from the place in the file's coordinate columns"


def note_contradicting_columns(geometries: np.ndarray, rows: SourceRows, notes: RowNotes) -> None:
    """Add a note to each row whose geometry lies more than 50 m from its own coordinates in degrees.

    `geometries` `(n,)` are in degrees. A row counts where both are known. An outline is compared by its bbox.
    """
    samples = {name: column_as_text(column.slice(0, SAMPLE_ROWS)) for name, column in rows.columns.items()}
    pairs = find_coordinate_pairs(samples)
    if not pairs:
        return
    lon_name, lat_name = pairs[0]
    lon, lat = (parse_coordinate_column(column_as_text(rows.columns[name]).str.strip())[0] for name in pairs[0])
    distances_m = _distances_m(shapely.bounds(geometries), lon, lat)
    is_known = np.isfinite(distances_m) & ~((np.abs(lon) < 1e-3) & (np.abs(lat) < 1e-3))
    is_contradicting = is_known & (distances_m > MAX_DIFFERENCE_M)
    reasons = [
        f"geometry: is {distance:,.0f} m from {lat_name} and {lon_name} ({y:.5f}, {x:.5f})"
        for distance, y, x in zip(
            distances_m[is_contradicting], lat[is_contradicting], lon[is_contradicting], strict=True
        )
    ]
    notes.add_note("noted", is_contradicting, CONTRADICTION_NOTE, reasons)


def _distances_m(bounds: np.ndarray, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Return the distance of points from bboxes in meters `(n,)`: 0 inside, nan where either is unknown.

    `bounds` `(n, 4)`, `lon` and `lat` are in degrees. The error is below 1 % within some kilometers.

    >>> bounds = np.array([[-90.3, 38.7, -90.3, 38.7], [-90.3, 38.7, -90.2, 38.8]])
    >>> _distances_m(bounds, np.array([-90.3, -90.25]), np.array([38.701, 38.75])).round().tolist()
    [111.0, 0.0]
    """
    dx = np.maximum(np.maximum(bounds[:, 0] - lon, lon - bounds[:, 2]), 0.0) * np.cos(np.radians(lat))
    dy = np.maximum(np.maximum(bounds[:, 1] - lat, lat - bounds[:, 3]), 0.0)
    distances: np.ndarray = np.hypot(dx, dy) * METERS_PER_DEGREE
    return distances
