"""A layer ready to be measured: rows in the order of their ids, shapes in metres."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from pyproj import CRS

from geo.engine.shapes import Areas, areas_of, buffer_of, bytes_of, points_of
from geo.layers import LAYERS, Layer, empty
from geo.places import WEB

NONE = -1  # the position that stands for no row
DECIMALS = 6  # of areas and shares in the tables: what is beyond is rounding
NOTHING = np.array([None], dtype=object)  # what stands behind the last: `column[NONE]`
NOWHERE = np.full((1, 2), np.nan)  # the same for points


Columns = dict[str, np.ndarray]  # columns by name, all of one length


class Drawn:
    """A column of shapes, given as Shapely's (None where there is none) or as WKB, and told as either.

    WKB is little-endian and of two dimensions, null where there is no shape. Shapes are read from it each time: a
    million points that nobody asks for again are a quarter of a gigabyte.
    """

    def __init__(self, given: np.ndarray | pa.LargeBinaryArray) -> None:
        self._given = given

    @property
    def shapes(self) -> np.ndarray:
        """The shapes as Shapely knows them."""
        return self._given if isinstance(self._given, np.ndarray) else _read(self._given)

    def some(self, rows: np.ndarray) -> np.ndarray:
        """Give the shapes of some rows as Shapely knows them."""
        if isinstance(self._given, np.ndarray):
            return self._given[rows]
        return _read(self._given.take(pa.array(rows)))

    @cached_property
    def xy(self) -> np.ndarray:
        """Where each shape, a point, lies: (rows, 2), nan where there is none; a multipoint at its first point."""
        if isinstance(self._given, np.ndarray):
            return xy_of(firsts(self._given))
        return points_of(*bytes_of(self._given), (0.0, 0.0))

    @cached_property
    def wkb(self) -> pa.LargeBinaryArray:
        """The shapes as WKB."""
        if not isinstance(self._given, np.ndarray):
            return self._given
        data, offsets = buffer_of(self._given)
        there = pa.array(~shapely.is_missing(self._given)).buffers()[1]
        buffers = [there, pa.py_buffer(offsets), pa.py_buffer(data)]
        return pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(self._given), buffers)


@dataclass(frozen=True)
class Measured:
    """A layer in the workspace's metric CRS.

    `rows` are sorted by id, so that a row's position is its rank: whoever takes the lowest position
    takes the lowest id. Functions of the join speak of rows by position; `NONE` is no row.
    """

    layer: Layer
    rows: pd.DataFrame
    degrees: Drawn
    metres: Drawn
    laid: Areas | None = None  # the areas as the engine measures them, where that was done before

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def frame(self) -> gpd.GeoDataFrame:
        """The layer in degrees, by id."""
        return gpd.GeoDataFrame(self.rows, geometry=gpd.GeoSeries(self.web, crs=WEB))

    @property
    def web(self) -> np.ndarray:
        """Each row's shape in degrees, None where it has none."""
        return self.degrees.shapes

    @cached_property
    def shapes(self) -> np.ndarray:
        """Each row's shape in metres, None where it has none."""
        return self.metres.shapes

    @cached_property
    def ids(self) -> np.ndarray:
        """The ids by position, and None behind the last: `ids[NONE]` is None."""
        return np.append(self.rows["id"].to_numpy(object), NOTHING)

    @property
    def points(self) -> np.ndarray:
        """Where each row stands in metres: (rows, 2), nan where it has no point; a multipoint at its first."""
        return self.metres.xy

    @property
    def lonlat(self) -> np.ndarray:
        """Where each row stands in degrees, as `points` gives it in metres."""
        return self.degrees.xy

    @cached_property
    def columns(self) -> Areas:
        """The areas as the engine measures them, laid out once."""
        return self.laid or areas_of(*bytes_of(self.metres.wkb))

    @cached_property
    def areas(self) -> np.ndarray:
        """Each shape's area in m²; nan where there is none."""
        return np.where(np.isnan(self.columns.bounds[:, 0]), np.nan, self.columns.m2)

    def values(self, name: str) -> np.ndarray:
        """Give a column as Python's values, None where unknown; equal ones are one object."""
        coded = pa.array(self.rows[name].array, from_pandas=True).dictionary_encode()
        words = coded.dictionary.to_numpy(zero_copy_only=False).astype(object)
        return np.append(words, NOTHING)[coded.indices.fill_null(NONE).to_numpy()]

    def words(self, name: str) -> pa.LargeStringArray:
        """Give a column of texts as Arrow has it."""
        return pa.array(self.rows[name].array, pa.large_string(), from_pandas=True)

    def named(self, rows: np.ndarray) -> Any:
        """Give the ids of some rows, a column of texts; null for `NONE`."""
        return self.words("id").take(pa.array(rows, mask=rows == NONE))

    def marks(self, name: str) -> np.ndarray:
        """Give a column of flags; what is unknown is not marked."""
        return self.rows[name].fillna(value=False).to_numpy(bool)

    def text(self, name: str) -> np.ndarray:
        """Give a text column in lower case without spaces around; empty where unknown."""
        return each(self.values(name), lambda word: (word or "").strip().casefold())

    def table(self, columns: Mapping[str, Any]) -> pd.DataFrame:
        """Make the layer's joined table: `id`, then exactly its joined fields; the rest unknown."""
        made = {"id": self.rows["id"].array}
        for field in self.layer.joined:
            values = columns.get(field.name, np.full(len(self), None, object))
            if field.dtype == "str":  # of Arrow's make at once: pandas looks at each value twice
                words = (
                    values if isinstance(values, pa.Array) else pa.array(values, from_pandas=True)
                )
                made[field.name] = pd.array(words.cast(pa.large_string()), "str")
            else:
                made[field.name] = pd.Series(values, dtype=field.dtype).array
        return pd.DataFrame(made)


