"""Fixed-width text: columns that lie one under another, with blanks between them.

`delimited_text.read_csv` calls `find_column_spans` for a text without a delimiter.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import TextIO

import numpy as np

MIN_LINES = 3  # a header and two rows; fewer would let any text look like a table
MAX_LINE_CHARACTERS = 4_000
MAX_TITLE_LINES = 20  # among which the header is
MIN_FILLED_SHARE = 0.5  # of the lines, in which a column is filled
_RULER = re.compile(r"^[-=]+(?:\s+[-=]+)+\s*$")  # a line of dashes below the header, as databases print it


def iter_short_lines(file: TextIO) -> Iterator[str]:
    """Yield the lines of a text, cut where they are too long for a table of fixed width."""
    while line := file.readline(MAX_LINE_CHARACTERS + 2):
        yield line


@dataclass(frozen=True)
class FixedWidthLayout:
    """Where the columns of a text lie: the first and last character (exclusive) of each, below `title_lines` lines."""

    spans: list[tuple[int, int]]
    title_lines: int = 0


def find_column_spans(lines: Iterable[str]) -> FixedWidthLayout | None:
    """Return where the columns of a text lie, or None if it is no table of fixed width.

    A character that is blank in every line divides two columns. A line of dashes below the header
    says where the columns lie. Titles above the header may fill any character.

    >>> find_column_spans(["ID  SPECIES     DBH", "1   Pin Oak      12", "20  Redbud        4"]).spans
    [(0, 4), (4, 16), (16, 19)]
    >>> find_column_spans(["ID SPECIES", "-- -------", "1  Pin Oak"]).spans
    [(0, 3), (3, 10)]
    >>> find_column_spans(["Trees of Pagedale", "The oaks are fine", "Ask the clerk"]) is None
    True
    """
    counts = np.zeros(MAX_LINE_CHARACTERS, dtype=np.int64)
    first_lines: list[str] = []
    line_count = 0
    for line in lines:
        text = line.rstrip("\r\n")
        if len(text) > MAX_LINE_CHARACTERS or "\t" in text:
            return None
        if not text.strip():
            continue
        if len(first_lines) < MAX_TITLE_LINES:
            if _RULER.match(text) and first_lines:
                spans = _spans_of_runs([match.span() for match in re.finditer(r"[-=]+", text)])
                return FixedWidthLayout(spans, len(first_lines) - 1)
            first_lines.append(text)
        counts[: len(text)] += _filled_mask(text)
        line_count += 1
    title_count = _subtract_titles(counts, first_lines)
    if line_count - title_count < MIN_LINES:
        return None
    spans_or_none = _spans_between_gaps(counts, line_count - title_count, first_lines[title_count:])
    return FixedWidthLayout(spans_or_none, title_count) if spans_or_none else None


def _subtract_titles(counts: np.ndarray, first_lines: list[str]) -> int:
    """Take the titles above the header out of `counts`. Return their number.

    A title has single blanks only, and fills characters that divide columns below it.
    """
    single_spaced = list(takewhile(lambda line: "  " not in line.strip(), first_lines))
    rest = counts.copy()
    for line in single_spaced:
        rest[: len(line)] -= _filled_mask(line)
    if not rest.any():
        return 0
    inner_gaps = (rest == 0) & (np.arange(len(rest)) < np.flatnonzero(rest)[-1])
    titles = list(takewhile(lambda line: (_filled_mask(line) & inner_gaps[: len(line)]).any(), single_spaced))
    for line in titles:
        counts[: len(line)] -= _filled_mask(line)
    return len(titles)


def _filled_mask(text: str) -> np.ndarray:
    """Return a mask of a line's characters that are not blank."""
    return np.frombuffer(text.encode("utf-32-le"), np.uint32) != 32


def _spans_between_gaps(counts: np.ndarray, line_count: int, first_lines: list[str]) -> list[tuple[int, int]] | None:
    """Return the runs of characters that are filled in some line, None if they are no columns."""
    is_filled = np.concatenate([[False], counts > 0, [False]])
    edges = np.flatnonzero(np.diff(is_filled.astype(np.int8)))
    runs = list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
    shares = [float(counts[low:high].max()) / line_count for low, high in runs]
    if len(runs) < 2 or sum(share >= MIN_FILLED_SHARE for share in shares) < 2:
        return None
    # The header is the line that names the most columns. What it does not name is a part of the column before,
    # as in "Pin Oak" and "Red Oak", which have a blank at the same character.
    header = max(first_lines, key=lambda line: sum(bool(line[low:high].strip()) for low, high in runs))
    named = [run for index, run in enumerate(runs) if index == 0 or header[run[0] : run[1]].strip()]
    return _spans_of_runs([*named[:-1], (named[-1][0], runs[-1][1])]) if len(named) > 1 else None


def _spans_of_runs(runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return runs, each drawn out to the next one's beginning, the first to the line's beginning."""
    starts = [0, *(low for low, _ in runs[1:])]
    return list(zip(starts, [*starts[1:], runs[-1][1]], strict=True))


def split_fixed_width(lines: Iterable[str], layout: FixedWidthLayout) -> Iterator[list[str]]:
    """Yield the cells of each line. The last column takes the rest of the line. A line of dashes is left out.

    >>> list(split_fixed_width(["ID SPECIES", "-- -------", "1  Pin Oak"], FixedWidthLayout([(0, 3), (3, 10)])))
    [['ID', 'SPECIES'], ['1', 'Pin Oak']]
    """
    spans, last, titles_left = layout.spans, len(layout.spans) - 1, layout.title_lines
    for line in lines:
        text = line.rstrip("\r\n")
        if _RULER.match(text):
            continue
        if titles_left and text.strip():
            titles_left -= 1
            yield [text]
            continue
        yield [text[low : None if index == last else high].strip() for index, (low, high) in enumerate(spans)]
