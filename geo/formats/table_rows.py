"""Columns and rows of a layer as a table: what the CSV export and the XLSX export share.

`geo.formats.csv_table` and `geo.formats.xlsx_table` call `table_columns` and `table_rows`.

A table has the values of the GeoJSON export. `id` and `source` come first, then the public fields in
the order of the field dictionary. Private fields and `raw` appear only for an actor who may see them.
The last two columns, `lon` and `lat`, are the display point in degrees with 7 decimals. A layer with
such fields of its own has them there and nowhere else.
"""

from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from math import isfinite
from typing import Any

import numpy as np
import shapely

from geo.fields import Field
from geo.formats.geojson import BATCH_SIZE, COORDINATE_DECIMALS, SYSTEM_DESCRIPTIONS, feature_properties
from geo.schema import SYSTEM_COLUMNS, Layer
from geo.store.records import Record

# The columns that every table has, whatever fields are wanted.
ALWAYS_PRESENT = ("town",)
DISPLAY_POINT_FIELDS = (
    Field("lon", "real", "Longitude of the display point (WGS 84).", unit="°"),
    Field("lat", "real", "Latitude of the display point (WGS 84).", unit="°"),
)
DISPLAY_POINT_NAMES = tuple(field.name for field in DISPLAY_POINT_FIELDS)


def table_columns(layer: Layer, *, private: bool = False, only_fields: Collection[str] = ()) -> tuple[Field, ...]:
    """Return the columns of a layer's table, in order.

    `only_fields` limits the fields. `id`, `source`, `town`, `lon` and `lat` are always there.

    >>> from geo.schema import LAYERS
    >>> [column.name for column in table_columns(LAYERS["landmarks"], only_fields=["name"])]
    ['id', 'source', 'name', 'town', 'lon', 'lat']
    """
    system_names = SYSTEM_COLUMNS if private else SYSTEM_COLUMNS[:-1]
    system_columns = [Field(name, "text", SYSTEM_DESCRIPTIONS[name]) for name in system_names]
    own_fields = layer.fields_by_name.values() if private else layer.public_fields
    wanted_names = {*only_fields, *ALWAYS_PRESENT}
    fields = [
        field
        for field in own_fields
        if field.name not in DISPLAY_POINT_NAMES and (not only_fields or field.name in wanted_names)
    ]
    point_fields = [layer.fields_by_name.get(field.name, field) for field in DISPLAY_POINT_FIELDS]
    return (*system_columns, *fields, *point_fields)


def table_rows(columns: Collection[Field], records: Iterable[Record], *, private: bool = False) -> Iterator[list[Any]]:
    """Yield one row for each record: the values of `columns`, which end with `lon` and `lat`. Unknown is None.

    >>> from geo.schema import LAYERS
    >>> hall = Record("hall", "bel-nor/halls", {"name": "City Hall"}, shapely.Point(-90.31664449, 38.7002).wkb)
    >>> columns = table_columns(LAYERS["landmarks"])
    >>> next(table_rows(columns, [hall]))
    ['hall', 'bel-nor/halls', 'City Hall', None, None, None, -90.3166445, 38.7002]
    """
    names = [column.name for column in columns if column.name not in DISPLAY_POINT_NAMES]
    system_names = SYSTEM_COLUMNS if private else SYSTEM_COLUMNS[:-1]
    field_names = names[len(system_names) :]
    remaining = iter(records)
    while batch := list(islice(remaining, BATCH_SIZE)):
        for record, point in zip(batch, _display_points(batch), strict=True):
            properties = feature_properties(record, field_names, private=private)
            yield [*(properties[name] for name in names), *point]


def _display_points(records: list[Record]) -> Iterator[tuple[float | None, float | None]]:
    """Iterate over the display points of records: the joined one, or else a point on or in the geometry."""
    geometries = shapely.from_wkb(np.array([record.wkb for record in records], dtype=object))
    inner_points = shapely.point_on_surface(geometries)
    inner_points[shapely.is_empty(inner_points)] = None
    coordinates = zip(shapely.get_x(inner_points).tolist(), shapely.get_y(inner_points).tolist(), strict=True)
    for record, (x, y) in zip(records, coordinates, strict=True):
        lon, lat = record.values.get("lon"), record.values.get("lat")
        yield _round_degrees(x if lon is None else lon), _round_degrees(y if lat is None else lat)


def _round_degrees(degrees: float) -> float | None:
    return round(degrees, COORDINATE_DECIMALS) if isfinite(degrees) else None
