"""Rewriting: what people type glued together or in another order, put as addresses are written. Each rule tells what it did."""

import re
from collections.abc import Callable, Iterator

from geo.addresses.words import DIRECTION, NUMBERED_UNIT, PLAIN_UNIT, SUFFIX, ordinal

_GLUED = re.compile(r"([0-9]{1,6})([A-Z]{2,}.*|[NSEW] .+)")
_BEHIND = re.compile(r"([^0-9].*?)[ ,]+([0-9]{1,6}(?:-[0-9]{1,6})?[A-Z]?)(?=$| *,)(.*)")
_ZIP = 5  # digits

Rewritten = tuple[str, str]  # the text, and what to tell


def rewritings(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield a plain text after each rule that it calls for, with all that was done so far.

    >>> [*rewritings("NATURAL BRIDGE RD 7201")]
    [('7201 NATURAL BRIDGE RD', ('Number: 7201 was typed behind the street.',))]
    >>> [*rewritings("1744 66 ST")], [*rewritings("401 OAK ST")]
    ([('1744 66TH ST', ('Street: “66” was read as 66th.',))], [])
    """
    told: tuple[str, ...] = ()
    for rule in _RULES:
        if done := rule(text):
            text, sentence = done
            told = (*told, sentence)
            yield text, told


def _unglued(text: str) -> Rewritten | None:
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


def _number_first(text: str) -> Rewritten | None:
    """Put a number that stands behind its street before it; one behind "Apt" is no such number."""
    if not (found := _BEHIND.fullmatch(text)):
        return None
    before = found[1].split()[-1]
    if before in NUMBERED_UNIT or before in PLAIN_UNIT:
        return None
    return f"{found[2]} {found[1]}{found[3]}", f"Number: {found[2]} was typed behind the street."


def _with_ending(text: str) -> Rewritten | None:
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


def _with_and(text: str) -> Rewritten | None:
    """Read an n between two words of a name as and: Lucas n Hunt."""
    parts = text.split()
    for at in range(2, len(parts) - 1):
        named = parts[at - 1].isalpha() and parts[at - 1] not in SUFFIX
        if parts[at] == "N" and named and parts[at + 1] not in SUFFIX:
            parts[at] = "AND"
            return " ".join(parts), "Street: “n” was read as and."
    return None


_RULES: tuple[Callable[[str], Rewritten | None], ...] = (
    *(_unglued, _number_first, _with_ending, _with_and),
)
