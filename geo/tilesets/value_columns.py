"""Columns of values as JSON for map pages, each in the shortest form that the front end can read.

`geo.tilesets.cut_tile` calls `encode_columns`. A column is a list of values, null where unknown, or
one of these objects:

- `{"of": values, "at": positions}`: a dictionary. Position 0 is unknown, position 1 the first of
  `of`.
- `{"of": stems, "at": positions, "steps": steps}`: texts that differ in one number, such as ids and
  addresses. A stem has `#` for each digit of the number. `steps` has one entry for each value with a
  `#` in its stem: the difference from the last number of the same stem, starting from 0.
- `{"of": values, "by": name}`: a column that follows from another, which is a dictionary. `of` has
  one value for each of its positions.
- `{"from": date, "days": days}`: dates, as days since the earliest one.
- `{"at": positions, "else": values}`: a column that mostly equals `id`. `else` holds the values
  that differ, and `at` their positions from 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geo.tilesets.definitions import DETERMINED_BY

DIGIT_PLACEHOLDER = "#"  # stands for a digit in a stem
MAX_DIGITS = 15  # JavaScript numbers hold this many digits exactly
DATE_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
MIN_ROWS_PER_VALUE = 8  # from this many rows for each value on, no form is shorter than a dictionary

DictionaryColumns = Mapping[str, pa.DictionaryArray]


def encode_columns(ids: pa.Array, fields: Mapping[str, pa.Array]) -> dict[str, Any]:
    """Return `id` and `fields`, each encoded in its shortest form. All have the same length.

    >>> ids = pa.array(["T-101", "T-102", "T-104"], pa.large_string())
    >>> days = pa.array(["2024-05-01", None, "2024-05-03"], pa.large_string())
    >>> columns = encode_columns(ids, {"tree_id": ids, "surveyed_on": days})
    >>> columns["id"]
    {'of': ['T-###'], 'at': [1, 1, 1], 'steps': [101, 1, 2]}
    >>> columns["fields"]
    {'tree_id': {'at': [], 'else': []}, 'surveyed_on': {'from': '2024-05-01', 'days': [0, None, 2]}}
    """
    dictionaries: DictionaryColumns = {name: values.dictionary_encode() for name, values in fields.items()}
    return {
        "id": _encode_column(ids, ids.dictionary_encode()),
        "fields": {
            name: _encode_by_other_column(name, dictionaries)
            or _encode_as_ids(values, ids)
            or _encode_column(values, dictionaries[name])
            for name, values in fields.items()
        },
    }


def _encode_column(values: pa.Array, dictionary: pa.DictionaryArray) -> Any:
    if _is_repetitive(dictionary):
        return _encode_dictionary(dictionary)
    if pa.types.is_large_string(values.type) and (compact := _encode_as_days(values) or _encode_as_steps(values)):
        return compact
    return _encode_dictionary(dictionary) if 2 * len(dictionary.dictionary) <= len(values) else values.to_pylist()


def _is_repetitive(dictionary: pa.DictionaryArray) -> bool:
    """Return whether values recur so often that a dictionary is the shortest form.

    >>> _is_repetitive(pa.array(["prune"] * 15 + ["plant"]).dictionary_encode())
    True
    """
    return MIN_ROWS_PER_VALUE * len(dictionary.dictionary) <= len(dictionary)


def _encode_dictionary(dictionary: pa.DictionaryArray) -> dict[str, Any]:
    return {"of": dictionary.dictionary.to_pylist(), "at": _dictionary_positions(dictionary).tolist()}


def _dictionary_positions(dictionary: pa.DictionaryArray) -> Any:
    return dictionary.indices.fill_null(-1).to_numpy(zero_copy_only=False) + 1


def _encode_by_other_column(name: str, dictionaries: DictionaryColumns) -> dict[str, Any] | None:
    """Return a column as one that follows from another, None if it does not.

    The other column must be repetitive and decide every value.

    >>> species = pa.array(["Ulmus americana"] * 16).dictionary_encode()
    >>> common = pa.array(["American elm"] * 16).dictionary_encode()
    >>> _encode_by_other_column("common", {"common": common, "species": species})
    {'of': [None, 'American elm'], 'by': 'species'}
    """
    deciding = dictionaries.get(DETERMINED_BY.get(name, ""))
    if deciding is None or not _is_repetitive(deciding):
        return None
    positions, deciding_positions = (_dictionary_positions(dictionaries[name]), _dictionary_positions(deciding))
    values = np.zeros(len(deciding.dictionary) + 1, positions.dtype)
    values[deciding_positions] = positions
    if (values[deciding_positions] != positions).any():
        return None
    distinct_values = [None, *dictionaries[name].dictionary.to_pylist()]
    return {"of": [distinct_values[value] for value in values.tolist()], "by": DETERMINED_BY[name]}


def _encode_as_ids(values: pa.Array, ids: pa.Array) -> dict[str, Any] | None:
    if not pa.types.is_large_string(values.type):
        return None
    is_same = pc.equal(values, ids).fill_null(False).to_numpy(zero_copy_only=False)
    differing_rows = np.flatnonzero(~is_same)
    if 4 * len(differing_rows) >= len(values):
        return None
    return {"at": differing_rows.tolist(), "else": values.take(pa.array(differing_rows)).to_pylist()}


def _encode_as_days(values: pa.Array) -> dict[str, Any] | None:
    """Return dates as days since the first, None if any value is not a date.

    >>> _encode_as_days(pa.array(["2024-05-03", None, "2024-05-01"], pa.large_string()))
    {'from': '2024-05-01', 'days': [2, None, 0]}
    >>> _encode_as_days(pa.array(["2023-02-30"], pa.large_string())) is None
    True
    """
    first = pc.min(values).as_py()
    if first is None or not pc.all(pc.match_substring_regex(values, DATE_PATTERN)).as_py():
        return None
    try:
        days = values.cast(pa.date32()).cast(pa.int32())
    except pa.ArrowInvalid:  # such as 2023-02-30
        return None
    return {"from": first, "days": pc.subtract(days, pc.min(days)).to_pylist()}


def _encode_as_steps(values: pa.Array) -> dict[str, Any] | None:
    """Return texts as stems and steps, None if they have too many stems.

    >>> _encode_as_steps(pa.array(["12 Elm St", "14 Elm St", "18 Elm St"], pa.large_string()))
    {'of': ['## Elm St'], 'at': [1, 1, 1], 'steps': [12, 2, 4]}
    >>> _encode_as_steps(pa.array(["Elm St", "Oak Ave"], pa.large_string())) is None
    True
    """
    if pc.any(pc.match_substring(values, DIGIT_PLACEHOLDER)).as_py():
        return None
    numbers = min(_find_numbers(values), key=lambda candidate: len(candidate.stems.dictionary))
    stems = numbers.stems
    if 2 * len(stems.dictionary) > len(values):
        return None
    steps = _steps_by_stem(_dictionary_positions(stems)[numbers.rows], numbers.parse_integers())
    return {**_encode_dictionary(stems), "steps": steps.tolist()}


def _find_numbers(texts: pa.LargeStringArray) -> "tuple[_TextNumbers, _TextNumbers]":
    """Find the first and the last number in each text.

    >>> first, last = _find_numbers(pa.array(["12 12th St", "Elm St", "7 Oak Ave"], pa.large_string()))
    >>> first.parse_integers().tolist(), last.parse_integers().tolist()
    ([12, 7], [12, 7])
    >>> last.stems.to_pylist()
    ['12 ##th St', 'Elm St', '# Oak Ave']
    """
    _, text_offsets, data = texts.buffers()
    text_offsets = np.frombuffer(text_offsets, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    text_bytes = np.frombuffer(data or b"", np.uint8)
    digit_offsets = np.flatnonzero((text_bytes >= ord("0")) & (text_bytes <= ord("9")))
    first, after_last = (
        np.searchsorted(digit_offsets, text_offsets[:-1]),
        np.searchsorted(digit_offsets, text_offsets[1:]),
    )
    rows = np.flatnonzero((first < after_last) & texts.is_valid().to_numpy(zero_copy_only=False))
    first, last = first[rows], after_last[rows] - 1
    # Adjacent digits of the same text belong to one number.
    starts_number = np.diff(digit_offsets, prepend=-2) != 1
    starts_number[first] = True
    number_ids = np.cumsum(starts_number)
    last_start = np.searchsorted(number_ids, number_ids[last])
    first_end = np.searchsorted(number_ids, number_ids[first], "right")
    first_lengths = np.minimum(first_end - first, MAX_DIGITS)
    last_lengths = np.minimum(last + 1 - last_start, MAX_DIGITS)
    return (
        _TextNumbers(texts, text_bytes, rows, digit_offsets[first], first_lengths),
        _TextNumbers(texts, text_bytes, rows, digit_offsets[last] + 1 - last_lengths, last_lengths),
    )


@dataclass(frozen=True)
class _TextNumbers:
    """One number in each of some rows of texts.

    `text_bytes` (bytes,) uint8 are the bytes of all texts. `starts` (n,) are the positions of the
    numbers in them, `digit_counts` (n,) their lengths, and `rows` (n,) the rows of their texts.
    """

    texts: pa.LargeStringArray
    text_bytes: Any
    rows: Any
    starts: Any
    digit_counts: Any

    @cached_property
    def stems(self) -> pa.DictionaryArray:
        """The texts with `#` for each digit of their number."""
        is_digit = np.zeros(len(self.text_bytes) + 1, np.int8)
        is_digit[self.starts] += 1
        is_digit[self.starts + self.digit_counts] -= 1
        masked = np.where(
            np.cumsum(is_digit[:-1], dtype=np.int8) > 0, np.uint8(ord(DIGIT_PLACEHOLDER)), self.text_bytes
        )
        validity, offsets, _ = self.texts.buffers()
        stems = pa.LargeStringArray.from_buffers(
            len(self.texts), offsets, pa.py_buffer(masked), validity, -1, self.texts.offset
        )
        return stems.dictionary_encode()

    def parse_integers(self) -> Any:
        """Return the numbers (n,) as int64."""
        integers = np.zeros(len(self.rows), np.int64)
        for nth in range(int(self.digit_counts.max(initial=0))):
            has_digit = np.flatnonzero(nth < self.digit_counts)
            integers[has_digit] = 10 * integers[has_digit] + self.text_bytes[self.starts[has_digit] + nth] - ord("0")
        return integers


def _steps_by_stem(stems: Any, numbers: Any) -> Any:
    """Return the difference of each number from the last one with the same stem, starting from 0.

    >>> _steps_by_stem(np.array([1, 2, 1]), np.array([12, 7, 14])).tolist()
    [12, 7, 2]
    """
    order = np.argsort(stems, kind="stable")
    is_first = np.diff(stems[order], prepend=-1) != 0
    previous = np.where(is_first, 0, np.roll(numbers[order], 1))
    steps = np.empty_like(numbers)
    steps[order] = numbers[order] - previous
    return steps
