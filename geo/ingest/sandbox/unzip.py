"""Unpacking of the one layer in a zip archive, under file names of our own.

`sandbox_worker` calls `unpack_layer`.
"""

import zipfile
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from geo.errors import BadFile, NeedsOption
from geo.ingest.readers.detect_format import detect_format
from geo.ingest.sandbox.gunzip import gunzip
from geo.ingest.sandbox.layer_parts import GEODATABASE_SUFFIX, PARTS_BY_SUFFIX, find_geodatabases
from geo.ingest.sandbox.zip_guard import INNER_ARCHIVE_SUFFIXES, list_safe_members, unpack_members

TEXT_SUFFIXES = (".csv", ".tsv", ".txt")
SINGLE_FILE_SUFFIXES = (
    *(".geojson", ".json", ".topojson", ".geojsonl", ".ndjson", ".gpkg", ".fgb", ".parquet", ".geoparquet"),
    *(
        ".kml",
        ".gpx",
        ".gml",
        ".csv",
        ".tsv",
        ".tab",
        ".txt",
        ".xlsx",
        ".xlsm",
        ".xlsb",
        ".xls",
        ".ods",
        ".tif",
        ".tiff",
    ),
)
README_SUFFIXES = (".txt",)  # a text beside a layer is about it, and is not named as left out
MAX_COUNTED_BYTES = 200 * 2**20  # of a text table whose rows are counted


@dataclass(frozen=True)
class UnpackedLayer:
    """One layer of an archive: its format, path and display name.

    `member` is its name in the archive, None where the archive is the file itself, as a workbook
    is. `table_name` is what `--table` says about the layer's inside. `left_out` describes the other layers.
    """

    format_name: str
    path: Path
    name: str
    table_name: str | None
    member: str | None = None
    left_out: tuple[dict[str, Any], ...] = ()


def unpack_layer(path: Path, name: str, folder: Path, table_name: str | None, *, depth: int = 0) -> UnpackedLayer:
    """Unpack the one layer of an archive, which may lie in an archive within it.

    A workbook is a zip archive too, and is not unpacked. Raises BadFile, or NeedsOption when there
    are several layers.
    """
    members = list_safe_members(path, name, allow_archives=depth == 0)
    names = [entry.filename for entry in members]
    if workbook_format := detect_workbook_format(names):
        return UnpackedLayer(workbook_format, path, name, table_name)
    layers, others = _find_layers(names)
    chosen, inner_table = _choose_member(path, layers, others, name, table_name)
    target_folder = folder / f"from-{path.name}"
    target_folder.mkdir()
    layer_path = _unpack_member(path, name, chosen, names, target_folder)
    label = f"{name}: {chosen}" if chosen else name
    left_out = tuple(
        _describe_member(path, other) for other in [*layers, *others] if other != chosen and not _is_readme(other)
    )
    if _suffix(chosen) == ".gz":
        layer_path, label = gunzip(layer_path, label, target_folder)
    elif _suffix(chosen) in INNER_ARCHIVE_SUFFIXES:
        inner = unpack_layer(layer_path, label, target_folder, inner_table, depth=depth + 1)
        return replace(inner, member=chosen, left_out=(*left_out, *inner.left_out))
    format_name = _layer_format(layer_path, label)
    return UnpackedLayer(format_name, layer_path, label, inner_table, chosen or None, left_out)


def detect_workbook_format(names: list[str]) -> str | None:
    """Return `XLSX`, `XLSB` or `ODS` if the members of an archive are those of a workbook.

    >>> detect_workbook_format(["[Content_Types].xml", "xl/workbook.bin"]), detect_workbook_format(["trees.shp"])
    ('XLSB', None)
    """
    if "[Content_Types].xml" in names and any(entry.startswith("xl/") for entry in names):
        return "XLSB" if "xl/workbook.bin" in names else "XLSX"
    return "ODS" if "mimetype" in names and "content.xml" in names else None


def _find_layers(names: list[str]) -> tuple[list[str], list[str]]:
    """Return the members that are layers, and those that may be layers too. The first are taken where there is one.

    >>> _find_layers(["Trees.shp", "Trees.dbf", "legend.csv", "readme.txt"])
    (['Trees.shp'], ['legend.csv', 'readme.txt'])
    >>> _find_layers(["doc.kml", "files/legend.kml"])
    (['doc.kml'], ['files/legend.kml'])
    """
    geodatabases = find_geodatabases(names)
    free = [
        entry for entry in names if not any(entry.startswith(f"{folder}/") or not folder for folder in geodatabases)
    ]
    with_parts = [entry for entry in free if _has_parts(entry, free)]
    parts = {entry for main in with_parts for entry in _part_targets(main, free, Path())}
    singles = [entry for entry in free if _suffix(entry) in SINGLE_FILE_SUFFIXES and entry not in parts]
    archives = [entry for entry in free if _suffix(entry) in INNER_ARCHIVE_SUFFIXES]
    root_documents = [entry for entry in singles if entry.lower() == "doc.kml"]
    tables = [entry for entry in singles if _suffix(entry) not in README_SUFFIXES]
    ranked = [[*geodatabases, *with_parts], root_documents, tables, archives, singles]
    layers = next((group for group in ranked if group), [])
    others = [
        entry for entry in dict.fromkeys([*geodatabases, *with_parts, *singles, *archives]) if entry not in layers
    ]
    return layers, others


