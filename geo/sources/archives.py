"""Zip archives, looked over before anything unpacks them."""

import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from geo.errors import BadFile

MEMBERS = 5_000
TOTAL = 8 * 2**30  # bytes unpacked
BOMB_SIZE, BOMB_RATIO = 20 * 2**20, 200  # what unpacks to more than both is no municipal file
ARCHIVES = {".zip", ".7z", ".rar", ".gz", ".bz2", ".xz", ".tar", ".tgz", ".kmz", ".zst"}


def checked(path: Path, name: str) -> list[zipfile.ZipInfo]:
    """Give the files in an archive, after making sure that it is harmless to unpack.

    Raises BadFile that names the member: too many, too big, a bomb by its ratio, a path that leads
    outside, a link, a device, encrypted, twice the same name, or an archive within the archive.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise BadFile(f"{name}: no whole zip archive ({error}); fetch or pack it again") from None
    for fault in _faults(members):
        raise BadFile(f"{name}: {fault}")
    return [one for one in members if not one.is_dir() and not _is_clutter(one.filename)]


def unpack(path: Path, name: str, members: dict[str, Path]) -> None:
    """Write members of a checked archive to files of our own naming.

    Raises BadFile when a member is damaged or unpacks to more than it declares.
    """
    with zipfile.ZipFile(path) as archive:
        for member, target in members.items():
            try:
                with archive.open(member) as source, target.open("xb") as out:
                    while chunk := source.read(1 << 20):
                        out.write(chunk)
            except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError) as error:
                raise BadFile(f"{name}: {member} is damaged ({error}); pack it again") from None
            except RuntimeError as error:
                raise BadFile(f"{name}: {member} cannot be unpacked ({error})") from None


def _faults(members: list[zipfile.ZipInfo]) -> Iterator[str]:
    if not members:
        yield "an empty archive"
    if len(members) > MEMBERS:
        yield f"{len(members)} files in one archive; pack one layer alone"
    if (total := sum(one.file_size for one in members)) > TOTAL:
        yield f"would unpack to {total / 2**30:.0f} GB; {TOTAL >> 30} GB is the most"
    if len({one.filename for one in members}) < len(members):
        yield "two members have the same name; pack it again"
    for one in members:
        yield from _member_faults(one)


def _member_faults(one: zipfile.ZipInfo) -> Iterator[str]:
    parts = PurePosixPath(one.filename.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or ":" in one.filename or "\0" in one.filename:
        yield f"member {one.filename!r} leads outside the archive; pack it again with plain names"
    kind = stat.S_IFMT(one.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        yield f"member {one.filename!r} is a link or a device, not a file; pack the file itself"
    if one.flag_bits & 0x1:
        yield f"member {one.filename!r} is encrypted; pack it without a password"
    if one.file_size > BOMB_SIZE and one.file_size > BOMB_RATIO * max(one.compress_size, 1):
        yield f"member {one.filename!r} unpacks to {one.file_size / max(one.compress_size, 1):.0f} times its size: a zip bomb"
    if PurePosixPath(one.filename).suffix.lower() in ARCHIVES:
        yield f"member {one.filename!r} is an archive itself; pack the layer's files alone"


def _is_clutter(name: str) -> bool:
    """Tell what desktop systems leave in archives."""
    return name.startswith("__MACOSX/") or PurePosixPath(name).name.startswith(".")
