"""The cage: a stranger's file is copied into a folder of its own and opened by a child process.

The child has an environment of its own in which GDAL has only the allowed drivers, limits on what
it may use, and no network; it hands back columns as Arrow IPC and facts as JSON. The parent never
opens the file with anything that interprets it.
"""

import hashlib
import json
import os
import signal
import stat
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from geo.errors import BadFile, BadInput, NeedsOption
from geo.sources.drivers import SKIPPED, skipping
from geo.sources.folders import private_folder
from geo.sources.raws import RawTable
from geo.sources.reading import Request, called

ERRORS: dict[str, type[BadInput]] = {
    "BadFile": BadFile,
    "NeedsOption": NeedsOption,
    "BadInput": BadInput,
}
BESIDE = (".shx", ".dbf", ".prj", ".cpg")  # what lies beside an unpacked Shapefile


@dataclass(frozen=True)
class Caught:
    """What came out of the cage: a table for each file, the cells of a raster, the files' facts."""

    tables: list[RawTable]
    cells: np.ndarray | None
    files: list[dict[str, Any]]
    walls: list[str]


def catch(request: Request) -> Caught:
    """Read the files of a request in a child process.

    Raises BadFile for a file that cannot be read safely within the request's time and memory, and
    NeedsOption where the file leaves open what only the user knows.
    """
    if not request.files:
        raise NeedsOption("no file to read; name at least one")
    with private_folder() as folder:
        files = [_staged(path, folder, at) for at, path in enumerate(request.files)]
        answer = _run(_task(request, folder), folder, request, files)
        tables = [_table(one, folder, files[int(one["file"])]["name"]) for one in answer["tables"]]
        return Caught(tables, _cells(folder), files, answer["walls"])


def _staged(path: Path, folder: Path, at: int) -> dict[str, Any]:
    """Copy a file into the cage under a name of ours; returns its name, size and checksum."""
    target = folder / f"in-{at}"
    facts = _copied(path, target, follow=True)
    with target.open("rb") as file:
        is_shape = file.read(4) == b"\0\0'\n"
    if is_shape:  # only then: a neighbour of any other file is none of its business
        target.rename(folder / f"in-{at}.shp")
        for end in BESIDE:
            for beside in (path.with_suffix(end), path.with_suffix(end.upper())):
                if beside.exists() and not (folder / f"in-{at}{end}").exists():
                    _copied(beside, folder / f"in-{at}{end}", follow=False)
    return facts


def _copied(path: Path, target: Path, *, follow: bool) -> dict[str, Any]:
    """Copy a plain file and take its checksum; a pipe, a device or a folder is refused unopened."""
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW)
    try:
        if not stat.S_ISREG((path.stat() if follow else path.lstat()).st_mode):
            raise BadFile(
                f"{path}: is no plain file (a folder, a pipe, a link or a device); name the file itself"
            )
        handle = os.open(path, flags)
    except OSError as error:
        raise BadFile(f"{path}: cannot be opened ({error.strerror})") from None
    digest, size = hashlib.sha256(), 0
    with os.fdopen(handle, "rb") as source, target.open("xb") as copy:
        if not stat.S_ISREG(os.fstat(source.fileno()).st_mode):
            raise BadFile(f"{path}: is no plain file; name the file itself")
        while chunk := source.read(1 << 20):
            digest.update(chunk)
            copy.write(chunk)
            size += len(chunk)
    if not size:
        raise BadFile(f"{path}: the file is empty")
    return {"name": called(path), "bytes": size, "sha256": digest.hexdigest()}


def _task(request: Request, folder: Path) -> dict[str, Any]:
    paths = [
        next(folder.glob(f"in-{at}.shp"), folder / f"in-{at}") for at in range(len(request.files))
    ]
    return {
        "folder": str(folder),
        "files": [
            {"path": str(at), "name": called(path)}
            for at, path in zip(paths, request.files, strict=True)
        ],
        "layer": request.layer,
        "encoding": request.encoding,
        "table": request.table,
        "classes": [list(ends) for ends in request.classes],
        "nodata": request.nodata,
        "raster_only": bool(request.classes) or request.nodata is not None,
        "seconds": request.seconds,
        "memory_mb": request.memory_mb,
    }


def _run(
    task: dict[str, Any], folder: Path, request: Request, files: list[dict[str, Any]]
) -> dict[str, Any]:
    what = files[0]["name"] if len(files) == 1 else f"{files[0]['name']} and {len(files) - 1} more"
    with _started(folder) as child:
        try:
            out, _ = child.communicate(json.dumps(task).encode(), timeout=request.seconds)
        except subprocess.TimeoutExpired:
            raise BadFile(
                f"{what}: not read within {request.seconds} s; it is too large or made to stall a reader. Cut it to the towns"
            ) from None
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
    return _answer(out, child.returncode, what)


def _started(folder: Path) -> subprocess.Popen[bytes]:
    """Start the child: its own session, so that it ends with whatever it may have started."""
    return subprocess.Popen(
        [sys.executable, "-I", "-m", "geo.sources.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=_environment(folder),
        start_new_session=True,
    )


def _answer(out: bytes, code: int, what: str) -> dict[str, Any]:
    if code != 0:
        how = f"signal {-code}" if code < 0 else f"exit {code}"
        raise BadFile(
            f"{what}: the reader died of it ({how}): damaged, made to break readers, or too large for the memory it may use"
        )
    answer: dict[str, Any] = json.loads(out)
    if told := answer.get("error"):
        raise ERRORS[told[0]](told[1])
    return answer


def _environment(folder: Path) -> dict[str, str]:
    """Make the child's whole environment: nothing of ours is inherited."""
    return {
        **skipping(SKIPPED),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "GDAL_DRIVER_PATH": "disable",
        "GDAL_HTTP_MAX_RETRY": "0",
        "GDAL_HTTP_TIMEOUT": "1",
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{noext}",
        "CPL_VSIL_CURL_USE_HEAD": "NO",
        "GDAL_PAM_ENABLED": "NO",
        "PROJ_NETWORK": "OFF",
        "SHAPE_RESTORE_SHX": "YES",
        "OGR_ORGANIZE_POLYGONS": "DEFAULT",
        "OPENPYXL_LXML": "False",  # workbooks are read by expat, which looks them over as well
    }


def _table(told: dict[str, Any], folder: Path, name: str) -> RawTable:
    """Take over a table from the child, after making sure that it is whole."""
    empty = RawTable([], [], None, None, {**told["facts"], "file": int(told["file"])})
    if told["path"] is None:
        return empty
    with pa.OSFile(str(folder / Path(told["path"]).name), "rb") as source:
        whole = pa.ipc.open_file(source).read_all()
    try:
        whole.validate(full=True)
    except pa.ArrowException as error:
        raise BadFile(
            f"{name}: its columns are damaged ({str(error)[:200]}); export it again"
        ) from None
    names = [str(name) for name in told["names"]]
    held = set(whole.column_names)
    return replace(
        empty,
        names=names,
        columns=[whole.column(f"a{at}") for at in range(len(names))],
        wkb=whole.column("wkb") if "wkb" in held else None,
        numbers=whole.column("row").combine_chunks() if "row" in held else None,
    )


def _cells(folder: Path) -> np.ndarray | None:
    path = folder / "cells.npy"
    return np.load(path, allow_pickle=False) if path.exists() else None
