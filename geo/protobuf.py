"""Protocol buffers as columns: whole numbers as varints, many at once, and single fields.

The format: https://protobuf.dev/programming-guides/encoding.
"""

from typing import Any

import numpy as np


def bytes_of(numbers: Any, counts: Any) -> Any:
    """Tell how many bytes each run of numbers takes."""
    ends = np.append(0, np.cumsum(width_of(numbers)))
    behind = np.cumsum(counts)
    return ends[behind] - ends[behind - counts]


def width_of(numbers: Any) -> Any:
    """Tell how many bytes whole numbers take as varints."""
    width = np.ones(len(numbers), "int64")
    for bits in range(7, 64, 7):
        longer = numbers >= 1 << bits
        if not longer.any():
            break
        width += longer
    return width


def packed(numbers: Any) -> bytes:
    """Write whole numbers as varints."""
    width = width_of(numbers)
    at, left = np.cumsum(width) - width, numbers
    out = np.empty(int(width.sum()), "uint8")
    while len(left):  # a byte of each, then of those that have more
        more = left > 127
        out[at] = (left & 127) | (more * 128)
        at, left = at[more] + 1, left[more] >> 7
    return out.tobytes()


def field(key: int, body: bytes) -> bytes:
    """Write a field of bytes with its length."""
    return _varint(key << 3 | 2) + _varint(len(body)) + body


def number(key: int, value: int) -> bytes:
    """Write a field that is a whole number."""
    return _varint(key << 3) + _varint(value)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)
