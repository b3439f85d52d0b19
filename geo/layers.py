"""Layers and what they promise. `admit` checks a frame once; indoors nobody asks again."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd

from geo.errors import BadLayer, NoSuchLayer
from geo.fields import Field
from geo.places import EARTH, WEB, Bbox

SYSTEM = ("id", "source", "raw")  # the columns that every layer has before its own


@dataclass(frozen=True)
class Layer:
    """One layer: its geometry, its fields from files, and the fields that the join adds.

    As a frame: a GeoDataFrame in `WEB` (degrees), a plain RangeIndex, the columns `id` (text, unique
    in the layer), `source` (text), `raw` (the row as the file had it, JSON text, private), then
    `fields` in order with their dtypes, then `geometry`.
    """

    name: str
    title: str
    says: str
    geometry: tuple[str, ...]
    placed_by: tuple[str, ...]
    fields: tuple[Field, ...]
    joined: tuple[Field, ...]

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """Every field, the joined ones included, by its name."""
        return {field.name: field for field in (*self.fields, *self.joined)}

    @cached_property
    def public(self) -> tuple[Field, ...]:
        """The field dictionary of search, pages, API and exports: everything but the private."""
        return tuple(field for field in self.by_name.values() if not field.private)

    @cached_property
    def choices(self) -> tuple[Field, ...]:
        """The public fields that people filter by."""
        return tuple(field for field in self.public if field.choose)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns of the frame, in order."""
        return (*SYSTEM, *(field.name for field in self.fields), "geometry")

    def faults(self, frame: gpd.GeoDataFrame) -> Iterator[str]:
        """Yield one sentence for each broken promise."""
        if missing := set(self.columns) - set(frame.columns):
            yield f"missing columns {sorted(missing)}"
            return
        if extra := set(frame.columns) - set(self.columns):
            yield f"columns that nobody declared {sorted(extra)}"
        if frame.crs != WEB:
            yield f"coordinates are in {frame.crs}, not in degrees (EPSG:4326)"
        yield from _id_faults(frame)
        for field in self.fields:
            yield from _field_faults(field, frame[field.name])
        yield from self._geometry_faults(frame.geometry)

    def _geometry_faults(self, shapes: gpd.GeoSeries) -> Iterator[str]:
        given = shapes[shapes.notna()]
        if unfit := sorted(set(given.geom_type) - set(self.geometry)):
            yield f"geometry of kinds {unfit}; this layer takes {list(self.geometry) or 'none'}"
        if empty := int(given.is_empty.sum()):
            yield f"{empty} empty geometries"
        if invalid := int((~given.is_valid).sum()):
            yield f"{invalid} invalid geometries"
        if self.placed_by == ("geometry",) and shapes.isna().any():
            yield f"{int(shapes.isna().sum())} rows without geometry"
        if len(given) and not EARTH.holds(Bbox(*given.total_bounds)):
            yield "coordinates that are no degrees"


def admit(frame: gpd.GeoDataFrame, layer: Layer) -> gpd.GeoDataFrame:
    """Return `frame` with the layer's columns in order, if it keeps every promise.

    Raises BadLayer with every fault told, one sentence each.
    """
    if faults := list(layer.faults(frame)):
        raise BadLayer(f"{layer.name}: " + "; ".join(faults))
    return frame[list(layer.columns)].reset_index(drop=True)


def empty(layer: Layer) -> gpd.GeoDataFrame:
    """Make the layer's frame without a row.

    >>> len(empty(LAYERS["parcels"])), empty(LAYERS["trees"])["dbh_in"].dtype.name
    (0, 'float64')
    """
    columns: dict[str, Any] = dict.fromkeys(layer.columns[:-1], ())
    frame = gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries([], crs=WEB), crs=WEB)
    return typed(frame, layer)


def typed(frame: gpd.GeoDataFrame, layer: Layer) -> gpd.GeoDataFrame:
    """Give every column of `frame` the dtype that its field has."""
    kinds = dict.fromkeys(SYSTEM, "str") | {f.name: f.dtype for f in layer.fields}
    return frame.astype({name: kind for name, kind in kinds.items() if name in frame.columns})


def named(name: str) -> Layer:
    """Find a layer by its name; raises NoSuchLayer, which tells the names there are."""
    try:
        return LAYERS[name]
    except KeyError:
        raise NoSuchLayer(f"no layer is called {name!r}; there are {', '.join(LAYERS)}") from None


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
    known = column.dropna()
    if field.required and len(known) < len(column):
        yield f"{field.name} is required and {len(column) - len(known)} rows have none"
    if field.codes and (strange := sorted(set(known) - set(field.codes))):
        yield f"{field.name} holds {strange[:5]}, which its code list has not"
    if field.low is not None and len(known) and known.min() < field.low:
        yield f"{field.name} goes below {field.low}"
    if field.high is not None and len(known) and known.max() > field.high:
        yield f"{field.name} goes above {field.high}"


def _declared() -> dict[str, Layer]:
    tables = tomllib.loads(Path(__file__).with_name("layers.toml").read_text("utf-8"))
    return {name: _layer(name, table) for name, table in tables.items()}


def _layer(name: str, table: dict[str, Any]) -> Layer:
    joined = table.get("joined", {})
    return Layer(
        name=name,
        title=table["title"],
        says=table["says"],
        geometry=tuple(table["geometry"]),
        placed_by=tuple(table["placed_by"]),
        fields=tuple(Field.from_table(key, value) for key, value in table["fields"].items()),
        joined=tuple(Field.from_table(key, value) for key, value in joined.items()),
    )


LAYERS: dict[str, Layer] = _declared()
