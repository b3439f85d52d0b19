"""The R-tree of a layer's first load, packed at once. SQLite's own inserts take a second for 70,000 rows.

`LayerUpsert` calls `fill_rtree`. Rows are sorted into tiles of one node each (sort-tile-recursive packing: Leutenegger,
Lopez and Edgington 1997). The nodes are written into the three tables behind SQLite's R-tree module, in the format
of its documentation (sqlite.org/rtree.html, "Low-level representation"): full nodes, so a query visits fewer.
"""

from math import ceil, sqrt

import apsw
import numpy as np

from geo.schema import Layer
from geo.store.geopackage.connections import fetch_all
from geo.store.geopackage.tables import rtree_name

MIN_ROWS = 500  # fewer are inserted one at a time
ROOT = 1  # the number of the root node
CELL = np.dtype([("id", ">i8"), ("box", ">f4", 4)])  # box: min x, max x, min y, max y
HEADER = np.dtype([("depth", ">u2"), ("cells", ">u2")])
BBOX_COLUMNS = ("minx", "maxx", "miny", "maxy")


def fill_rtree(connection: apsw.Connection, layer: Layer) -> None:
    """Add the staged rows with a geometry to the layer's R-tree. An empty tree is packed at once."""
    tree = rtree_name(layer)
    rows_sql = f"SELECT fid, {', '.join(BBOX_COLUMNS)} FROM temp.stage WHERE geom NOTNULL ORDER BY fid"
    is_filled = connection.execute(
        f"SELECT EXISTS (SELECT 1 FROM {tree}_rowid) OR EXISTS (SELECT 1 FROM {tree}_parent)"
    )
    rows = [] if is_filled.get else fetch_all(connection, rows_sql)
    if len(rows) < MIN_ROWS:
        connection.execute(f"INSERT INTO {tree} {rows_sql}")
        return
    node_size = len(connection.execute(f"SELECT data FROM {tree}_node WHERE nodeno = {ROOT}").get)
    table = np.array(rows)
    _write_tree(connection, tree, _make_cells(table[:, 0], table[:, 1:]), node_size)


def _make_cells(ids: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Return cells with boxes `(n, 4)` in single precision, each rounded so that it holds the row's own."""
    cells = np.empty(len(ids), CELL)
    cells["id"] = ids
    rounded = boxes.astype("f4")
    low, high = rounded[:, ::2], rounded[:, 1::2]
    cells["box"][:, ::2] = np.where(low > boxes[:, ::2], np.nextafter(low, np.float32(-np.inf)), low)
    cells["box"][:, 1::2] = np.where(high < boxes[:, 1::2], np.nextafter(high, np.float32(np.inf)), high)
    return cells


def _write_tree(connection: apsw.Connection, tree: str, cells: np.ndarray, node_size: int) -> None:
    """Write the tree from its leaves up. The last node is the root, which takes the number 1."""
    capacity = (node_size - HEADER.itemsize) // CELL.itemsize
    depth, next_number = 0, ROOT + 1
    while True:
        cells = cells[_tile_order(cells["box"].astype("f8"), capacity)]
        is_root = len(cells) <= capacity
        starts = np.arange(0, len(cells), capacity)
        numbers = np.array([ROOT]) if is_root else np.arange(next_number, next_number + len(starts))
        next_number += len(starts)
        node_of_cell = numbers[np.arange(len(cells)) // capacity]
        nodes = zip(numbers.tolist(), _node_blobs(cells, starts, depth if is_root else 0, node_size), strict=True)
        connection.executemany(f"INSERT OR REPLACE INTO {tree}_node VALUES (?, ?)", nodes)
        children = zip(cells["id"].tolist(), node_of_cell.tolist(), strict=True)
        connection.executemany(f"INSERT INTO {tree}_{'parent' if depth else 'rowid'} VALUES (?, ?)", children)
        if is_root:
            return
        cells, depth = _parent_cells(cells, starts, numbers), depth + 1


def _tile_order(boxes: np.ndarray, capacity: int) -> np.ndarray:
    """Return the order that puts neighbors into one node: in slabs by x, and in each slab by y.

    >>> corners = np.array([[x, x, y, y] for x, y in ((0, 0), (9, 9), (0, 9), (9, 0))], float)
    >>> _tile_order(corners, 1).tolist()
    [0, 2, 3, 1]
    """
    x, y = boxes[:, 0] + boxes[:, 1], boxes[:, 2] + boxes[:, 3]
    slab_size = ceil(sqrt(ceil(len(boxes) / capacity))) * capacity
    slabs = np.empty(len(boxes), np.int64)
    slabs[np.argsort(x, kind="stable")] = np.arange(len(boxes)) // slab_size
    order: np.ndarray = np.lexsort((y, slabs))
    return order


def _node_blobs(cells: np.ndarray, starts: np.ndarray, depth: int, node_size: int) -> list[bytes]:
    header = np.zeros(1, HEADER)
    header["depth"] = depth
    blobs = []
    for part in np.split(cells, starts[1:]):
        header["cells"] = len(part)
        blobs.append((header.tobytes() + part.tobytes()).ljust(node_size, b"\0"))
    return blobs


def _parent_cells(cells: np.ndarray, starts: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    parents = np.empty(len(starts), CELL)
    parents["id"] = numbers
    parents["box"][:, ::2] = np.minimum.reduceat(cells["box"][:, ::2], starts)
    parents["box"][:, 1::2] = np.maximum.reduceat(cells["box"][:, 1::2], starts)
    return parents
