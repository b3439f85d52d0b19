"""House numbers: 4021, 4021-25, 503 1/2, 4131R, 401-B, forty-nine hundred. Digits are never guessed."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from geo.addresses.reading.words import ONES, TENS, ZEROS

MOST = 999_999  # the highest number that the layer admits

_NUMBER = re.compile(r"([0-9]{1,6})(?![0-9])")
_END = r"(?=$|[\s,])"
_RANGE = re.compile(rf"\s*-\s*([0-9]{{1,6}})-?([A-Z]?){_END}")
_FRACTION = re.compile(rf"[\s-]*([1-9]/[1-9][0-9]?)-?([A-Z]?){_END}")
_LETTER = re.compile(rf"(?:-\s*)?([A-Z]|[A-Z][0-9]|[0-9][A-Z][0-9]?){_END}")
_HYPHENED = re.compile(rf"-([A-Z]?[0-9]{{1,4}}[A-Z]?[0-9]?){_END}")
_LONE_LETTER = re.compile(r"\s*\s([A-Z])(?=\s)")
_NOTHING = re.compile(_END)
_HYPHEN = re.compile(r"-(?=[A-Z]{2}|[NSEW]-|[0-9]+(?:ST|ND|RD|TH)\b)")
_POWERS = frozenset(("HUNDRED", "THOUSAND"))
_PART = re.compile(r"(?:([1-9]/[1-9][0-9]?)[\s-]*)?([A-Z0-9]{0,6})")


class House(NamedTuple):
    """A house number in its parts; `high` is 0 where there is no range, texts are empty.

    `letter` is whatever tells houses of one number apart: R for rear, but also B or 1A or 3.
    """

    number: int
    high: int = 0
    frac: str = ""
    letter: str = ""
    spoken: str = ""

    def __str__(self) -> str:
        """Write it as tables do: 4021-4025, 503 1/2, 4131R; a letter with figures after a hyphen."""
        text = f"{self.number}-{self.high}" if self.high else str(self.number)
        if self.frac:
            text += f" {self.frac}" if not self.letter else f" {self.frac}-{self.letter}"
        elif self.letter:
            text += (
                self.letter
                if len(self.letter) == 1 and self.letter.isalpha()
                else f"-{self.letter}"
            )
        return text


def houses(text: str) -> Iterator[tuple[House | None, str]]:
    """Yield each way to read the number at the start of a plain text, with what follows it.

    >>> [(str(house), rest) for house, rest in houses("4021-25 NATURAL BRIDGE")]
    [('4021-4025', 'NATURAL BRIDGE'), ('4021-25', 'NATURAL BRIDGE')]
    >>> [(str(house), rest) for house, rest in houses("4570 R WABASH AV")]
    [('4570', 'R WABASH AV'), ('4570R', 'WABASH AV')]
    """
    if start := _NUMBER.match(text):
        number, rest = int(start[1]), text[start.end() :]
        found = list(_tails(number, rest))
        yield from ((house, after.lstrip(" ,")) for house, after in found)
        if found:
            return
    yield from _spoken(text)
    yield None, text


def _tails(number: int, rest: str) -> Iterator[tuple[House, str]]:
    if found := _RANGE.match(rest):
        if high := _high(number, found[1]):
            yield House(number, high, letter=found[2]), rest[found.end() :]
        if found := _HYPHENED.match(rest):
            yield House(number, letter=found[1]), rest[found.end() :]
        return
    if found := _FRACTION.match(rest):
        yield House(number, frac=found[1], letter=found[2]), rest[found.end() :]
        return
    if found := _LETTER.match(rest):
        yield House(number, letter=found[1]), rest[found.end() :]
        return
    if _HYPHEN.match(rest):  # 7201-Natural-Bridge
        rest = f" {rest[1:]}"
    if _NOTHING.match(rest):
        yield House(number), rest
        if found := _LONE_LETTER.match(rest):
            yield House(number, letter=found[1]), rest[found.end() :]


def _high(low: int, written: str) -> int:
    """Complete the upper end of a range, as in 4021-25; 0 when it does not lie above the lower.

    >>> _high(4021, "25"), _high(4021, "4025"), _high(4021, "19"), _high(60, "3")
    (4025, 4025, 0, 63)
    """
    digits = str(low)
    high = int(digits[: max(0, len(digits) - len(written))] + written)
    return high if high > low else 0


def _spoken(text: str) -> Iterator[tuple[House, str]]:
    words = text.replace("-", " ").split()
    count = next((i for i in range(len(words)) if not _is_spoken(words, i)), len(words))
    if 0 < count < len(words) and (number := spoken_number(words[:count])) is not None:
        yield House(number, spoken=" ".join(words[:count]).lower()), " ".join(words[count:])


def _is_spoken(words: Sequence[str], at: int) -> bool:
    """Tell whether a word belongs to a spoken number, an "and" behind its hundreds too."""
    if words[at] != "AND":
        return _is_number(words[at])
    between = 0 < at < len(words) - 1 and words[at - 1] in _POWERS
    return between and _is_number(words[at + 1])


def _is_number(word: str) -> bool:
    return word in ONES or word in TENS or word in ZEROS or word in _POWERS


def spoken_number(words: Sequence[str]) -> int | None:
    """Read a number as it is spoken, by hundreds or in pairs; None when it makes no number.

    >>> spoken_number("FORTY NINE HUNDRED TWO".split()), spoken_number("SEVENTY TWO OH ONE".split())
    (4902, 7201)
    >>> spoken_number("HUNDRED".split())
    """
    if not all(_is_number(word) or word == "AND" for word in words):
        return None
    if not _POWERS.isdisjoint(words):
        return _by_hundreds(words)
    digits = ""
    tens = False
    for word in words:
        unit = ONES.get(word, TENS.get(word, 0))
        if tens and 0 < unit < 10:
            digits = digits[:-1] + str(unit)
        else:
            digits += str(unit)
        tens = word in TENS
    return int(digits) if len(digits) <= 6 and not digits.startswith("0") else None


def _by_hundreds(words: Sequence[str]) -> int | None:
    total = part = 0
    for word in words:
        if word in _POWERS:
            if not part:
                return None
            total, part = total + part * (100 if word == "HUNDRED" else 1000), 0
        else:
            part += ONES.get(word, TENS.get(word, 0))
    total += part
    return total if total <= MOST else None


def parts(frac: str, letter: str) -> tuple[str, str]:
    """Bring a table's fraction and letter to the form that `houses` reads: 1/2-R is 1/2 and R.

    >>> parts("", "1/2-R"), parts("1/2", ""), parts("", "R "), parts("", "(odd)")
    (('1/2', 'R'), ('1/2', ''), ('', 'R'), ('', 'ODD'))
    """
    written = f"{frac} {letter}".upper().strip()
    if found := _PART.fullmatch(written):
        return found[1] or "", found[2]
    return "", "".join(sign for sign in written if sign.isalnum())
