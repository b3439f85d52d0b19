"""A column of geometries as Shapely objects or WKB, and helpers for columns of points."""

from functools import cached_property

import numpy as np
import pyarrow as pa
import shapely

from geo.kernels.geometry_arrays import binary_column_buffers, points_from_wkb, to_wkb_buffer


class GeometryColumn:
    """A column of geometries, given and returned as Shapely geometries or as WKB.

    Missing geometries are None in Shapely and null in WKB. WKB is little-endian and two-dimensional. It is
    parsed on each access: a million points held as Shapely objects would take a quarter of a gigabyte.

    >>> column = GeometryColumn(np.array([shapely.Point(3, 4), None]))
    >>> GeometryColumn(column.wkb).geometries[0].wkt, column.wkb.is_null().to_pylist()
    ('POINT (3 4)', [False, True])
    """

    def __init__(self, source: np.ndarray | pa.LargeBinaryArray) -> None:
        self._source = source

    @property
    def geometries(self) -> np.ndarray:
        """The Shapely geometries."""
        return self._source if isinstance(self._source, np.ndarray) else _geometries_from_wkb(self._source)

    def geometries_at(self, rows: np.ndarray) -> np.ndarray:
        """Return the Shapely geometries of some rows."""
        if isinstance(self._source, np.ndarray):
            return self._source[rows]
        return _geometries_from_wkb(self._source.take(pa.array(rows)))

    @cached_property
    def point_xy(self) -> np.ndarray:
        """The point of each row: (n, 2), nan where there is none. A multipoint counts as its first point.

        >>> GeometryColumn(np.array([shapely.Point(3, 4), None])).point_xy.tolist()
        [[3.0, 4.0], [nan, nan]]
        """
        if isinstance(self._source, np.ndarray):
            return point_coordinates(first_parts(self._source))
        return points_from_wkb(*binary_column_buffers(self._source), (0.0, 0.0))

    @cached_property
    def wkb(self) -> pa.LargeBinaryArray:
        """The geometries as WKB."""
        if not isinstance(self._source, np.ndarray):
            return self._source
        data, offsets = to_wkb_buffer(self._source)
        is_present = pa.array(~shapely.is_missing(self._source)).buffers()[1]
        buffers = [is_present, pa.py_buffer(offsets), pa.py_buffer(data)]
        return pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(self._source), buffers)


def _geometries_from_wkb(wkb: pa.LargeBinaryArray) -> np.ndarray:
    geometries: np.ndarray = shapely.from_wkb(wkb.to_numpy(zero_copy_only=False))
    return geometries


def point_coordinates(points: np.ndarray) -> np.ndarray:
    """Return the coordinates of Shapely points: (n, 2), nan for None.

    >>> point_coordinates(np.array([shapely.Point(3, 4), None])).tolist()
    [[3.0, 4.0], [nan, nan]]
    """
    return np.column_stack([shapely.get_x(points), shapely.get_y(points)])


def is_missing_point(points: np.ndarray) -> np.ndarray:
    """Return a mask of the points (n, 2) that are nan.

    >>> is_missing_point(np.array([[3.0, 4.0], [np.nan, np.nan]])).tolist()
    [False, True]
    """
    is_missing: np.ndarray = np.isnan(points[:, 0])
    return is_missing


def to_shapely_points(points: np.ndarray) -> np.ndarray:
    """Return points (n, 2) as Shapely points, None for nan.

    >>> points = to_shapely_points(np.array([[3.0, 4.0], [np.nan, np.nan]]))
    >>> points[0].wkt, points[1]
    ('POINT (3 4)', None)
    """
    is_present = ~is_missing_point(points)
    geometries = np.full(len(points), None, object)
    geometries[is_present] = shapely.points(points[is_present])
    return geometries


def first_parts(geometries: np.ndarray) -> np.ndarray:
    """Return the first part of each geometry. Geometries without parts are returned as they are.

    >>> first_parts(np.array([shapely.MultiPoint([(3, 4), (5, 6)]), None])).tolist()
    [<POINT (3 4)>, None]
    """
    if (shapely.get_type_id(geometries) < shapely.GeometryType.MULTIPOINT).all():
        return geometries
    parts: np.ndarray = shapely.get_geometry(geometries, 0)
    return parts


def repair_polygons(geometries: np.ndarray) -> np.ndarray:
    """Make invalid polygons valid. Everything else stays as it is.

    >>> bow_tie = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    >>> repair_polygons(np.array([bow_tie, None]))[0].area
    2.0
    """
    is_invalid = ~shapely.is_valid(geometries) & ~shapely.is_missing(geometries)
    if is_invalid.any():
        geometries = geometries.copy()
        geometries[is_invalid] = shapely.make_valid(geometries[is_invalid], method="structure", keep_collapsed=False)
    return geometries
