"""Kinds of query for addresses that exist: as people type, hear and abbreviate them."""

import re
from collections.abc import Callable
from dataclasses import replace
from random import Random

from benchmarks.find.lists import List, Row
from benchmarks.find.queries import Maker, Query
from benchmarks.find.wordy import WORDY
from benchmarks.find.writing import (
    LETTERS,
    address,
    letter_at,
    misspelt,
    neighbour,
    put,
    query,
    renamed,
    slipped,
)

SUFFIX = {
    "Ave": ("Avenue", "Av", "Aven"), "St": ("Street", "Str", "St."), "Rd": ("Road", "Rd."), "Blvd": ("Boulevard", "Boul"),
    "Pl": ("Place",), "Dr": ("Drive", "Drv"), "Ln": ("Lane",), "Ct": ("Court",), "Ter": ("Terrace", "Terr"), "Pkwy": ("Parkway", "Pky"),
    "Cir": ("Circle",), "Way": ("Way",),
}  # fmt: skip
DIRECTION = {"N": "North", "S": "South", "E": "East", "W": "West"}
SOUNDS = (
    ("ph", "f"), ("ck", "k"), ("ll", "l"), ("tt", "t"), ("ss", "s"), ("nn", "n"), ("rr", "r"), ("ei", "ie"), ("ie", "ei"), ("ee", "ea"), ("ea", "ee"),
    ("y", "i"), ("c", "k"), ("k", "c"), ("z", "s"), ("f", "ph"), ("ou", "u"), ("x", "ks"), ("sch", "sh"), ("gh", "g"), ("au", "o"), ("oo", "u"),
)  # fmt: skip
ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS = ["-", "-", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
ORDINALS = {
    "1st": "First", "2nd": "Second", "3rd": "Third", "4th": "Fourth", "5th": "Fifth", "6th": "Sixth", "7th": "Seventh", "8th": "Eighth", "9th": "Ninth",
    "10th": "Tenth", "11th": "Eleventh", "12th": "Twelfth", "14th": "Fourteenth", "15th": "Fifteenth", "16th": "Sixteenth", "17th": "Seventeenth",
    "18th": "Eighteenth", "20th": "Twentieth", "21st": "Twenty First", "66th": "Sixty Sixth", "67th": "Sixty-Seventh",
}  # fmt: skip
PLACE = ("town", "zip")
Written = Callable[[Random, Row, List], str | None]


def _kind(
    kind: str,
    write: Written,
    *,
    hidden: tuple[str, ...] = PLACE,
    exact: bool = True,
    statuses: tuple[str, ...] = (),
) -> Maker:
    def make(rng: Random, row: Row, addresses: List) -> Query | None:
        text = write(rng, row, addresses)
        if text is None:
            return None
        return query(kind, text, row, addresses, hidden=hidden, exact=exact, statuses=statuses)

    return make


def _if(holds: bool, text: str) -> str | None:  # noqa: FBT001 - reads as a sentence
    return text if holds else None


def _by_suffix(rng: Random, row: Row, words: int) -> str | None:
    known = SUFFIX.get(row.suffix, ())[words:] if words else SUFFIX.get(row.suffix, ())[:1]
    return address(replace(row, suffix=rng.choice(known))) if known else None


def _wrong_suffix(rng: Random, row: Row, addresses: List) -> str | None:
    there = {street[2] for street in addresses.called[row.name.upper()]}
    others = [suffix for suffix in ("Ave", "St", "Rd", "Blvd", "Dr", "Pl") if suffix not in there]
    return address(replace(row, suffix=rng.choice(others))) if row.suffix else None


def _wrong_direction(rng: Random, row: Row, addresses: List) -> str | None:
    there = {street[0] for street in addresses.called[row.name.upper()]}
    here = {one.predir for one in addresses.numbered[row.name.upper(), row.number]}
    others = [way for way in DIRECTION if way not in there] if len(here) == 1 else []
    text = address(replace(row, predir=rng.choice(others))) if others else None
    return text if f"{text}".count(" ") and row.name.split()[0] not in DIRECTION.values() else None


def _wrong_town(rng: Random, row: Row, addresses: List) -> str | None:
    same = addresses.numbered[row.name.upper(), row.number]
    there = {one.town for one in same} | {one.postal for one in same}
    others = [town for town in addresses.towns if town not in there]
    return f"{address(row)}, {rng.choice(others)}" if others else None


def _wrong_zip(rng: Random, row: Row, addresses: List) -> str | None:
    there = {one.zip for one in addresses.numbered[row.name.upper(), row.number]}
    others = [code for code in ("63101", "63130", "63188") if code not in there]
    return f"{address(row)} {rng.choice(others)}"


def _unknown_unit(rng: Random, row: Row, addresses: List) -> str | None:
    doors = {one.unit for one in addresses.numbered[row.name.upper(), row.number]}
    return f"{address(row)} Apt {rng.randint(70, 99)}" if doors == {""} else None


def _lone_unit(word: str) -> Written:
    def write(_: Random, row: Row, addresses: List) -> str | None:
        doors = {one.unit for one in addresses.numbered[row.name.upper(), row.number]}
        return f"{address(row)} {word}" if doors == {""} else None

    return write


def _within(rng: Random, row: Row, addresses: List) -> str | None:
    """Ask for a number within a range that is no address of its own."""
    inner = range(row.number + 2, row.high + 1, 2)
    taken = {
        n
        for one in addresses.on[row.street]
        for n in range(one.number, max(one.number, one.high) + 1)
        if one is not row
    }
    free = [n for n in inner if n not in taken]
    name = row.name.upper()
    others = [one for street in addresses.called[name] for one in addresses.on[street]]
    held = any(n in range(one.number, one.high + 1) for n in free for one in others if one != row)
    if not free or held or len(inner) > 50:
        return None
    return f"{rng.choice(free)} {row.road}"


def spoken(number: int) -> str | None:
    """Speak a number as addresses are spoken, in pairs; None where nobody would."""
    if not 1000 <= number <= 9999:
        return None
    first, last = divmod(number, 100)
    head = _pair(first)
    if last == 0:
        return f"{head} hundred"
    return f"{head} {_pair(last)}" if last > 9 else f"{head} oh {ONES[last]}"


def _pair(number: int) -> str:
    if number < 20:
        return ONES[number]
    return TENS[number // 10] + (f" {ONES[number % 10]}" if number % 10 else "")


def _spoken_hundreds(_: Random, row: Row, __: List) -> str | None:
    if not 1000 <= row.number <= 9999 or row.number % 100 == 0 or _extra(row):
        return None
    first, last = divmod(row.number, 100)
    return f"{_pair(first)} hundred {_pair(last)} {row.road}"


def _extra(row: Row) -> bool:
    return bool(row.high or row.frac or row.letter or row.unit)


def _swapped(rng: Random, name: str) -> str:
    at = letter_at(rng, name[:-1])
    return put(name, at, name[at + 1] + name[at], over=2) if name[at] != name[at + 1] else name


def _changed(rng: Random, name: str, first: int = 1) -> str:
    at = letter_at(rng, name, first)
    return put(name, at, neighbour(rng, name[at]))


def _sounds(rng: Random, name: str) -> str:
    low = name.lower()
    known = [(old, new) for old, new in SOUNDS if low.find(old, 1) > 0]
    if not known:
        return name
    old, new = rng.choice(known)
    at = low.find(old, 1)
    return put(name, at, new, over=len(old))


def _beginnings(rng: Random, row: Row, addresses: List) -> str | None:
    """Type the beginnings of a name's words; no other street with that number may begin so."""
    words = row.name.split()
    if len(words) < 2 or _extra(row) or any(len(word) < 4 for word in words):
        return None
    short = [word[: rng.randint(3, len(word) - 1)] for word in words]
    same = [
        name
        for name in addresses.called
        if (name, row.number) in addresses.numbered
        and len(name.split()) >= len(short)
        and all(
            one.startswith(part.upper()) for one, part in zip(name.split(), short, strict=False)
        )
    ]
    return _if(len(same) == 1, f"{row.number} {' '.join(short)}")


def _beginning(rng: Random, row: Row, addresses: List) -> str | None:
    """Break off in the middle of a name that no other street with the number begins with."""
    if _extra(row) or len(row.name) < 6 or row.predir:
        return None
    short = row.name[: rng.randint(4, len(row.name) - 1)].strip()
    same = [
        name
        for name in addresses.called
        if (name, row.number) in addresses.numbered and name.startswith(short.upper())
    ]
    return _if(
        len(same) == 1 and short.upper() not in addresses.called, f"{row.number} {short.lower()}"
    )


def _split(rng: Random, row: Row, addresses: List) -> str | None:
    if len(row.name) < 7 or " " in row.name or _extra(row):
        return None
    at = rng.randint(3, len(row.name) - 3)
    if row.name[:at].upper() in addresses.called:
        return None
    return renamed(row, f"{row.name[:at]} {row.name[at:]}")


def _joined(_: Random, row: Row, addresses: List) -> str | None:
    name = row.name.replace(" ", "")
    odd = " " not in row.name or "." in row.name or _extra(row) or name.upper() in addresses.called
    return None if odd or row.name.lower().startswith(("st ", "dr ")) else renamed(row, name)


def _saint(word: str) -> Written:
    def write(_: Random, row: Row, __: List) -> str | None:
        return _if(
            row.name.startswith(("St ", "St. ")),
            renamed(row, f"{word} {row.name.partition(' ')[2]}"),
        )

    return write


def _ordinal(figures: bool) -> Written:  # noqa: FBT001 - two kinds of one
    def write(_: Random, row: Row, __: List) -> str | None:
        if not re.fullmatch(r"\d+(st|nd|rd|th)", row.name):
            return None
        if figures:
            return renamed(row, row.name[:-2])
        return renamed(row, ORDINALS[row.name]) if row.name in ORDINALS else None

    return write


def _and(word: str) -> Written:
    return lambda _, row, __: _if(
        " and " in row.name, renamed(row, row.name.replace(" and ", word))
    )


def _locator(kind: str, mark: str) -> Maker:
    """Type a parcel's number, parted as letters and figures change."""

    def make(_: Random, row: Row, __: List) -> Query | None:
        parts = re.findall(r"\d+|[A-Z]+", row.parcel)
        return Query(kind, mark.join(parts), (row.parcel,), row.parcel, exact=True)

    return make


def _block(_: Random, row: Row, addresses: List) -> Query | None:
    """Ask for a hundred block: its lowest address comes first."""
    low = row.number - row.number % 100
    name, shown = row.name.upper(), (row.predir, row.suffix)
    rows = [
        one
        for street in addresses.called[name]
        if (street[0], street[2]) == shown
        for one in addresses.on[street]
        if low <= one.number < low + 100
    ]
    least = min(one.number for one in rows)
    first = tuple(dict.fromkeys(one.parcel for one in rows if one.number == least))
    text = f"{low or 1} blk {row.road}"
    return Query("block", text, first, first[0], exact=False, statuses=("block",)) if low else None


def _asker(_: Random, row: Row, addresses: List) -> Query | None:
    """Leave the town out, which the asker's own place makes up for."""
    others = {one.town for one in addresses.numbered[row.name.upper(), row.number]}
    made = query("asker's town", address(row), row, addresses, hidden=("zip",))
    return replace(made, town=row.town, statuses=()) if made and len(others) > 1 else None


def _plain(mark: str) -> Written:
    def write(_: Random, row: Row, __: List) -> str | None:
        odd = row.frac or row.high or row.unit or row.letter
        return None if odd else f"{row.house} {row.road}".replace(" ", mark)

    return write


KINDS: dict[str, Maker] = {
    "as written": _kind("as written", lambda _, row, __: address(row)),
    "with town": _kind("with town", lambda _, row, __: address(row, town=True), hidden=("zip",)),
    "with town and zip": _kind(
        "with town and zip", lambda _, row, __: address(row, town=True, zip_=True), hidden=()
    ),
    "with zip": _kind("with zip", lambda _, row, __: address(row, zip_=True), hidden=("town",)),
    "with state": _kind(
        "with state", lambda _, row, __: f"{address(row, town=True)}, MO {row.zip}", hidden=()
    ),
    "lower case": _kind("lower case", lambda _, row, __: address(row).lower()),
    "upper case": _kind("upper case", lambda _, row, __: address(row).upper()),
    "no commas": _kind(
        "no commas",
        lambda _, row, __: f"{address(row)} {row.town} {row.zip}".lower(),
        hidden=(),
    ),
    "suffix in full": _kind("suffix in full", lambda rng, row, __: _by_suffix(rng, row, 0)),
    "other abbreviation": _kind("other abbreviation", lambda rng, row, __: _by_suffix(rng, row, 1)),
    "suffix left out": _kind(
        "suffix left out",
        lambda _, row, __: _if(not row.unit, address(replace(row, suffix=""))),
        hidden=(*PLACE, "suffix"),
    ),
    "direction in full": _kind(
        "direction in full",
        lambda _, row, __: _if(
            row.predir != "", address(replace(row, predir=DIRECTION.get(row.predir, row.predir)))
        ),
    ),
    "direction with a dot": _kind(
        "direction with a dot",
        lambda _, row, __: _if(row.predir != "", address(replace(row, predir=f"{row.predir}."))),
    ),
    "direction left out": _kind(
        "direction left out",
        lambda _, row, __: _if(row.predir != "", address(replace(row, predir=""))),
        hidden=(*PLACE, "predir"),
    ),
    "wrong suffix": _kind("wrong suffix", _wrong_suffix, hidden=(*PLACE, "suffix"), exact=False),
    "wrong direction": _kind(
        "wrong direction", _wrong_direction, hidden=(*PLACE, "predir"), exact=False
    ),
    "wrong town": _kind("wrong town", _wrong_town, exact=False),
    "wrong zip": _kind("wrong zip", _wrong_zip, exact=False),
    "neighbouring key": misspelt("neighbouring key", _changed),
    "letters swapped": misspelt("letters swapped", _swapped),
    "letter left out": misspelt(
        "letter left out", lambda rng, name: put(name, letter_at(rng, name), "")
    ),
    "letter doubled": misspelt(
        "letter doubled",
        lambda rng, name: put(name, at := letter_at(rng, name), name[at] * 2),
    ),
    "letter too much": misspelt(
        "letter too much",
        lambda rng, name: put(name, letter_at(rng, name), rng.choice(LETTERS), over=0),
    ),
    "first letter": misspelt(
        "first letter", lambda rng, name: put(name, 0, neighbour(rng, name[0]))
    ),
    "first letter left out": misspelt("first letter left out", lambda _, name: name[1:], least=6),
    "two slips": misspelt(
        "two slips", lambda rng, name: _changed(rng, _swapped(rng, name)), slips=2, least=9
    ),
    "sounds alike": misspelt("sounds alike", _sounds, slips=2, least=6),
    "slip without a suffix": lambda rng, row, addresses: (
        query(
            "slip without a suffix",
            renamed(replace(row, suffix=""), name).lower(),
            row,
            addresses,
            hidden=(*PLACE, "suffix"),
            exact=False,
        )
        if not row.unit
        and len(row.name) > 5
        and slipped(row, addresses, name := _changed(rng, row.name))
        else None
    ),
    "slip with town": lambda rng, row, addresses: (
        query(
            "slip with town",
            f"{renamed(row, name)}, {row.town}",
            row,
            addresses,
            hidden=("zip",),
            exact=False,
        )
        if not row.unit
        and len(row.name) > 5
        and slipped(row, addresses, name := _swapped(rng, row.name))
        else None
    ),
    "unit": _kind("unit", lambda _, row, __: _if(row.unit != "", address(row))),
    "unit with #": _kind(
        "unit with #", lambda _, row, __: _if(row.unit != "", address(row, unit="#"))
    ),
    "unit behind a comma": _kind(
        "unit behind a comma",
        lambda _, row, __: _if(row.unit != "", address(row, unit=",Unit")),
    ),
    "unknown unit": _kind("unknown unit", _unknown_unit, exact=False),
    "basement": _kind("basement", _lone_unit("basement"), exact=False),
    "rear": _kind(
        "rear", _lone_unit("rear"), exact=False, statuses=("corrected", "ambiguous", "exact")
    ),
    "floor": _kind("floor", _lone_unit("2nd floor"), exact=False),
    "range": _kind("range", lambda _, row, __: _if(row.high > 0, address(row))),
    "range in brief": _kind(
        "range in brief",
        lambda _, row, __: _if(
            row.high > 0
            and row.high // 100 == row.number // 100
            and not row.letter
            and not row.unit,
            f"{row.number}-{row.high % 100:02d} {row.road}",
        ),
    ),
    "within a range": _kind("within a range", _within, exact=False),
    "half": _kind("half", lambda _, row, __: _if(row.frac != "", address(row))),
    "half as one sign": _kind(
        "half as one sign",
        lambda _, row, __: _if(row.frac == "1/2" and not row.letter, f"{row.number}½ {row.road}"),
    ),
    "half with a hyphen": _kind(
        "half with a hyphen",
        lambda _, row, __: _if(
            row.frac != "" and not row.letter, f"{row.number}-{row.frac} {row.road}"
        ),
    ),
    "letter": _kind("letter", lambda _, row, __: _if(row.letter != "", address(row))),
    "letter apart": _kind(
        "letter apart",
        lambda _, row, __: _if(
            row.letter != "" and not row.high and not row.frac,
            f"{row.number} {row.letter} {row.road}",
        ),
    ),
    "beginning": _kind(
        "beginning",
        _beginning,
        hidden=(*PLACE, "suffix", "predir", "postdir"),
        statuses=("prefix", "ambiguous", "corrected", "exact"),  # cres is short for crescent
    ),
    "beginnings of words": _kind(
        "beginnings of words",
        _beginnings,
        hidden=(*PLACE, "suffix", "predir", "postdir"),
        statuses=("prefix", "ambiguous", "corrected"),
    ),
    "spoken": _kind(
        "spoken",
        lambda _, row, __: _if(
            not _extra(row) and spoken(row.number) is not None, f"{spoken(row.number)} {row.road}"
        ),
        statuses=("exact", "corrected", "ambiguous"),
    ),
    "spoken in hundreds": _kind(
        "spoken in hundreds", _spoken_hundreds, statuses=("exact", "corrected", "ambiguous")
    ),
    "direction behind": _kind(
        "direction behind",
        lambda _, row, __: _if(
            row.predir != "" and not row.unit,
            f"{address(replace(row, predir=''))} {row.predir}",
        ),
        exact=False,
    ),
    "number last": _kind(
        "number last",
        lambda _, row, __: _if(
            not _extra(row) and not row.name[0].isdigit(), f"{row.road} {row.number}"
        ),
        statuses=("exact", "corrected", "ambiguous"),
    ),
    "number glued": _kind(
        "number glued",
        lambda _, row, __: _if(
            not _extra(row) and not row.name[0].isdigit() and len(row.name) > 4 and not row.predir,
            f"{row.number}{row.road}",
        ),
        statuses=("exact", "corrected", "ambiguous"),
    ),
    "dots for spaces": _kind("dots for spaces", _plain(".")),
    "hyphens for spaces": _kind("hyphens for spaces", _plain("-")),
    "words joined": _kind("words joined", _joined, exact=False),
    "word split": _kind("word split", _split, exact=False),
    "saint in full": _kind("saint in full", _saint("Saint")),
    "saint with a dot": _kind("saint with a dot", _saint("St.")),
    "sainte": _kind("sainte", _saint("Ste"), exact=False),
    "doctor": _kind(
        "doctor",
        lambda _, row, __: _if(row.name.startswith("Dr "), renamed(row, f"Doctor {row.name[3:]}")),
    ),
    "ordinal without ending": _kind(
        "ordinal without ending",
        _ordinal(figures=True),
        exact=False,
        statuses=("corrected", "ambiguous", "prefix"),
    ),
    "ordinal in words": _kind("ordinal in words", _ordinal(figures=False)),
    "& for and": _kind("& for and", _and(" & ")),
    "n for and": _kind("n for and", _and(" n "), exact=False),
    "locator": _locator("locator", ""),
    "locator with spaces": _locator("locator with spaces", " "),
    "locator with hyphens": _locator("locator with hyphens", "-"),
    "block": _block,
    "asker's town": _asker,
    **WORDY,
}