def _has_parts(entry: str, names: list[str]) -> bool:
    """Return whether a member is a Shapefile or a MapInfo table. A .tab without parts is a text with tabs."""
    suffix = _suffix(entry)
    return suffix in (".shp", ".mif") or (suffix == ".tab" and len(_part_targets(entry, names, Path())) > 1)


def _choose_member(
    path: Path, layers: list[str], others: list[str], name: str, table_name: str | None
) -> tuple[str, str | None]:
    """Return the member to read, and what `--table` says about its inside."""
    for entry in [*layers, *others] if table_name else []:
        if table_name in (entry, PurePosixPath(entry).stem, PurePosixPath(entry).name):
            return entry, None
        if str(table_name).startswith(f"{entry}/"):
            return entry, str(table_name)[len(entry) + 1 :]
    if not layers:
        raise BadFile(f"{name}: has no Shapefile and no other layer that lotleaf reads; zip the layer's files")
    if len(layers) > 1:
        raise NeedsOption(f"{name}: has several layers; name one with --table: {_list_members(path, layers)}")
    return layers[0], table_name


def _list_members(path: Path, members: list[str]) -> str:
    descriptions = [_describe_member(path, member) for member in members[:20]]
    return ", ".join(
        f"'{PurePosixPath(entry['name']).stem}'" + (f" ({entry['rows']:,} rows)" if entry["rows"] is not None else "")
        for entry in descriptions
    )


def _describe_member(path: Path, member: str) -> dict[str, Any]:
    return {"name": member or path.name, "kind": "file", "rows": _count_rows(path, member)}


def _count_rows(path: Path, member: str) -> int | None:
    """Return the rows of a Shapefile or of a text table, None for what must be opened to be counted."""
    with zipfile.ZipFile(path) as archive:
        if _suffix(member) == ".shp":
            table = next((entry for entry in archive.namelist() if entry.lower() == member.lower()[:-4] + ".dbf"), None)
            if table is None:
                return None
            with archive.open(table) as file:
                return int.from_bytes(file.read(8)[4:8], "little")
        if _suffix(member) in TEXT_SUFFIXES and archive.getinfo(member).file_size <= MAX_COUNTED_BYTES:
            with archive.open(member) as file:
                return max(0, sum(1 for line in file if line.strip()) - 1)
    return None


def _unpack_member(path: Path, name: str, member: str, names: list[str], target_folder: Path) -> Path:
    """Unpack a member with its parts. Return the path of the layer."""
    if member in find_geodatabases(names):
        layer_path = target_folder / f"layer{GEODATABASE_SUFFIX}"
        layer_path.mkdir()
        prefix = f"{member}/" if member else ""
        files = [entry for entry in names if entry.startswith(prefix) and "/" not in entry[len(prefix) :]]
        unpack_members(path, name, {entry: layer_path / PurePosixPath(entry).name for entry in files})
        return layer_path
    targets = _part_targets(member, names, target_folder)
    unpack_members(path, name, targets)
    return targets[member]


def _part_targets(member: str, names: list[str], target_folder: Path) -> dict[str, Path]:
    """Return the target path of each part of a layer. The case of names does not matter.

    >>> names = ["Trees.SHP", "Trees.dbf", "trees.prj", "other.shp"]
    >>> targets = _part_targets("Trees.SHP", names, Path("work"))
    >>> {name: path.name for name, path in targets.items()}
    {'Trees.SHP': 'layer.shp', 'Trees.dbf': 'layer.dbf', 'trees.prj': 'layer.prj'}
    """
    suffix = _suffix(member)
    stem = member[: len(member) - len(suffix)].lower()
    targets = {member: target_folder / f"layer{suffix}"}
    for part in PARTS_BY_SUFFIX.get(suffix, ()):
        for name in names:
            if name.lower() == stem + part:
                targets[name] = target_folder / f"layer{part}"
    return targets


def _layer_format(path: Path, name: str) -> str:
    format_name = detect_format(path, name)
    if format_name == "zip":
        members = list_safe_members(path, name, allow_archives=True)
        format_name = detect_workbook_format([entry.filename for entry in members]) or "zip"
    if (path.suffix == ".shp") != (format_name == "ESRI Shapefile"):
        what = "a Shapefile" if path.suffix == ".shp" else "a complete layer"
        raise BadFile(f"{name}: is {format_name}, not {what}; zip the layer itself")
    if format_name in ("zip", "gzip"):
        raise BadFile(f"{name}: is an archive inside an archive; zip only the layer's files")
    return format_name


def _suffix(member: str) -> str:
    return PurePosixPath(member).suffix.lower()


def _is_readme(member: str) -> bool:
    return _suffix(member) in README_SUFFIXES
