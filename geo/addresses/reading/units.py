"""Units inside a building: Apt 2, # 2, 2nd floor, rear."""

import re
from collections.abc import Sequence

from geo.addresses.reading.text import plain
from geo.addresses.reading.words import LONE_UNIT, NUMBERED_UNIT, PLAIN_UNIT

_ID = re.compile(r"[A-Z]{0,2}[0-9]{1,6}[A-Z]{0,2}[0-9]?|[A-Z]{1,2}")
_BARE = re.compile(r"[A-Z]?[0-9]{1,4}[A-Z]?")
_FLOOR = re.compile(r"([0-9]{1,2})(?:ST|ND|RD|TH)")
# Which of these it is called does not change the door; a floor or a building is no door.
_DOORS = frozenset({"APT", "STE", "RM", "SPC", "LOT", "TRLR"})


def split_unit(words: Sequence[str]) -> tuple[int, str] | None:
    """Read the unit at the end of a line: where it begins, and the unit in its kept form.

    None when there is none. Several may follow each other, as in BLDG 3 APT 2.

    >>> split_unit("12 OAK AVE APT # 2".split()), split_unit("12 OAK AVE 2ND FLOOR".split())
    ((3, 'APT 2'), (3, 'FL 2'))
    """
    end, kept = len(words), ""
    while found := _last(words[:end]):
        begin, unit = found
        end, kept = begin, f"{unit} {kept}".strip()
    return (end, kept) if kept else None


def _last(words: Sequence[str]) -> tuple[int, str] | None:
    n = len(words)
    if n > 1 and (floor := _FLOOR.fullmatch(words[-2])) and NUMBERED_UNIT.get(words[-1]) == "FL":
        return n - 2, f"FL {floor[1]}"
    if n > 1 and words[-1] in LONE_UNIT:
        return n - 1, LONE_UNIT[words[-1]]
    if n < 2 or not _ID.fullmatch(words[-1]):
        return None
    begin = n - 1
    while begin and words[begin - 1] in PLAIN_UNIT:
        begin -= 1
    if begin and words[begin - 1] in NUMBERED_UNIT:
        return begin - 1, f"{NUMBERED_UNIT[words[begin - 1]]} {words[-1]}"
    return (begin, words[-1]) if begin < n - 1 else None


def bare_unit(word: str) -> str:
    """Read a word behind a street's suffix as a unit without a designator, as 2A; else empty."""
    return word if _BARE.fullmatch(word) else ""


def table_unit(written: str) -> str:
    """Bring a table's unit to the kept form.

    >>> table_unit("Apt 2"), table_unit("#1a"), table_unit("rear"), table_unit("1 & 2")
    ('APT 2', '1A', 'REAR', '1 & 2')
    """
    words = plain(written).replace("-", " ").split()
    if not words:
        return ""
    found = split_unit(["", *words])
    return found[1] if found and found[0] == 1 else " ".join(words)


def same_unit(typed: str, kept: str) -> bool:
    """Tell whether a typed unit is the table's: the same, or the same door without its kind.

    >>> same_unit("2", "APT 2"), same_unit("APT 2", "2"), same_unit("STE 2", "APT 2"), same_unit("2", "FL 2")
    (True, True, False, False)
    """
    return typed == kept or _door(typed) == kept or typed == _door(kept)


def _door(unit: str) -> str:
    kind, _, name = unit.partition(" ")
    return name if kind in _DOORS else unit
