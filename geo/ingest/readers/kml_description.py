"""Attributes that a KML placemark keeps as a table of HTML in its description, as ArcGIS writes them.

`geo.ingest.readers.kml` calls `parse_description_table`.
"""

from html.parser import HTMLParser

MAX_DESCRIPTION_CHARACTERS = 1_000_000
MAX_NAME_CHARACTERS = 100  # of a column
NULL_WORDS = {"<null>", "null"}


class _TableParser(HTMLParser):
    """Collects the cells of each row, the innermost table's rows for themselves."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self._open_rows: list[list[str]] = []
        self._open_cells: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag == "tr":
            self._close_row_without_end_tag()
            self._open_rows.append([])
        elif tag in {"td", "th"} and self._open_rows:
            self._open_cells.append([])
        elif tag == "table" and self._open_cells:
            self._open_cells[-1].append("\0")  # a cell with a table in it is no value
        elif tag == "br" and self._open_cells:
            self._open_cells[-1].append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"} and self._open_cells and self._open_rows:
            self._open_rows[-1].append(" ".join("".join(self._open_cells.pop()).split()))
        elif tag == "tr" and self._open_rows:
            self.rows.append(self._open_rows.pop())

    def handle_data(self, data: str) -> None:
        if self._open_cells:
            self._open_cells[-1].append(data)

    def _close_row_without_end_tag(self) -> None:
        if self._open_rows and self._open_rows[-1] and len(self._open_cells) < len(self._open_rows):
            self.rows.append(self._open_rows.pop())


def parse_description_table(description: str) -> dict[str, str]:
    """Return the rows of two cells in a description as attributes, none where it has no such table.

    A null is left out. A name that occurs twice keeps its first value.

    >>> table = "<table><tr><td colspan=2>Oak</td></tr><tr><td>DBH</td><td>12</td></tr><tr><td>COND</td><td>&lt;Null&gt;</td></tr></table>"
    >>> parse_description_table(table)
    {'DBH': '12'}
    >>> parse_description_table("A tall oak")
    {}
    """
    if "<t" not in description.casefold() or len(description) > MAX_DESCRIPTION_CHARACTERS:
        return {}
    parser = _TableParser()
    parser.feed(description)
    parser.close()
    values: dict[str, str] = {}
    for row in parser.rows:
        if len(row) == 2 and row[0] and "\0" not in row[0] + row[1] and len(row[0]) <= MAX_NAME_CHARACTERS:
            values.setdefault(row[0].removesuffix(":").strip(), row[1])
    return {name: value for name, value in values.items() if value.casefold() not in NULL_WORDS}
