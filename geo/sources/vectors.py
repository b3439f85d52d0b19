"""Vector files through GDAL and Arrow: inside the cage only."""

import json
import mmap
import re
import warnings
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
from pyogrio.raw import read_arrow
from pyproj import CRS

from geo.errors import BadFile, NeedsOption
from geo.sources import geopackages, topologies
from geo.sources.archives import BOMB_RATIO, BOMB_SIZE
from geo.sources.encodings import cpg_encoding
from geo.sources.raws import MAX_FIELD, RawTable, check_width, plain

FID = "OGC_FID"
LONGEST_SAYS = 500  # of what a file says of itself, kept with its provenance
SEVERAL = {"GPKG", "TopoJSON"}  # formats of which one file holds several layers
ASIDE = {"layer_styles"}  # what QGIS keeps beside the layers
LONG_TEXT = re.compile(rb'"[^"]{%d,}' % MAX_FIELD)
FEATURE = re.compile(rb'"type"\s*:\s*"Feature"')


def read_vector(
    path: Path, kind: str, name: str, table: str | None, encoding: str | None
) -> RawTable:
    """Read one layer of a vector file; raises BadFile, or NeedsOption when it holds several."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if kind == "GPKG":
                geopackages.disarm(path, name, table)
            elif kind == "TopoJSON":
                topologies.refuse_bomb(path, name)
            layer = _layer(path, kind, name, table)
            return _read(path, kind, name, layer, encoding)
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        pa.ArrowException,
    ) as error:
        if row := _row_of_long_text(path, kind):
            raise BadFile(
                f"{name}: a value of row {row} has more than {MAX_FIELD / 1e6:.0f} MB; take that row out"
            ) from None
        said = str(error).replace(str(path), name).split("; It might help")[0][:300]
        raise BadFile(
            f"{name}: cannot be read as {kind} ({said}); is it whole? Export it again"
        ) from None


def _row_of_long_text(path: Path, kind: str) -> int | None:
    """Find the feature in which a text is too long for GDAL, which says only that it is lost."""
    if "JSON" not in kind:
        return None
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        found = LONG_TEXT.search(text)
        return len(FEATURE.findall(text, 0, found.start())) if found else None


def _layer(path: Path, kind: str, name: str, table: str | None) -> str:
    if kind not in SEVERAL:
        table = None  # one layer, whose name is the file's and ours to give
    layers = [str(one) for one, _ in pyogrio.list_layers(path) if one not in ASIDE]
    if not layers:
        raise BadFile(f"{name}: holds no layer; is it whole? Export it again")
    if table is not None and table not in layers:
        raise NeedsOption(f"{name}: holds no table '{table}'; --table takes one of {layers[:20]}")
    if table is None and len(layers) > 1:
        raise NeedsOption(f"{name}: holds several layers; say which with --table: {layers[:20]}")
    return table or layers[0]


def _read(path: Path, kind: str, name: str, layer: str, encoding: str | None) -> RawTable:
    info = pyogrio.read_info(path, layer=layer, encoding=encoding)
    if info["driver"] != kind:
        raise BadFile(f"{name}: is no {kind}, though it begins like one; export it again")
    check_width(len(info["fields"]), name)  # GDAL counts them in no time, and reads them in minutes
    options = {"DATE_AS_STRING": "YES"} if kind.startswith("GeoJSON") else {}
    meta, table = read_arrow(
        path,
        layer=layer,
        encoding=encoding,
        return_fids=kind == "GeoJSON",
        datetime_as_string=False,
        **options,
    )
    geometry = _geometry_column(table, meta)
    names = [one for one in table.column_names if one not in (geometry, FID)]
    columns = [plain(table.column(one)) for one in names]
    if kind == "TopoJSON" and "id" in names and columns[names.index("id")].null_count == len(table):
        at = names.index("id")  # the driver's own column, where no shape has an id
        names, columns = names[:at] + names[at + 1 :], columns[:at] + columns[at + 1 :]
    if kind == "GeoJSON" and (ids := _own_ids(table, names)) is not None:
        names, columns = ["id", *names], [ids, *columns]
    facts = {
        "driver": kind,
        "crs": meta["crs"],
        "encoding": encoding or _page(path, kind) or meta["encoding"],
        "table": layer if kind in SEVERAL else None,
        "says": ((info["layer_metadata"] or {}).get("DESCRIPTION") or "")[:LONGEST_SAYS] or None,
    }
    return RawTable(names, columns, table.column(geometry) if geometry else None, None, facts)


def _geometry_column(table: pa.Table, meta: dict[str, Any]) -> str | None:
    if meta["geometry_type"] is None:
        return None
    name = meta["geometry_name"] or "wkb_geometry"
    return name if name in table.column_names else None


def _own_ids(table: pa.Table, names: list[str]) -> pa.ChunkedArray | None:
    """Give the features' own numbers, which GDAL keeps aside, unless it counted them itself."""
    if FID not in table.column_names or "id" in names:
        return None
    ids = table.column(FID)
    counted = pa.array(range(len(ids)), pa.int64())
    return None if ids.combine_chunks().equals(counted) else ids


