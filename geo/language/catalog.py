"""A language: its translations from a PO file, its rules for dates and numbers, and its tag.

`webmap.app` calls `load_language` once and `geo.language.translate` looks texts up in the result. English is
the language of the code, so it needs no file. A second language is the file `locales/TAG.po` (GNU gettext),
where TAG is a BCP 47 tag such as `es`, or a file of that name elsewhere. `make words` writes `locales/messages.pot`, which lists all texts.

The pseudo-language `en-XA` is made from that list. It marks each text with brackets and accents, so that a
text outside the catalog shows at once.
"""

import gettext
import io
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.messages import mofile, pofile
from babel.messages.catalog import Catalog, Message, TranslationError

from geo.errors import BadInput

LOCALES_DIR = Path(__file__).parent / "locales"
TEMPLATE_FILE = "messages.pot"
ENGLISH_TAG, PSEUDO_TAG = "en-US", "en-XA"
FRONTEND_FOLDER = "webmap/frontend/"
PLURAL_TABLE_SIZE = 200  # plural rules depend on the last two digits, and on small numbers
# What a translation keeps as it is: %(name)s, %%, HTML elements and entities.
FIXED_PART = re.compile(r"(%\(\w+\)s|%%|<[^<>]+>|&\w+;)")
ACCENTED = str.maketrans("aeiouycnszAEIOUYCNSZ", "áéíóúýçñšžÁÉÍÓÚÝÇÑŠŽ")
PSEUDO_OPENING, PSEUDO_CLOSING = "⟦", "⟧"


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the pages. `frontend_catalog` is what scripts look up, None for English."""

    tag: str
    locale: Locale
    translations: gettext.NullTranslations
    frontend_catalog: dict[str, Any] | None


@cache
def load_language(tag: str) -> Language:
    """Return the language with a BCP 47 tag, or of a PO file named like its tag.

    Raises BadInput if there is none, or its file has faults.

    >>> load_language("en").tag, load_language("en-XA").translations.gettext("unknown")
    ('en-US', '⟦úñkñówñ⟧')
    """
    if tag in ("en", ENGLISH_TAG):
        return Language(ENGLISH_TAG, Locale.parse("en_US"), gettext.NullTranslations(), None)
    if tag == PSEUDO_TAG:
        return _to_language(PSEUDO_TAG, Locale.parse("en_US"), _pseudo_catalog())
    path = _catalog_path(tag)
    try:
        locale = Locale.parse(path.stem, sep="-")
    except (UnknownLocaleError, ValueError):
        raise BadInput(f"{path.name}: {path.stem!r} is no language tag; name the file like es.po or pt-BR.po") from None
    return _to_language(path.stem, locale, read_catalog(path))


def _catalog_path(tag: str) -> Path:
    if tag.endswith(".po") and Path(tag).is_file():
        return Path(tag)
    own_paths = {path.stem: path for path in LOCALES_DIR.glob("*.po")}
    if tag not in own_paths:
        raise BadInput(
            f"no language {tag!r}: known are {', '.join(['en', *sorted(own_paths)])}, or a file such as ./es.po"
        )
    return own_paths[tag]


def read_catalog(path: Path) -> Catalog:
    """Return a PO file as a catalog. Raises BadInput if a translation loses a placeholder or adds one."""
    try:
        with path.open("rb") as file:
            catalog = pofile.read_po(file, abort_invalid=True)
    except (pofile.PoFileError, UnicodeDecodeError) as error:
        raise BadInput(f"{path.name} is no PO file: {error}") from None
    for message in catalog:
        if message.id and message.string and (fault := _translation_fault(message)):
            raise BadInput(f"{path.name}, line {message.lineno}: {fault}")
    return catalog


def pseudo_text(text: str) -> str:
    """Return a text with brackets and accents. Placeholders, HTML and entities stay.

    >>> pseudo_text("Tree %(id)s on <b>this</b> lot")
    '⟦Tréé %(id)s óñ <b>thíš</b> lót⟧'
    """
    parts = [part if FIXED_PART.fullmatch(part) else part.translate(ACCENTED) for part in FIXED_PART.split(text)]
    return PSEUDO_OPENING + "".join(parts) + PSEUDO_CLOSING


def _pseudo_catalog() -> Catalog:
    """Return the pseudo-language's catalog, made from the list of all texts."""
    catalog = read_catalog(LOCALES_DIR / TEMPLATE_FILE)
    pseudo = Catalog(locale="en_US")
    for message in catalog:
        if not message.id:
            continue
        is_plural = isinstance(message.id, tuple)
        string = tuple(map(pseudo_text, message.id)) if is_plural else pseudo_text(str(message.id))
        pseudo.add(message.id, string, locations=message.locations, flags=message.flags)
    return pseudo


def _to_language(tag: str, locale: Locale, catalog: Catalog) -> Language:
    binary_file = io.BytesIO()
    mofile.write_mo(binary_file, catalog)
    binary_file.seek(0)
    translations = gettext.GNUTranslations(binary_file)
    return Language(tag, locale, translations, _frontend_catalog(catalog, translations))


def _frontend_catalog(catalog: Catalog, translations: gettext.GNUTranslations) -> dict[str, Any]:
    """Return the texts of scripts: the forms of each, and the number of the form for each count below 200."""
    messages = [message for message in catalog if message.id and message.string and _is_of_frontend(message)]
    plural_form = translations.plural  # type: ignore[attr-defined] # a function that typeshed does not list
    return {
        "messages": {_first(message.id): _all_forms(message.string) for message in messages},
        "forms": "".join(str(plural_form(number)) for number in range(PLURAL_TABLE_SIZE)),
    }


def _is_of_frontend(message: Message) -> bool:
    is_complete = not message.fuzzy and all(_all_forms(message.string))
    return is_complete and any(path.startswith(FRONTEND_FOLDER) for path, _ in message.locations)


def _all_forms(text: Any) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def _first(text: Any) -> str:
    return _all_forms(text)[0]


def _translation_fault(message: Message) -> str | None:
    """Return what is wrong with a translation. None if its placeholders are those of the English text."""
    try:
        for check_fault in message.check():
            return str(check_fault)
    except TranslationError as fault:
        return str(fault)
    return None
