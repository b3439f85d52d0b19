"""The web's grid of tiles as numbers: a tile's children follow each other, so that what lies in it is a slice."""

from typing import Any

import numpy as np
import shapely

from geo.mercator import Tile, to_square
from geo.tilesets.kinds import DEEPEST

ACROSS = 1 << DEEPEST  # deepest tiles around the Earth
MARGIN = (
    1 / 64
)  # of a deepest tile around it: the buffer of such a tile, which in lesser zooms is as many metres


def mercator(lonlat: Any) -> Any:
    """Project degrees (n, 2) to the web's square, in deepest tiles from its north-west corner east and south."""
    return to_square(lonlat) * ACROSS


def boxes_of(shapes: Any) -> Any:
    """Give the boxes (n, 4) of shapes in degrees, in deepest tiles: west, north, east, south."""
    bounds = shapely.bounds(shapes).reshape(-1, 4)
    return np.column_stack((mercator(bounds[:, [0, 3]]), mercator(bounds[:, [2, 1]])))


def number(x: Any, y: Any) -> Any:
    """Give deepest tiles numbers so that the four, sixteen… in one of a lesser zoom follow each other (Morton's order).

    >>> number(np.array([0, 1, 0, 1, 2]), np.array([0, 0, 1, 1, 0])).tolist()
    [0, 1, 2, 3, 4]
    """
    return _spread(x) | _spread(y) << np.uint64(1)


def places(numbers: Any) -> Any:
    """Give the places (n, 2) of deepest tiles by their numbers.

    >>> places(np.array([0, 1, 2, 3, 4])).tolist()
    [[0, 0], [1, 0], [0, 1], [1, 1], [2, 0]]
    """
    numbers = np.asarray(numbers).astype(np.uint64)
    bits = np.arange(DEEPEST + 1, dtype=np.uint64)
    one = np.uint64(1)
    x, y = (
        ((numbers[:, None] >> (2 * bits + np.uint64(odd)) & one) << bits).sum(axis=1)
        for odd in (0, 1)
    )
    return np.column_stack((x, y)).astype(np.int64)


def span(tile: Tile) -> tuple[int, int]:
    """Give the first number of the deepest tiles in a tile, and the first behind them."""
    deeper = DEEPEST - tile.z
    first = int(number(np.array([tile.x]), np.array([tile.y]))[0]) << 2 * deeper
    return first, first + (1 << 2 * deeper)


def reached(boxes: Any) -> tuple[Any, Any]:
    """Tell the deepest tiles that boxes (n, 4 in deepest tiles) reach with their margin: numbers, and the box of each, sorted."""
    low = np.clip(np.floor(boxes[:, :2] - MARGIN).astype(np.int64), 0, ACROSS - 1)
    high = np.clip(np.floor(boxes[:, 2:] + MARGIN).astype(np.int64), 0, ACROSS - 1)
    wide, tall = (high - low + 1).T
    many = wide * tall
    box = np.repeat(np.arange(len(boxes)), many)
    nth = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
    x, y = low[box, 0] + nth % wide[box], low[box, 1] + nth // wide[box]
    numbers = number(x, y)
    order = np.lexsort((box, numbers))
    return numbers[order], box[order].astype(np.uint32)


def _spread(values: Any) -> Any:
    """Put a zero between every two bits."""
    spread = np.asarray(values).astype(np.uint64)
    for shift, mask in (
        (8, 0x00FF00FF00FF00FF),
        (4, 0x0F0F0F0F0F0F0F0F),
        (2, 0x3333333333333333),
        (1, 0x5555555555555555),
    ):
        if shift == 8:
            spread = (spread | spread << np.uint64(16)) & np.uint64(0x0000FFFF0000FFFF)
        spread = (spread | spread << np.uint64(shift)) & np.uint64(mask)
    return spread
