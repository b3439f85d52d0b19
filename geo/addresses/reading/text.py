"""What people type, made plain: one alphabet, one case, marks that mean something set apart."""

import re
import unicodedata

LONGEST = 200  # characters; no address is longer

# Marks of query languages, patterns and markup: no address is written with them.
_STRANGE = re.compile(r"[;=*\\^$|<>{}\[\]~?%+!\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_INVISIBLE = re.compile(
    "[\u200b-\u200f\u2060\ufeff\u00ad]"
)  # what copying from a page brings along
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_DROPPED = re.compile("['\u2018\u2019\u02bc`]")
_ENDING = re.compile(r"[ ?!;]+\Z")  # of a question, a shout, a list
_BLANK = re.compile(r'[.:()_"\u201c\u201d]')
_APART = re.compile(r"([#&@,])")
_SLASH = re.compile(r"(?<![0-9])/|/(?![0-9])")
_FRACTIONS = str.maketrans({"½": " 1/2", "¼": " 1/4", "¾": " 3/4", "⅓": " 1/3", "⅔": " 2/3"})
_READ = ("Ll", "Lu", "Lo", "Lm", "Mn", "Mc", "Nd", "Zs", "Cc", "Pd", "Po", "Ps", "Pe", "Pi", "Pf")


def unusable(query: str) -> str | None:
    """Say why a query cannot be an address, or None if it may be one."""
    if len(query) > LONGEST:
        return f"The query has {len(query)} characters; an address has at most {LONGEST}."
    if not any(letter.isalnum() for letter in query):
        return (
            "The query is empty." if not query.strip() else "The query holds no letter or figure."
        )
    if _STRANGE.search(_ENDING.sub("", query)) or "--" in query:
        return "The query holds marks that no address has, such as ; = * or a control character."
    if not query.isascii() and (odd := _unread(_INVISIBLE.sub("", query))):
        return f"The query holds characters that cannot be read here ({odd})."
    return None


def _unread(query: str) -> str:
    """Name the first character that is no letter of a script written from left to right, or a mark."""
    for sign in query.translate(_FRACTIONS):
        if sign.isascii():
            continue
        backwards = unicodedata.bidirectional(sign) in ("R", "AL", "AN")
        if backwards or unicodedata.category(sign) not in _READ:
            return f"U+{ord(sign):04X} {unicodedata.name(sign, 'without a name')}"
    return ""


def plain(text: str) -> str:
    """Write a text in capitals without accents, one blank between its parts.

    >>> plain("6441½ St. John's   Av., Apt.#2")
    '6441 1/2 ST JOHNS AV , APT # 2'
    """
    text = _ENDING.sub("", text)
    if not text.isascii():
        text = _INVISIBLE.sub("", _DASHES.sub("-", text.translate(_FRACTIONS)))
        letters = unicodedata.normalize("NFKD", text)
        text = "".join(sign for sign in letters if not unicodedata.combining(sign))
    text = _BLANK.sub(" ", _DROPPED.sub("", text.upper()))
    text = _APART.sub(r" \1 ", _SLASH.sub(" & ", text))
    return " ".join(text.split())


def words(text: str) -> list[str]:
    """Part a plain text at its blanks and hyphens."""
    return text.replace("-", " ").split()
