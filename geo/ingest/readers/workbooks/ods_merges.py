"""Merged cells of an ODS workbook, which calamine does not tell.

`geo.ingest.readers.workbooks.read_workbook` calls `read_ods_merges`. Document types were refused before.
"""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, iterparse

from geo.ingest.readers.workbooks.sheet_cells import MergedRange

_SPANNING_CELL = re.compile(rb'number-rows-spanned="(?!1")')
CHUNK_BYTES = 1 << 22


def read_ods_merges(path: Path) -> dict[str, list[MergedRange]]:
    """Return the ranges of merged cells that span several rows, by sheet. A sheet without any is missing."""
    with zipfile.ZipFile(path) as archive:
        with archive.open("content.xml") as file:
            if not any(_SPANNING_CELL.search(chunk) for chunk in iter(lambda: file.read(CHUNK_BYTES), b"")):
                return {}
        ranges: dict[str, list[MergedRange]] = {}
        with archive.open("content.xml") as file:
            sheet, row_index = "", 0
            for event, element in iterparse(file, events=("start", "end")):  # noqa: S314 - entities are refused before
                tag = element.tag.rpartition("}")[2]
                if tag == "table" and event == "start":
                    sheet, row_index = _attribute(element, "name") or "", 0
                elif tag == "table-row" and event == "end":
                    ranges.setdefault(sheet, []).extend(_merges_of_row(element, row_index))
                    row_index += int(_attribute(element, "number-rows-repeated") or 1)
                    element.clear()
    return {name: merges for name, merges in ranges.items() if merges}


def _merges_of_row(row: Element, row_index: int) -> Iterator[MergedRange]:
    column = 0
    for cell in row:
        rows_spanned = int(_attribute(cell, "number-rows-spanned") or 1)
        if rows_spanned > 1:
            columns_spanned = int(_attribute(cell, "number-columns-spanned") or 1)
            yield MergedRange(row_index, column, row_index + rows_spanned - 1, column + columns_spanned - 1)
        column += int(_attribute(cell, "number-columns-repeated") or 1)


def _attribute(element: Element, name: str) -> str | None:
    """Return an attribute by its name without namespace.

    >>> _attribute(Element("cell", {"{urn:x}name": "Trees"}), "name")
    'Trees'
    """
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None)
