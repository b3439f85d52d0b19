"""Vector tiles: features as Mapbox Vector Tiles 2.1, encoded as columns.

The format: https://github.com/mapbox/vector-tile-spec/tree/master/2.1. Every step is taken for all features of a layer at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from geo.mercator import EXTENT, Tile
from geo.protobuf import bytes_of, field, number, packed, width_of
from geo.strokes import Runs, places, strokes

MOST_ZOOM = 24


@dataclass(frozen=True)
class TileLayer:
    """Features of one layer: shapes in degrees (see `geo.strokes`), an id each, and columns of values.

    `ids` are whole numbers from 0 on. `values` are columns as long as the shapes; what is unknown (None, NaN) is left out of its
    feature, since 0 and "" are values.
    """

    name: str
    ids: Sequence[int]
    shapes: Any  # (n,): shapely's, or WKB as a column of Arrow's
    values: Mapping[str, Sequence[Any]]


def encoded(tile: Tile, layers: Iterable[TileLayer]) -> bytes:
    """Encode layers as one tile; a layer of which nothing lies in it is left out.

    Shapes are cut a little beyond the tile's edges and snapped to its grid of `EXTENT` units; polygons stay valid, and those
    that shrink to nothing leave. Raises ValueError for a tile that there is not, or columns of unequal length.
    """
    if not (0 <= tile.z <= MOST_ZOOM and 0 <= tile.x < 1 << tile.z and 0 <= tile.y < 1 << tile.z):
        raise ValueError(f"there is no tile {tile.z}/{tile.x}/{tile.y}")
    return b"".join(field(3, body) for one in layers if (body := _layer(tile, one)))


def extension(key: int, body: bytes) -> bytes:
    """Write what stands in a tile beside its layers: readers that do not know it pass over it (16 to 8191)."""
    return field(key, body)


def _layer(tile: Tile, layer: TileLayer) -> bytes:
    drawn = [one for one in strokes(tile, layer.shapes) if len(one.rows)]
    if not drawn:
        return b""
    here = np.sort(np.concatenate([one.rows for one in drawn]))
    keys, kept, tags, tagged = _tagged(layer.values, here, len(layer.shapes))
    ids = np.asarray(layer.ids)
    features = []
    for kind, rows, commands in drawn:
        of = np.isin(here, rows)
        some = Runs(tags[np.repeat(of, tagged)], tagged[of])
        features.append(_features(ids[rows], kind, some, commands))
    head = number(15, 2) + field(1, layer.name.encode())
    named = [field(3, key.encode()) for key in keys]
    return b"".join((head, *features, *named, *kept, number(5, EXTENT)))


def _tagged(
    values: Mapping[str, Sequence[Any]], here: Any, count: int
) -> tuple[list[str], list[bytes], Any, Any]:
    """Code columns: names, every value once, and for each feature here the places of its names and values, with their count."""
    keys, columns = list(values), []
    kept: list[bytes] = []
    for name in keys:
        column = list(values[name])
        if len(column) != count:
            raise ValueError(f"{name} has {len(column)} values for {count} shapes")
        places: dict[Any, int] = {}  # by type as well: True is 1
        columns.append([_place(column[row], places, len(kept)) for row in here.tolist()])
        kept += [field(4, _value(one)) for _, one in places]
    if not keys:
        return [], [], np.zeros(0, "int64"), np.zeros(len(here), "int64")
    pairs = np.stack(
        [np.broadcast_to(np.arange(len(keys))[:, None], (len(keys), len(here))), columns], axis=2
    )
    flat = pairs.transpose(1, 0, 2).reshape(-1, 2)
    known = flat[:, 1] >= 0
    counts = known.reshape(len(here), -1).sum(axis=1)
    return keys, kept, flat[known].reshape(-1), 2 * counts


def _place(value: Any, places: dict[Any, int], before: int) -> int:
    """Tell the place of a value, which stands behind those of the columns before; -1 of an unknown one."""
    if value is None or value != value:  # noqa: PLR0124 - that is how a number tells that it is none
        return -1
    return places.setdefault((type(value), value), before + len(places))


def _value(value: Any) -> bytes:
    """Write a value by its type: truth, whole number, number, else text."""
    if isinstance(value, bool | np.bool_):
        return number(7, int(value))
    if isinstance(value, int | np.integer):
        whole = int(value)
        return number(5, whole) if whole >= 0 else number(6, 2 * abs(whole) - 1)
    if isinstance(value, float | np.floating):
        return b"\x19" + np.float64(value).tobytes()
    return field(1, str(value).encode("utf-8", "replace"))


def _features(ids: Any, kind: int, tags: Runs, drawn: Runs) -> bytes:
    """Write features of one kind: everything in them is a varint, so that all are laid out as one row of numbers.

    Each is its field (2) and length, its id (1), its tags (2) if it has any, its kind (3), its commands (4).
    """
    tag_bytes, drawn_bytes = (bytes_of(*one) for one in (tags, drawn))
    tagged = tags.counts > 0
    body = 1 + width_of(ids) + np.where(tagged, 1 + width_of(tag_bytes) + tag_bytes, 0)
    body += 3 + width_of(drawn_bytes) + drawn_bytes
    head = 4 + np.where(tagged, 2 + tags.counts, 0)
    size = head + 4 + drawn.counts
    start = np.cumsum(size) - size
    stream = np.zeros(int(size.sum()), "int64")
    for at, value in enumerate((2 << 3 | 2, body, 1 << 3, ids)):
        stream[start + at] = value
    stream[start[tagged] + 4], stream[start[tagged] + 5] = 2 << 3 | 2, tag_bytes[tagged]
    for at, value in enumerate((3 << 3, kind, 4 << 3 | 2, drawn_bytes)):
        stream[start + head + at] = value
    stream[places(start + 6, tags.counts)] = tags.numbers
    stream[places(start + head + 4, drawn.counts)] = drawn.numbers
    return packed(stream)
