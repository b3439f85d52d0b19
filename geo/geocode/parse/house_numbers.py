"""House numbers: 4021, 4021-25, 503 1/2, 4131R, 401-B, forty-nine hundred.

The address parser and the gazetteer call `parse_house_number`. The parser never changes a digit.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from geo.geocode.parse.vocabulary import ONES, TENS, ZEROS

MAX_HOUSE_NUMBER = 999_999  # the upper limit of the field `number` in layers.toml

_NUMBER = re.compile(r"([0-9]{1,6})(?![0-9])")
_WORD_END = r"(?=$|[\s,])"
_RANGE = re.compile(rf"\s*-\s*([0-9]{{1,6}})-?([A-Z]?){_WORD_END}")
_FRACTION = re.compile(rf"[\s-]*([1-9]/[1-9][0-9]?)-?([A-Z]?){_WORD_END}")
_LETTER = re.compile(rf"(?:-\s*)?([A-Z]|[A-Z][0-9]|[0-9][A-Z][0-9]?){_WORD_END}")
_HYPHENED_LETTER = re.compile(rf"-([A-Z]?[0-9]{{1,4}}[A-Z]?[0-9]?){_WORD_END}")
_LONE_LETTER = re.compile(r"\s*\s([A-Z])(?=\s)")
_NUMBER_ONLY = re.compile(_WORD_END)
_HYPHEN_BEFORE_STREET = re.compile(r"-(?=[A-Z]{2}|[NSEW]-|[0-9]+(?:ST|ND|RD|TH)\b)")
_MULTIPLIERS = frozenset(("HUNDRED", "THOUSAND"))
_FRACTION_AND_LETTER = re.compile(r"(?:([1-9]/[1-9][0-9]?)[\s-]*)?([A-Z0-9]{0,6})")


class House(NamedTuple):
    """A house number in its parts. `high` is 0 without a range, missing texts are empty.

    `letter` separates houses of one number: R for rear, but also B, 1A or 3. `number_words` is the
    number as typed in words.

    >>> str(House(4021, 4025)), str(House(503, frac="1/2")), str(House(4131, letter="R"))
    ('4021-4025', '503 1/2', '4131R')
    """

    number: int
    high: int = 0
    frac: str = ""
    letter: str = ""
    number_words: str = ""

    def __str__(self) -> str:
        """Return the number as tables write it: 4021-4025, 503 1/2, 4131R, 401-1A."""
        text = f"{self.number}-{self.high}" if self.high else str(self.number)
        if self.frac:
            text += f" {self.frac}" if not self.letter else f" {self.frac}-{self.letter}"
        elif self.letter:
            text += self.letter if len(self.letter) == 1 and self.letter.isalpha() else f"-{self.letter}"
        return text


def parse_house_number(text: str) -> Iterator[tuple[House | None, str]]:
    """Yield each parse of the number at the start of a normalized text, with the text after it.

    Without a number it yields None and the whole text.

    >>> [(str(house), rest) for house, rest in parse_house_number("4021-25 NATURAL BRIDGE")]
    [('4021-4025', 'NATURAL BRIDGE'), ('4021-25', 'NATURAL BRIDGE')]
    >>> [(str(house), rest) for house, rest in parse_house_number("4570 R WABASH AV")]
    [('4570', 'R WABASH AV'), ('4570R', 'WABASH AV')]
    """
    if match := _NUMBER.match(text):
        number, rest = int(match[1]), text[match.end() :]
        alternatives = list(_parse_after_number(number, rest))
        yield from ((house, following.lstrip(" ,")) for house, following in alternatives)
        if alternatives:
            return
    yield from _parse_number_words(text)
    yield None, text


def _parse_after_number(number: int, rest: str) -> Iterator[tuple[House, str]]:
    if match := _RANGE.match(rest):
        if high := _complete_range_end(number, match[1]):
            yield House(number, high, letter=match[2]), rest[match.end() :]
        if match := _HYPHENED_LETTER.match(rest):
            yield House(number, letter=match[1]), rest[match.end() :]
        return
    if match := _FRACTION.match(rest):
        yield House(number, frac=match[1], letter=match[2]), rest[match.end() :]
        return
    if match := _LETTER.match(rest):
        yield House(number, letter=match[1]), rest[match.end() :]
        return
    if _HYPHEN_BEFORE_STREET.match(rest):  # 7201-Natural-Bridge
        rest = f" {rest[1:]}"
    if _NUMBER_ONLY.match(rest):
        yield House(number), rest
        if match := _LONE_LETTER.match(rest):
            yield House(number, letter=match[1]), rest[match.end() :]


def _complete_range_end(low: int, typed_end: str) -> int:
    """Return the upper end of a range such as 4021-25, 0 if it does not lie above the lower end.

    >>> _complete_range_end(4021, "25"), _complete_range_end(4021, "4025"), _complete_range_end(4021, "19")
    (4025, 4025, 0)
    """
    digits = str(low)
    high = int(digits[: max(0, len(digits) - len(typed_end))] + typed_end)
    return high if high > low else 0


def _parse_number_words(text: str) -> Iterator[tuple[House, str]]:
    words = text.replace("-", " ").split()
    count = next((i for i in range(len(words)) if not _is_number_word_at(words, i)), len(words))
    if 0 < count < len(words) and (number := number_from_words(words[:count])) is not None:
        yield House(number, number_words=" ".join(words[:count]).lower()), " ".join(words[count:])


def _is_number_word_at(words: Sequence[str], i: int) -> bool:
    """Return whether a word belongs to a number in words, also the AND of NINE HUNDRED AND TWO.

    >>> _is_number_word_at("NINE HUNDRED AND TWO OAK".split(), 2), _is_number_word_at(["OAK"], 0)
    (True, False)
    """
    if words[i] != "AND":
        return _is_number_word(words[i])
    is_between = 0 < i < len(words) - 1 and words[i - 1] in _MULTIPLIERS
    return is_between and _is_number_word(words[i + 1])


def _is_number_word(word: str) -> bool:
    return word in ONES or word in TENS or word in ZEROS or word in _MULTIPLIERS


def number_from_words(words: Sequence[str]) -> int | None:
    """Return the number that words spell, by hundreds or in pairs, None if they spell none.

    >>> number_from_words("FORTY NINE HUNDRED TWO".split()), number_from_words("SEVENTY TWO OH ONE".split())
    (4902, 7201)
    >>> number_from_words(["HUNDRED"]) is None
    True
    """
    if not all(_is_number_word(word) or word == "AND" for word in words):
        return None
    if not _MULTIPLIERS.isdisjoint(words):
        return _number_by_hundreds(words)
    digits = ""
    is_after_tens = False
    for word in words:
        value = ONES.get(word, TENS.get(word, 0))
        if is_after_tens and 0 < value < 10:
            digits = digits[:-1] + str(value)
        else:
            digits += str(value)
        is_after_tens = word in TENS
    return int(digits) if len(digits) <= 6 and not digits.startswith("0") else None


def _number_by_hundreds(words: Sequence[str]) -> int | None:
    total = part = 0
    for word in words:
        if word in _MULTIPLIERS:
            if not part:
                return None
            total, part = total + part * (100 if word == "HUNDRED" else 1000), 0
        else:
            part += ONES.get(word, TENS.get(word, 0))
    total += part
    return total if total <= MAX_HOUSE_NUMBER else None


def normalize_fraction_letter(frac: str, letter: str) -> tuple[str, str]:
    """Return a table's fraction and letter in the form of `parse_house_number`.

    >>> normalize_fraction_letter("", "1/2-R"), normalize_fraction_letter("1/2", "")
    (('1/2', 'R'), ('1/2', ''))
    >>> normalize_fraction_letter("", "R "), normalize_fraction_letter("", "(odd)")
    (('', 'R'), ('', 'ODD'))
    """
    text = f"{frac} {letter}".upper().strip()
    if match := _FRACTION_AND_LETTER.fullmatch(text):
        return match[1] or "", match[2]
    return "", "".join(character for character in text if character.isalnum())
