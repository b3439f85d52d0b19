"""XLSX export of layers, as a workbook for Excel: the data, the meaning of its fields, and where it is from.

The API, `lotleaf export` and `lotleaf geocode` call it. xlsxwriter keeps one row in memory and the rest in
temporary files, so memory stays flat at any size. The first byte comes when the workbook is complete.

Numbers, dates and flags are cells of their type. Text is always text: no cell becomes a formula or a link.
A text of more than 32,767 characters, the most that Excel takes, is cut there.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from geo.errors import BadInput
from geo.fields import Field
from geo.formats.table_rows import table_columns, table_rows
from geo.schema import Layer
from geo.store.records import Record

MAX_ROWS = 1_048_575  # rows of an Excel sheet below its header
EXCEL_EPOCH = date(1900, 1, 1)  # earlier days are no dates to Excel and stay text
DATE_PATTERN = re.compile(r"\d{4}-\d\d-\d\d")
CHUNK_BYTES = 65_536
WORKBOOK_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "use_zip64": True,  # a sheet may be larger than 4 GB
}
# Column widths in characters.
KIND_WIDTHS = {"text": 24, "code": 12, "date": 12, "integer": 10, "real": 12, "flag": 8}
FILTER_BUTTON_WIDTH = 4  # what the filter button needs beside a column's name
SHEET_WIDTHS = {"description": 90, "codes": 50, "name": 24, "value": 110, "about": 36}
FIELD_SHEET_COLUMNS = [Field(name, "text", "") for name in ("name", "kind", "unit", "codes", "description")]
ABOUT_SHEET_COLUMNS = [Field(name, "text", "") for name in ("about", "value")]
DISPLAY_POINT_NOTE = (
    "The display point in degrees (longitude and latitude, WGS 84), with 7 decimals: a record's own point, a point on "
    "or in its line or area, or for a record without geometry the point of its parcel, site or intersection. Empty "
    "where none is known."
)
UNKNOWN_NOTE = "Unknown: nobody recorded it. An empty cell never means 0."
LONG_TEXT_NOTE = (
    "Longer text is cut after 32,767 characters, the most that Excel allows in a cell. The CSV export has all of it."
)
PRIVATE_NOTE = "Private fields are included. Do not publish this file."


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a workbook: its columns, and its rows in the same order. Unknown values are None."""

    name: str
    columns: Sequence[Field]
    rows: Iterable[Sequence[Any]]


def require_sheet_rows(row_count: int, layer_name: str) -> None:
    """Raise BadInput if an Excel sheet cannot hold that many rows.

    >>> require_sheet_rows(2_000_000, "trees")
    Traceback (most recent call last):
        ...
    geo.errors.BadInput: trees: these are 2,000,000 rows, and an Excel sheet holds 1,048,575; export CSV, or filter the records
    """
    if row_count > MAX_ROWS:
        raise BadInput(
            f"{layer_name}: these are {row_count:,} rows, and an Excel sheet holds {MAX_ROWS:,}; export CSV, or filter the records"
        )


def stream_xlsx(
    layer: Layer,
    records: Iterable[Record],
    summary: Mapping[str, Any],
    *,
    filters: Collection[tuple[str, str]] = (),
    private: bool = False,
    only_fields: Collection[str] = (),
) -> Iterator[bytes]:
    """Yield the records of a layer as one workbook, in chunks, with the sheets "Fields" and "About".

    `summary` is the result of `layer_summary`. `filters` are the conditions of the query, as names and values.
    Raises BadInput for more than `MAX_ROWS` records.
    """
    columns = table_columns(layer, private=private, only_fields=only_fields)
    counter = _RowCounter(table_rows(columns, records, private=private), layer.name)
    about_rows = _about_rows(layer, summary, counter, filters, private=private)
    sheets = [
        Sheet(layer.name, columns, counter),
        Sheet("Fields", FIELD_SHEET_COLUMNS, map(_field_row, columns)),
        Sheet("About", ABOUT_SHEET_COLUMNS, about_rows),
    ]
    yield from stream_workbook(sheets, created=_last_load(summary))


