"""Copies of the user's files in the sandbox, under names of ours.

`sandbox.read_in_sandbox` calls `copy_into_sandbox`. Only regular files are opened.
"""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geo.errors import BadFile
from geo.ingest.ingest_request import display_name
from geo.ingest.sandbox.layer_parts import (
    GEODATABASE_SUFFIX,
    GEODATABASE_TABLE_SUFFIX,
    PARTS_BY_SUFFIX,
    layer_suffix,
)

SNIFFED_BYTES = 256
MAX_GEODATABASE_FILES = 20_000


@dataclass(frozen=True)
class CopiedFile:
    """A file in the sandbox. `info` has its own name, its size in bytes and its sha256."""

    path: Path
    info: dict[str, Any]


def copy_into_sandbox(path: Path, folder: Path, index: int) -> CopiedFile:
    """Copy a file with the parts beside it, or the folder of a File Geodatabase.

    Raises BadFile for any other folder, for a pipe, a device, and a file that cannot be opened.
    """
    target = folder / f"in-{index}"
    if path.is_dir() and any(path.glob(f"*{GEODATABASE_TABLE_SUFFIX}")):
        return _copy_geodatabase(path, target.with_suffix(GEODATABASE_SUFFIX))
    info = _copy_regular_file(path, target, follow_links=True)
    with target.open("rb") as file:
        suffix = layer_suffix(file.read(SNIFFED_BYTES), path.name)
    if suffix is None:  # the worker must not see the neighbors of any other file
        return CopiedFile(target, info)
    layer_path = target.with_suffix(suffix)
    target.rename(layer_path)
    for part in PARTS_BY_SUFFIX[suffix]:
        for sidecar in (path.with_suffix(part), path.with_suffix(part.upper())):
            if sidecar.exists() and not target.with_suffix(part).exists():
                _copy_regular_file(sidecar, target.with_suffix(part), follow_links=False)
    return CopiedFile(layer_path, info)


def _copy_geodatabase(path: Path, target: Path) -> CopiedFile:
    """Copy the files of a File Geodatabase. Its checksum is that of all files by name."""
    target.mkdir()
    digest, size = hashlib.sha256(), 0
    files = sorted(file for file in path.iterdir() if not file.name.endswith(".lock"))  # ArcGIS locks a database in use
    if len(files) > MAX_GEODATABASE_FILES:
        raise BadFile(f"{path}: {len(files):,} files in one geodatabase; the limit is {MAX_GEODATABASE_FILES:,}")
    for file in files:
        if file.stat(follow_symlinks=False).st_size or not file.is_file():
            info = _copy_regular_file(file, target / file.name, follow_links=False)
            digest.update(f"{info['name']} {info['sha256']}".encode())
            size += info["bytes"]
    return CopiedFile(target, {"name": display_name(path), "bytes": size, "sha256": digest.hexdigest()})


def _copy_regular_file(path: Path, target: Path, *, follow_links: bool) -> dict[str, Any]:
    """Copy a regular file and return its checksum. Raises BadFile for a pipe, a device or a folder."""
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if follow_links else os.O_NOFOLLOW)
    try:
        if not stat.S_ISREG((path.stat() if follow_links else path.lstat()).st_mode):
            raise BadFile(f"{path}: not a regular file (but a folder, pipe, link or device); name the file itself")
        handle = os.open(path, flags)
    except OSError as error:
        raise BadFile(f"{path}: cannot be opened ({error.strerror})") from None
    digest, size = hashlib.sha256(), 0
    with os.fdopen(handle, "rb") as source, target.open("xb") as target_file:
        if not stat.S_ISREG(os.fstat(source.fileno()).st_mode):
            raise BadFile(f"{path}: not a regular file; name the file itself")
        while chunk := source.read(1 << 20):
            digest.update(chunk)
            target_file.write(chunk)
            size += len(chunk)
    if not size:
        raise BadFile(f"{path}: the file is empty")
    return {"name": display_name(path), "bytes": size, "sha256": digest.hexdigest()}
