"""How tests find words outside the catalog: in the pseudo-language, every text of ours stands in brackets."""

import re
from collections.abc import Callable, Iterator
from contextvars import copy_context
from html.parser import HTMLParser
from typing import Any

from geo.language.catalog import load_language
from geo.language.translate import use_language
from geo.schema import LAYERS
from geo.store.protocol import Reader
from geo.store.records import PUBLIC, Query

NAMES_OF_PRODUCTS = {"lotleaf", "leaflet"}
FIELDS_WITH_OUR_TEXTS = {"need_rule"}  # a sentence of geo/forestry/needs.toml
FORMATS = {"csv", "geojson", "excel", "xlsx"}  # names of formats
SEPARATORS = re.compile(r"[\n·;,()\[\]“”]")
DATE = re.compile(r"\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{1,2}, \d{4}\b")
READ_ATTRIBUTES = ("aria-label", "title", "placeholder", "alt", "aria-description", "data-label")
SKIPPED_TAGS = {"script", "style", "template", "code", "svg", "canvas"}
INLINE_TAGS = {"a", "b", "strong", "em", "span", "i", "br"}
# All words of a page in the order of the document, hidden ones too, each block on a line of its own.
READ_WORDS = """() => {
  const skipped = "script, style, template, noscript, code, svg, canvas, [lang=en], [translate=no]";
  const isInline = (element) => ["inline", "contents"].includes(getComputedStyle(element).display);
  const lines = [document.title];
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) lines[lines.length - 1] += node.textContent;
    if (node.nodeType !== Node.ELEMENT_NODE || node.matches(skipped)) return;
    const isBlock = !isInline(node);
    if (isBlock) lines.push("");
    for (const child of node.childNodes) walk(child);
    if (isBlock) lines.push("");
  };
  walk(document.body);
  for (const name of ["aria-label", "title", "placeholder", "alt", "aria-description", "data-label"])
    for (const element of document.querySelectorAll(`[${name}]`)) if (!element.closest(skipped)) lines.push(element.getAttribute(name));
  return lines.join("\\n");
}"""


def in_language(tag: str, function: Callable[..., Any], *values: Any, **options: Any) -> Any:
    """Return the result of a function that is called in a language. The language is as before afterwards."""
    context = copy_context()
    context.run(use_language, load_language(tag))
    return context.run(function, *values, **options)


class WordReader(HTMLParser):
    """Reads the words of HTML as `READ_WORDS` reads those of a page, and those for readers without scripts too."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.lines, self.depth = [""], 0  # the depth in an element that is skipped
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Begin a line with a block, and read the attributes with words."""
        self.depth += tag in SKIPPED_TAGS
        if self.depth:
            return
        words = [value for name, value in attributes if name in READ_ATTRIBUTES and value]
        if tag not in INLINE_TAGS or words:
            self.lines += [*words, ""]

    def handle_endtag(self, tag: str) -> None:
        """End the line of a block."""
        self.depth -= tag in SKIPPED_TAGS
        if tag not in INLINE_TAGS:
            self.lines.append("")

    def handle_data(self, data: str) -> None:
        """Read a text."""
        if not self.depth:
            self.lines[-1] += data


def words_of_html(html: str) -> str:
    """Return all words of HTML, each block on a line of its own."""
    return "\n".join(WordReader(html).lines)


def texts_of_data(reader: Reader) -> set[str]:
    """Return every text of the data, in lower case. Codes and reasons are words of ours."""
    values = set(_strings(reader.status()))
    for layer in LAYERS.values():
        names = [f.name for f in layer.public_fields if f.kind == "text" and f.name not in FIELDS_WITH_OUR_TEXTS]
        for record in reader.query(layer.name, Query(), actor=PUBLIC):
            values.add(record.id)
            values |= {str(record.values[name]) for name in names if record.values.get(name)}
    return {part.strip().casefold() for value in values for part in (value, *SEPARATORS.split(value))}


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _strings(part)


def outside_brackets(text: str) -> str:
    """Return what of a text is in no brackets of the pseudo-language."""
    depth, outside = 0, []
    for sign in text:
        depth += (sign == "⟦") - (sign == "⟧")
        if depth == 0 and sign != "⟧":
            outside.append(sign)
    assert depth == 0, "brackets stand in pairs"
    return "".join(outside)


def words_left_out(text: str, data_values: set[str]) -> list[str]:
    """Return the fragments outside brackets that are neither data nor a date."""
    known = data_values | NAMES_OF_PRODUCTS | FORMATS
    undated = DATE.sub("", outside_brackets(text))
    fragments = [fragment.strip(" .:%-…'\u00a0") for fragment in SEPARATORS.split(undated)]
    stripped = [(fragment, fragment.lstrip("0123456789 .,:/-").strip()) for fragment in fragments]
    return [
        whole
        for whole, rest in stripped
        if re.search(r"[^\W\d_]", rest) and not {whole.casefold(), rest.casefold()} & known
    ]
