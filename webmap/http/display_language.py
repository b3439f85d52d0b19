"""The language and units of the pages: set for each request, and given to the templates and to scripts.

`webmap.app` calls `init_app`, which makes gettext and `{% trans %}` available in the templates.
"""

from typing import Any

from flask import Flask
from jinja2 import Environment

from geo.language.catalog import load_language
from geo.language.translate import current_language, gettext, ngettext, use_language
from webmap.measures import current_units, use_units
from webmap.settings import Settings


def init_app(app: Flask, settings: Settings) -> None:
    """Set the language and the units of `settings` for each request. Raises BadInput if one is unknown."""
    language, units = load_language(settings.language), settings.units
    use_units(units)

    def set_display() -> None:
        use_language(language)
        use_units(units)

    app.before_request(set_display)
    add_translations(app.jinja_env)


def add_translations(environment: Environment) -> None:
    """Give templates gettext, `{% trans %}`, the language and the units."""
    environment.add_extension("jinja2.ext.i18n")
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(gettext, ngettext)  # type: ignore[attr-defined] # the extension adds it
    environment.globals |= {"_": gettext, "ngettext": ngettext, "display": display_settings}


def display_settings() -> dict[str, Any]:
    """Return what a page says of its language: the tag, the units, and the catalog of its scripts.

    >>> display_settings()
    {'language': 'en-US', 'units': 'feet', 'catalog': None}
    """
    language = current_language()
    return {"language": language.tag, "units": current_units(), "catalog": language.frontend_catalog}