def _page(path: Path, kind: str) -> str | None:
    """Tell how a Shapefile's texts are written: GDAL gives them as UTF-8 and says just that."""
    return cpg_encoding(path) if kind == "ESRI Shapefile" else None


def check_lines(path: Path, name: str) -> None:
    """Make sure that every line of newline-delimited GeoJSON is whole: GDAL would pass over it."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if text := line.strip(b"\x1e \t\r\n"):
                try:
                    json.loads(text)
                except (ValueError, RecursionError):
                    raise BadFile(
                        f"{name}: line {number} is no whole GeoJSON feature; mend or take out that line"
                    ) from None


def read_parquet(path: Path, name: str) -> RawTable:
    """Read GeoParquet, or a plain Parquet table; raises BadFile."""
    try:
        file = pq.ParquetFile(path)
        _refuse_bomb(file.metadata, path.stat().st_size, name)
        table = file.read()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise BadFile(
            f"{name}: cannot be read as GeoParquet ({str(error)[:200]}); export it again"
        ) from None
    about = json.loads((table.schema.metadata or {}).get(b"geo", b"{}"))
    primary = about.get("primary_column") or _binary_geometry(table)
    names = [one for one in table.column_names if one != primary and not _is_cover(table, one)]
    columns = [plain(table.column(one)) for one in names]
    facts: dict[str, Any] = {"driver": "GeoParquet", "encoding": "UTF-8"}
    if primary is None:
        return RawTable(names, columns, None, None, facts)
    told = about.get("columns", {}).get(primary, {})
    facts["crs"] = _parquet_crs(told) if about else None
    return RawTable(names, columns, _wkb(table.column(primary), told, name), None, facts)


def _refuse_bomb(about: pq.FileMetaData, size: int, name: str) -> None:
    """Refuse what a run of one value repeated makes large: kilobytes that would fill the memory."""
    least = 4 * about.num_rows * about.num_columns  # bytes: a value takes four or more
    if least > BOMB_SIZE and least > BOMB_RATIO * size:
        raise BadFile(
            f"{name}: {about.num_rows:,} rows of {about.num_columns:,} columns would unpack to {least / size:,.0f} times its size: a bomb"
        )


def _binary_geometry(table: pa.Table) -> str | None:
    shapes = ("geometry", "geom", "wkb_geometry", "wkb", "shape")
    binary = (pa.binary(), pa.large_binary())
    found = [f.name for f in table.schema if f.name.lower() in shapes and f.type in binary]
    return found[0] if found else None


def _is_cover(table: pa.Table, column: str) -> bool:
    """Tell whether a column only repeats the bounds of each geometry."""
    return column == "bbox" and pa.types.is_struct(table.schema.field(column).type)


def _parquet_crs(told: dict[str, Any]) -> str | None:
    if "crs" not in told:
        return "OGC:CRS84"  # the format's default
    return CRS.from_json_dict(told["crs"]).to_wkt() if told["crs"] else None


def _wkb(column: pa.ChunkedArray, told: dict[str, Any], name: str) -> pa.ChunkedArray:
    if told.get("encoding", "WKB") != "WKB":
        raise BadFile(
            f"{name}: its geometry is encoded as {told['encoding']}; write it as WKB (geopandas: geometry_encoding='WKB')"
        )
    if isinstance(column.type, pa.BaseExtensionType):
        column = pa.chunked_array([one.storage for one in column.chunks], column.type.storage_type)
    if column.type not in (pa.binary(), pa.large_binary()):
        raise BadFile(f"{name}: its geometry column is {column.type}, not WKB; export it again")
    return column.cast(pa.binary())
