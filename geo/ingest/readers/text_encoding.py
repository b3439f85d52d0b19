"""Detection of text encodings: the requested one, the file's own declaration, or the first that decodes.

`read_csv` and `sandbox_worker` call it.
"""

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

from geo.errors import BadFile, BadInput

DBF_BLOCK_RECORDS = 50_000
DBF_HEADER_END = 0x0D
# The language byte of a DBF, for those code pages that Windows-1252 would read wrongly.
CODE_PAGE_BY_LANGUAGE_BYTE = {
    b"\x01": "CP437",
    b"\x02": "CP850",
    b"\x26": "CP866",
    b"\x64": "CP852",
    b"\x65": "CP866",
    b"\xc8": "CP1250",
    b"\xc9": "CP1251",
}


def detect_csv_encoding(path: Path, name: str, encoding: str | None) -> str:
    """Return a CSV's encoding: the requested one, UTF-16 by its byte order mark, else the first that decodes.

    The order is UTF-8, Windows-1252, Latin-1. Raises BadInput for an unknown encoding, and BadFile
    if the file does not decode in the requested one.
    """
    if encoding:
        return _check_requested_encoding(path, name, encoding)
    with path.open("rb") as file:
        if file.read(4).startswith((b"\xff\xfe", b"\xfe\xff")):
            return "utf-16"
    if _is_decodable_file(path, "utf-8"):
        return "utf-8-sig"
    return "windows-1252" if _is_decodable_file(path, "windows-1252") else "latin-1"


def detect_dbf_encoding(path: Path, encoding: str | None) -> tuple[str | None, str | None]:
    """Return the encoding of a Shapefile's texts, and a warning where that is not what its .cpg file says.

    It is the requested one, else UTF-8 if every text is valid in it, else that of the .cpg file,
    else Windows-1252. None means that GDAL reads the .cpg file itself.
    """
    dbf_path = path.with_suffix(".dbf")
    if encoding or not dbf_path.exists():
        return encoding, None
    claim = read_cpg_encoding(path)
    is_utf8 = is_dbf_utf8(dbf_path)
    if is_utf8:
        _blank_cut_letters(dbf_path)
    if claim is None:
        with dbf_path.open("rb") as file:
            code_page = CODE_PAGE_BY_LANGUAGE_BYTE.get(file.read(30)[29:30])
        if is_utf8 and code_page:
            return (
                "UTF-8",
                f"its DBF says {code_page}, but its text is valid UTF-8, so it was read as UTF-8; --encoding {code_page} reads it as the DBF says",
            )
        return ((code_page or "WINDOWS-1252") if is_utf8 is False else "UTF-8"), None
    if is_utf8 is None or is_utf8 == _is_utf8_name(claim):
        return None, None
    read_as = "UTF-8" if is_utf8 else "WINDOWS-1252"
    return (
        read_as,
        f"its .cpg file says {claim}, but its text is {'valid UTF-8' if is_utf8 else 'not valid in it'}, so it was read as {read_as}; --encoding {claim} reads it as the .cpg file says",
    )


def is_dbf_utf8(path: Path) -> bool | None:
    """Return whether the texts of a DBF are valid multi-byte UTF-8, None if all of them are ASCII.

    A text that fills its field may end within a character, because programs cut it there.
    """
    with path.open("rb") as file:
        header = file.read(32)
        header_bytes, record_bytes = (int.from_bytes(header[at : at + 2], "little") for at in (8, 10))
        fields = file.read(max(0, header_bytes - 32))
        found = None
        while record_bytes and (block := file.read(record_bytes * DBF_BLOCK_RECORDS)):
            for column in _non_ascii_columns(block, record_bytes, fields):
                if not all(_cut_length(cell) is not None for cell in {row.tobytes() for row in column}):
                    return False
                found = True
    return found


def _blank_cut_letters(path: Path) -> None:
    """Overwrite the beginning of a letter at the end of a text with blanks, in the sandbox's copy of a DBF."""
    with path.open("r+b") as file:
        header = file.read(32)
        header_bytes, record_bytes = (int.from_bytes(header[at : at + 2], "little") for at in (8, 10))
        fields = file.read(max(0, header_bytes - 32))
        position = file.tell()
        while record_bytes and (block := bytearray(file.read(record_bytes * DBF_BLOCK_RECORDS))):
            changed = False
            for column in _non_ascii_columns(block, record_bytes, fields):
                for row in column:
                    if cut := _cut_length(row.tobytes()):
                        end = len(row.tobytes().rstrip(b" \0"))
                        row[end - cut : end] = 32
                        changed = True
            if changed:
                file.seek(position)
                file.write(block)
            position = file.tell()


def _non_ascii_columns(block: bytes | bytearray, record_bytes: int, fields: bytes) -> Iterator[list[np.ndarray]]:
    """Yield for each character field its cells with bytes beyond ASCII, as views of `block`."""
    count = len(block) // record_bytes
    records = np.frombuffer(block, np.uint8, count * record_bytes).reshape(count, record_bytes)
    left = 1  # the deletion mark
    for at in range(0, len(fields) - 31, 32):
        kind, width = fields[at + 11 : at + 12], fields[at + 16]
        if fields[at] == DBF_HEADER_END:
            break
        if kind == b"C":
            column = records[:, left : left + width]
            rows = np.flatnonzero((column >= 0x80).any(axis=1))
            if len(rows):
                yield [column[row] for row in rows]
        left += width


def _cut_length(cell: bytes) -> int | None:
    r"""Return how many bytes at the end of a cell begin a letter that is cut off, None if the cell is not UTF-8.

    >>> _cut_length("Érable".encode()), _cut_length("été".encode()[:-1]), _cut_length(b"\xc9rable")
    (0, 1, None)
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(cell.rstrip(b" \0"))
    except UnicodeDecodeError:
        return None
    return len(decoder.getstate()[0])


def _is_utf8_name(encoding: str) -> bool:
    """Return whether an encoding's name means UTF-8.

    >>> _is_utf8_name("UTF-8"), _is_utf8_name("65001"), _is_utf8_name("ISO-8859-1")
    (True, True, False)
    """
    return encoding.strip().upper().replace("_", "-") in {"UTF-8", "UTF8", "65001", "CP65001"}


def read_cpg_encoding(path: Path) -> str | None:
    """Return the encoding that a Shapefile's .cpg file declares, or None without one."""
    cpg_path = path.with_suffix(".cpg")
    return cpg_path.read_text("ascii", "replace").strip()[:40] or None if cpg_path.exists() else None


def _check_requested_encoding(path: Path, name: str, encoding: str) -> str:
    try:
        codecs.lookup(encoding)
    except LookupError:
        raise BadInput(f"--encoding {encoding}: no such encoding; try utf-8, windows-1252 or latin-1") from None
    if not _is_decodable_file(path, encoding):
        raise BadFile(f"{name}: not written in {encoding}; leave out --encoding, and lotleaf detects it")
    return "utf-8-sig" if encoding.lower().replace("_", "-") in {"utf-8", "utf8"} else encoding


def _is_decodable_file(path: Path, encoding: str) -> bool:
    with path.open("rb") as file:
        return _is_decodable(file, encoding)


def _is_decodable(file: BinaryIO, encoding: str) -> bool:
    r"""Return whether the rest of a file decodes.

    >>> import io
    >>> _is_decodable(io.BytesIO("Povoação".encode()), "utf-8"), _is_decodable(io.BytesIO(b"\xe7\xe3"), "utf-8")
    (True, False)
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := file.read(1 << 20):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
