"""Repairs of single words: glued, split or repeated words, and letters typed for digits.

`geo.geocode.parse.rewrite_rules` and the geocoder call these rules. Each returns the new text with a
sentence about the change, or None if it does not apply. No rule guesses a digit.
"""

import re

from geo.geocode.parse.change_texts import read_as_text
from geo.geocode.parse.town_names import TownNames
from geo.geocode.parse.vocabulary import (
    DIRECTION,
    INTERSECTION_WORDS,
    LONE_UNIT,
    NUMBERED_UNIT,
    PLAIN_UNIT,
    RANGE_WORDS,
    SUFFIX,
    format_ordinal,
)
from geo.language.translate import gettext

_GLUED_NUMBER = re.compile(r"([0-9]{1,6})([A-Z]{2,}.*|[NSEW] .+)")
_GLUED_DIRECTION = re.compile(r"([0-9]{1,6}) ([NSEW])([A-Z]{4,}.*)")
_RANGE_WORDS_PATTERN = "|".join(sorted(RANGE_WORDS))
_JOINED_NUMBERS = re.compile(rf"([0-9]{{1,6}}) ?(?:{_RANGE_WORDS_PATTERN}) ?([0-9]{{1,6}})(?= [^,])(.*)")
_ADJACENT_NUMBERS = re.compile(r"([0-9]{3,6}) ([0-9]{3,6})(?= [^,])(.*)")
_THOUSANDS_COMMA = re.compile(r"([0-9]{1,3}) , ([0-9]{3})(?= [^,])(.*)")
_SPLIT_NUMBER = re.compile(r"([0-9]{1,2}) ([0-9]{2})(?= [^,])(.*)")
_LETTERS_FOR_DIGITS = re.compile(r"(?=[OIL]*[0-9])([0-9OIL]{3,6})(?= )(.*)")
_NUMBER_WITH_LETTER = re.compile(r"[0-9]+[OIL]?")
_MAX_RANGE_LENGTH = 100  # in house numbers, longer than any real range
_GLUED_UNIT = re.compile(r"([A-Z]+)([0-9]{1,5}[A-Z]?[0-9]?)")
_GLUED_APARTMENT_LETTER = re.compile(r"(APT)([A-RT-Z])")  # APTS are apartments
_GLUED_FLOOR = re.compile(r"([0-9]{1,2}(?:ST|ND|RD|TH))(FLOOR|FLR|FL)")
_NUMBER_AND_LONE_UNIT = re.compile(rf"([0-9]{{1,6}})-?({'|'.join(sorted(LONE_UNIT))})")
_MAYBE_GLUED_UNIT = re.compile(r"[A-Z][0-9]|\bAPT[A-Z]\b|[0-9](?:ST|ND|RD|TH)FL|^[0-9]+-?[A-Z]")
_MAYBE_ORDINAL = re.compile(r"[0-9] ?(?:ST|ND|RD|TH)\b")
_ORDINAL = re.compile(r"([0-9]{1,3})(?:ST|ND|RD|TH)")
_ORDINAL_ENDINGS = ("ST", "ND", "RD", "TH")
_LETTER_TO_DIGIT = str.maketrans("OIL", "011")

Rewrite = tuple[str, str]  # the new text, and the sentence about the change


def merge_split_number(text: str) -> Rewrite | None:
    """Merge a number typed in two parts, or with letters for digits. Two close numbers are a range.

    >>> merge_split_number("4021 & 4023 OAK ST")
    ('4021-4023 OAK ST', 'Read “4021 & 4023” as “4021-4023”.')
    >>> merge_split_number("4O21 OAK ST")
    ('4021 OAK ST', 'Read “4o21” as “4021”.')
    >>> merge_split_number("40 21 OAK ST"), merge_split_number("40 21 ST")
    (('4021 OAK ST', 'Read “40 21” as “4021”.'), None)
    """
    thousands = _THOUSANDS_COMMA.fullmatch(text)
    if not thousands and (match := _JOINED_NUMBERS.fullmatch(text) or _ADJACENT_NUMBERS.fullmatch(text)):
        low, high = match[1], match[2]
        full_high = low[: max(0, len(low) - len(high))] + high
        if 0 < int(full_high) - int(low) < _MAX_RANGE_LENGTH:
            return _number_rewrite(text, f"{low}-{full_high}", match[3])
    if match := thousands or _SPLIT_NUMBER.fullmatch(text):
        street = match[3].split(" , ")[0].strip()
        is_ambiguous = street in SUFFIX or match[1] == match[2]  # in 40 66 St the street is 66th, and 40 40 means 40
        return None if is_ambiguous else _number_rewrite(text, match[1] + match[2], match[3])
    if (match := _LETTERS_FOR_DIGITS.fullmatch(text)) and not _NUMBER_WITH_LETTER.fullmatch(match[1]):
        return _number_rewrite(text, match[1].translate(_LETTER_TO_DIGIT), match[2])
    return None


