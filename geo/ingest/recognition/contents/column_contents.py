"""A sample of a column's contents, with the figures by which its kind is told.

`recognize` calls `read_contents` once for each column. `content_kinds` judges them.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geo.identifiers import guid_key
from geo.ingest.mapping.column_matching import column_as_text

SAMPLE_SIZE = 500  # values of a column that are looked at, evenly over the file
MAX_VALUE_CHARACTERS = 300  # of a value; what follows tells nothing about its kind
MISSING_TEXTS = {"", "n/a", "na", "#n/a", "null", "nan", "<null>", "(null)", "none", "-", "--", "?", "unknown"}
NUMBER_PATTERN = r"^\s*[-+]?(?:[0-9]+(?:[.,][0-9]+)?|[.][0-9]+|[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?)\s*$"
DATE_PATTERN = (
    r"^(?:[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:[0-9]{4,5}|[0-9]{2})|"
    r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])|1[0-9]{12}|"
    r"[0-9]{4} [A-Za-z]{3,9} [0-9]{1,2}|[0-9]{1,2}[- ][A-Za-z]{3,9}[- ,]+[0-9]{2,4}|[A-Za-z]{3,9}\.? [0-9]{1,2},? [0-9]{4})(?:[T ,].*)?$"
)


@dataclass(frozen=True)
class ColumnContents:
    """A sample of one column.

    `values` holds up to `SAMPLE_SIZE` texts that are not blank, without outer spaces. `filled` is the share of rows
    that have a value, `row_count` the number of rows in the file.
    """

    name: str
    values: tuple[str, ...]
    filled: float
    row_count: int

    def share(self, pattern: str) -> float:
        """Return the share of the sample that matches a pattern from its beginning.

        >>> sample_contents("A", ["12 Oak St", "Oak St"]).share("[0-9]")
        0.5
        """
        match = _compile_pattern(pattern).match
        return self.share_where(lambda value: match(value) is not None)

    def share_where(self, holds: Callable[[str], bool]) -> float:
        """Return the share of the sample for which a condition holds.

        >>> sample_contents("A", ["x", "x", "y"]).share_where(lambda value: value == "y")
        0.3333333333333333
        """
        if not self.values:
            return 0.0
        return sum(count for value, count in self.counts.items() if holds(value)) / len(self.values)

    def share_in(self, words: frozenset[str]) -> float:
        """Return the share of the sample that has one of these words.

        >>> sample_contents("A", ["Norway Maple", "MAPLE, RED", "Bench"]).share_in(frozenset(["maple"]))
        0.6666666666666666
        """
        return self.share_where(lambda value: not words.isdisjoint(_words(value)))

    def share_of_whole(self, words: frozenset[str]) -> float:
        """Return the share of the sample that is one of these words, without regard to case and a final dot.

        >>> sample_contents("A", ["N", "s.", "Oak"]).share_of_whole(frozenset(["n", "s"]))
        0.6666666666666666
        """
        return self.share_where(lambda value: value.lower().rstrip(".") in words)

    @cached_property
    def counts(self) -> Counter[str]:
        """The different values of the sample, each with its number."""
        return Counter(self.values)

    @cached_property
    def numbers(self) -> np.ndarray:
        """The sample's values that are numbers, `(m,)`."""
        match = _compile_pattern(NUMBER_PATTERN).match
        texts = [value for value in self.values if match(value)]
        return np.array([float(re.sub(r",(?=[0-9]{3}(?:\D|$))", "", text).replace(",", ".")) for text in texts])

    @cached_property
    def number_share(self) -> float:
        """The share of the sample that is a number."""
        return len(self.numbers) / len(self.values) if self.values else 0.0

    @cached_property
    def integer_share(self) -> float:
        """The share of the sample that is a whole number."""
        return float(np.mean(self.numbers == np.round(self.numbers))) * self.number_share if len(self.numbers) else 0.0

    @cached_property
    def letter_share(self) -> float:
        """The share of the sample that has two letters in a row, as words do."""
        return self.share(r"(?s).*[^\W\d_]{2}")

    @cached_property
    def date_share(self) -> float:
        """The share of the sample that is written like a date."""
        return self.share(DATE_PATTERN)

    @cached_property
    def guid_share(self) -> float:
        """The share of the sample that is a globally unique id."""
        return self.share_where(lambda value: guid_key(value) is not None)

    @property
    def distinct(self) -> int:
        """The number of different values in the sample."""
        return len(self.counts)

    @property
    def distinct_share(self) -> float:
        """The number of different values in relation to the sample's size."""
        return self.distinct / len(self.values) if self.values else 0.0

    @property
    def is_constant(self) -> bool:
        """Whether ten rows or more all have one value, which says nothing about a single row."""
        return self.distinct == 1 and len(self.values) >= 10

    @cached_property
    def typical_length(self) -> float:
        """The median number of characters."""
        return float(np.median([len(value) for value in self.values])) if self.values else 0.0

    def first_values(self, count: int) -> tuple[str, ...]:
        """Return the first different values.

        >>> sample_contents("A", ["x", "x", "y", "z"]).first_values(2)
        ('x', 'y')
        """
        return tuple(self.counts)[:count]


@lru_cache(256)
def _compile_pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@lru_cache(65_536)
def _words(value: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]+(?:-[a-z]+)*", value.lower()))


def read_contents(name: str, column: pa.ChunkedArray) -> ColumnContents:
    """Return the contents of a column of any plain type.

    >>> contents = read_contents("DBH", pa.chunked_array([[12.0, None, 7.5, float("nan")]]))
    >>> contents.values, contents.filled
    (('12', '7.5'), 0.5)
    """
    is_filled = pc.fill_null(pc.true_unless_null(column), fill_value=False)
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        is_filled = pc.and_(
            is_filled, pc.fill_null(pc.not_equal(pc.utf8_trim_whitespace(column), ""), fill_value=False)
        )
    elif pa.types.is_floating(column.type):
        is_filled = pc.and_(is_filled, pc.fill_null(pc.invert(pc.is_nan(column)), fill_value=False))
    positions = pc.indices_nonzero(is_filled).to_numpy()
    filled = len(positions) / len(column) if len(column) else 0.0
    if len(positions) > SAMPLE_SIZE:
        positions = positions[np.linspace(0, len(positions) - 1, SAMPLE_SIZE).astype(np.int64)]
    texts = column_as_text(column.take(pa.array(positions)))
    return _without_missing_words(name, texts, filled, len(column))


def sample_contents(name: str, texts: list[str]) -> ColumnContents:
    """Return the contents of a column that has just these texts.

    >>> sample_contents("STATUS", ["Open", " ", "N/A"]).filled
    0.3333333333333333
    """
    return read_contents(name, pa.chunked_array([pa.array(texts, pa.string())]))


def _without_missing_words(name: str, texts: pd.Series, filled: float, row_count: int) -> ColumnContents:
    stripped = [text.strip() for text in texts.tolist()]
    values = tuple(text[:MAX_VALUE_CHARACTERS] for text in stripped if text.lower() not in MISSING_TEXTS)
    return ColumnContents(name, values, filled * (len(values) / len(stripped) if stripped else 0.0), row_count)
