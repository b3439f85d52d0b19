"""Checks of a zip archive before it is unpacked.

`sandbox_worker` calls `list_safe_members`, and `unzip` calls `unpack_members`.
"""

import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from geo.errors import BadFile

MAX_MEMBERS = 5_000
MAX_UNPACKED_BYTES = 8 * 2**30  # of all members
BOMB_SIZE, BOMB_RATIO = 20 * 2**20, 200  # a zip bomb unpacks to more bytes and to more times its size
INNER_ARCHIVE_SUFFIXES = {".zip", ".kmz", ".gz"}  # read one level deep
ARCHIVE_SUFFIXES = {".zip", ".7z", ".rar", ".gz", ".bz2", ".xz", ".tar", ".tgz", ".kmz", ".zst"}


def list_safe_members(path: Path, name: str, *, allow_archives: bool = False) -> list[zipfile.ZipInfo]:
    """Return the files in an archive, after a check that it is harmless to unpack.

    Raises BadFile with the member's name. Refused are too many or too large members, zip bombs,
    paths that lead outside, links, devices, encrypted members, duplicate names, and archives within
    it unless `allow_archives`.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise BadFile(f"{name}: not a complete zip archive ({error}); download or zip it again") from None
    for fault in _archive_faults(members, allow_archives=allow_archives):
        raise BadFile(f"{name}: {fault}")
    return [member for member in members if not member.is_dir() and not _is_system_file(member.filename)]


def unpack_members(path: Path, name: str, members: dict[str, Path]) -> None:
    """Write members of a checked archive to the given paths.

    Raises BadFile when a member is damaged or unpacks to more than it declares.
    """
    with zipfile.ZipFile(path) as archive:
        for member, target in members.items():
            try:
                with archive.open(member) as source, target.open("xb") as output:
                    while chunk := source.read(1 << 20):
                        output.write(chunk)
            except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError) as error:
                raise BadFile(f"{name}: {member} is damaged ({error}); zip it again") from None
            except RuntimeError as error:
                raise BadFile(f"{name}: {member} cannot be unpacked ({error}); zip it again") from None


def _archive_faults(members: list[zipfile.ZipInfo], *, allow_archives: bool) -> Iterator[str]:
    if not members:
        yield "the archive is empty"
    if len(members) > MAX_MEMBERS:
        yield f"{len(members):,} files in one archive; the limit is {MAX_MEMBERS:,}. Zip only one layer"
    if (total := sum(member.file_size for member in members)) > MAX_UNPACKED_BYTES:
        yield f"would unpack to {total / 2**30:.0f} GB; the limit is {MAX_UNPACKED_BYTES >> 30} GB. Zip fewer layers"
    if len({member.filename for member in members}) < len(members):
        yield "two members have the same name; zip it again"
    for member in members:
        yield from _member_faults(member)
        if not allow_archives and PurePosixPath(member.filename).suffix.lower() in ARCHIVE_SUFFIXES:
            yield f"member {member.filename!r} is an archive itself; zip only the layer's files"


def _member_faults(member: zipfile.ZipInfo) -> Iterator[str]:
    inner_path = PurePosixPath(member.filename.replace("\\", "/"))
    if inner_path.is_absolute() or ".." in inner_path.parts or ":" in member.filename or "\0" in member.filename:
        yield f"member {member.filename!r} leads outside the archive; zip it again with plain names"
    file_type = stat.S_IFMT(member.external_attr >> 16)
    if file_type not in (0, stat.S_IFREG, stat.S_IFDIR):
        yield f"member {member.filename!r} is a link or a device, not a file; zip the file itself"
    if member.flag_bits & 0x1:
        yield f"member {member.filename!r} is encrypted; zip it without a password"
    if member.file_size > BOMB_SIZE and member.file_size > BOMB_RATIO * max(member.compress_size, 1):
        yield f"member {member.filename!r} unpacks to {member.file_size / max(member.compress_size, 1):.0f} times its size, which is not safe to read; zip it again"


def _is_system_file(name: str) -> bool:
    """Return whether a member is a leftover of a desktop system.

    >>> _is_system_file("__MACOSX/._trees.shp"), _is_system_file("data/.DS_Store"), _is_system_file("trees.shp")
    (True, True, False)
    """
    return name.startswith("__MACOSX/") or PurePosixPath(name).name.startswith(".")