def _number_rewrite(text: str, number: str, rest: str) -> Rewrite:
    typed = text.removesuffix(rest).lower().replace(" , ", ",")
    return f"{number}{rest}", read_as_text(typed, number)


def split_glued_number(text: str, _: TownNames) -> Rewrite | None:
    """Split a number from the street typed directly after it.

    >>> split_glued_number("4021OAK ST", TownNames())
    ('4021 OAK ST', 'Read “4021oak” as “4021 oak”.')
    """
    if not (match := _GLUED_NUMBER.fullmatch(text)):
        return None
    word = match[0].split()[0]
    if word == format_ordinal(int(match[1])):
        return None
    name = word.removeprefix(match[1]).lower()
    return f"{match[1]} {match[2]}", read_as_text(word.lower(), f"{match[1]} {name}".strip())


def split_glued_unit(text: str) -> Rewrite | None:
    """Split a unit from its designator, or a house number from the word after it: apt1b, 2ndfloor, 2735rear.

    >>> split_glued_unit("12 OAK ST APT1B"), split_glued_unit("2735REAR OAK ST")
    (('12 OAK ST APT 1B', 'Read “apt1b” as “apt 1b”.'), ('2735 REAR OAK ST', 'Read “2735rear” as “2735 rear”.'))
    >>> split_glued_unit("12 OAK APTS") is None, split_glued_unit("APT1B") is None
    (True, True)
    """
    if not _MAYBE_GLUED_UNIT.search(text):
        return None
    tokens = text.split()
    for i, token in enumerate(tokens):
        if parts := _split_unit_token(token, is_first=i == 0, may_be_unit=len(tokens) > 2):
            pair = " ".join(parts)
            return " ".join([*tokens[:i], pair, *tokens[i + 1 :]]), read_as_text(token.lower(), pair.lower())
    return None


def _split_unit_token(token: str, *, is_first: bool, may_be_unit: bool) -> tuple[str, str] | None:
    if is_first and (match := _NUMBER_AND_LONE_UNIT.fullmatch(token)):
        return match[1], match[2]
    if not may_be_unit:
        return None
    if match := _GLUED_UNIT.fullmatch(token):
        return (match[1], match[2]) if match[1] in NUMBERED_UNIT or match[1] in PLAIN_UNIT else None
    match = _GLUED_APARTMENT_LETTER.fullmatch(token) or _GLUED_FLOOR.fullmatch(token)
    return (match[1], match[2]) if match else None


def mend_ordinal(text: str) -> Rewrite | None:
    """Join an ordinal with the ending typed apart, or replace a wrong ending. The digits stay.

    >>> mend_ordinal("1744 3 RD ST"), mend_ordinal("1744 3TH ST")
    (('1744 3RD ST', 'Read “3 rd” as “3rd”.'), ('1744 3RD ST', 'Read “3th” as “3rd”.'))
    >>> mend_ordinal("10 ST LOUIS AVE"), mend_ordinal("1744 3RD ST")
    (None, None)
    """
    if not _MAYBE_ORDINAL.search(text):
        return None
    tokens = text.split()
    for i, token in enumerate(tokens):
        if (match := _ORDINAL.fullmatch(token)) and token != (ordinal := format_ordinal(int(match[1]))):
            return " ".join([*tokens[:i], ordinal, *tokens[i + 1 :]]), read_as_text(token.lower(), ordinal.lower())
        if _is_split_ordinal(tokens, i):
            ordinal, typed = format_ordinal(int(token)), f"{token} {tokens[i + 1]}"
            return " ".join([*tokens[:i], ordinal, *tokens[i + 2 :]]), read_as_text(typed.lower(), ordinal.lower())
    return None


