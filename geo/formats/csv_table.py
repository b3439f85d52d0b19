"""CSV export of layers for Excel and every other reader of tables, streamed in flat memory.

The API, `lotleaf export` and `lotleaf geocode` call it.

The text is UTF-8 with a byte order mark, by which Excel knows the encoding. Lines end with CRLF
(RFC 4180). Text is in quotes, numbers and flags are not. Unknown is an empty cell, never 0.

A spreadsheet runs a cell as a formula if its text begins with `=`, `+`, `-` or `@`, with or without quotes.
So `escape_formula` puts one space in front of such a text. Of the prefixes that OWASP's page on CSV
injection discusses, the apostrophe shows in the cell, and Excel drops it when the file is edited and saved
(www-community issue 517). The tab is itself on OWASP's list of first characters to avoid. A space is not:
LibreOffice and Gnumeric were tried and keep such a cell as text, and whoever trims text has the value back.

Where lists are separated by semicolons, a spreadsheet splits the lines of this file at semicolons and line
breaks, inside quotes too. So a space also goes between one of those and a formula that would follow it.
`unescape_formula` is the exact inverse. Numbers are never escaped. The XLSX export needs no escape, because
its cells have types.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Any

from geo.formats.geojson import BATCH_SIZE
from geo.formats.table_rows import table_columns, table_rows
from geo.schema import Layer
from geo.store.records import Record

BYTE_ORDER_MARK = "\ufeff"
LINE_END = "\r\n"
# The characters of OWASP's list, with their full-width forms. At the start of a text, all control characters too.
FORMULA_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
START_PATTERN = re.compile(f" *[{FORMULA_SIGNS}\x00-\x1f]")
INNER_PATTERN = re.compile(f'(\r\n|[;\t\r\n])(?=[ "]*[{FORMULA_SIGNS}])')
ESCAPED_INNER_PATTERN = re.compile(f'(\r\n|[;\t\r\n]) (?=[ "]*[{FORMULA_SIGNS}])')


def stream_csv(
    layer: Layer, records: Iterable[Record], *, private: bool = False, only_fields: Collection[str] = ()
) -> Iterator[bytes]:
    """Yield the records of a layer as one CSV text, in chunks. See `table_columns` for its columns.

    >>> from geo.schema import LAYERS
    >>> hall = Record("hall", "bel-nor/halls", {"name": "-1 Hall", "town": "Bel-Nor"})
    >>> text = b"".join(stream_csv(LAYERS["landmarks"], [hall], only_fields=["name"])).decode("utf-8-sig")
    >>> text.splitlines()
    ['"id","source","name","town","lon","lat"', '"hall","bel-nor/halls"," -1 Hall","Bel-Nor",,']
    """
    columns = table_columns(layer, private=private, only_fields=only_fields)
    rows = table_rows(columns, records, private=private)
    return stream_rows([column.name for column in columns], rows)


def stream_rows(header: Iterable[str], rows: Iterable[Iterable[Any]]) -> Iterator[bytes]:
    """Yield a header and rows as one CSV text, in chunks."""
    yield (BYTE_ORDER_MARK + format_row(header)).encode()
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH_SIZE)):
        yield "".join(map(format_row, batch)).encode()


def format_row(values: Iterable[Any]) -> str:
    r"""Return one line of CSV, with its end.

    >>> format_row(["=SUM(A1)", 'the "old" oak', 12.5, -90.31, 0, True, None])
    '" =SUM(A1)","the ""old"" oak",12.5,-90.31,0,true,\r\n'
    """
    return ",".join(map(_format_cell, values)) + LINE_END


def escape_formula(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, with spaces where it needs them.

    >>> escape_formula("=1+1"), escape_formula(" =1+1"), escape_formula("1+1"), escape_formula("oak;=1+1")
    (' =1+1', '  =1+1', '1+1', 'oak; =1+1')
    """
    escaped_text = INNER_PATTERN.sub(r"\1 ", text)
    return f" {escaped_text}" if START_PATTERN.match(text) else escaped_text


def unescape_formula(text: str) -> str:
    """Return the text of which `escape_formula` made `text`.

    >>> unescape_formula(" =1+1"), unescape_formula("oak; =1+1"), unescape_formula("oak")
    ('=1+1', 'oak;=1+1', 'oak')
    """
    stripped_text = text.removeprefix(" ") if START_PATTERN.match(text) else text
    return ESCAPED_INNER_PATTERN.sub(r"\1", stripped_text)


def _format_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        escaped_quotes = escape_formula(value).replace('"', '""')
        return f'"{escaped_quotes}"'
    return str(value).lower()  # true and false as in GeoJSON; numbers as they are
