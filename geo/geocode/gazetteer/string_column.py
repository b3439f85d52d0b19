"""String column: many texts as one block of bytes, in memory or in a mapped file, decoded on access.

The parcel index stores ids in it, so that no id becomes a Python string before its use.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa


@dataclass(frozen=True, eq=False)
class StringColumn:
    """Texts by position: `data` is their UTF-8 (uint8), `offsets` their starts (int64, `(n + 1,)`).

    >>> column = StringColumn.from_texts(["10E1", "", "10E2"])
    >>> len(column), column[0], column[-1], column.to_array().tolist()
    (3, '10E1', '10E2', ['10E1', '', '10E2'])
    """

    data: Any
    offsets: Any

    @classmethod
    def from_texts(cls, texts: Iterable[str]) -> "StringColumn":
        """Return a column of texts."""
        column = pa.array([str(text) for text in texts], pa.large_string())
        _, offset_buffer, data_buffer = column.buffers()
        offsets = np.frombuffer(offset_buffer, "int64")[: len(column) + 1]
        return cls(np.frombuffer(data_buffer or b"", "uint8"), offsets)

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.offsets) - 1

    def __getitem__(self, position: int) -> str:
        """Return one text. A negative position counts from the end."""
        position = position if position >= 0 else position + len(self)
        value: bytes = self.data[self.offsets[position] : self.offsets[position + 1]].tobytes()
        return value.decode()

    def to_array(self) -> np.ndarray:
        """Return all texts as an object array of Python strings."""
        offset_buffer, data_buffer = pa.py_buffer(self.offsets), pa.py_buffer(self.data)
        column = pa.LargeStringArray.from_buffers(len(self), offset_buffer, data_buffer)
        texts: np.ndarray = column.to_numpy(zero_copy_only=False)
        return texts
