"""Towns that a person can draw: WKT in metres becomes admitted layers, and the join runs on them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from pyproj import CRS

from geo.crs import WGS84
from geo.join import JoinSettings, join_layers
from geo.schema import LAYERS, admit, cast_columns, empty_frame

WORK = CRS.from_epsg(26996)  # Missouri East, metres
CORNER = (250_000.0, 310_000.0)  # where the drawings' (0, 0) lies: in Normandy
TODAY = date(2026, 11, 23)

# What a row has unless the drawing says otherwise: what its layer requires.
PLAIN = {
    "municipalities": lambda id_: {"name": id_},
    "districts": lambda id_: {"name": id_, "kind": "police"},
    "sites": lambda _: {"status": "planted"},
    "inspections": lambda _: {"status": "open"},
    "landmarks": lambda id_: {"name": id_},
}


def layer(name: str, rows: Mapping[str, Any]) -> gpd.GeoDataFrame:
    """Make an admitted layer from rows by id: a WKT in metres, or a table with `wkt` and fields."""
    promise = LAYERS[name]
    if not rows:
        return empty_frame(promise)
    tables = {id_: row if isinstance(row, Mapping) else {"wkt": row} for id_, row in rows.items()}
    columns = {
        field: [row.get(field, plain(name, id_).get(field)) for id_, row in tables.items()]
        for field in (f.name for f in promise.fields)
    }
    frame = gpd.GeoDataFrame(
        {"id": list(tables), "source": [row.get("source", "drawn") for row in tables.values()], "raw": "{}", **columns},
        geometry=[shape(row.get("wkt")) for row in tables.values()],
        crs=WORK,
    ).to_crs(WGS84)
    return admit(cast_columns(frame, promise), promise)


def plain(name: str, id_: str) -> dict[str, Any]:
    return PLAIN.get(name, lambda _: {})(id_)


def shape(wkt: Any) -> Any:
    """Read a WKT (or take a shape) and move it to where the drawings lie."""
    drawn = shapely.from_wkt(wkt) if isinstance(wkt, str) else wkt
    return None if drawn is None else shapely.transform(drawn, lambda xy: xy + CORNER)


def town(drawing: Mapping[str, Mapping[str, Any]], *, today: date = TODAY, **options: Any) -> dict[str, pd.DataFrame]:
    """Join a drawing: its layers by name. Gives the joined tables, by id."""
    layers = {name: layer(name, rows) for name, rows in drawing.items() if name in LAYERS}
    told = options.pop("settings", JoinSettings())
    tables = join_layers(layers, options.pop("rasters", ()), metric_crs=WORK, today=today, settings=told, **options)
    return {name: table.set_index("id") for name, table in tables.items()}


def box(x: float, y: float, width: float, depth: float) -> str:
    """Draw a lot: its south-west corner, its width and depth."""
    return shapely.box(x, y, x + width, y + depth).wkt
