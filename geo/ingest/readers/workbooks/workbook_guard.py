"""Checks of a workbook before calamine opens it: document types, memory, and the epoch of its dates.

`geo.ingest.readers.workbooks.read_workbook` calls it.
"""

import re
import resource
import zipfile
from pathlib import Path

from geo.errors import BadFile
from geo.ingest.readers.guards.xml_guard import has_doctype

# calamine keeps a sheet as a full grid, so that two cells far apart would fill the memory. A cell takes 32 bytes.
BASE_MEMORY_BYTES = 4 * 2**30
MEMORY_PER_FILE_BYTE = 100
EPOCH_1900, EPOCH_1904 = 1900, 1904
_DATE_1904_ATTRIBUTE = re.compile(rb"""<(?:\w+:)?workbookPr\b[^>]*\bdate1904\s*=\s*["'](?:1|true|on)["']""")
_NULL_DATE_1904 = re.compile(rb"""<table:null-date\b[^>]*date-value\s*=\s*["']1904-01-01""")
_BIFF_DATE_1904 = b"\x22\x00\x02\x00\x01\x00"  # record DATEMODE of 2 bytes, with the value 1
_XLSB_WORKBOOK_PROPERTIES = b"\x99\x01"  # record BrtWbProp; the first bit of its flags is the 1904 epoch


def refuse_unsafe_workbook(path: Path, format_name: str, name: str) -> None:
    """Raise BadFile if any part has a document type. Limit the memory to what such a file can need."""
    if format_name != "XLS":
        with zipfile.ZipFile(path) as archive:
            for member in archive.namelist():
                with archive.open(member) as file:
                    if has_doctype(file):
                        raise BadFile(
                            f"{name}: {member} has a document type, which is not read; save the workbook again"
                        )
    limit = BASE_MEMORY_BYTES + MEMORY_PER_FILE_BYTE * path.stat().st_size
    soft_limit, hard_limit = resource.getrlimit(resource.RLIMIT_AS)
    if soft_limit == resource.RLIM_INFINITY or limit < soft_limit:
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard_limit))


def date_epoch(path: Path, format_name: str) -> int:
    """Return the year from which the workbook counts its days: 1900, or 1904 as old Macintosh workbooks do.

    A cell that is formatted as a date is read right either way. A day that is stored as a plain number needs it.
    """
    if format_name == "XLS":
        with path.open("rb") as file:
            return EPOCH_1904 if _BIFF_DATE_1904 in file.read(1 << 20) else EPOCH_1900
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        for member, is_1904 in (
            ("xl/workbook.xml", lambda data: _DATE_1904_ATTRIBUTE.search(data) is not None),
            ("xl/workbook.bin", _has_1904_flag),
            ("content.xml", lambda data: _NULL_DATE_1904.search(data) is not None),
        ):
            if member in names:
                with archive.open(member) as file:
                    return EPOCH_1904 if is_1904(file.read(1 << 22)) else EPOCH_1900
    return EPOCH_1900


def _has_1904_flag(data: bytes) -> bool:
    r"""Return whether the properties of an XLSB workbook say 1904.

    >>> _has_1904_flag(b"\x83\x01\x00\x99\x01\x0c\x01" + bytes(11)), _has_1904_flag(b"\x99\x01\x0c\x20" + bytes(11))
    (True, False)
    """
    at = data.find(_XLSB_WORKBOOK_PROPERTIES)
    return 0 <= at < len(data) - 3 and bool(data[at + 3] & 1)
