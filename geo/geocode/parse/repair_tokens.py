"""Repairs of single words: glued, split or repeated words, and letters typed for digits.

`geo.geocode.parse.rewrite_rules` and the geocoder call these rules. Each returns the new text with a
sentence about the change, or None if it does not apply. No rule guesses a digit.
"""

import re

from geo.geocode.parse.change_texts import read_as_text
from geo.geocode.parse.town_names import TownNames
from geo.geocode.parse.vocabulary import DIRECTION, RANGE_WORDS, SUFFIX, format_ordinal
from geo.language.translate import gettext

_GLUED_NUMBER = re.compile(r"([0-9]{1,6})([A-Z]{2,}.*|[NSEW] .+)")
_GLUED_DIRECTION = re.compile(r"([0-9]{1,6}) ([NSEW])([A-Z]{4,}.*)")
_RANGE_WORDS_PATTERN = "|".join(sorted(RANGE_WORDS))
_JOINED_NUMBERS = re.compile(rf"([0-9]{{2,6}}) ?(?:{_RANGE_WORDS_PATTERN}) ?([0-9]{{2,6}})(?= [^,])(.*)")
_ADJACENT_NUMBERS = re.compile(r"([0-9]{3,6}) ([0-9]{3,6})(?= [^,])(.*)")
_THOUSANDS_COMMA = re.compile(r"([0-9]{1,3}) , ([0-9]{3})(?= [^,])(.*)")
_SPLIT_NUMBER = re.compile(r"([0-9]{1,2}) ([0-9]{2})(?= [^,])(.*)")
_LETTERS_FOR_DIGITS = re.compile(r"(?=[OIL]*[0-9])([0-9OIL]{3,6})(?= )(.*)")
_NUMBER_WITH_LETTER = re.compile(r"[0-9]+[OIL]?")
_MAX_RANGE_LENGTH = 100  # in house numbers, longer than any real range
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
    if match := _JOINED_NUMBERS.fullmatch(text) or _ADJACENT_NUMBERS.fullmatch(text):
        low, high = match[1], match[2]
        full_high = low[: max(0, len(low) - len(high))] + high
        if 0 < int(full_high) - int(low) < _MAX_RANGE_LENGTH:
            return _number_rewrite(text, f"{low}-{full_high}", match[3])
    if match := _THOUSANDS_COMMA.fullmatch(text) or _SPLIT_NUMBER.fullmatch(text):
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
