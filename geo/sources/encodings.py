"""How a file's texts are written: as told, as its marks say, else as they decode."""

import codecs
from pathlib import Path
from typing import BinaryIO

from geo.errors import BadFile, BadInput


def table_encoding(path: Path, name: str, told: str | None) -> str:
    """Find a CSV's encoding: as told, else UTF-8 or UTF-16 by their marks, else Windows-1252 or Latin-1."""
    if told:
        return _as_told(path, name, told)
    with path.open("rb") as file:
        if file.read(4).startswith((b"\xff\xfe", b"\xfe\xff")):
            return "utf-16"
    if _decodes_whole(path, "utf-8"):
        return "utf-8-sig"
    return "windows-1252" if _decodes_whole(path, "windows-1252") else "latin-1"


def dbf_encoding(path: Path, told: str | None) -> str | None:
    """Find the encoding of a Shapefile's texts: as told, as its .cpg says, else UTF-8 or Windows-1252.

    Returns None where the .cpg says it: GDAL reads that itself.
    """
    table = path.with_suffix(".dbf")
    if told or not table.exists() or path.with_suffix(".cpg").exists():
        return told
    with table.open("rb") as file:
        head = file.read(12)
        file.seek(int.from_bytes(head[8:10], "little"))
        return "UTF-8" if _decodes(file, "utf-8") else "WINDOWS-1252"


def cpg_encoding(path: Path) -> str | None:
    """Tell what a Shapefile's .cpg says, if there is one."""
    page = path.with_suffix(".cpg")
    return page.read_text("ascii", "replace").strip()[:40] or None if page.exists() else None


def _as_told(path: Path, name: str, told: str) -> str:
    try:
        codecs.lookup(told)
    except LookupError:
        raise BadInput(
            f"--encoding {told}: no such encoding; try utf-8, windows-1252 or latin-1"
        ) from None
    if not _decodes_whole(path, told):
        raise BadFile(f"{name}: not written in {told}; leave --encoding out to have it found")
    return "utf-8-sig" if told.lower().replace("_", "-") in {"utf-8", "utf8"} else told


def _decodes_whole(path: Path, coding: str) -> bool:
    with path.open("rb") as file:
        return _decodes(file, coding)


def _decodes(file: BinaryIO, coding: str) -> bool:
    """Tell whether what is left of a file decodes."""
    decoder = codecs.getincrementaldecoder(coding)()
    try:
        while chunk := file.read(1 << 20):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
