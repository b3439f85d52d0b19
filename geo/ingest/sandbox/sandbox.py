"""The sandbox's parent side: it copies the files into a private folder and has a child process read them.

`read_source` and `read_address_table` call `read_in_sandbox`. The child has an environment of its own,
the allowed GDAL drivers only, resource limits and no network. It returns columns as Arrow IPC and
metadata as JSON, in files of the folder. The parent never parses the file. See `docs/decisions/0005-sandbox.md`.
"""

import json
import os
import stat
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa

from geo.errors import BadFile, BadInput, NeedsOption
from geo.ingest.ingest_request import IngestRequest, display_name
from geo.ingest.readers.raw_table import RawTable
from geo.ingest.sandbox.copy_files import copy_into_sandbox
from geo.ingest.sandbox.temp_folders import RESPONSE_FILE, private_temp_folder
from geo.ingest.sandbox.worker_process import run_worker
from geo.schema import LAYERS

ERROR_TYPES: dict[str, type[BadInput]] = {"BadFile": BadFile, "NeedsOption": NeedsOption, "BadInput": BadInput}


@dataclass(frozen=True)
class SandboxResult:
    """The output of the worker: one or more tables for each file, the cells of a raster, and the files' metadata.

    `cells` is uint8 `(rows, columns)`, or None without a raster. `files` has name, bytes and sha256
    of each file. `restrictions` names the protections that this machine supports.
    """

    tables: list[RawTable]
    cells: np.ndarray | None
    files: list[dict[str, Any]]
    restrictions: list[str]


def read_in_sandbox(request: IngestRequest) -> SandboxResult:
    """Return the files of a request, read in a child process.

    Raises BadFile for a file that cannot be read safely within the request's time and memory.
    Raises NeedsOption for a choice that only the user can make.
    """
    if not request.files:
        raise NeedsOption("no file was named; name at least one")
    with private_temp_folder() as folder:
        copies = [copy_into_sandbox(path, folder, index) for index, path in enumerate(request.files)]
        files = [copy.info for copy in copies]
        response = _run_worker(_worker_task(request, folder, [copy.path for copy in copies]), folder, request, files)
        tables = [_read_worker_table(entry, folder, files[int(entry["file"])]["name"]) for entry in response["tables"]]
        return SandboxResult(tables, _read_worker_cells(folder), files, response["walls"])


def _worker_task(request: IngestRequest, folder: Path, copies: list[Path]) -> dict[str, Any]:
    return {
        "folder": str(folder),
        "files": [
            {"path": str(copy), "name": display_name(path)} for copy, path in zip(copies, request.files, strict=True)
        ],
        "layer": request.layer,
        "geometry_types": list(LAYERS[request.layer].geometry_types),
        "encoding": request.encoding,
        "table": request.table,
        "classes": [list(value_range) for value_range in request.canopy_ranges],
        "nodata": request.nodata,
        "raster_only": bool(request.canopy_ranges) or request.nodata is not None,
        "seconds": request.timeout_s,
        "memory_mb": request.memory_mb,
    }


def _run_worker(
    task: dict[str, Any], folder: Path, request: IngestRequest, files: list[dict[str, Any]]
) -> dict[str, Any]:
    file_label = files[0]["name"] if len(files) == 1 else f"{files[0]['name']} and {len(files) - 1} more"
    try:
        exit_code = run_worker(task, timeout_s=request.timeout_s)
    except TimeoutError:
        raise BadFile(
            f"{file_label}: reading took more than {request.timeout_s} seconds, so it was stopped; cut the file to the towns, or export it again"
        ) from None
    return _parse_worker_response(folder / RESPONSE_FILE, exit_code, file_label)


def _parse_worker_response(path: Path, exit_code: int, file_label: str) -> dict[str, Any]:
    if exit_code != 0:
        cause = f"signal {-exit_code}" if exit_code < 0 else f"exit {exit_code}"
        raise BadFile(
            f"{file_label}: reading it failed ({cause}): the file is damaged, unsafe, or too large for the memory; export it again, or cut it to the towns"
        )
    with _open_worker_file(path) as file:
        response: dict[str, Any] = json.load(file)
    if error := response.get("error"):
        raise ERROR_TYPES[error[0]](error[1])
    return response


def _read_worker_table(entry: dict[str, Any], folder: Path, name: str) -> RawTable:
    """Return a table that the worker wrote, after full validation."""
    empty_table = RawTable([], [], None, None, {**entry["facts"], "file": int(entry["file"])})
    if entry["path"] is None:
        return empty_table
    try:
        with _open_worker_file(folder / Path(entry["path"]).name) as file:
            arrow_table = pa.ipc.open_file(pa.PythonFile(file, "r")).read_all()
        arrow_table.validate(full=True)
    except pa.ArrowException as error:
        raise BadFile(f"{name}: its columns are damaged ({str(error)[:200]}); export it again") from None
    column_names = [str(name) for name in entry["names"]]
    arrow_names = set(arrow_table.column_names)
    return replace(
        empty_table,
        column_names=column_names,
        columns=[arrow_table.column(f"a{index}") for index in range(len(column_names))],
        wkb=arrow_table.column("wkb") if "wkb" in arrow_names else None,
        row_numbers=arrow_table.column("row").combine_chunks() if "row" in arrow_names else None,
    )


def _read_worker_cells(folder: Path) -> np.ndarray | None:
    path = folder / "cells.npy"
    if not path.exists():
        return None
    with _open_worker_file(path) as file:
        return np.load(file, allow_pickle=False)


def _open_worker_file(path: Path) -> BinaryIO:
    """Open a file that a worker wrote. Raises BadFile for a link, a pipe or a device in its place."""
    try:
        file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    except OSError as error:
        raise BadFile(f"{path.name}: the worker left no such file ({error.strerror}); report this file") from None
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise BadFile(f"{path.name}: the worker left no regular file; report this file")
    return file
