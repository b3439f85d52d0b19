"""Extents: the bounding box of a layer's records, and how many records may meet a bounding box.

`snapshot.Snapshot` calls `find_extent` and `count_candidates`. Both ask the R-tree, and the display points of
records without a geometry.
"""

import apsw

from geo.crs import Bbox
from geo.schema import Layer
from geo.store.geopackage.encoding import stored_values
from geo.store.geopackage.select import display_points_sql, has_display_point, rtree_candidates_sql
from geo.store.geopackage.tables import has_geometry, rtree_name

_EXTENT_SQL = "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = ?"
_RTREE_EXTENT_SQL = "SELECT min(minx), min(miny), max(maxx), max(maxy) FROM {rtree} WHERE {meets_bbox}"
_MEETS_BBOX = "maxx >= :west AND minx <= :east AND maxy >= :south AND miny <= :north"
_WORLD = Bbox(-180.0, -90.0, 180.0, 90.0)


def find_extent(connection: apsw.Connection, layer: Layer, within: Bbox | None) -> Bbox | None:
    """Return the bounding box of the records of a layer that meet `within`, in degrees. None without any.

    The R-tree rounds outward, by a meter at most.
    """
    if not has_geometry(layer):
        return None
    bboxes = [_own_extent(connection, layer, within), _display_extent(connection, layer, within or _WORLD)]
    sides = [bbox for bbox in bboxes if bbox is not None]
    if not sides:
        return None
    west, south, east, north = zip(*sides, strict=True)
    return Bbox(min(west), min(south), max(east), max(north))


def count_candidates(connection: apsw.Connection, layer: Layer, bbox: Bbox, limit: int) -> int:
    """Count the records that may meet a bounding box, at most `limit`, without a look at their geometries."""
    if not has_geometry(layer):
        return 0
    sql = f"SELECT count(*) FROM (SELECT 1 FROM ({rtree_candidates_sql(layer)}) LIMIT {int(limit)})"
    return int(connection.execute(sql, bbox._asdict()).get)


def _own_extent(connection: apsw.Connection, layer: Layer, within: Bbox | None) -> Bbox | None:
    """Return the extent of the records' own geometries, read from `gpkg_contents` where that is enough."""
    extent = _to_bbox(connection.execute(_EXTENT_SQL, (layer.name,)).fetchone())
    if within is None or extent is None or within.contains(extent):
        return extent
    sql = _RTREE_EXTENT_SQL.format(rtree=rtree_name(layer), meets_bbox=_MEETS_BBOX)
    return _to_bbox(connection.execute(sql, within._asdict()).fetchone())


def _display_extent(connection: apsw.Connection, layer: Layer, within: Bbox) -> Bbox | None:
    """Return the extent of the display points of records without a geometry."""
    if not has_display_point(layer):
        return None
    columns = "min(j.lon), min(j.lat), max(j.lon), max(j.lat)"
    return _to_bbox(connection.execute(display_points_sql(layer, columns), within._asdict()).fetchone())


def _to_bbox(row: tuple | None) -> Bbox | None:
    if row is None or None in row:
        return None
    stored_values.require_types(row, {int, float}, "the extent of a layer")
    return Bbox(*map(float, row))
