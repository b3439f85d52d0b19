"""Encoder for Mapbox Vector Tiles 2.1, which writes all features of a layer at once.

`geo.tilesets` calls `encode_tile` with one `TileLayer` for each layer. Format:
https://github.com/mapbox/vector-tile-spec/tree/master/2.1.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from geo.mvt.geometry_commands import IntegerRuns, encode_geometries, run_positions
from geo.mvt.protobuf import encode_bytes_field, encode_varint_field, encode_varints, run_byte_counts, varint_sizes
from geo.web_mercator import EXTENT, Tile

MAX_ZOOM = 24


@dataclass(frozen=True)
class TileLayer:
    """The features of one layer: geometries in degrees, an id for each, and columns of values.

    `ids` are integers from 0 up. `values` are columns of the same length as `geometries`. An
    unknown value (None, nan) is left out of its feature, because 0 and "" are values.
    """

    name: str
    ids: Sequence[int]
    geometries: Any  # (n,): Shapely geometries, or an Arrow column of WKB
    values: Mapping[str, Sequence[Any]]


def encode_tile(tile: Tile, layers: Iterable[TileLayer]) -> bytes:
    """Encode layers as one tile. A layer without a feature in the tile is left out.

    Geometries are clipped a little beyond the tile's edges and snapped to its grid of `EXTENT`
    units. Polygons stay valid, and those that shrink to nothing are left out. Raises ValueError for
    a tile outside the grid, or for columns of unequal length.

    >>> import shapely
    >>> sites = TileLayer("sites", [7], shapely.points([[-90.33, 38.66]]), {"need": ["prune"]})
    >>> b"prune" in encode_tile(Tile(1, 0, 0), [sites])
    True
    >>> encode_tile(Tile(1, 1, 0), [sites])
    b''
    >>> encode_tile(Tile(1, 0, 5), [sites])
    Traceback (most recent call last):
    ValueError: there is no tile 1/0/5
    """
    if not (0 <= tile.z <= MAX_ZOOM and 0 <= tile.x < 1 << tile.z and 0 <= tile.y < 1 << tile.z):
        raise ValueError(f"there is no tile {tile.z}/{tile.x}/{tile.y}")
    return b"".join(encode_bytes_field(3, body) for layer in layers if (body := _encode_layer(tile, layer)))


def encode_extension(field_number: int, body: bytes) -> bytes:
    """Return an extension field of a tile, which other readers skip. Field numbers are 16 to 8191.

    >>> encode_extension(16, b"{}").hex(" ")
    '82 01 02 7b 7d'
    """
    return encode_bytes_field(field_number, body)


def _encode_layer(tile: Tile, layer: TileLayer) -> bytes:
    command_groups = [group for group in encode_geometries(tile, layer.geometries) if len(group.rows)]
    if not command_groups:
        return b""
    present_rows = np.sort(np.concatenate([group.rows for group in command_groups]))
    keys, encoded_values, tags, tag_counts = _encode_tags(layer.values, present_rows, len(layer.geometries))
    ids = np.asarray(layer.ids)
    features = []
    for geometry_type, rows, commands in command_groups:
        is_in_group = np.isin(present_rows, rows)
        group_tags = IntegerRuns(tags[np.repeat(is_in_group, tag_counts)], tag_counts[is_in_group])
        features.append(_encode_features(ids[rows], geometry_type, group_tags, commands))
    header = encode_varint_field(15, 2) + encode_bytes_field(1, layer.name.encode())
    key_fields = [encode_bytes_field(3, key.encode()) for key in keys]
    return b"".join((header, *features, *key_fields, *encoded_values, encode_varint_field(5, EXTENT)))


def _encode_tags(
    values: Mapping[str, Sequence[Any]], present_rows: Any, row_count: int
) -> tuple[list[str], list[bytes], Any, Any]:
    """Return keys, encoded distinct values, and the tags of the features with their count for each feature."""
    keys, columns = list(values), []
    encoded_values: list[bytes] = []
    for name in keys:
        column = list(values[name])
        if len(column) != row_count:
            raise ValueError(f"{name} has {len(column)} values for {row_count} geometries")
        value_indexes: dict[Any, int] = {}  # keys include the type, because True == 1
        columns.append([_value_index(column[row], value_indexes, len(encoded_values)) for row in present_rows.tolist()])
        encoded_values += [encode_bytes_field(4, _encode_value(value)) for _, value in value_indexes]
    if not keys:
        return [], [], np.zeros(0, "int64"), np.zeros(len(present_rows), "int64")
    pairs = np.stack([np.broadcast_to(np.arange(len(keys))[:, None], (len(keys), len(present_rows))), columns], axis=2)
    tag_pairs = pairs.transpose(1, 0, 2).reshape(-1, 2)
    is_known = tag_pairs[:, 1] >= 0
    counts = is_known.reshape(len(present_rows), -1).sum(axis=1)
    return keys, encoded_values, tag_pairs[is_known].reshape(-1), 2 * counts


def _value_index(value: Any, value_indexes: dict[Any, int], index_offset: int) -> int:
    """Return the index of a value among all encoded values, -1 if it is unknown.

    >>> value_indexes = {}
    >>> [_value_index(value, value_indexes, 10) for value in ("elm", "oak", None, "elm")]
    [10, 11, -1, 10]
    """
    if value is None or value != value:  # noqa: PLR0124 - only nan differs from itself
        return -1
    return value_indexes.setdefault((type(value), value), index_offset + len(value_indexes))


def _encode_value(value: Any) -> bytes:
    """Return the `Value` message for a bool, integer, float or text.

    >>> [_encode_value(value).hex(" ") for value in (True, 12, -1, "elm")]
    ['38 01', '28 0c', '30 01', '0a 03 65 6c 6d']
    """
    if isinstance(value, bool | np.bool_):
        return encode_varint_field(7, int(value))
    if isinstance(value, int | np.integer):
        integer = int(value)
        return encode_varint_field(5, integer) if integer >= 0 else encode_varint_field(6, 2 * abs(integer) - 1)
    if isinstance(value, float | np.floating):
        return b"\x19" + np.float64(value).tobytes()
    return encode_bytes_field(1, str(value).encode("utf-8", "replace"))


def _encode_features(ids: Any, geometry_type: int, tags: IntegerRuns, commands: IntegerRuns) -> bytes:
    """Return the `Feature` messages of one geometry type.

    All parts are varints, so they are laid out as one row of integers. Each feature has its field
    tag (2) and length, then id (1), tags (2) if any, type (3) and commands (4).
    """
    tag_bytes, command_bytes = (run_byte_counts(*runs) for runs in (tags, commands))
    has_tags = tags.counts > 0
    body_sizes = 1 + varint_sizes(ids) + np.where(has_tags, 1 + varint_sizes(tag_bytes) + tag_bytes, 0)
    body_sizes += 3 + varint_sizes(command_bytes) + command_bytes
    header_sizes = 4 + np.where(has_tags, 2 + tags.counts, 0)
    sizes = header_sizes + 4 + commands.counts
    starts = np.cumsum(sizes) - sizes
    integers = np.zeros(int(sizes.sum()), "int64")
    for position, value in enumerate((2 << 3 | 2, body_sizes, 1 << 3, ids)):
        integers[starts + position] = value
    integers[starts[has_tags] + 4], integers[starts[has_tags] + 5] = 2 << 3 | 2, tag_bytes[has_tags]
    for position, value in enumerate((3 << 3, geometry_type, 4 << 3 | 2, command_bytes)):
        integers[starts + header_sizes + position] = value
    integers[run_positions(starts + 6, tags.counts)] = tags.integers
    integers[run_positions(starts + header_sizes + 4, commands.counts)] = commands.integers
    return encode_varints(integers)
