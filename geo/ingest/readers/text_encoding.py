"""Detection of text encodings: the requested one, the file's own declaration, or the first that decodes.

`read_csv` and `sandbox_worker` call it.
"""

import codecs
from pathlib import Path
from typing import BinaryIO

from geo.errors import BadFile, BadInput


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


def detect_dbf_encoding(path: Path, encoding: str | None) -> str | None:
    """Return the encoding of a Shapefile's texts: the requested one, else UTF-8 or Windows-1252.

    Returns None where a .cpg file declares it, because GDAL reads that file itself.
    """
    dbf_path = path.with_suffix(".dbf")
    if encoding or not dbf_path.exists() or path.with_suffix(".cpg").exists():
        return encoding
    with dbf_path.open("rb") as file:
        header = file.read(12)
        file.seek(int.from_bytes(header[8:10], "little"))
        return "UTF-8" if _is_decodable(file, "utf-8") else "WINDOWS-1252"


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
