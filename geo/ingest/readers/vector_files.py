"""Reading of vector files through GDAL and Arrow, inside the sandbox only.

`sandbox_worker` calls `read_vector` and `read_parquet`.
"""

import json
import mmap
import re
import warnings
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
from pyogrio.raw import open_arrow, read_arrow
from pyproj import CRS

from geo.errors import BadFile
from geo.ingest.readers.choose_layer import MULTI_LAYER_FORMATS, choose_layer
from geo.ingest.readers.guards import gpkg_guard, mapinfo_guard, topojson_guard
from geo.ingest.readers.guards.xml_guard import has_doctype
from geo.ingest.readers.raw_table import MAX_FIELD_BYTES, RawTable, check_column_count, to_plain_column
from geo.ingest.readers.text_encoding import detect_dbf_encoding, read_cpg_encoding
from geo.ingest.sandbox.zip_guard import BOMB_RATIO, BOMB_SIZE

FID_COLUMN = "OGC_FID"
MAX_DESCRIPTION_CHARACTERS = 500  # of a file's own description, stored with its provenance
GEOJSON_FORMATS = {"GeoJSON", "GeoJSONSeq"}  # their features may have ids beside their properties
# Formats whose feature number is a column of the file, beside those of GeoJSON: the OBJECTID of ArcGIS.
FORMATS_WITH_FIDS = {*GEOJSON_FORMATS, "OpenFileGDB"}
SPARSE_FORMATS = {"GPX"}  # their driver names every column that the format knows, filled or not
XML_FORMATS = {"GPX", "GML"}
LONG_TEXT_PATTERN = re.compile(rb'"[^"]{%d,}' % MAX_FIELD_BYTES)
MAX_HEAD_BYTES = 65_536  # of a GeoJSON file, in which its description is looked for
CUT_SHORT_PATTERN = re.compile(rb'"exceededTransferLimit"\s*:\s*true')
FEATURE_PATTERN = re.compile(rb'"type"\s*:\s*"Feature"')


def read_vector(path: Path, format_name: str, name: str, table_name: str | None, task: dict[str, Any]) -> RawTable:
    """Return one layer of a vector file. Raises BadFile, or NeedsOption when the file has several layers.

    `task` has the requested `encoding`, and the `geometry_types` that the layer takes.
    """
    encoding, warning = task["encoding"], None
    if format_name == "ESRI Shapefile":
        encoding, warning = detect_dbf_encoding(path, encoding)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _refuse_unsafe_file(path, format_name, name, table_name)
            if format_name == "GeoJSON":
                left_out: list[dict[str, Any]] = []
                table = _read_geojson(path, name, encoding)
            else:
                layer_name, left_out = choose_layer(path, format_name, name, table_name, task["geometry_types"])
                table = _read_layer(path, format_name, name, layer_name, encoding)
            told = [warning, _cut_short_warning(path, format_name)]
            table.metadata.update(left_out=left_out, warnings=[sentence for sentence in told if sentence])
            return table
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pa.ArrowException) as error:
        if row := _row_of_long_text(path, format_name):
            raise BadFile(
                f"{name}: a value in row {row} has more than {MAX_FIELD_BYTES / 1e6:.0f} MB; remove that row"
            ) from None
        message = str(error).replace(str(path), name).split("; It might help")[0][:300]
        raise BadFile(
            f"{name}: cannot be read as {format_name} ({message}); is the file complete? Export it again"
        ) from None


def _refuse_unsafe_file(path: Path, format_name: str, name: str, table_name: str | None) -> None:
    """Raise BadFile for a file that refers to others, computes its rows, or unpacks to far more than its size."""
    if format_name == "GPKG":
        gpkg_guard.make_gpkg_safe(path, name, table_name)
    elif format_name == "TopoJSON":
        topojson_guard.refuse_topojson_bomb(path, name)
    elif format_name == "MapInfo File":
        mapinfo_guard.refuse_linked_mapinfo(path, name)
    elif format_name in XML_FORMATS:
        with path.open("rb") as file:
            if has_doctype(file):
                raise BadFile(
                    f"{name}: {format_name} with a document type or entities is not read; export it without them"
                )


def _cut_short_warning(path: Path, format_name: str) -> str | None:
    """Return a warning if an Esri service gave only its first features."""
    if format_name != "ESRIJSON" and "JSON" not in format_name:
        return None
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if not CUT_SHORT_PATTERN.search(content):
            return None
    return "the service gave only its first features (exceededTransferLimit); ask for the rest with resultOffset, and load all files together"


def _row_of_long_text(path: Path, format_name: str) -> int | None:
    """Find the feature with a text that is too long for GDAL, or None. GDAL's error does not name it."""
    if "JSON" not in format_name:
        return None
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        long_text = LONG_TEXT_PATTERN.search(content)
        return len(FEATURE_PATTERN.findall(content, 0, long_text.start())) if long_text else None


