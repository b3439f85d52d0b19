"""What a zip archive holds, unpacked under names of our own."""

import zipfile
from pathlib import Path, PurePosixPath

from geo.errors import BadFile, NeedsOption
from geo.sources.archives import unpack
from geo.sources.kinds import kind_of

PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
ALONE = (
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


def unpacked(
    path: Path, name: str, members: list[zipfile.ZipInfo], folder: Path, table: str | None
) -> tuple[str, Path, str]:
    """Unpack the one layer in an archive; returns its format, its path, and what to call it.

    A workbook is an archive too, and stays as it is. Raises BadFile, or NeedsOption when there are
    several layers.
    """
    names = [one.filename for one in members]
    if "[Content_Types].xml" in names and any(one.startswith("xl/") for one in names):
        return "XLSX", path, name
    shapes = [one for one in names if one.lower().endswith(".shp")]
    single = [one for one in names if PurePosixPath(one).suffix.lower() in ALONE]
    chosen = _one_of(shapes or single, name, table)
    target = folder / f"from-{path.name}"
    target.mkdir()
    if shapes:
        unpack(path, name, _parts(chosen, names, target))
    else:
        unpack(path, name, {chosen: target / f"layer{PurePosixPath(chosen).suffix.lower()}"})
    inner = next(one for one in target.iterdir() if not shapes or one.suffix == ".shp")
    return _inner_kind(inner, f"{name}: {chosen}", shape=bool(shapes)), inner, f"{name}: {chosen}"


def _one_of(found: list[str], name: str, table: str | None) -> str:
    if table is not None and len(found) > 1:
        found = [one for one in found if table in (one, PurePosixPath(one).stem)]
    if not found:
        raise BadFile(f"{name}: holds no Shapefile and no other layer that lotleaf reads")
    if len(found) > 1:
        stems = [PurePosixPath(one).stem for one in found]
        raise NeedsOption(f"{name}: holds several layers; say which with --table: {stems[:20]}")
    return found[0]


def _parts(shape: str, names: list[str], target: Path) -> dict[str, Path]:
    """Map the parts of a Shapefile, in whatever case they are named, to names of ours."""
    stem = shape[: -len(".shp")].lower()
    return {
        one: target / f"layer{end}" for end in PARTS for one in names if one.lower() == stem + end
    }


def _inner_kind(path: Path, name: str, *, shape: bool) -> str:
    kind = kind_of(path, name)
    if shape != (kind == "ESRI Shapefile"):
        raise BadFile(
            f"{name}: is no {'Shapefile' if shape else 'whole layer'} but {kind}; pack the layer itself"
        )
    if kind == "zip":
        raise BadFile(f"{name}: is an archive within an archive; pack the layer's files alone")
    return kind
