"""Look texts up in the language of the current request or command.

`gettext`, `ngettext` and `gettext_noop` are named as in GNU gettext, and Babel finds them by these names.
The text in the code is the English one. Values enter it as `%(name)s`, so that a translation can move them.
"""

from contextvars import ContextVar
from typing import Any

from babel.numbers import format_decimal

from geo.language.catalog import ENGLISH_TAG, Language, load_language

_current_language: ContextVar[Language | None] = ContextVar("current_language", default=None)


def use_language(language: Language) -> None:
    """Set the language of the current thread, request or command. English until it is set."""
    _current_language.set(language)


def current_language() -> Language:
    """Return the language that texts are looked up in.

    >>> current_language().tag
    'en-US'
    """
    return _current_language.get() or load_language(ENGLISH_TAG)


def gettext(text: str, /, **values: Any) -> str:
    """Return a text in the current language, with its values filled in.

    Without values, the text may hold a percent sign. With values, it doubles one: `%%`.

    >>> gettext("Parcel %(id)s", id="09J111"), gettext("under 0.1 %")
    ('Parcel 09J111', 'under 0.1 %')
    """
    translated = current_language().translations.gettext(text) if text else ""
    return translated % values if values else translated


def ngettext(singular: str, plural: str, number: int, /, **values: Any) -> str:
    """Return the form of a text that fits a number, in the current language. `%(count)s` is the number.

    >>> ngettext("%(count)s tree", "%(count)s trees", 1), ngettext("%(count)s tree", "%(count)s trees", 1200)
    ('1 tree', '1,200 trees')
    """
    form = current_language().translations.ngettext(singular, plural, number)
    return form % {"count": format_number(number), **values}


def gettext_noop(text: str, /) -> str:
    """Return a text unchanged. It marks a text that `gettext` looks up later, such as a constant's.

    >>> gettext_noop("Needs pruning")
    'Needs pruning'
    """
    return text


def format_number(value: float, max_digits: int = 2) -> str:
    """Return a number with the separators of the current language, and at most `max_digits` decimals.

    >>> format_number(1234567), format_number(1234.5), format_number(0.0), format_number(12.345, 1)
    ('1,234,567', '1,234.5', '0', '12.3')
    """
    locale = current_language().locale
    return format_decimal(round(value, max_digits), "#,##0." + "#" * max_digits, locale=locale)
