"""The process that opens a stranger's file: `python -I -m geo.sources.child`.

It gets its task as JSON on standard input, and writes columns as Arrow IPC into its own folder and
facts as JSON to standard output: never pickles. It is started by `geo.sources.cage`, whose
environment leaves GDAL the allowed drivers only; here alone an environment is read and changed.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa

from geo.errors import BadFile, BadInput, GeoError, NeedsOption
from geo.sources.archives import checked
from geo.sources.confine import confine, limit
from geo.sources.curves import straightened
from geo.sources.drivers import SKIPPED, skipping, strangers
from geo.sources.kinds import kind_of
from geo.sources.packs import unpacked
from geo.sources.raws import RawTable, check_size

# What pyogrio loads where it finds it, to make frames: longer than most files take to read.
FRAMES = ("pandas", "geopandas")
ERRORS = {"BadFile": BadFile, "NeedsOption": NeedsOption, "BadInput": BadInput}


def main() -> None:
    """Read what standard input asks for, and answer on standard output."""
    text = os.environ.get("LOTLEAF_TASK") or sys.stdin.read()
    task = json.loads(text)
    folder = Path(task["folder"])
    limit(seconds=task["seconds"], memory_mb=task["memory_mb"])
    _only_allowed_drivers(text)
    walls = confine(folder)
    try:
        answer: dict[str, Any] = {"walls": walls, "tables": list(_read_all(task, folder))}
    except GeoError as error:
        answer = {"error": [_kind_of_error(error), str(error)]}
    except MemoryError:
        names = ", ".join(file["name"] for file in task["files"][:3])
        answer = {
            "error": [
                "BadFile",
                f"{names}: needs more than {task['memory_mb']} MB of memory to read; cut the file, or allow more",
            ]
        }
    sys.stdout.write(json.dumps(answer))


def _only_allowed_drivers(task: str) -> None:
    """Make sure that GDAL has no driver but ours; start anew without one that it still has."""
    registered = {str(name) for name in _pyogrio().list_drivers()}
    if not (extra := strangers(registered)):
        return
    if "LOTLEAF_TASK" in os.environ:
        sys.exit(f"GDAL keeps drivers that are not allowed: {extra}")
    environment = {**os.environ, **skipping([*SKIPPED, *extra]), "LOTLEAF_TASK": task}
    os.execve(sys.executable, [sys.executable, "-I", "-m", "geo.sources.child"], environment)  # noqa: S606 - this very program, without a shell


def _pyogrio() -> Any:
    """Load GDAL, which reads the environment once and here, and not the frames."""
    sys.modules.update(dict.fromkeys(FRAMES))  # type: ignore[arg-type] # None: not to be had
    import pyogrio.raw  # noqa: PLC0415 - only now are the drivers chosen

    for name in FRAMES:
        del sys.modules[name]
    return pyogrio


def _read_all(task: dict[str, Any], folder: Path) -> Any:
    for number, file in enumerate(task["files"]):
        try:
            table = straightened(_read(Path(file["path"]), file["name"], task, folder))
        except (GeoError, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001 - damaged files make readers fail in every way
            raise BadFile(
                f"{file['name']}: cannot be read ({type(error).__name__}: {str(error)[:200]}); is it whole?"
            ) from None
        yield {
            **_write(check_size(table, file["name"]), folder / f"{number}.arrow"),
            "file": number,
        }


def _read(path: Path, name: str, task: dict[str, Any], folder: Path) -> RawTable:
    kind = kind_of(path, name)
    if kind == "zip":
        kind, path, name = unpacked(path, name, checked(path, name), folder, task["table"])
    if kind == "GTiff":
        from geo.sources.geotiff import read_cells  # noqa: PLC0415 - loads a second GDAL

        return read_cells(path, name, task, folder)
    if task["raster_only"]:
        raise BadFile(f"{name}: --classes and --nodata are for a GeoTIFF; this is {kind}")
    return _read_table(kind, path, name, task)


def _read_table(kind: str, path: Path, name: str, task: dict[str, Any]) -> RawTable:
    from geo.sources import encodings, kml, tables, vectors, workbooks  # noqa: PLC0415 - after the walls stand

    if kind == "CSV":
        return tables.read_csv(path, name, task["encoding"])
    if kind == "XLSX":
        return workbooks.read_xlsx(path, name, task["table"])
    if kind == "KML":
        return kml.read_kml(path, name)
    if kind == "GeoParquet":
        return vectors.read_parquet(path, name)
    if kind == "GeoJSONSeq":
        vectors.check_lines(path, name)
    encoding = task["encoding"]
    if kind == "ESRI Shapefile":
        encoding = encodings.dbf_encoding(path, encoding)
    return vectors.read_vector(path, kind, name, task["table"], encoding)


def _write(table: RawTable, path: Path) -> dict[str, Any]:
    columns = {f"a{at}": column for at, column in enumerate(table.columns)}
    if table.wkb is not None:
        columns["wkb"] = table.wkb
    if table.numbers is not None:
        columns["row"] = pa.chunked_array([table.numbers])
    if columns:
        with pa.OSFile(str(path), "wb") as out:
            whole = pa.table(columns)
            with pa.ipc.new_file(out, whole.schema) as writer:
                writer.write_table(whole)
    return {"names": table.names, "path": path.name if columns else None, "facts": table.facts}


def _kind_of_error(error: GeoError) -> str:
    return next((name for name, kind in ERRORS.items() if isinstance(error, kind)), "BadFile")


if __name__ == "__main__":
    main()
