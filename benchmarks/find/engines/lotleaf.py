"""lotleaf itself, from its file beside the workspace, as a server opens it."""

from pathlib import Path

from benchmarks.find.lists import Folder
from benchmarks.find.said import Asked, Said
from geo.addresses import AddressIndex, find
from geo.addresses.gazetteer.filed import keep, taken
from geo.addresses.gazetteer.limits import Limits
from geo.naming import slug

MADE_OF = b"benchmark"


def prepare(folder: Folder) -> None:
    """Build the index and keep it, as `lotleaf join` does."""
    if not _path(folder).exists():
        keep(AddressIndex.build(addresses=folder.frame()), _path(folder), MADE_OF)


def ready(folder: Folder) -> Asked:
    """Open the index that is kept."""
    index = taken(_path(folder), MADE_OF, Limits.build(None, None))
    if index is None:
        raise RuntimeError(f"{_path(folder)} is no index: delete it")

    def ask(text: str, town: str | None) -> Said:
        answer = find(index, text, town=town and slug(town))
        changed = (one for one in answer.candidates if one.status in ("corrected", "nearest"))
        silent = any(not one.changes for one in changed)
        return Said([str(one.parcel_id) for one in answer.candidates], answer.status, silent)

    return ask


def _path(folder: Folder) -> Path:
    return folder.path / "addresses.arrow"
