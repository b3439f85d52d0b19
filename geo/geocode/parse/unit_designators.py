"""Units in a building: Apt 2, # 2, 2nd floor, rear.

The address parser calls `split_unit`, the gazetteer `normalize_unit` and scoring `is_same_unit`.
Source of the designators: USPS Publication 28, appendix C2.
"""

import re
from collections.abc import Sequence

from geo.geocode.parse.normalize_text import normalize_text
from geo.geocode.parse.numbered_roads import parse_road
from geo.geocode.parse.vocabulary import LONE_UNIT, NUMBERED_UNIT, PLAIN_UNIT, SUFFIX

_UNIT_ID = re.compile(r"[A-Z]{0,2}[0-9]{1,6}[A-Z]{0,2}[0-9]?|[A-Z]{1,2}")
_BARE_UNIT_ID = re.compile(r"[A-Z]?[0-9]{1,4}[A-Z]?")
_FLOOR = re.compile(r"([0-9]{1,2})(?:ST|ND|RD|TH)")
# A unit with one of these equals its bare id. A floor or a building does not.
_INTERCHANGEABLE_KINDS = frozenset({"APT", "STE", "RM", "SPC", "LOT", "TRLR"})


def split_unit(words: Sequence[str]) -> tuple[int, str] | None:
    """Return the start of the unit at the end of a line and the normalized unit, None without one.

    Several units may follow each other.

    >>> split_unit("12 OAK AVE APT # 2".split()), split_unit("12 OAK AVE 2ND FLOOR".split())
    ((3, 'APT 2'), (3, 'FL 2'))
    >>> split_unit("12 OAK AVE BLDG 3 APT 2".split())
    (3, 'BLDG 3 APT 2')
    """
    end, units = len(words), ""
    while last_unit := _split_last_unit(words[:end]):
        begin, unit = last_unit
        end, units = begin, f"{unit} {units}".strip()
    return (end, units) if units else None


def _split_last_unit(words: Sequence[str]) -> tuple[int, str] | None:
    n = len(words)
    if n > 1 and (floor := _FLOOR.fullmatch(words[-2])) and NUMBERED_UNIT.get(words[-1]) == "FL":
        return n - 2, f"FL {floor[1]}"
    if n > 1 and words[-1] in LONE_UNIT:
        return n - 1, LONE_UNIT[words[-1]]
    if n < 2 or not _UNIT_ID.fullmatch(words[-1]):
        return None
    begin = n - 1
    while begin and words[begin - 1] in PLAIN_UNIT:
        begin -= 1
    if begin and words[begin - 1] in NUMBERED_UNIT:
        return begin - 1, f"{NUMBERED_UNIT[words[begin - 1]]} {words[-1]}"
    return (begin, words[-1]) if begin < n - 1 else None


def unit_without_designator(word: str) -> str:
    """Return a word after a street suffix as a unit if it may be one, else the empty text.

    >>> unit_without_designator("2A"), unit_without_designator("NORMANDY")
    ('2A', '')
    """
    return word if _BARE_UNIT_ID.fullmatch(word) else ""


def unit_after_suffix(words: Sequence[str]) -> str:
    """Return the last word as a unit if it may be one and follows a street suffix, else the empty text.

    >>> unit_after_suffix(["OAK", "ST", "2A"]), unit_after_suffix(["COUNTY", "RD", "220"])
    ('2A', '')
    """
    is_after_suffix = len(words) > 2 and words[-2] in SUFFIX
    return unit_without_designator(words[-1]) if is_after_suffix and not parse_road(tuple(words)) else ""


def normalize_unit(text: str) -> str:
    """Return a table's unit in normalized form.

    >>> normalize_unit("Apt 2"), normalize_unit("#1a"), normalize_unit("rear"), normalize_unit("1 & 2")
    ('APT 2', '1A', 'REAR', '1 & 2')
    """
    words = normalize_text(text).replace("-", " ").split()
    if not words:
        return ""
    unit_split = split_unit(["", *words])
    return unit_split[1] if unit_split and unit_split[0] == 1 else " ".join(words)


def is_same_unit(typed: str, recorded: str) -> bool:
    """Return whether a typed unit is the recorded one. One of the two may lack the designator.

    >>> is_same_unit("2", "APT 2"), is_same_unit("STE 2", "APT 2"), is_same_unit("2", "FL 2")
    (True, False, False)
    """
    return typed == recorded or _strip_unit_kind(typed) == recorded or typed == _strip_unit_kind(recorded)


def _strip_unit_kind(unit: str) -> str:
    kind, _, name = unit.partition(" ")
    return name if kind in _INTERCHANGEABLE_KINDS else unit
