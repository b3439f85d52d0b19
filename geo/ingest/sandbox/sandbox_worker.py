"""A child process that opens untrusted files, forked by `fork_server` for one task.

It confines itself before it opens a file. It writes columns as Arrow IPC and its response as JSON into its own
folder, never pickles.
"""

import itertools
import json
from pathlib import Path
from typing import Any

import pyarrow as pa

from geo.errors import BadFile, BadInput, GeoError, NeedsOption
from geo.ingest.readers import delimited_text, kml, vector_files
from geo.ingest.readers.curves import straighten_curves
from geo.ingest.readers.detect_format import detect_format
from geo.ingest.readers.raw_table import RawTable, check_table_size
from geo.ingest.readers.workbooks.read_workbook import read_workbook
from geo.ingest.sandbox.gunzip import gunzip
from geo.ingest.sandbox.sandbox_limits import confine_to_folder, limit_resources
from geo.ingest.sandbox.temp_folders import RESPONSE_FILE
from geo.ingest.sandbox.unzip import UnpackedLayer, unpack_layer

WORKBOOK_FORMATS = {"XLSX", "XLSB", "XLS", "ODS"}
ERROR_TYPES = {"BadFile": BadFile, "NeedsOption": NeedsOption, "BadInput": BadInput}


def run_task(task: dict[str, Any]) -> None:
    """Confine this process, read the files of a task, and write the response into the task's folder."""
    folder = Path(task["folder"])
    limit_resources(seconds=task["seconds"], memory_mb=task["memory_mb"])
    restrictions = confine_to_folder(folder)
    try:
        response: dict[str, Any] = {"walls": restrictions, "tables": list(_read_files(task, folder))}
    except GeoError as error:
        response = {"error": [_error_type_name(error), str(error)]}
    except MemoryError:
        names = ", ".join(file["name"] for file in task["files"][:3])
        response = {
            "error": [
                "BadFile",
                f"{names}: needs more than {task['memory_mb']} MB of memory to read; cut the file to the towns",
            ]
        }
    (folder / RESPONSE_FILE).write_text(json.dumps(response), "utf-8")


def _read_files(task: dict[str, Any], folder: Path) -> Any:
    """Yield the description of each table that was written, one or more for each file."""
    numbers = itertools.count()
    for index, file in enumerate(task["files"]):
        try:
            tables = [straighten_curves(table) for table in _read_file(Path(file["path"]), file["name"], task, folder)]
        except (GeoError, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001 - damaged files make readers fail in every way
            raise BadFile(
                f"{file['name']}: cannot be read ({type(error).__name__}: {str(error)[:200]}); is the file complete?"
            ) from None
        for table in tables:
            path = folder / f"{next(numbers)}.arrow"
            yield {**_write_arrow(check_table_size(table, file["name"]), path), "file": index}


def _read_file(path: Path, name: str, task: dict[str, Any], folder: Path) -> list[RawTable]:
    """Return the tables of a file. The first one's metadata names what was left out of it."""
    format_name = detect_format(path, name)
    if format_name == "gzip":
        path, name = gunzip(path, name, folder)
        format_name = detect_format(path, name)
    layer = UnpackedLayer(format_name, path, name, task["table"])
    if format_name == "zip":
        layer = unpack_layer(path, name, folder, task["table"])
    if layer.format_name == "GTiff":
        from geo.ingest.readers.geotiff import read_geotiff  # noqa: PLC0415 - loads a second GDAL

        return [read_geotiff(layer.path, layer.name, task, folder)]
    if task["raster_only"]:
        raise BadFile(f"{layer.name}: --classes and --nodata are only for a GeoTIFF; this is {layer.format_name}")
    tables = _read_by_format(layer, task)
    _describe_container(tables, layer, task["table"])
    return tables


def _describe_container(tables: list[RawTable], layer: UnpackedLayer, table_name: str | None) -> None:
    """Add to the metadata which part of its container each table is, and what was left out.

    Raises BadInput for a `--table` that a file without tables has no use for.
    """
    first = tables[0].metadata
    if table_name is not None and first.get("table") is None:
        if layer.table_name is not None:
            raise BadInput(f"--table {table_name}: {layer.name} has one layer and no tables; leave --table out")
        first["table"] = layer.member
    first["left_out"] = [*layer.left_out, *first.get("left_out", ())]
    if len(tables) > 1:
        for table in tables:
            table.metadata["part"] = table.metadata["table"]


def _read_by_format(layer: UnpackedLayer, task: dict[str, Any]) -> list[RawTable]:
    format_name, path, name = layer.format_name, layer.path, layer.name
    if format_name == "CSV":
        return [delimited_text.read_csv(path, name, task["encoding"])]
    if format_name in WORKBOOK_FORMATS:
        return read_workbook(path, format_name, name, layer.table_name)
    if format_name == "KML":
        return [kml.read_kml(path, name, layer.table_name)]
    if format_name == "GeoParquet":
        return [vector_files.read_parquet(path, name)]
    if format_name == "GeoJSONSeq":
        vector_files.check_geojson_lines(path, name)
    return [vector_files.read_vector(path, format_name, name, layer.table_name, task)]


def _write_arrow(table: RawTable, path: Path) -> dict[str, Any]:
    columns = {f"a{index}": column for index, column in enumerate(table.columns)}
    if table.wkb is not None:
        columns["wkb"] = table.wkb
    if table.row_numbers is not None:
        columns["row"] = pa.chunked_array([table.row_numbers])
    if columns:
        with pa.OSFile(str(path), "wb") as output:
            arrow_table = pa.table(columns)
            with pa.ipc.new_file(output, arrow_table.schema) as writer:
                writer.write_table(arrow_table)
    return {"names": table.column_names, "path": path.name if columns else None, "facts": table.metadata}


def _error_type_name(error: GeoError) -> str:
    return next((name for name, error_type in ERROR_TYPES.items() if isinstance(error, error_type)), "BadFile")