def _read_geojson(path: Path, name: str, encoding: str | None) -> RawTable:
    """Return a GeoJSON file. GDAL reads the whole file at each opening, so it is opened only once."""
    dataset = f"GeoJSON:{path}"  # no other driver reads it
    options = {"return_fids": True, "datetime_as_string": True, "DATE_AS_STRING": "YES", "use_pyarrow": True}
    with open_arrow(dataset, encoding=encoding, **options) as (arrow_meta, reader):
        check_column_count(len(arrow_meta["fields"]), name)
        table = reader.read_all()
    metadata = {"encoding": encoding or arrow_meta["encoding"], "table": None, "says": _geojson_description(path)}
    return _to_raw_table(table, arrow_meta, "GeoJSON", metadata)


def _geojson_description(path: Path) -> str | None:
    """Return what a GeoJSON file says of itself before its features, or None."""
    with path.open("rb") as file:
        head = file.read(MAX_HEAD_BYTES).partition(b'"features"')[0]
    try:
        description = json.loads(head.decode("utf-8-sig") + '"features": []}').get("description")
    except (ValueError, RecursionError):
        return None
    return description[:MAX_DESCRIPTION_CHARACTERS] or None if isinstance(description, str) else None


def _read_layer(path: Path, format_name: str, name: str, layer_name: str, encoding: str | None) -> RawTable:
    info = pyogrio.read_info(path, layer=layer_name, encoding=encoding)
    if info["driver"] != format_name:
        raise BadFile(f"{name}: begins like {format_name}, but is not; export it again")
    check_column_count(len(info["fields"]), name)  # before GDAL spends minutes on reading them
    options = {"DATE_AS_STRING": "YES"} if format_name in GEOJSON_FORMATS else {}
    arrow_meta, table = read_arrow(
        path,
        layer=layer_name,
        encoding=encoding,
        return_fids=format_name in FORMATS_WITH_FIDS,
        datetime_as_string=True,  # as the file has it: with its zone, or without one
        **options,
    )
    metadata = {
        "encoding": encoding or _shapefile_encoding(path, format_name) or arrow_meta["encoding"],
        "table": layer_name if format_name in MULTI_LAYER_FORMATS else None,
        "says": ((info["layer_metadata"] or {}).get("DESCRIPTION") or "")[:MAX_DESCRIPTION_CHARACTERS] or None,
    }
    return _to_raw_table(table, arrow_meta, format_name, metadata)


def _to_raw_table(table: pa.Table, arrow_meta: dict[str, Any], format_name: str, metadata: dict[str, Any]) -> RawTable:
    geometry_column = _geometry_column_name(table, arrow_meta)
    column_names = _column_names(table, geometry_column, format_name)
    columns = [to_plain_column(table.column(column_name)) for column_name in column_names]
    index = column_names.index("id") if format_name == "TopoJSON" and "id" in column_names else None
    # The driver adds a column "id" even if no geometry has an id.
    if index is not None and columns[index].null_count == len(table):
        del column_names[index], columns[index]
    if format_name in GEOJSON_FORMATS and (feature_ids := _feature_ids(table, column_names)) is not None:
        column_names, columns = ["id", *column_names], [feature_ids, *columns]
    metadata = {"driver": format_name, "crs": arrow_meta["crs"], **metadata}
    return RawTable(column_names, columns, table.column(geometry_column) if geometry_column else None, None, metadata)


def _column_names(table: pa.Table, geometry_column: str | None, format_name: str) -> list[str]:
    """Return the names of the attributes, without blank ones in a format that names all that it knows."""
    names = [name for name in table.column_names if name not in (geometry_column, FID_COLUMN)]
    if format_name in SPARSE_FORMATS:
        return [name for name in names if table.column(name).null_count < len(table)]
    return names


def _geometry_column_name(table: pa.Table, arrow_meta: dict[str, Any]) -> str | None:
    if arrow_meta["geometry_type"] is None:
        return None
    column_name = arrow_meta["geometry_name"] or "wkb_geometry"
    return column_name if column_name in table.column_names else None


def _feature_ids(table: pa.Table, column_names: list[str]) -> pa.ChunkedArray | None:
    """Return the ids of GeoJSON features, or None if GDAL merely counted the features.

    >>> table = pa.table({"OGC_FID": pa.array([7, 9], pa.int64()), "species": ["Acer", "Pinus"]})
    >>> _feature_ids(table, ["species"]).to_pylist()
    [7, 9]
    >>> _feature_ids(table, ["id", "species"]) is None
    True
    """
    if FID_COLUMN not in table.column_names or "id" in column_names:
        return None
    ids = table.column(FID_COLUMN)
    sequential_ids = pa.array(range(len(ids)), pa.int64())
    return None if ids.combine_chunks().equals(sequential_ids) else ids


