"""Text normalization: capitals without accents, one blank between words, meaningful marks set apart.

Every query and every address of a table passes through `normalize_text`. `rejection_reason` refuses
texts that are no address.
"""

import re
import unicodedata

from geo.language.translate import gettext

MAX_QUERY_LENGTH = 200  # characters, more than any address has

# Marks of query languages, patterns and markup, which no address contains.
_FORBIDDEN_CHARACTERS = re.compile(r"[=*\\^$<>{}~?%+!\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")  # comes with text copied from a web page
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc`]")
_TRAILING_PUNCTUATION = re.compile(r"[ ?!;]+\Z")  # after a question, an exclamation or a list item
_PUNCTUATION = re.compile(r'[.:()\[\]_"\u201c\u201d]')
_COMMA_LIKE = re.compile(r"[;|]")  # between the parts of an address, as a comma is
_PLUS = re.compile(r"(?<=[0-9])\s*\+\s*(?=[0-9])")  # between two house numbers
_STANDALONE_MARKS = re.compile(r"([#&@,])")
_SLASH = re.compile(r"(?<![0-9])/|/(?![0-9])")
_FRACTIONS = str.maketrans({"½": " 1/2", "¼": " 1/4", "¾": " 3/4", "⅓": " 1/3", "⅔": " 2/3"})
_READABLE_CATEGORIES = ("Ll", "Lu", "Lo", "Lm", "Mn", "Mc", "Nd", "Zs", "Cc", "Pd", "Po", "Ps", "Pe", "Pi", "Pf")


def rejection_reason(query: str) -> str | None:
    """Return why a query cannot be an address, None if it may be one.

    >>> rejection_reason("   "), rejection_reason("401 Oak St?")
    ('Nothing was typed.', None)
    >>> rejection_reason("x" * 250)
    'This text is too long. An address has at most 200 characters.'
    """
    if len(query) > MAX_QUERY_LENGTH:
        return gettext("This text is too long. An address has at most %(limit)s characters.", limit=MAX_QUERY_LENGTH)
    if not any(letter.isalnum() for letter in query):
        return gettext("This text has no letter or number.") if query.strip() else gettext("Nothing was typed.")
    if _FORBIDDEN_CHARACTERS.search(_PLUS.sub("&", _TRAILING_PUNCTUATION.sub("", query))) or "--" in query:
        return gettext("This text has characters that no address has, such as < = or *.")
    if not query.isascii() and (unreadable := _unreadable_character(_INVISIBLE.sub("", query))):
        return gettext("This text has a character that cannot be read here: %(character)s.", character=unreadable)
    return None


def _unreadable_character(query: str) -> str:
    r"""Return the code point of the first character of a right-to-left script or of no script, else "".

    >>> _unreadable_character("401 ул. Дубовая"), _unreadable_character("401 \u05e9")
    ('', 'U+05E9')
    """
    for character in query.translate(_FRACTIONS):
        if character.isascii():
            continue
        is_right_to_left = unicodedata.bidirectional(character) in ("R", "AL", "AN")
        if is_right_to_left or unicodedata.category(character) not in _READABLE_CATEGORIES:
            return f"U+{ord(character):04X}"
    return ""


def normalize_text(text: str) -> str:
    """Return a text in capitals without accents, with one blank between its parts.

    >>> normalize_text("6441½ St. John's   Av., Apt.#2")
    '6441 1/2 ST JOHNS AV , APT # 2'
    >>> normalize_text("8+10 Oak St [vacant] | Normandy")
    '8 & 10 OAK ST VACANT , NORMANDY'
    """
    text = _TRAILING_PUNCTUATION.sub("", text)
    if not text.isascii():
        text = _INVISIBLE.sub("", _DASHES.sub("-", text.translate(_FRACTIONS)))
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(character for character in decomposed if not unicodedata.combining(character))
    text = _PLUS.sub(" & ", _COMMA_LIKE.sub(",", text))
    text = _PUNCTUATION.sub(" ", _APOSTROPHES.sub("", text.upper()))
    text = _STANDALONE_MARKS.sub(r" \1 ", _SLASH.sub(" & ", text))
    return " ".join(text.split())


def split_words(text: str) -> list[str]:
    """Split a normalized text at blanks and hyphens.

    >>> split_words("10-66 OAK ST")
    ['10', '66', 'OAK', 'ST']
    """
    return text.replace("-", " ").split()
