"""Streets as they are spelt: what the index keeps to find one by its beginning or its name."""

from collections.abc import Sequence
from typing import Any

from geo.addresses.gazetteer.table import StreetBook
from geo.addresses.reading.aliases import alias_table
from geo.addresses.reading.parsing import Street
from geo.addresses.reading.text import plain, words
from geo.addresses.reading.words import DIRECTION, FULL_DIRECTION, fold


def spellings_of(labels: Sequence[str]) -> dict[str, Any]:
    """Give each street as written and folded, with its first direction and without, sorted."""
    found = set()
    for number, label in enumerate(labels):
        written = words(plain(label))
        folded_form = fold(written).split()
        for form in (
            written,
            folded_form,
            [FULL_DIRECTION.get(folded_form[0], ""), *folded_form[1:]],
        ):
            if not form[0]:
                continue
            found.add((tuple(form), number))
            if len(form) > 1 and form[0] in DIRECTION:
                found.add((tuple(form[1:]), number))
    order = sorted(found)
    return {
        "spellings": tuple(form for form, _ in order),
        "spelt": tuple(number for _, number in order),
    }


def streets_of(book: StreetBook, aliases: Any) -> dict[str, Any]:
    """Give the streets of a book as the index keeps them: labels, parts, names, spellings and aliases."""
    by_name: dict[str, list[tuple[int, Street]]] = {}
    for number, ways in enumerate(book.spelt):
        for way in ways:
            by_name.setdefault(way.name, []).append((number, way))
    kept = {name: tuple(ways) for name, ways in by_name.items()}
    return {
        "labels": tuple(book.labels),
        "parts": tuple(next(iter(ways)) for ways in book.spelt),
        "by_name": kept,
        **spellings_of(book.labels),
        "aliases": alias_table(aliases, kept),
    }
