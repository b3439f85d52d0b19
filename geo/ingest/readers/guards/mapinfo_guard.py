"""A check of a MapInfo table before GDAL opens it: it may be a picture, a view, or a list of other tables.

`vector_files.read_vector` calls `refuse_linked_mapinfo` on the sandbox's copy of the file.
"""

import re
from pathlib import Path

from geo.errors import BadFile

MAX_HEADER_BYTES = 1 << 20  # a .tab is a short text
# Tables that consist of other files: seamless tables, views of queries, pictures, links to databases.
LINKED_TABLE_PATTERN = re.compile(
    rb"""(?i)"\\?isseamless"\s*=\s*"true"|\bcreate\s+view\b|\bopen\s+table\b|\btype\s+"?(?:raster|linked|odbc|wms|wfs|tileserver|access|xls)\b"""
)
FILE_NAME_PATTERN = re.compile(rb"""(?im)^\s*file\s+"([^"]*)\"""")


def refuse_linked_mapinfo(path: Path, name: str) -> None:
    """Raise BadFile if a .tab refers to other files than its own parts."""
    if path.suffix != ".tab":
        return
    with path.open("rb") as file:
        text = file.read(MAX_HEADER_BYTES + 1)
    if len(text) > MAX_HEADER_BYTES:
        raise BadFile(f"{name}: a MapInfo table of more than {MAX_HEADER_BYTES >> 20} MB is damaged; export it again")
    paths = [found for found in FILE_NAME_PATTERN.findall(text) if b"/" in found or b"\\" in found]
    if LINKED_TABLE_PATTERN.search(text) or paths:
        raise BadFile(
            f"{name}: not data but a MapInfo table that refers to other files; in MapInfo save a copy of the layer itself"
        )
