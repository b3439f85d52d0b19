"""Mending: words of an address that are glued, parted, typed twice or spelt as figures are not. No figure is guessed."""

import re

from geo.addresses.reading.places import Places
from geo.addresses.reading.words import DIRECTION, MORE, SUFFIX, ordinal

_GLUED = re.compile(r"([0-9]{1,6})([A-Z]{2,}.*|[NSEW] .+)")
_CLOSE = re.compile(r"([0-9]{1,6}) ([NSEW])([A-Z]{4,}.*)")
_MORE = "|".join(sorted(MORE))
_TWO = re.compile(rf"([0-9]{{2,6}}) ?(?:{_MORE}) ?([0-9]{{2,6}})(?= [^,])(.*)")
_FOLLOWING = re.compile(r"([0-9]{3,6}) ([0-9]{3,6})(?= [^,])(.*)")
_THOUSANDS = re.compile(r"([0-9]{1,3}) , ([0-9]{3})(?= [^,])(.*)")
_APART = re.compile(r"([0-9]{1,2}) ([0-9]{2})(?= [^,])(.*)")
_AS_LETTERS = re.compile(r"(?=[OIL]*[0-9])([0-9OIL]{3,6})(?= )(.*)")
_LETTERED = re.compile(r"[0-9]+[OIL]?")
_BLOCK = 100  # house numbers: no range is longer
_FIGURES = str.maketrans("OIL", "011")

Rewritten = tuple[str, str]  # the text, and what to tell


def one_number(text: str) -> Rewritten | None:
    """Read as one number what was typed as two, or with letters for figures: 4,021 and 40 21 and 4O21; 4021 & 4023 is a range.

    >>> one_number("4021 & 4023 OAK ST")
    ('4021-4023 OAK ST', 'Number: “4021 & 4023” was read as 4021-4023.')
    >>> one_number("40 21 OAK ST"), one_number("40 21 ST")
    (('4021 OAK ST', 'Number: “40 21” was read as 4021.'), None)
    """
    if found := _TWO.fullmatch(text) or _FOLLOWING.fullmatch(text):
        low, high = found[1], found[2]
        full = low[: max(0, len(low) - len(high))] + high
        if 0 < int(full) - int(low) < _BLOCK:
            return _read(text, f"{low}-{full}", found[3])
    if found := _THOUSANDS.fullmatch(text) or _APART.fullmatch(text):
        street = found[3].split(" , ")[0].strip()
        no_one = street in SUFFIX or found[1] == found[2]  # 66 in 40 66 St is a street; 40 40 is 40
        return None if no_one else _read(text, found[1] + found[2], found[3])
    if (found := _AS_LETTERS.fullmatch(text)) and not _LETTERED.fullmatch(found[1]):
        return _read(text, found[1].translate(_FIGURES), found[2])
    return None


def _read(text: str, number: str, rest: str) -> Rewritten:
    typed = text.removesuffix(rest).lower().replace(" , ", ",")
    return f"{number}{rest}", f"Number: “{typed}” was read as {number}."


def unglued(text: str, _: Places) -> Rewritten | None:
    """Part a number from the street that follows it without a blank."""
    if not (found := _GLUED.fullmatch(text)):
        return None
    word = found[0].split()[0]
    if word == ordinal(int(found[1])):
        return None
    return (
        f"{found[1]} {found[2]}",
        f"Number: “{word.lower()}” was read as {found[1]} and the street.",
    )


def direction_apart(text: str) -> Rewritten | None:
    """Part a direction from the name that follows it without a blank: only an address on record can tell whether that is meant.

    >>> direction_apart("857 NFLORISSANT RD")
    ('857 N FLORISSANT RD', 'Street: “nflorissant” was read as N Florissant.')
    """
    if not (found := _CLOSE.fullmatch(text)):
        return None
    name = found[3].split()[0]
    told = f"Street: “{(found[2] + name).lower()}” was read as {found[2]} {name.capitalize()}."
    return f"{found[1]} {found[2]} {found[3]}", told


def word_once(text: str, _: Places) -> Rewritten | None:
    """Take for one what was typed twice: a word, or a suffix and its abbreviation."""
    parts = text.split()
    for at in range(1, len(parts)):
        word, before = parts[at], parts[at - 1]
        suffix = SUFFIX.get(word) if at > 1 else None
        if word == before or (suffix is not None and suffix == SUFFIX.get(before)):
            part = "Suffix" if suffix else "Number" if at == 1 else "Street"
            told = f"{part}: “{word.lower()}” was typed twice."
            return " ".join(parts[:at] + parts[at + 1 :]), told
    return None


def suffix_last(text: str) -> Rewritten | None:
    """Put a suffix that stands before its name behind it: 4021 Avenue Oak."""
    address, comma, rest = text.partition(" ,")
    parts = address.split()
    if len(parts) < 3 or not parts[0][0].isdigit():
        return None
    number, suffix, *name = parts
    if suffix not in SUFFIX:
        return None
    told = f"Suffix: “{suffix.lower()}” was typed before the name."
    return " ".join([number, *name, suffix]) + comma + rest, told


def with_ending(text: str, _: Places) -> Rewritten | None:
    """Give a numbered street the ending of its ordinal: 66 St is 66th St."""
    parts = text.split()
    for at in (1, 2):
        word = parts[at] if at < len(parts) else ""
        follows = parts[at + 1] if at + 1 < len(parts) else ""
        if word.isdigit() and len(word) <= 3 and (follows in SUFFIX or follows in ("", ",")):
            parts[at] = ordinal(int(word))
            return " ".join(parts), f"Street: “{word}” was read as {parts[at].lower()}."
        if word not in DIRECTION:
            return None
    return None


def with_and(text: str, _: Places) -> Rewritten | None:
    """Read an n between two words of a name as and: Lucas n Hunt."""
    parts = text.split()
    for at in range(2, len(parts) - 1):
        named = parts[at - 1].isalpha() and parts[at - 1] not in SUFFIX
        if parts[at] == "N" and named and parts[at + 1] not in SUFFIX:
            parts[at] = "AND"
            return " ".join(parts), "Street: “n” was read as and."
    return None