def _is_split_ordinal(tokens: list[str], i: int) -> bool:
    """Return whether a number and the word after it are an ordinal: 3 RD ST, but not 3 RD or 10 ST LOUIS.

    >>> _is_split_ordinal(["1744", "3", "RD", "ST"], 1), _is_split_ordinal(["1744", "3", "RD"], 1)
    (True, False)
    """
    ending, after = (tokens[i + n] if i + n < len(tokens) else "" for n in (1, 2))
    is_number = tokens[i].isascii() and tokens[i].isdigit() and len(tokens[i]) <= 3
    if not is_number or ending not in _ORDINAL_ENDINGS:
        return False
    if ending in SUFFIX:  # ST and RD are also suffixes, so that another one must follow
        is_ordinal = format_ordinal(int(tokens[i])) == tokens[i] + ending and after in SUFFIX
    else:
        is_ordinal = after in SUFFIX or (i > 0 and (after in DIRECTION or after in ("", ",")))
    before = tokens[i - 1] if i else ""
    return is_ordinal and (i == 0 or before in DIRECTION or before in INTERSECTION_WORDS or before[:1].isdigit())


def split_glued_direction(text: str) -> Rewrite | None:
    """Split a direction from the name typed directly after it. The caller checks that the address is on record.

    >>> split_glued_direction("857 NFLORISSANT RD")
    ('857 N FLORISSANT RD', 'Read “nflorissant” as “N Florissant”.')
    """
    if not (match := _GLUED_DIRECTION.fullmatch(text)):
        return None
    name = match[3].split()[0]
    message = read_as_text((match[2] + name).lower(), f"{match[2]} {name.capitalize()}")
    return f"{match[1]} {match[2]} {match[3]}", message


def drop_repeated_word(text: str, _: TownNames) -> Rewrite | None:
    """Drop a word typed twice, or a suffix that follows its abbreviation.

    >>> drop_repeated_word("4021 OAK ST STREET", TownNames())
    ('4021 OAK ST', 'Ignored the repeated “street”.')
    """
    tokens = text.split()
    for i in range(1, len(tokens)):
        word, before = tokens[i], tokens[i - 1]
        suffix = SUFFIX.get(word) if i > 1 else None
        if word == before or (suffix is not None and suffix == SUFFIX.get(before)):
            message = gettext("Ignored the repeated “%(typed)s”.", typed=word.lower())
            return " ".join(tokens[:i] + tokens[i + 1 :]), message
    return None


def move_suffix_last(text: str) -> Rewrite | None:
    """Move a suffix from before the name to its end.

    >>> move_suffix_last("4021 AVENUE OAK")
    ('4021 OAK AVENUE', 'Moved “avenue” after the name.')
    """
    address, comma, rest = text.partition(" ,")
    tokens = address.split()
    if len(tokens) < 3 or not tokens[0][0].isdigit():
        return None
    number, suffix, *name = tokens
    if suffix not in SUFFIX:
        return None
    message = gettext("Moved “%(typed)s” after the name.", typed=suffix.lower())
    return " ".join([number, *name, suffix]) + comma + rest, message


def add_ordinal_ending(text: str, _: TownNames) -> Rewrite | None:
    """Add the ordinal ending to a numbered street.

    >>> add_ordinal_ending("1744 66 ST", TownNames())
    ('1744 66TH ST', 'Read “66” as “66th”.')
    """
    tokens = text.split()
    for i in (1, 2):
        word = tokens[i] if i < len(tokens) else ""
        following = tokens[i + 1] if i + 1 < len(tokens) else ""
        if word.isdigit() and len(word) <= 3 and (following in SUFFIX or following in ("", ",")):
            tokens[i] = format_ordinal(int(word))
            return " ".join(tokens), read_as_text(word, tokens[i].lower())
        if word not in DIRECTION:
            return None
    return None


def replace_n_with_and(text: str, _: TownNames) -> Rewrite | None:
    """Replace an n between two words of a name with AND.

    >>> replace_n_with_and("7201 LUCAS N HUNT RD", TownNames())
    ('7201 LUCAS AND HUNT RD', 'Read “n” as “and”.')
    """
    tokens = text.split()
    for i in range(2, len(tokens) - 1):
        is_after_name = tokens[i - 1].isalpha() and tokens[i - 1] not in SUFFIX
        if tokens[i] == "N" and is_after_name and tokens[i + 1] not in SUFFIX:
            tokens[i] = "AND"
            return " ".join(tokens), read_as_text("n", "and")
    return None
