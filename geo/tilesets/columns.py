"""Columns of values as they travel: as JSON, each in the shortest of the forms that a page reads.

A column is the list of its values, null where unknown, or one of

- `{"of": values, "at": places}` where values recur: place 0 is unknown, 1 the first of `of`;
- `{"of": stems, "at": places, "steps": steps}` where texts are alike but for a number in them, as ids and addresses
  are: a stem holds `#` for each of the number's digits, and `steps` has, for each value whose stem holds any, the step
  from the last number of the same stem, at first from 0;
- `{"of": values, "by": name}` where another column, itself coded by places, decides: the value of each of its places;
- `{"from": date, "days": days}` where dates are told, as days from the first one;
- `{"at": places, "else": values}` where it mostly says what `id` says: other values at these places, the first 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geo.tilesets.kinds import DECIDED

DIGIT = "#"  # stands for a digit in a stem
LONGEST = 15  # digits of a number that a page's numbers hold exactly
DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
SELDOM = 8  # rows for each value, from which on nothing is shorter than places

Coded = Mapping[str, pa.DictionaryArray]


def in_columns(ids: pa.Array, fields: Mapping[str, pa.Array]) -> dict[str, Any]:
    """Give `id` and `fields`, of as many values each, as columns that are short."""
    coded: Coded = {name: values.dictionary_encode() for name, values in fields.items()}
    return {
        "id": _column(ids, ids.dictionary_encode()),
        "fields": {
            name: _decided(name, coded) or _as_ids(values, ids) or _column(values, coded[name])
            for name, values in fields.items()
        },
    }


def _column(values: pa.Array, coded: pa.DictionaryArray) -> Any:
    if _recur(coded):
        return _in_places(coded)
    if pa.types.is_large_string(values.type) and (short := _in_days(values) or _in_steps(values)):
        return short
    return _in_places(coded) if 2 * len(coded.dictionary) <= len(values) else values.to_pylist()


def _recur(coded: pa.DictionaryArray) -> bool:
    """Tell whether values recur so often that a column is told by places whatever it holds."""
    return SELDOM * len(coded.dictionary) <= len(coded)


def _in_places(coded: pa.DictionaryArray) -> dict[str, Any]:
    return {"of": coded.dictionary.to_pylist(), "at": _places(coded).tolist()}


def _places(coded: pa.DictionaryArray) -> Any:
    return coded.indices.fill_null(-1).to_numpy(zero_copy_only=False) + 1


def _decided(name: str, coded: Coded) -> dict[str, Any] | None:
    """Give a column by the one that decides it, where that is coded by places and truly decides."""
    by = coded.get(DECIDED.get(name, ""))
    if by is None or not _recur(by):
        return None
    own, other = _places(coded[name]), _places(by)
    values = np.zeros(len(by.dictionary) + 1, own.dtype)
    values[other] = own
    if (values[other] != own).any():
        return None
    known = [None, *coded[name].dictionary.to_pylist()]
    return {"of": [known[value] for value in values.tolist()], "by": DECIDED[name]}


def _as_ids(values: pa.Array, ids: pa.Array) -> dict[str, Any] | None:
    if not pa.types.is_large_string(values.type):
        return None
    same = pc.equal(values, ids).fill_null(False).to_numpy(zero_copy_only=False)
    other = np.flatnonzero(~same)
    if 4 * len(other) >= len(values):
        return None
    return {"at": other.tolist(), "else": values.take(pa.array(other)).to_pylist()}


def _in_days(values: pa.Array) -> dict[str, Any] | None:
    """Give dates as days; None where not all are."""
    first = pc.min(values).as_py()
    if first is None or not pc.all(pc.match_substring_regex(values, DATE)).as_py():
        return None
    try:
        days = values.cast(pa.date32()).cast(pa.int32())
    except pa.ArrowInvalid:  # a 31st of February
        return None
    return {"from": first, "days": pc.subtract(days, pc.min(days)).to_pylist()}


def _in_steps(values: pa.Array) -> dict[str, Any] | None:
    """Give texts by what is alike in them and the numbers in it; None where too little is."""
    if pc.any(pc.match_substring(values, DIGIT)).as_py():
        return None
    numbers = min(_numbers(values), key=lambda tried: len(tried.stems.dictionary))
    stems = numbers.stems
    if 2 * len(stems.dictionary) > len(values):
        return None
    steps = _steps(_places(stems)[numbers.rows], numbers.figures())
    return {**_in_places(stems), "steps": steps.tolist()}


def _numbers(texts: pa.LargeStringArray) -> "tuple[_Numbers, _Numbers]":
    """Find the first number in each of some texts, and the last one."""
    _, ends, held = texts.buffers()
    ends = np.frombuffer(ends, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    said = np.frombuffer(held or b"", np.uint8)
    digits = np.flatnonzero((said >= ord("0")) & (said <= ord("9")))
    first, behind = np.searchsorted(digits, ends[:-1]), np.searchsorted(digits, ends[1:])
    rows = np.flatnonzero((first < behind) & texts.is_valid().to_numpy(zero_copy_only=False))
    first, last = first[rows], behind[rows] - 1
    # Digits are of one number where they stand side by side in the same text.
    new = np.diff(digits, prepend=-2) != 1
    new[first] = True
    run = np.cumsum(new)
    begun = np.searchsorted(run, run[last])
    ended = np.searchsorted(run, run[first], "right")
    early = np.minimum(ended - first, LONGEST)
    late = np.minimum(last + 1 - begun, LONGEST)
    return (
        _Numbers(texts, said, rows, digits[first], early),
        _Numbers(texts, said, rows, digits[last] + 1 - late, late),
    )


@dataclass(frozen=True)
class _Numbers:
    """A number in each of some rows of texts: where it begins in the bytes of all, and how many digits it has."""

    texts: pa.LargeStringArray
    said: Any
    rows: Any
    begin: Any
    digits: Any

    @cached_property
    def stems(self) -> pa.DictionaryArray:
        """The texts with the numbers' digits struck out."""
        inside = np.zeros(len(self.said) + 1, np.int8)
        inside[self.begin] += 1
        inside[self.begin + self.digits] -= 1
        struck = np.where(
            np.cumsum(inside[:-1], dtype=np.int8) > 0, np.uint8(ord(DIGIT)), self.said
        )
        known, ends, _ = self.texts.buffers()
        stems = pa.LargeStringArray.from_buffers(
            len(self.texts), ends, pa.py_buffer(struck), known, -1, self.texts.offset
        )
        return stems.dictionary_encode()

    def figures(self) -> Any:
        """Read the numbers."""
        read = np.zeros(len(self.rows), np.int64)
        for nth in range(int(self.digits.max(initial=0))):
            more = np.flatnonzero(nth < self.digits)
            read[more] = 10 * read[more] + self.said[self.begin[more] + nth] - ord("0")
        return read


def _steps(stems: Any, numbers: Any) -> Any:
    """Give the step to each number from the last one of the same stem."""
    order = np.argsort(stems, kind="stable")
    first = np.diff(stems[order], prepend=-1) != 0
    ahead = np.where(first, 0, np.roll(numbers[order], 1))
    steps = np.empty_like(numbers)
    steps[order] = numbers[order] - ahead
    return steps
