"""Layers of a town small enough to hold in the head, for the tests of addresses."""

import geopandas as gpd
import pandas as pd

from geo.crs import WGS84
from geo.geocode import find
from geo.schema import LAYERS, admit, cast_columns


def layer(name, rows):
    """Make an admitted frame of a layer from rows that give only what matters."""
    schema = LAYERS[name]
    table = pd.DataFrame(rows).astype("object")
    table = table.assign(
        id=table["id"] if "id" in table else [str(n) for n in range(len(table))], source="test", raw="{}"
    )
    shapes = table.pop("geometry") if "geometry" in table else [None] * len(table)
    table = table.reindex(columns=list(schema.columns[:-1])).where(lambda cell: cell.notna(), None)
    for field in schema.fields:
        if field.kind in ("integer", "real"):
            table[field.name] = pd.to_numeric(table[field.name])
    frame = gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(list(shapes), crs=WGS84), crs=WGS84)
    return admit(cast_columns(frame, schema), schema)


def address_layer(text):
    """Make the address layer from a table in a text: a dot is nothing, _ is a blank."""
    head, *lines = text.strip().splitlines()
    rows = [
        {name: cell.replace("_", " ") for name, cell in zip(head.split(), line.split(), strict=True) if cell != "."}
        for line in lines
    ]
    return layer("addresses", rows)


def parcel_layer(rows):
    return layer("parcels", rows)


def alias_layer(rows):
    return layer("aliases", rows)


def find_first(index, query):
    """Ask, and give the status, the first parcel and the changes told."""
    answer = find(index, query)
    one = answer.candidates[0] if answer.candidates else None
    return answer.status, one and one.parcel_id, " ".join(one.changes if one else ())
