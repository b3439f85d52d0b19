"""A layer ready to be measured: rows in the order of their ids, shapes in metres."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from geo.engine.shapes import Areas, areas_from
from geo.layers import LAYERS, Layer, empty
from geo.places import WEB

NONE = -1  # the position that stands for no row
DECIMALS = 6  # of areas and shares in the tables: what is beyond is rounding
NOTHING = np.array([None], dtype=object)  # what stands behind the last: `column[NONE]`


@dataclass(frozen=True)
class Measured:
    """A layer in the workspace's metric CRS.

    `rows` are sorted by id, so that a row's position is its rank: whoever takes the lowest position
    takes the lowest id. `web` and `shapes` hold each row's shape in degrees and in metres, None
    where it has none. Functions of the join speak of rows by position; `NONE` is no row.
    """

    layer: Layer
    rows: pd.DataFrame
    web: np.ndarray
    shapes: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def ids(self) -> np.ndarray:
        """The ids by position, and None behind the last: `ids[NONE]` is None."""
        return np.append(self.rows["id"].to_numpy(object), NOTHING)

    @cached_property
    def points(self) -> np.ndarray:
        """Where each row stands; a multipoint stands at its first point."""
        return shapely.get_geometry(self.shapes, 0)

    @cached_property
    def columns(self) -> Areas:
        """The areas as the engine measures them, laid out once."""
        return areas_from(self.shapes)

    @cached_property
    def areas(self) -> np.ndarray:
        """Each shape's area in m²; nan where there is none."""
        return shapely.area(self.shapes)

    def text(self, name: str) -> np.ndarray:
        """Give a text column in lower case without spaces around; empty where unknown."""
        return self.rows[name].fillna("").str.strip().str.casefold().to_numpy(object)

    def table(self, columns: Mapping[str, Any]) -> pd.DataFrame:
        """Make the layer's joined table: `id`, then exactly its joined fields; the rest unknown."""
        made = {"id": self.rows["id"].to_numpy(object)}
        for field in self.layer.joined:
            values = columns.get(field.name, np.full(len(self), None, object))
            made[field.name] = pd.Series(values, dtype=field.dtype).to_numpy(object)
        kinds = {"id": "str"} | {field.name: field.dtype for field in self.layer.joined}
        return pd.DataFrame(made).astype(kinds)


def measured(layers: Mapping[str, gpd.GeoDataFrame], work: CRS) -> dict[str, Measured]:
    """Measure every layer there can be; one that is missing has no row."""
    return {
        name: in_metres(layers[name] if name in layers else empty(layer), layer, work)
        for name, layer in LAYERS.items()
    }


def in_metres(frame: gpd.GeoDataFrame, layer: Layer, work: CRS) -> Measured:
    """Sort an admitted frame by id and turn its shapes into metres.

    A shape that turning makes invalid (vertices closer than the noise) is made valid again; one so far away that
    the CRS has no metres for it is nowhere to be measured.
    """
    order = np.argsort(frame["id"].to_numpy(object), kind="stable")
    rows = pd.DataFrame(frame.drop(columns="geometry")).iloc[order].reset_index(drop=True)
    web = frame.geometry.to_numpy().astype(object)[order]
    shapes = gpd.GeoSeries(web, crs=WEB).to_crs(work).to_numpy().astype(object)
    shapes[~np.isfinite(shapely.bounds(shapes)).all(axis=1)] = None
    return Measured(layer, rows, web, mended(shapes))


def mended(shapes: np.ndarray) -> np.ndarray:
    """Make invalid polygons valid; everything else stays as it is."""
    broken = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
    if broken.any():
        shapes = shapes.copy()
        shapes[broken] = shapely.make_valid(
            shapes[broken], method="structure", keep_collapsed=False
        )
    return shapes