def _shapefile_encoding(path: Path, format_name: str) -> str | None:
    """Return the encoding in a Shapefile's .cpg, because GDAL reports UTF-8 for all of them."""
    return read_cpg_encoding(path) if format_name == "ESRI Shapefile" else None


def check_geojson_lines(path: Path, name: str) -> None:
    """Raise BadFile at the first damaged line of newline-delimited GeoJSON. GDAL would skip that line."""
    with path.open("rb") as file:
        for line_number, line in enumerate(file, 1):
            if text := line.strip(b"\x1e \t\r\n"):
                try:
                    json.loads(text)
                except (ValueError, RecursionError):
                    raise BadFile(
                        f"{name}: line {line_number} is not a complete GeoJSON feature; fix or remove that line"
                    ) from None


def read_parquet(path: Path, name: str) -> RawTable:
    """Return the table of a GeoParquet or plain Parquet file. Raises BadFile."""
    try:
        parquet_file = pq.ParquetFile(path)
        _refuse_parquet_bomb(parquet_file.metadata, path.stat().st_size, name)
        table = parquet_file.read()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise BadFile(f"{name}: cannot be read as GeoParquet ({str(error)[:200]}); export it again") from None
    geo_metadata = json.loads((table.schema.metadata or {}).get(b"geo", b"{}"))
    geometry_column = geo_metadata.get("primary_column") or _find_binary_geometry(table)
    column_names = [
        column_name
        for column_name in table.column_names
        if column_name != geometry_column and not _is_bbox_column(table, column_name)
    ]
    columns = [to_plain_column(table.column(column_name)) for column_name in column_names]
    metadata: dict[str, Any] = {"driver": "GeoParquet", "encoding": "UTF-8"}
    if geometry_column is None:
        return RawTable(column_names, columns, None, None, metadata)
    column_metadata = geo_metadata.get("columns", {}).get(geometry_column, {})
    metadata["crs"] = _crs_of_parquet(column_metadata) if geo_metadata else None
    return RawTable(
        column_names, columns, _to_wkb_column(table.column(geometry_column), column_metadata, name), None, metadata
    )


def _refuse_parquet_bomb(file_metadata: pq.FileMetaData, file_bytes: int, name: str) -> None:
    """Raise BadFile if the columns would unpack to far more than the file's size.

    A run of one repeated value takes a few bytes in the file and gigabytes in memory.
    """
    min_bytes = 4 * file_metadata.num_rows * file_metadata.num_columns  # a value takes four bytes or more
    if min_bytes > BOMB_SIZE and min_bytes > BOMB_RATIO * file_bytes:
        raise BadFile(
            f"{name}: {file_metadata.num_rows:,} rows of {file_metadata.num_columns:,} columns would unpack to {min_bytes / file_bytes:,.0f} times its size, which is not safe to read; export it again"
        )


def _find_binary_geometry(table: pa.Table) -> str | None:
    geometry_names = ("geometry", "geom", "wkb_geometry", "wkb", "shape")
    binary_types = (pa.binary(), pa.large_binary())
    matches = [
        field.name for field in table.schema if field.name.lower() in geometry_names and field.type in binary_types
    ]
    return matches[0] if matches else None


def _is_bbox_column(table: pa.Table, column_name: str) -> bool:
    """Return whether a column is GeoParquet's struct of each geometry's bounds.

    >>> table = pa.table({"bbox": [{"xmin": 0.0, "ymin": 0.0, "xmax": 1.0, "ymax": 1.0}], "id": ["7"]})
    >>> _is_bbox_column(table, "bbox"), _is_bbox_column(table, "id")
    (True, False)
    """
    return column_name == "bbox" and pa.types.is_struct(table.schema.field(column_name).type)


def _crs_of_parquet(column_metadata: dict[str, Any]) -> str | None:
    if "crs" not in column_metadata:
        return "OGC:CRS84"  # the format's default
    return CRS.from_json_dict(column_metadata["crs"]).to_wkt() if column_metadata["crs"] else None


def _to_wkb_column(column: pa.ChunkedArray, column_metadata: dict[str, Any], name: str) -> pa.ChunkedArray:
    if column_metadata.get("encoding", "WKB") != "WKB":
        raise BadFile(
            f"{name}: its geometry is encoded as {column_metadata['encoding']}; export it as WKB (geopandas: geometry_encoding='WKB')"
        )
    if isinstance(column.type, pa.BaseExtensionType):
        column = pa.chunked_array([chunk.storage for chunk in column.chunks], column.type.storage_type)
    if column.type not in (pa.binary(), pa.large_binary()):
        raise BadFile(f"{name}: its geometry column is {column.type}, not WKB; export it again")
    return column.cast(pa.binary())
