"""Unpacking of the one layer in a zip archive, under file names of our own.

`sandbox_worker` calls `unpack_layer`.
"""

import zipfile
from pathlib import Path, PurePosixPath

from geo.errors import BadFile, NeedsOption
from geo.ingest.readers.detect_format import detect_format
from geo.ingest.sandbox.zip_guard import unpack_members

SHAPEFILE_SUFFIXES = (".shp", ".shx", ".dbf", ".prj", ".cpg")
SINGLE_FILE_SUFFIXES = (
    ".geojson",
    ".json",
    ".topojson",
    ".geojsonl",
    ".ndjson",
    ".gpkg",
    ".fgb",
    ".parquet",
    ".geoparquet",
    ".kml",
    ".csv",
    ".txt",
    ".tsv",
    ".tif",
    ".tiff",
)


def unpack_layer(
    path: Path, name: str, members: list[zipfile.ZipInfo], folder: Path, table_name: str | None
) -> tuple[str, Path, str]:
    """Unpack the one layer of an archive. Return its format, its path, and its display name.

    An XLSX workbook is a zip archive too, and is not unpacked. Raises BadFile, or NeedsOption when
    there are several layers.
    """
    names = [entry.filename for entry in members]
    if "[Content_Types].xml" in names and any(entry.startswith("xl/") for entry in names):
        return "XLSX", path, name
    shapefiles = [entry for entry in names if entry.lower().endswith(".shp")]
    single_files = [entry for entry in names if PurePosixPath(entry).suffix.lower() in SINGLE_FILE_SUFFIXES]
    chosen_member = _choose_member(shapefiles or single_files, name, table_name)
    target_folder = folder / f"from-{path.name}"
    target_folder.mkdir()
    if shapefiles:
        unpack_members(path, name, _shapefile_targets(chosen_member, names, target_folder))
    else:
        unpack_members(
            path, name, {chosen_member: target_folder / f"layer{PurePosixPath(chosen_member).suffix.lower()}"}
        )
    layer_path = next(entry for entry in target_folder.iterdir() if not shapefiles or entry.suffix == ".shp")
    return (
        _layer_format(layer_path, f"{name}: {chosen_member}", is_shapefile=bool(shapefiles)),
        layer_path,
        f"{name}: {chosen_member}",
    )


def _choose_member(candidates: list[str], name: str, table_name: str | None) -> str:
    if table_name is not None and len(candidates) > 1:
        candidates = [candidate for candidate in candidates if table_name in (candidate, PurePosixPath(candidate).stem)]
    if not candidates:
        raise BadFile(f"{name}: has no Shapefile and no other layer that lotleaf reads; zip the layer's files")
    if len(candidates) > 1:
        stems = [PurePosixPath(candidate).stem for candidate in candidates]
        raise NeedsOption(f"{name}: has several layers; name one with --table: {stems[:20]}")
    return candidates[0]


def _shapefile_targets(shapefile: str, names: list[str], target_folder: Path) -> dict[str, Path]:
    """Return the target path of each part of a Shapefile. The case of names does not matter.

    >>> names = ["Trees.SHP", "Trees.dbf", "trees.prj", "other.shp"]
    >>> targets = _shapefile_targets("Trees.SHP", names, Path("work"))
    >>> {name: path.name for name, path in targets.items()}
    {'Trees.SHP': 'layer.shp', 'Trees.dbf': 'layer.dbf', 'trees.prj': 'layer.prj'}
    """
    stem = shapefile[: -len(".shp")].lower()
    return {
        name: target_folder / f"layer{suffix}"
        for suffix in SHAPEFILE_SUFFIXES
        for name in names
        if name.lower() == stem + suffix
    }


def _layer_format(path: Path, name: str, *, is_shapefile: bool) -> str:
    format_name = detect_format(path, name)
    if is_shapefile != (format_name == "ESRI Shapefile"):
        raise BadFile(
            f"{name}: is {format_name}, not a {'Shapefile' if is_shapefile else 'complete layer'}; zip the layer itself"
        )
    if format_name == "zip":
        raise BadFile(f"{name}: is an archive inside an archive; zip only the layer's files")
    return format_name
