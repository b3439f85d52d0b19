"""Small workbooks written by hand: ODS and XLSB, which no library of ours writes."""

import struct
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

ODS_MIME = "application/vnd.oasis.opendocument.spreadsheet"
OFFICE = "urn:oasis:names:tc:opendocument:xmlns"
OPEN_XML = "http://schemas.openxmlformats.org"

Rows = list[list[object]]


def write_ods(
    path: Path, sheets: dict[str, Rows], *, head: str = "", merged: tuple[int, int, int] | None = None
) -> Path:
    """Write an ODS. `merged` is the row and column from 0 of a cell, and the number of rows that it spans."""
    tables = "".join(_ods_table(title, rows, merged) for title, rows in sheets.items())
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<office:document-content xmlns:office="{OFFICE}:office:1.0" '
        f'xmlns:table="{OFFICE}:table:1.0" xmlns:text="{OFFICE}:text:1.0" office:version="1.2"><office:body>'
        f"<office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = f'<manifest:manifest xmlns:manifest="{OFFICE}:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS_MIME}"/></manifest:manifest>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", ODS_MIME, zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return path


def _ods_table(title: str, rows: Rows, merged: tuple[int, int, int] | None) -> str:
    lines = []
    for row_index, row in enumerate(rows):
        cells = []
        for column, value in enumerate(row):
            span = f' table:number-rows-spanned="{merged[2]}" table:number-columns-spanned="1"' if merged and merged[:2] == (row_index, column) else ""  # fmt: skip
            cells.append(_ods_cell(value, span))
        lines.append(f"<table:table-row>{''.join(cells)}</table:table-row>")
    return f'<table:table table:name="{escape(title)}">{"".join(lines)}</table:table>'


def _ods_cell(value: object, span: str) -> str:
    if value is None:
        return f"<table:table-cell{span}/>"
    if isinstance(value, int | float):
        return f'<table:table-cell{span} office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'
    if hasattr(value, "isoformat"):
        return f'<table:table-cell{span} office:value-type="date" office:date-value="{value.isoformat()}"><text:p>{value}</text:p></table:table-cell>'
    return (
        f'<table:table-cell{span} office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'
    )


def write_xlsb(path: Path, sheets: dict[str, Rows], *, is_1904: bool = False) -> Path:
    """Write an XLSB of texts and numbers."""
    names = list(sheets)
    bundle = b"".join(
        _record(156, struct.pack("<II", 0, n) + _text(f"rId{n}") + _text(name)) for n, name in enumerate(names, 1)
    )
    properties = _record(153, struct.pack("<III", int(is_1904), 0, 0))
    book = _record(131) + properties + _record(143) + bundle + _record(144) + _record(132)
    relations = "".join(f'<Relationship Id="rId{n}" Type="{OPEN_XML}/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet{n}.bin"/>' for n in range(1, len(names) + 1))  # fmt: skip
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{OPEN_XML}/package/2006/content-types"/>')
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/_rels/workbook.bin.rels", f'<Relationships xmlns="{OPEN_XML}/package/2006/relationships">{relations}</Relationships>')  # fmt: skip
        for number, rows in enumerate(sheets.values(), 1):
            archive.writestr(f"xl/worksheets/sheet{number}.bin", _xlsb_sheet(rows))
    return path


def _xlsb_sheet(rows: Rows) -> bytes:
    width = max(map(len, rows), default=1)
    data = _record(129) + _record(148, struct.pack("<IIII", 0, max(0, len(rows) - 1), 0, width - 1)) + _record(145)
    for row_index, row in enumerate(rows):
        data += _record(0, struct.pack("<IIHBBBI", row_index, 0, 300, 0, 0, 0, 0))
        for column, value in enumerate(row):
            place = struct.pack("<II", column, 0)
            if isinstance(value, int | float):
                data += _record(5, place + struct.pack("<d", value))
            elif value is not None:
                data += _record(6, place + _text(str(value)))
    return data + _record(146) + _record(130)


def _record(kind: int, data: bytes = b"") -> bytes:
    """Write a record of BIFF12: its kind and length have seven bits a byte."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length, size = b"", len(data)
    while size >= 0x80:
        length += bytes([size & 0x7F | 0x80])
        size >>= 7
    return head + length + bytes([size]) + data


def _text(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")
