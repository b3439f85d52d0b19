"""Kinds of query with words around the address, or its parts in an order that no letter has."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

from benchmarks.find.lists import List, Row
from benchmarks.find.queries import Maker, Query
from benchmarks.find.writing import address, letter_at, put, query, renamed, slipped

PLACE = ("town", "zip")
SUFFIXES = {"Ave": "Avenu", "St": "Stret", "Rd": "Raod", "Blvd": "Boulevad", "Dr": "Drvie", "Pl": "Palce", "Ln": "Lnae", "Ct": "Cuort"}  # fmt: skip
NO_NAME = ("ave", "st", "rd", "park", "view", "terrace", "hill", "hills", "lake", "forest", "river")
Write = Callable[[Row], str]


def _plainly(
    kind: str,
    write: Write,
    *,
    where: Callable[[Row, List], bool] = lambda _, __: True,
    hidden: tuple[str, ...] = PLACE,
    exact: bool = False,
) -> Maker:
    """Make a kind of a row that has a number and a street alone, and of which the condition holds."""

    def make(_: Random, row: Row, addresses: List) -> Query | None:
        bare = not (row.high or row.frac or row.letter or row.unit) and row.name[0].isalpha()
        if not bare or not where(row, addresses):
            return None
        return query(kind, write(row), row, addresses, hidden=hidden, exact=exact)

    return make


def _four(row: Row, _: List) -> bool:
    """Four figures, and a name that begins with no word that may be a suffix."""
    return 1000 <= row.number <= 9999 and row.name.split()[0].lower() not in NO_NAME


def _two_pairs(row: Row, addresses: List) -> bool:
    """Four figures that are no pair twice: 40 40 is 40, typed twice."""
    digits = str(row.number)
    return _four(row, addresses) and digits[:2] != digits[2:]


def _next_is_free(row: Row, addresses: List) -> bool:
    """No address within the range that the number makes with the next one on its side."""
    taken = (one.number for one in addresses.on[row.street])
    return row.number >= 10 and not any(row.number < one <= row.number + 2 for one in taken)


def _as_letters(row: Row) -> str:
    digits = str(row.number)
    return digits[:-1].replace("0", "O").replace("1", "l") + digits[-1]


def _within(row: Row) -> str:
    return " ".join(filter(None, (row.predir, row.name, str(row.number), row.suffix)))


def _ends_in_name(row: Row, _: List) -> bool:
    return bool(row.suffix) and row.name.split()[-1].lower() not in NO_NAME


def _consonants(rng: Random, row: Row, addresses: List) -> Query | None:
    """Leave the vowels out of the longest word: Plsnt."""
    del rng
    word = max(row.name.split(), key=len)
    short = word[0] + "".join(sign for sign in word[1:] if sign.lower() not in "aeiou")
    skeletons = [name for name in addresses.called if _begins_alike(name, row.name)]
    if len(word) < 7 or len(short) < 4 or row.unit or len(skeletons) > 1:
        return None
    name = row.name.replace(word, short)
    return query("vowels left out", renamed(row, name), row, addresses, hidden=PLACE, exact=False)


def _begins_alike(name: str, other: str) -> bool:
    return name[:3] == other[:3].upper() or name[:1] + name[2:4] == other[:1] + other[2:4].upper()


def _both_misspelt(rng: Random, row: Row, addresses: List) -> Query | None:
    suffix = SUFFIXES.get(row.suffix)
    if suffix is None or row.unit or len(row.name) < 6:
        return None
    name = put(row.name, letter_at(rng, row.name), "")
    if not slipped(row, addresses, name):
        return None
    text = renamed(replace(row, suffix=suffix), name)
    return query("name and suffix misspelt", text, row, addresses, hidden=PLACE, exact=False)


def _labelled(_: Random, row: Row, __: List) -> Query:
    text = f"Parcel No. {row.parcel}"
    return Query("labelled locator", text, (row.parcel,), row.parcel, exact=False)


def _kinds() -> dict[str, Maker]:
    plain: dict[str, Write] = {
        "words before": lambda row: f"vacant house opp {row.number} {row.road}",
        "on": lambda row: f"{row.number} on {row.road}",
        "the": lambda row: f"{row.number} the {row.road}",
        "slash": lambda row: f"{row.number}/{row.road}",
        "number twice": lambda row: f"{row.number} {row.number} {row.road}",
        "with a remark": lambda row: f"{address(row)} (vacant)",
    }
    four: dict[str, Write] = {
        "thousands": lambda row: f"{row.number:,} {row.road}",
        "figures apart": lambda row: f"{str(row.number)[:2]} {str(row.number)[2:]} {row.road}",
    }
    once: dict[str, Write] = {
        "two numbers": lambda row: f"{row.number} & {row.number + 2} {row.road}",
        "two addresses": lambda row: f"{address(row)} and {row.number + 2} {row.road}",
    }
    found = {kind: _plainly(kind, write) for kind, write in plain.items()}
    found |= {kind: _plainly(kind, write, where=_four) for kind, write in four.items()}
    found["figures apart"] = _plainly("figures apart", four["figures apart"], where=_two_pairs)
    found |= {kind: _plainly(kind, write, where=_next_is_free) for kind, write in once.items()}
    return found


WORDY: dict[str, Maker] = {
    **_kinds(),
    "zip first": _plainly(
        "zip first", lambda row: f"{row.zip} {address(row)}", hidden=("town",),
        where=lambda row, _: bool(row.zip),
    ),
    "town first": _plainly(
        "town first", lambda row: f"{row.town}: {address(row)}", hidden=("zip",),
        where=lambda row, _: bool(row.town),
    ),
    "letters for figures": _plainly(
        "letters for figures", lambda row: f"{_as_letters(row)} {row.road}",
        where=lambda row, _: row.number > 99 and bool({"0", "1"} & {*str(row.number)[:-1]}),
    ),
    "number within": _plainly("number within", _within, where=_ends_in_name),
    "question": _plainly("question", lambda row: f"{address(row)}?", exact=True),
    "underscores": _plainly("underscores", lambda row: address(row).replace(" ", "_"), exact=True),
    "vowels left out": _consonants,
    "name and suffix misspelt": _both_misspelt,
    "labelled locator": _labelled,
}  # fmt: skip
