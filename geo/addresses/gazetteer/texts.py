"""A long column of texts that lies in memory, or in a mapped file, as bytes: each is read when it is asked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa


@dataclass(frozen=True, eq=False)
class Texts:
    """Texts by position: their bytes (uint8) one behind the other, and where each begins (int64, one more than there are)."""

    data: Any
    begins: Any

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Texts":
        """Lay texts out."""
        column = pa.array([str(text) for text in texts], pa.large_string())
        _, begins, data = column.buffers()
        at = np.frombuffer(begins, "int64")[: len(column) + 1]
        return cls(np.frombuffer(data or b"", "uint8"), at)

    def __len__(self) -> int:
        """Count the texts."""
        return len(self.begins) - 1

    def __getitem__(self, at: int) -> str:
        """Give one text; a position below 0 counts from the end."""
        at = at if at >= 0 else at + len(self)
        part: bytes = self.data[self.begins[at] : self.begins[at + 1]].tobytes()
        return part.decode()

    def all(self) -> np.ndarray:
        """Give every text, as an array of Python's."""
        begins, data = pa.py_buffer(self.begins), pa.py_buffer(self.data)
        column = pa.LargeStringArray.from_buffers(len(self), begins, data)
        texts: np.ndarray = column.to_numpy(zero_copy_only=False)
        return texts
