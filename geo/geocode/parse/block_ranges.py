"""Blocks of a hundred numbers: 7300 blk Burrwood, the 7300 block of Burrwood, 73xx Burrwood.

The geocoder calls `parse_block`. The number may come before or after the word "block", or in words.
"""

import re
from collections.abc import Sequence

from geo.geocode.parse.house_numbers import number_from_words
from geo.geocode.parse.vocabulary import BLOCK_WORDS, CONNECTING_WORDS

_BLOCK_WITH_XX = re.compile(r"([0-9]{1,4})XX (.+)")
_NUMBER = re.compile(r"[0-9]{1,6}")
_GLUED_BLOCK = re.compile(rf"\b([0-9]{{1,6}})({'|'.join(sorted(BLOCK_WORDS))})\b")


def parse_block(text: str) -> tuple[int, str] | None:
    """Return the number and the street of a block in a normalized text, None if it names no block.

    >>> parse_block("THE 7300 BLK OF BURRWOOD"), parse_block("BURRWOOD DR 7300 BLOCK"), parse_block("73XX BURRWOOD")
    ((7300, 'BURRWOOD'), (7300, 'BURRWOOD DR'), (7300, 'BURRWOOD'))
    >>> parse_block("600BLK OAK ST")
    (600, 'OAK ST')
    >>> parse_block("SEVENTY THREE HUNDRED BLOCK BURRWOOD"), parse_block("7300 BURRWOOD")
    ((7300, 'BURRWOOD'), None)
    """
    if match := _BLOCK_WITH_XX.fullmatch(text):
        return int(match[1]) * 100, match[2]
    tokens = _GLUED_BLOCK.sub(r"\1 \2", text).replace("-", " ").split()
    i = next((i for i, token in enumerate(tokens) if token in BLOCK_WORDS), None)
    if i is None:
        return None
    before, after = _skip_connecting_words(tokens[:i]), _skip_connecting_words(tokens[i + 1 :])
    if not after and before:  # the street comes before the word "block"
        splits = ((before[:1], before[1:]), (before[-1:], before[:-1]))
    else:
        splits = ((before, after), (after[:1], _skip_connecting_words(after[1:]) if not before else []))
    for number_words, street_words in splits:
        if street_words and (block_number := _parse_block_number(number_words)) is not None:
            return block_number, " ".join(street_words)
    return None


def _skip_connecting_words(tokens: Sequence[str]) -> Sequence[str]:
    """Drop leading words that carry no meaning, such as of, on and the.

    >>> _skip_connecting_words(["OF", "THE", "OAK"])
    ['OAK']
    """
    first = next((i for i, token in enumerate(tokens) if token not in CONNECTING_WORDS), len(tokens))
    return tokens[first:]


def _parse_block_number(tokens: Sequence[str]) -> int | None:
    if not tokens or not _NUMBER.fullmatch(tokens[0]):
        return number_from_words(tokens) if tokens else None
    if tokens[1:] == ["HUNDRED"]:
        return int(tokens[0]) * 100
    return None if tokens[1:] else int(tokens[0])