def stream_workbook(sheets: Iterable[Sheet], *, created: datetime | None = None) -> Iterator[bytes]:
    """Yield sheets as one workbook, in chunks. Sheets are written one after another, each with all of its rows.

    `created` is the moment in the workbook's properties. Without it, it is the start of 1980, as in its ZIP archive.
    """
    with TemporaryDirectory(prefix="lotleaf-xlsx-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "workbook.xlsx"
        with _open_workbook(path) as workbook:
            workbook.set_properties({"created": created or datetime(1980, 1, 1, tzinfo=UTC)})
            date_format = workbook.add_format({"num_format": "yyyy-mm-dd"})
            header_format = workbook.add_format({"bold": True, "bottom": 1})
            for sheet in sheets:
                _write_sheet(workbook.add_worksheet(sheet.name, _PlainWorksheet), sheet, header_format, date_format)
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk


class _PlainWorksheet(Worksheet):  # type: ignore[misc] # xlsxwriter has no types
    """A worksheet whose text is never markup.

    In constant memory, xlsxwriter writes a text that begins with <r> and ends with </r> as it is.
    """

    def _xml_rich_inline_string(self, string: str, attributes: Any = ()) -> None:
        preserves_spaces = True
        self._xml_inline_string(string, preserves_spaces, attributes)


class _RowCounter:
    """An iterator over rows that counts them, and raises BadInput when a sheet cannot hold the next one."""

    def __init__(self, rows: Iterator[list[Any]], layer_name: str) -> None:
        self.count = 0
        self._rows = rows
        self._layer_name = layer_name

    def __iter__(self) -> Iterator[list[Any]]:
        for row in self._rows:
            self.count += 1
            require_sheet_rows(self.count, self._layer_name)
            yield row


@contextmanager
def _open_workbook(path: Path) -> Iterator[Workbook]:
    """Open a new workbook for the time of the context. Its temporary files are in the folder of `path`."""
    workbook = Workbook(path, {**WORKBOOK_OPTIONS, "tmpdir": str(path.parent)})
    try:
        yield workbook
        workbook.close()
    finally:
        for sheet in workbook.worksheets():
            sheet.row_data_fh.close()  # open still if a row could not be written


def _write_sheet(worksheet: Worksheet, sheet: Sheet, header_format: Any, date_format: Any) -> None:
    for number, column in enumerate(sheet.columns):
        worksheet.write_string(0, number, column.name, header_format)
        worksheet.set_column(number, number, _column_width(column))
    last_row = 0
    kinds = [column.kind for column in sheet.columns]
    for last_row, row in enumerate(sheet.rows, 1):
        for number, (value, kind) in enumerate(zip(row, kinds, strict=True)):
            if value not in (None, ""):
                _write_cell(worksheet, last_row, number, value, date_format if kind == "date" else None)
    worksheet.freeze_panes(1, 0)
    worksheet.autofilter(0, 0, last_row, len(kinds) - 1)
    worksheet.ignore_errors({"number_stored_as_text": f"A1:XFD{MAX_ROWS + 1}"})  # ids are text


def _write_cell(worksheet: Worksheet, row: int, column: int, value: Any, date_format: Any) -> None:
    if isinstance(value, bool):
        worksheet.write_boolean(row, column, value)
    elif isinstance(value, int | float):
        worksheet.write_number(row, column, value)
    elif date_format is not None and (day := _excel_day(value)):
        worksheet.write_datetime(row, column, day, date_format)
    else:
        worksheet.write_string(row, column, value)


def _excel_day(text: str) -> date | None:
    """Return the day of an ISO date. None if Excel has no such date.

    >>> _excel_day("2024-05-01"), _excel_day("1850-01-01"), _excel_day("spring")
    (datetime.date(2024, 5, 1), None, None)
    """
    try:
        day = date.fromisoformat(text) if DATE_PATTERN.fullmatch(text) else None
    except ValueError:
        return None
    return day if day and day >= EXCEL_EPOCH else None


def _column_width(column: Field) -> int:
    """Return the width of a column: for its values, and for its name with the filter button.

    >>> _column_width(Field("dbh_in", "real", "")), _column_width(Field("frontage_parcel_id", "text", ""))
    (12, 24)
    """
    code_width = max((len(code) + 2 for code in column.codes), default=0)
    value_width = SHEET_WIDTHS.get(column.name, KIND_WIDTHS[column.kind])
    return max(value_width, code_width, len(column.name) + FILTER_BUTTON_WIDTH)


def _field_row(column: Field) -> list[str | None]:
    return [column.name, column.kind, column.unit, ", ".join(column.codes) or None, column.description]


def _about_rows(
    layer: Layer,
    summary: Mapping[str, Any],
    counter: _RowCounter,
    filters: Collection[tuple[str, str]],
    *,
    private: bool,
) -> Iterator[tuple[str, Any]]:
    """Iterate over the rows of the sheet "About". The count is right once the data are written."""
    yield "Layer", f"{layer.title} ({layer.name})"
    yield "Description", layer.description
    yield "Rows", counter.count
    yield "Filters", "; ".join(f"{name} = {value}" for name, value in filters) or "None. All records of the layer."
    if private:
        yield "Private fields", PRIVATE_NOTE
    yield "Version of the workspace", summary["version"]
    for source in summary["sources"]:
        name = source.get("name") or "unknown"
        yield f"Source {name}", source.get("description")
        yield f"Source {name}: date of the data", source.get("date") or "unknown"
        yield f"Source {name}: license", source.get("licence") or "unknown"
        yield f"Source {name}: method", source.get("method") or "unknown"
        yield f"Source {name}: loaded", source.get("loaded_at")
    yield "lon, lat", DISPLAY_POINT_NOTE
    yield "Empty cells", UNKNOWN_NOTE
    yield "Long texts", LONG_TEXT_NOTE


def _last_load(summary: Mapping[str, Any]) -> datetime | None:
    """Return the moment of a layer's last load, so that one version always makes the same workbook."""
    moments = [datetime.fromisoformat(source["loaded_at"]) for source in summary["sources"] if source.get("loaded_at")]
    return max(moments, default=None)
