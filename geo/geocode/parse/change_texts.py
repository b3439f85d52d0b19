"""Texts of the changes that are made to a typed address, in the current language.

The rules of this folder, the gazetteer and the matchers call these functions. `parse/change-texts.js` of the front
end has the same texts.
"""

from geo.language.translate import gettext


def read_as_text(typed: str, meaning: str) -> str:
    """Return that typed words were taken for others.

    >>> read_as_text("hanly", "Hanley Rd")
    'Read “hanly” as “Hanley Rd”.'
    """
    return gettext("Read “%(typed)s” as “%(meaning)s”.", typed=typed, meaning=meaning)


def another_name_text(alias: str, street: str) -> str:
    """Return that an alias was taken for a street.

    >>> another_name_text("MO-115", "Natural Bridge Rd")
    'MO-115 is another name for Natural Bridge Rd.'
    """
    return gettext("%(alias)s is another name for %(street)s.", alias=alias, street=street)


def ignored_text(typed: str) -> str:
    """Return that typed words were ignored.

    >>> ignored_text("behind")
    'Ignored “behind”.'
    """
    return gettext("Ignored “%(typed)s”.", typed=typed)


def number_first_text(number: str) -> str:
    """Return that a house number was moved to where it belongs.

    >>> number_first_text("4021")
    'Moved “4021” before the street.'
    """
    return gettext("Moved “%(typed)s” before the street.", typed=number)


def other_street_text(typed: str, street: str) -> str:
    """Return that a part of a street differs from the street on record.

    >>> other_street_text("St", "Oak Ave")
    'Typed “St”; the street on record is Oak Ave.'
    """
    return gettext("Typed “%(typed)s”; the street on record is %(street)s.", typed=typed, street=street)


def other_number_text(typed: str, recorded: str) -> str:
    """Return that a typed house number differs from the one on record.

    >>> other_number_text("4131", "4131R")
    'Number 4131 is not on record; this is 4131R.'
    """
    return gettext("Number %(typed)s is not on record; this is %(recorded)s.", typed=typed, recorded=recorded)