def _read(wkb: pa.LargeBinaryArray) -> np.ndarray:
    shapes: np.ndarray = shapely.from_wkb(wkb.to_numpy(zero_copy_only=False))
    return shapes


def xy_of(points: np.ndarray) -> np.ndarray:
    """Give the coordinates of Shapely's points: (rows, 2), nan for None."""
    return np.column_stack([shapely.get_x(points), shapely.get_y(points)])


def nowhere(points: np.ndarray) -> np.ndarray:
    """Mark the points (rows, 2) that are none."""
    marks: np.ndarray = np.isnan(points[:, 0])
    return marks


def drawn(points: np.ndarray) -> np.ndarray:
    """Draw points (rows, 2) as Shapely's, None where there is none."""
    there = ~nowhere(points)
    shapes = np.full(len(points), None, object)
    shapes[there] = shapely.points(points[there])
    return shapes


def firsts(shapes: np.ndarray) -> np.ndarray:
    """Give each shape's first part; what has no parts is given as it is, and not made anew."""
    if (shapely.get_type_id(shapes) < shapely.GeometryType.MULTIPOINT).all():
        return shapes
    parts: np.ndarray = shapely.get_geometry(shapes, 0)
    return parts


def repeated(word: str, size: int) -> np.ndarray:
    """Give a column of one word: in every row the same object, which `np.full` would make each time anew."""
    column = np.empty(size, object)
    column.fill(word)
    return column


def each(words: np.ndarray, read: Callable[[Any], Any]) -> np.ndarray:
    """Read each word of a column, and each different one once.

    >>> each(np.array(["a", None, "a"], object), str).tolist()
    ['a', 'None', 'a']
    """
    known = {word: read(word) for word in set(words)}
    return np.array([*map(known.__getitem__, words), None], object)[:-1]


def complete(layers: Mapping[str, Measured], work: CRS) -> dict[str, Measured]:
    """Give every layer that there can be; one that is missing has no row."""
    return {
        name: layers[name] if name in layers else in_metres(empty(layer), layer, work)
        for name, layer in LAYERS.items()
    }


def in_metres(frame: gpd.GeoDataFrame, layer: Layer, work: CRS) -> Measured:
    """Sort an admitted frame by id and turn its shapes into metres.

    A shape that turning makes invalid (vertices closer than the noise) is made valid again; one so far away that
    the CRS has no metres for it is nowhere to be measured.
    """
    order = pc.array_sort_indices(pa.array(frame["id"], pa.large_string())).to_numpy()
    rows = pd.DataFrame(frame.drop(columns="geometry")).iloc[order].reset_index(drop=True)
    web = frame.geometry.to_numpy().astype(object)[order]
    shapes = gpd.GeoSeries(web, crs=WEB).to_crs(work).to_numpy().astype(object)
    shapes[~np.isfinite(shapely.bounds(shapes)).all(axis=1)] = None
    return Measured(layer, rows, Drawn(web), Drawn(mended(shapes)))


def mended(shapes: np.ndarray) -> np.ndarray:
    """Make invalid polygons valid; everything else stays as it is."""
    broken = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
    if broken.any():
        shapes = shapes.copy()
        shapes[broken] = shapely.make_valid(
            shapes[broken], method="structure", keep_collapsed=False
        )
    return shapes
