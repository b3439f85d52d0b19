"""The files of which a layer consists: a Shapefile, a MapInfo table, a File Geodatabase.

`sandbox` copies them from beside each other, and `unzip` from an archive.
"""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

PARTS_BY_SUFFIX = {
    ".shp": (".shx", ".dbf", ".prj", ".cpg"),
    ".tab": (".dat", ".map", ".id", ".ind", ".dbf"),
    ".mif": (".mid",),
}
GEODATABASE_SUFFIX = ".gdb"
GEODATABASE_TABLE_SUFFIX = ".gdbtable"
_MIF_START = re.compile(rb"(?i)\s*version\s+[0-9]+\s*[\r\n]")


def layer_suffix(header: bytes, name: str) -> str | None:
    r"""Return the suffix of a file that has parts beside it, by its first bytes, else None.

    >>> layer_suffix(b"\0\0'\n", "trees"), layer_suffix(b"!table\n", "trees.TAB"), layer_suffix(b"id,dbh", "trees.csv")
    ('.shp', '.tab', None)
    """
    if header.startswith(b"\0\0'\n"):
        return ".shp"
    if header.lstrip()[:6].lower() == b"!table":
        return ".tab"
    if PurePosixPath(name).suffix.lower() == ".mif" and _MIF_START.match(header):
        return ".mif"
    return None


def find_geodatabases(names: Iterable[str]) -> list[str]:
    """Return the folders of an archive that are File Geodatabases, "" for the archive itself.

    >>> find_geodatabases(["town/Trees.gdb/a00000001.gdbtable", "town/Trees.gdb/gdb", "readme.txt"])
    ['town/Trees.gdb']
    """
    tables = [PurePosixPath(name) for name in names if name.lower().endswith(GEODATABASE_TABLE_SUFFIX)]
    return sorted({"" if str(table.parent) == "." else str(table.parent) for table in tables})
