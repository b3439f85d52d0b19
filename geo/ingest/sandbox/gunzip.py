"""Unpacking of a gzip file, with the limits of a zip archive.

`sandbox_worker` calls `gunzip`.
"""

import gzip
import zlib
from pathlib import Path

from geo.errors import BadFile
from geo.ingest.sandbox.zip_guard import BOMB_RATIO, BOMB_SIZE, MAX_UNPACKED_BYTES

CHUNK_BYTES = 1 << 20


def gunzip(path: Path, name: str, folder: Path) -> tuple[Path, str]:
    """Unpack a gzip file into `folder`. Return the path, and the name without `.gz`.

    Raises BadFile for a damaged file, and for one that unpacks to far more than its size.
    """
    target = folder / f"{path.name}.gunzip"
    packed_bytes, size = path.stat().st_size, 0
    try:
        with gzip.open(path) as source, target.open("xb") as output:
            while chunk := source.read(CHUNK_BYTES):
                size += len(chunk)
                _refuse_gzip_bomb(size, packed_bytes, name)
                output.write(chunk)
    except (OSError, EOFError, zlib.error) as error:
        raise BadFile(f"{name}: not a complete gzip file ({str(error)[:200]}); download it again") from None
    return target, name[:-3] if name.lower().endswith(".gz") else name


def _refuse_gzip_bomb(size: int, packed_bytes: int, name: str) -> None:
    if size > MAX_UNPACKED_BYTES:
        raise BadFile(f"{name}: unpacks to more than {MAX_UNPACKED_BYTES >> 30} GB; cut the file to the towns")
    if size > BOMB_SIZE and size > BOMB_RATIO * packed_bytes:
        raise BadFile(
            f"{name}: unpacks to more than {BOMB_RATIO} times its size, which is not safe to read; pack it again"
        )
