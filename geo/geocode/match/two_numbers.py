"""Several house numbers in one text: 6209 & 6217 Hanley Rd, 8+10 Oak, 6209 Hanley and 6217 Hanley Rd.

The geocoder asks for `split_numbers` and finds each address alone. A range (6209-6217, 6209 to 6217) stays a range,
and a street with "and" in its name stays a street.
"""

import re
from collections.abc import Sequence

from geo.geocode.parse.vocabulary import SUFFIX

MAX_NUMBERS = 6
_JOINERS = r"(?:&|,|/|AND|OR|PLUS)"
_SEPARATOR = re.compile(rf"(?: {_JOINERS})+ (?=[0-9])|(?<=[0-9])/(?=[0-9]{{2}})|(?<=[0-9]{{3}}) (?=[0-9]{{3,6}} )")
_HOUSE_NUMBER = re.compile(r"[1-9][0-9]{0,5}[A-Z]?")
_ORDINAL_ENDINGS = frozenset(("ST", "ND", "RD", "TH"))
_ZIP = re.compile(r"[0-9]{5}")


def split_numbers(text: str) -> tuple[str, ...]:
    """Return the addresses of a normalized text with several house numbers, each with its street, else nothing.

    >>> split_numbers("6209 & 6217 HANLEY RD"), split_numbers("6209 HANLEY AND 6217 HANLEY RD")
    (('6209 HANLEY RD', '6217 HANLEY RD'), ('6209 HANLEY', '6217 HANLEY RD'))
    >>> split_numbers("6209 , 6211 & 6217 HANLEY RD")
    ('6209 HANLEY RD', '6211 HANLEY RD', '6217 HANLEY RD')
    >>> split_numbers("6209 LUCAS AND HUNT RD"), split_numbers("6209-6217 HANLEY RD"), split_numbers("40 & 66 ST")
    ((), (), ())
    """
    parts = [part.split() for part in _SEPARATOR.split(text)]
    if not 1 < len(parts) <= MAX_NUMBERS or not all(part and _HOUSE_NUMBER.fullmatch(part[0]) for part in parts):
        return ()
    if _ZIP.fullmatch(" ".join(parts[-1])) or _is_numbered_street(parts[-1]):
        return ()
    streets = _fill_streets([part[1:] for part in parts])
    if not all(streets):
        return ()
    addresses = tuple(dict.fromkeys(" ".join([part[0], *street]) for part, street in zip(parts, streets, strict=True)))
    return addresses if len(addresses) > 1 else ()


def _is_numbered_street(part: Sequence[str]) -> bool:
    """Return whether a number and the words after it are one street: 66 ST, 66 TH ST."""
    rest = list(part[1:])
    if rest and rest[0] in _ORDINAL_ENDINGS and rest[1:2] and rest[1] in SUFFIX:
        return True
    return len(rest) == 1 and rest[0] in SUFFIX


def _fill_streets(streets: list[list[str]]) -> list[list[str]]:
    """Return the street of each number: its own, else the next one in the text, else the one before.

    >>> _fill_streets([[], ["OAK"], []])
    [['OAK'], ['OAK'], ['OAK']]
    """
    filled: list[list[str]] = []
    following: list[str] = []
    for street in reversed(streets):
        following = street or following
        filled.append(following)
    filled.reverse()
    for i in range(1, len(filled)):
        filled[i] = filled[i] or filled[i - 1]
    return filled
