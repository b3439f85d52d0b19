"""Write the list of all texts that people read: `geo/language/locales/messages.pot`.

`make words` calls this. Babel finds the texts in Python, in the templates and in JavaScript, by the names
`gettext`, `ngettext` and `gettext_noop`. Tables of fields and work (TOML) hold texts under the keys of `TOML_TEXT_KEYS`.
A language is then started or brought up to date with Babel's own commands, as docs/howto/translate.md shows.
"""

import argparse
import io
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from babel.messages import pofile
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file

ROOT = Path(__file__).parents[1]
TEMPLATE_PATH = ROOT / "geo" / "language" / "locales" / "messages.pot"
KEYWORDS: dict[str, Any] = {"gettext": None, "_": None, "ngettext": (1, 2), "gettext_noop": None}
SOURCES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("geo/**/*.py", "python", {}),
    ("webmap/**/*.py", "python", {}),
    ("webmap/templates/*.html", "jinja2", {"trimmed": "true", "silent": "false"}),
    ("webmap/frontend/src/**/*.js", "javascript", {"parse_template_string": "true"}),
)
# The keys of the tables whose texts pages show, and the keys whose values are codes shown as words.
TOML_FILES = ("geo/layers.toml", "geo/forestry/work.toml", "geo/forestry/needs.toml")
TOML_TEXT_KEYS = ("title", "description", "label", "reason")
HEADER = "# The texts of lotleaf. `make words` writes this list.\n"


def build_template() -> Catalog:
    """Return the catalog of all texts, each with the files that hold it."""
    catalog = Catalog(project="lotleaf", charset="utf-8", header_comment=HEADER)
    for path, text in _all_texts():
        location = (path.relative_to(ROOT).as_posix(), 0)
        flags = ("python-format",) if "%(" in (text if isinstance(text, str) else text[0]) else ()
        catalog.add(text, None, locations=[location], flags=flags)
    return catalog


def template_text() -> str:
    """Return the list as the text of a POT file. It changes only when a text or its file changes."""
    buffer = io.BytesIO()
    pofile.write_po(buffer, build_template(), sort_output=True, omit_header=True, width=120, include_lineno=False)
    return f'{HEADER}msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n{buffer.getvalue().decode()}'


def toml_texts(table: Any) -> Iterator[str]:
    """Return the texts of a TOML table, at every depth.

    >>> list(toml_texts({"fields": [{"name": "id", "description": "Number."}], "title": "Trees"}))
    ['Number.', 'Trees']
    """
    if isinstance(table, list):
        for item in table:
            yield from toml_texts(item)
    elif isinstance(table, dict):
        for key, value in table.items():
            if key in TOML_TEXT_KEYS and isinstance(value, str):
                yield value
            else:
                yield from toml_texts(value)


def _all_texts() -> Iterable[tuple[Path, Any]]:
    for pattern, method, options in SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            if "node_modules" in path.parts:
                continue
            for _, text, _, _ in extract_from_file(method, path, KEYWORDS, (), options):
                yield path, text
    for name in TOML_FILES:
        for text in toml_texts(tomllib.loads((ROOT / name).read_text("utf-8"))):
            yield ROOT / name, text


def main() -> None:
    """Write the list, or with `--check` say whether it is up to date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if the list is out of date")
    text = template_text()
    if not parser.parse_args().check:
        TEMPLATE_PATH.write_text(text, "utf-8")
    elif TEMPLATE_PATH.read_text("utf-8") != text:
        raise SystemExit(f"{TEMPLATE_PATH.name} is out of date: run `make words`")


if __name__ == "__main__":
    main()
