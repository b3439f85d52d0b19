"""Layers: the columns, types and geometry of each kind of record, read from `geo/layers.toml`.

Almost every module reads `LAYERS`. Ingest calls `admit` once for each file. Later code relies on
that check and does not repeat it.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd

from geo.crs import WGS84, WORLD_BBOX, Bbox
from geo.errors import BadLayer, NoSuchLayer
from geo.fields import Field

SYSTEM_COLUMNS = ("id", "source", "raw")  # the first columns of every layer


@dataclass(frozen=True)
class Layer:
    """One layer: its geometry types, its fields from files, and its joined fields.

    Its frame is a GeoDataFrame in `WGS84` with a plain RangeIndex. First come `id` (text, unique in
    the layer), `source` (text) and `raw` (the row of the file as JSON text, private). Then come `fields`
    in order, and `geometry`. `placed_by` lists the values that can place a row: "geometry", "town" and others.
    """

    name: str
    title: str
    description: str
    geometry_types: tuple[str, ...]
    placed_by: tuple[str, ...]
    fields: tuple[Field, ...]
    joined_fields: tuple[Field, ...]

    @cached_property
    def fields_by_name(self) -> dict[str, Field]:
        """All fields by name, joined fields included.

        >>> "town" in LAYERS["landmarks"].fields_by_name
        True
        """
        return {field.name: field for field in (*self.fields, *self.joined_fields)}

    @cached_property
    def public_fields(self) -> tuple[Field, ...]:
        """The fields that are not private: the field dictionary of search, pages, API and exports.

        >>> "phone" in [field.name for field in LAYERS["inspections"].public_fields]
        False
        """
        return tuple(field for field in self.fields_by_name.values() if not field.private)

    @cached_property
    def filter_fields(self) -> tuple[Field, ...]:
        """The public fields that people filter by.

        >>> [field.name for field in LAYERS["landmarks"].filter_fields]
        ['kind', 'town']
        """
        return tuple(field for field in self.public_fields if field.filterable)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns of the frame, in order, without joined fields.

        >>> LAYERS["landmarks"].columns
        ('id', 'source', 'raw', 'name', 'kind', 'address', 'geometry')
        """
        return (*SYSTEM_COLUMNS, *(field.name for field in self.fields), "geometry")

    def faults(self, frame: gpd.GeoDataFrame) -> Iterator[str]:
        """Yield one sentence for each rule of the layer that a frame breaks.

        >>> frame = empty_frame(LAYERS["landmarks"])
        >>> list(LAYERS["landmarks"].faults(frame))
        []
        >>> list(LAYERS["landmarks"].faults(frame.drop(columns="name")))
        ["missing columns ['name']"]
        """
        if missing := set(self.columns) - set(frame.columns):
            yield f"missing columns {sorted(missing)}"
            return
        if extra := set(frame.columns) - set(self.columns):
            yield f"unknown columns {sorted(extra)}"
        if frame.crs != WGS84:
            yield f"coordinates are in {frame.crs}, not in degrees (EPSG:4326)"
        yield from _id_faults(frame)
        for field in self.fields:
            yield from _field_faults(field, frame[field.name])
        yield from self._geometry_faults(frame.geometry)

    def _geometry_faults(self, geometries: gpd.GeoSeries) -> Iterator[str]:
        present = geometries[geometries.notna()]
        if unexpected_types := sorted(set(present.geom_type) - set(self.geometry_types)):
            yield f"geometries of type {unexpected_types}; this layer takes {list(self.geometry_types) or 'none'}"
        if empty := int(present.is_empty.sum()):
            yield f"{empty} empty geometries"
        if invalid := int((~present.is_valid).sum()):
            yield f"{invalid} invalid geometries"
        if self.placed_by == ("geometry",) and geometries.isna().any():
            yield f"{int(geometries.isna().sum())} rows without geometry"
        if len(present) and not WORLD_BBOX.contains(Bbox(*present.total_bounds)):
            yield "coordinates that are not degrees"


def admit(frame: gpd.GeoDataFrame, layer: Layer) -> gpd.GeoDataFrame:
    """Return `frame` with the layer's columns in order and a plain RangeIndex.

    Raises BadLayer with all faults, one sentence each.

    >>> len(admit(empty_frame(LAYERS["streets"]), LAYERS["streets"]))
    0
    """
    if faults := list(layer.faults(frame)):
        raise BadLayer(f"{layer.name}: " + "; ".join(faults))
    return frame[list(layer.columns)].reset_index(drop=True)


def empty_frame(layer: Layer) -> gpd.GeoDataFrame:
    """Return the layer's frame without rows.

    >>> len(empty_frame(LAYERS["parcels"])), empty_frame(LAYERS["trees"])["dbh_in"].dtype.name
    (0, 'float64')
    """
    columns: dict[str, Any] = dict.fromkeys(layer.columns[:-1], ())
    frame = gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries([], crs=WGS84), crs=WGS84)
    return cast_columns(frame, layer)


def cast_columns(frame: gpd.GeoDataFrame, layer: Layer) -> gpd.GeoDataFrame:
    """Return `frame` with each column in the dtype of its field. Missing columns stay missing."""
    dtypes = dict.fromkeys(SYSTEM_COLUMNS, "str") | {field.name: field.dtype for field in layer.fields}
    return frame.astype({name: dtype for name, dtype in dtypes.items() if name in frame.columns})


def layer_named(name: str) -> Layer:
    """Return the layer of that name. Raises NoSuchLayer with a list of all names.

    >>> layer_named("trees").title
    'Trees'
    """
    try:
        return LAYERS[name]
    except KeyError:
        raise NoSuchLayer(f"no layer is named {name!r}; the layers are: {', '.join(LAYERS)}") from None


def _id_faults(frame: gpd.GeoDataFrame) -> Iterator[str]:
    ids = frame["id"]
    if ids.isna().any() or (ids == "").any():
        yield f"{int((ids.isna() | (ids == '')).sum())} rows without an id"
    if repeated := ids[ids.duplicated() & ids.notna()].unique().tolist():
        yield f"repeated ids {repeated[:5]}"


def _field_faults(field: Field, column: Any) -> Iterator[str]:
    if column.dtype != field.dtype:
        yield f"{field.name} is {column.dtype}, not {field.dtype}"
        return
    known_values = column.dropna()
    if field.required and len(known_values) < len(column):
        yield f"{field.name} is required and {len(column) - len(known_values)} rows have none"
    if field.codes and (unknown_codes := sorted(set(known_values.unique()) - set(field.codes))):
        yield f"{field.name} holds {unknown_codes[:5]}, which is not in its code list"
    if field.low is not None and len(known_values) and known_values.min() < field.low:
        yield f"{field.name} has values below {field.low}"
    if field.high is not None and len(known_values) and known_values.max() > field.high:
        yield f"{field.name} has values above {field.high}"


def _load_layers() -> dict[str, Layer]:
    tables = tomllib.loads(Path(__file__).with_name("layers.toml").read_text("utf-8"))
    return {name: _parse_layer(name, table) for name, table in tables.items()}


def _parse_layer(name: str, table: dict[str, Any]) -> Layer:
    joined_table = table.get("joined", {})
    return Layer(
        name=name,
        title=table["title"],
        description=table["description"],
        geometry_types=tuple(table["geometry"]),
        placed_by=tuple(table["placed_by"]),
        fields=tuple(Field.from_table(key, value) for key, value in table["fields"].items()),
        joined_fields=tuple(Field.from_table(key, value) for key, value in joined_table.items()),
    )


LAYERS: dict[str, Layer] = _load_layers()
