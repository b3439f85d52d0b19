"""Roads known by a number or a letter: Highway N, MO-115, US 67, County Rd 220, I-270.

The same road has many names. `parse_road` reads them all as a number or letter, with the word for its keeper.
The gazetteer groups streets by it, and the matchers compare typed roads.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from geo.geocode.parse.vocabulary import DIRECTION, ROAD_KINDS, ROAD_QUALIFIERS, ROAD_SHORT_FORMS, STATE, SUFFIX

STATE_ROAD, COUNTY_ROAD, INTERSTATE = "STATE", "COUNTY", "I"
_KINDS_ALONE = frozenset(("ST", "CO", "CTY", "CNTY"))  # mean a keeper only before the word for a road
_GLUED_ID = re.compile(r"(I|US|MO|HWY|CR|SR|SH|RT|RTE)([0-9]{1,4}[A-Z]?)")
_NUMBER_ID = re.compile(r"[0-9]{1,4}[A-Z]?")
_LETTER_ID = re.compile(r"[A-Z]{1,2}")


class Road(NamedTuple):
    """A road by its number or letter. `keeper` is US, STATE, a state's abbreviation, COUNTY or I, "" if not told."""

    id: str
    keeper: str = ""
    predir: str = ""
    postdir: str = ""

    def is_same_road(self, recorded: "Road") -> bool:
        """Return whether the number or letter is the same, and the keeper may be, whatever the directions.

        >>> Road("67", postdir="N").is_same_road(Road("67", "US")), Road("67", "US").is_same_road(Road("67", "MO"))
        (True, False)
        """
        return self.id == recorded.id and _is_keeper_compatible(self.keeper, recorded.keeper)

    def may_be(self, recorded: "Road") -> bool:
        """Return whether this typed road may be the recorded one. Directions may be left out, but must not differ.

        >>> Road("N").may_be(Road("N", "MO")), Road("N").may_be(Road("D")), Road("67", "US").may_be(Road("67", "MO"))
        (True, False, False)
        """
        return (
            self.is_same_road(recorded)
            and self.predir in ("", recorded.predir)
            and self.postdir in ("", recorded.postdir)
        )


def _is_keeper_compatible(typed: str, recorded: str) -> bool:
    if not typed or not recorded or typed == recorded:
        return True
    pair = {typed, recorded}
    return STATE_ROAD in pair and pair.isdisjoint(("US", COUNTY_ROAD, INTERSTATE))


@lru_cache(1 << 14)
def parse_road(words: tuple[str, ...]) -> Road | None:
    """Return the road that the words of a street name, None if they name none.

    >>> parse_road(("US", "HIGHWAY", "67")), parse_road(("ROUTE", "N"))
    (Road(id='67', keeper='US', predir='', postdir=''), Road(id='N', keeper='', predir='', postdir=''))
    >>> parse_road(("OLD", "HWY", "67")), parse_road(("ST", "ANN")), parse_road(("NATURAL", "BRIDGE", "RD"))
    (None, None, None)
    """
    if len(words) > 6 or not any(_may_be_id(word) or _GLUED_ID.fullmatch(word) for word in words):
        return None
    rest, predir, postdir = list(_split_glued_id(words)), "", ""
    if len(rest) > 2 and rest[0] in DIRECTION:
        predir, rest = DIRECTION[rest[0]], rest[1:]
    if len(rest) > 2 and rest[-1] in DIRECTION and _NUMBER_ID.fullmatch(rest[-2]):
        postdir, rest = DIRECTION[rest[-1]], rest[:-1]
    return _parse_class_and_id(rest, predir, postdir)


def _may_be_id(word: str) -> bool:
    return bool(_NUMBER_ID.fullmatch(word) or _LETTER_ID.fullmatch(word))


def _split_glued_id(words: Sequence[str]) -> list[str]:
    """Split a number from the class typed directly before it.

    >>> _split_glued_id(["MO115"]), _split_glued_id(["HWY", "67"])
    (['MO', '115'], ['HWY', '67'])
    """
    matches = [(word, _GLUED_ID.fullmatch(word)) for word in words]
    return [part for word, match in matches for part in (match.groups() if match else (word,))]


def _parse_class_and_id(words: Sequence[str], predir: str, postdir: str) -> Road | None:
    if len(words) == 2 and _NUMBER_ID.fullmatch(words[0]) and ROAD_KINDS.get(words[1]) == "HWY":
        return Road(words[0], "", predir, postdir)  # 67 Hwy
    keeper, count = _leading_keeper(words)
    has_kind = len(words) > count + 1 and words[count] in ROAD_KINDS
    id_words = words[count + has_kind :]
    if len(id_words) != 1 or not (keeper or has_kind):
        return None
    id_ = id_words[0]
    if _NUMBER_ID.fullmatch(id_):
        is_road = has_kind or words[0] not in _KINDS_ALONE
    else:  # a letter needs the word for a road, or the name of a state
        is_named = has_kind or keeper in STATE.values() or words[0] in ROAD_SHORT_FORMS
        is_road = is_named and _is_road_letter(id_) and keeper != INTERSTATE
    return Road(id_, keeper, predir, postdir) if is_road else None


def _leading_keeper(words: Sequence[str]) -> tuple[str, int]:
    """Return the keeper that the first words name and how many they are, "" and 0 for none.

    >>> _leading_keeper(["U", "S", "67"]), _leading_keeper(["MO", "115"]), _leading_keeper(["CR", "220"])
    (('US', 2), ('MO', 1), ('COUNTY', 1))
    """
    for count in (2, 1):
        name = " ".join(words[:count])
        if len(words) <= count:
            continue
        keeper = ROAD_QUALIFIERS.get(name) or STATE.get(name) or ROAD_SHORT_FORMS.get(name)
        if keeper:
            return keeper, count
    return "", 0


def _is_road_letter(word: str) -> bool:
    return bool(_LETTER_ID.fullmatch(word)) and (len(word) == 1 or not (word in SUFFIX or word in DIRECTION))
