"""The formats of exports, and the file that an export is written to.

`lotleaf export` and `lotleaf geocode` call `write_export_file`. The API and the pages read `EXPORT_FORMATS`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from geo.errors import BadInput
from geo.store.temp_file import temp_file_beside


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """One format of exports. `name` is also the suffix of its files, and `label` is what pages call it."""

    name: str
    label: str
    media_type: str


EXPORT_FORMATS = {
    name: ExportFormat(name, label, media_type)
    for name, label, media_type in (
        ("geojson", "GeoJSON", "application/geo+json"),
        ("csv", "CSV", "text/csv"),
        ("xlsx", "Excel (XLSX)", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    )
}
# Suffixes of formats that ogr2ogr writes and lotleaf does not.
OTHER_FORMAT_SUFFIXES = {".dxf", ".fgb", ".gml", ".gpkg", ".kml", ".kmz", ".ods", ".parquet"}
OTHER_FORMAT_SUFFIXES |= {".pdf", ".shp", ".shz", ".sqlite", ".tab", ".zip"}


def format_of_file(path: Path) -> ExportFormat:
    """Return the format that the name of a file ends with, GeoJSON if it is none.

    >>> format_of_file(Path("trees.CSV")).name, format_of_file(Path("trees.json")).name
    ('csv', 'geojson')
    """
    return EXPORT_FORMATS.get(path.suffix.lower().removeprefix("."), EXPORT_FORMATS["geojson"])


def write_export_file(path: Path, chunks: Iterable[bytes], export_format: ExportFormat) -> None:
    """Write chunks to a file that appears complete or not at all. A device or pipe is written directly.

    A symbolic link stays, and the file behind it is replaced. Raises BadInput if the file's suffix
    belongs to another format, or if its folder is missing.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as device:
            device.writelines(chunks)
        return
    _require_suffix(path, export_format)
    path = path.resolve()
    if not path.parent.is_dir():
        raise BadInput(f"{path}: its folder does not exist; create it first")
    with temp_file_beside(path) as temp_file:
        with temp_file.open("wb") as file:
            file.writelines(chunks)
        if path.exists():
            temp_file.chmod(path.stat().st_mode & 0o777)  # the new file keeps the permissions of the old one
        temp_file.replace(path)


def _require_suffix(path: Path, export_format: ExportFormat) -> None:
    suffix = path.suffix.lower()
    if suffix in OTHER_FORMAT_SUFFIXES:
        geojson_path = path.with_suffix(".geojson")
        raise BadInput(
            f"{path}: lotleaf exports GeoJSON, CSV and XLSX; export to {geojson_path}, then convert that file to "
            f"{path.suffix[1:]} with: ogr2ogr {path} {geojson_path}"
        )
    if suffix.removeprefix(".") in {*EXPORT_FORMATS, "xls"} - {export_format.name}:
        raise BadInput(
            f"{path}: the name ends with {suffix[1:]}, but the format is {export_format.name}; make them match"
        )
