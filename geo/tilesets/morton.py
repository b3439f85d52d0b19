"""Morton codes of tiles: the children of a tile have consecutive numbers, so that a tile is a slice.

`geo.tilesets.tile_layer` sorts layers by them, and `geo.tilesets.cut_tile` slices them. A *cell* is
a tile of `MAX_FEATURE_ZOOM`, and its Morton code is its number.
"""

from typing import Any

import numpy as np
import shapely

from geo.tilesets.definitions import MAX_FEATURE_ZOOM
from geo.web_mercator import Tile, to_square

TILES_ACROSS = 1 << MAX_FEATURE_ZOOM  # cells around the Earth
TILE_MARGIN = 1 / 64  # of a cell: the buffer around a tile of `MAX_FEATURE_ZOOM`, and as many meters at lower zooms


def to_tile_coordinates(lonlat: Any) -> Any:
    """Project degrees (n, 2) to web Mercator in cells, from the northwest corner of the world east and south.

    >>> to_tile_coordinates(np.array([[0.0, 0.0], [-90.33, 38.66]])).round(2).tolist()
    [[32768.0, 32768.0], [16323.93, 25125.95]]
    """
    return to_square(lonlat) * TILES_ACROSS


def tile_bboxes(geometries: Any) -> Any:
    """Return the bounding boxes (n, 4) of geometries in degrees: west, north, east, south, in cells.

    >>> tile_bboxes(np.array([shapely.box(-90.34, 38.65, -90.33, 38.66)])).round(1).tolist()
    [[16322.1, 25125.9, 16323.9, 25128.3]]
    """
    bounds = shapely.bounds(geometries).reshape(-1, 4)
    return np.column_stack((to_tile_coordinates(bounds[:, [0, 3]]), to_tile_coordinates(bounds[:, [2, 1]])))


def morton_code(x: Any, y: Any) -> Any:
    """Return the Morton codes of cells: the 4, 16, 64… cells in a tile of a lower zoom are consecutive.

    >>> morton_code(np.array([0, 1, 0, 1, 2]), np.array([0, 0, 1, 1, 0])).tolist()
    [0, 1, 2, 3, 4]
    """
    return _interleave_zeros(x) | _interleave_zeros(y) << np.uint64(1)


def morton_decode(codes: Any) -> Any:
    """Return x and y (n, 2) of the cells with these Morton codes.

    >>> morton_decode(np.array([0, 1, 2, 3, 4])).tolist()
    [[0, 0], [1, 0], [0, 1], [1, 1], [2, 0]]
    """
    codes = np.asarray(codes).astype(np.uint64)
    bits = np.arange(MAX_FEATURE_ZOOM + 1, dtype=np.uint64)
    lowest_bit = np.uint64(1)
    x, y = (((codes[:, None] >> (2 * bits + np.uint64(axis)) & lowest_bit) << bits).sum(axis=1) for axis in (0, 1))
    return np.column_stack((x, y)).astype(np.int64)


def morton_range(tile: Tile) -> tuple[int, int]:
    """Return the first Morton code of the cells in a tile, and the code after the last.

    >>> morton_range(Tile(16, 1, 0)), morton_range(Tile(14, 1, 0))
    ((1, 2), (16, 32))
    """
    zoom_difference = MAX_FEATURE_ZOOM - tile.z
    first = int(morton_code(np.array([tile.x]), np.array([tile.y]))[0]) << 2 * zoom_difference
    return first, first + (1 << 2 * zoom_difference)


def cells_of_bboxes(bboxes: Any) -> tuple[Any, Any]:
    """Return the cells that bounding boxes (n, 4) in cells reach, with `TILE_MARGIN` around them.

    Returns sorted Morton codes, and the row of the box for each.

    >>> cells, rows = cells_of_bboxes(np.array([[0.2, 0.2, 0.4, 0.4], [0.5, 0.5, 1.5, 0.6]]))
    >>> cells.tolist(), rows.tolist()
    ([0, 0, 1], [0, 1, 1])
    """
    low = np.clip(np.floor(bboxes[:, :2] - TILE_MARGIN).astype(np.int64), 0, TILES_ACROSS - 1)
    high = np.clip(np.floor(bboxes[:, 2:] + TILE_MARGIN).astype(np.int64), 0, TILES_ACROSS - 1)
    widths, heights = (high - low + 1).T
    counts = widths * heights
    bbox_rows = np.repeat(np.arange(len(bboxes)), counts)
    nth = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    x, y = low[bbox_rows, 0] + nth % widths[bbox_rows], low[bbox_rows, 1] + nth // widths[bbox_rows]
    codes = morton_code(x, y)
    order = np.lexsort((bbox_rows, codes))
    return codes[order], bbox_rows[order].astype(np.uint32)


def _interleave_zeros(values: Any) -> Any:
    """Insert a zero bit after each bit.

    >>> [f"{number:b}" for number in _interleave_zeros(np.array([0b11, 0b101])).tolist()]
    ['101', '10001']
    """
    spaced = np.asarray(values).astype(np.uint64)
    for shift, mask in (
        (8, 0x00FF00FF00FF00FF),
        (4, 0x0F0F0F0F0F0F0F0F),
        (2, 0x3333333333333333),
        (1, 0x5555555555555555),
    ):
        if shift == 8:
            spaced = (spaced | spaced << np.uint64(16)) & np.uint64(0x0000FFFF0000FFFF)
        spaced = (spaced | spaced << np.uint64(shift)) & np.uint64(mask)
    return spaced
