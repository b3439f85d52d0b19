"""Blocks: 7300 blk Burrwood, the 7300 block of Burrwood, block 7300 Burrwood, 73xx Burrwood, seventy three hundred block."""

import re
from collections.abc import Sequence

from geo.addresses.reading.houses import spoken_number
from geo.addresses.reading.words import BETWEEN, BLOCK

_CROSSED = re.compile(r"([0-9]{1,4})XX (.+)")
_NUMBER = re.compile(r"[0-9]{1,6}")


def block_in(text: str) -> tuple[int, str] | None:
    """Read a plain text as a number and the street of a block; None where it names none.

    >>> block_in("THE 7300 BLK OF BURRWOOD"), block_in("BURRWOOD DR 7300 BLOCK"), block_in("73XX BURRWOOD")
    ((7300, 'BURRWOOD'), (7300, 'BURRWOOD DR'), (7300, 'BURRWOOD'))
    """
    if found := _CROSSED.fullmatch(text):
        return int(found[1]) * 100, found[2]
    parts = text.replace("-", " ").split()
    at = next((at for at, part in enumerate(parts) if part in BLOCK), None)
    if at is None:
        return None
    before, after = _bare(parts[:at]), _bare(parts[at + 1 :])
    if not after and before:  # the block stands behind its street
        ends = ((before[:1], before[1:]), (before[-1:], before[:-1]))
    else:
        ends = ((before, after), (after[:1], _bare(after[1:]) if not before else []))
    for number, street in ends:
        if street and (read := _number(number)) is not None:
            return read, " ".join(street)
    return None


def _bare(parts: Sequence[str]) -> Sequence[str]:
    """Leave out what only leads to a name: of, on, the."""
    first = next((at for at, part in enumerate(parts) if part not in BETWEEN), len(parts))
    return parts[first:]


def _number(parts: Sequence[str]) -> int | None:
    if not parts or not _NUMBER.fullmatch(parts[0]):
        return spoken_number(parts) if parts else None
    if parts[1:] == ["HUNDRED"]:
        return int(parts[0]) * 100
    return None if parts[1:] else int(parts[0])
