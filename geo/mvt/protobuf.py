"""Protocol buffers, encoded with numpy: many varints at once, and single fields.

`geo.mvt.tile_encoder` calls it. Format: https://protobuf.dev/programming-guides/encoding.
"""

from typing import Any

import numpy as np


def run_byte_counts(integers: Any, counts: Any) -> Any:
    """Return the number of bytes that each run of integers takes as varints.

    `counts` (n,) is the length of each run.

    >>> run_byte_counts(np.array([5, 300, 7]), np.array([2, 1])).tolist()
    [3, 1]
    """
    byte_ends = np.append(0, np.cumsum(varint_sizes(integers)))
    run_ends = np.cumsum(counts)
    return byte_ends[run_ends] - byte_ends[run_ends - counts]


def varint_sizes(integers: Any) -> Any:
    """Return the number of bytes that each integer takes as a varint. Integers are from 0 up.

    >>> varint_sizes(np.array([0, 127, 128, 16384])).tolist()
    [1, 1, 2, 3]
    """
    sizes = np.ones(len(integers), "int64")
    for bits in range(7, 64, 7):
        is_longer = integers >= 1 << bits
        if not is_longer.any():
            break
        sizes += is_longer
    return sizes


def encode_varints(integers: Any) -> bytes:
    """Return integers from 0 up as varints, one after another.

    >>> encode_varints(np.array([1, 300])).hex(" ")
    '01 ac 02'
    """
    sizes = varint_sizes(integers)
    offsets, remaining = np.cumsum(sizes) - sizes, integers
    out = np.empty(int(sizes.sum()), "uint8")
    while len(remaining):  # one byte of each integer that has more bits
        has_more = remaining > 127
        out[offsets] = (remaining & 127) | (has_more * 128)
        offsets, remaining = offsets[has_more] + 1, remaining[has_more] >> 7
    return out.tobytes()


def encode_bytes_field(field_number: int, body: bytes) -> bytes:
    """Return a length-delimited field.

    >>> encode_bytes_field(1, b"sites").hex(" ")
    '0a 05 73 69 74 65 73'
    """
    return _encode_varint(field_number << 3 | 2) + _encode_varint(len(body)) + body


def encode_varint_field(field_number: int, value: int) -> bytes:
    """Return a field with an integer from 0 up.

    >>> encode_varint_field(15, 2).hex(" ")
    '78 02'
    """
    return _encode_varint(field_number << 3) + _encode_varint(value)


def _encode_varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)
