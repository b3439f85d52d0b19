"""The engine lotleaf, opened from its index cache as a server does."""

from pathlib import Path

from benchmarks.find.lists import AddressFolder
from benchmarks.find.said import EngineResult, SearchFunction
from geo.geocode import AddressIndex, find
from geo.geocode.gazetteer.index_cache import read_index, write_index
from geo.geocode.gazetteer.town_boundaries import TownBoundaries
from geo.identifiers import slugify

FINGERPRINT = b"benchmark"


def build_index(folder: AddressFolder) -> None:
    """Build the index and write its cache file, as `lotleaf join` does."""
    if not _index_path(folder).exists():
        write_index(AddressIndex.build(addresses=folder.read_frame()), _index_path(folder), FINGERPRINT)


def open_engine(folder: AddressFolder) -> SearchFunction:
    """Open the index cache. Raises RuntimeError if it is not readable."""
    index = read_index(_index_path(folder), FINGERPRINT, TownBoundaries.build(None, None))
    if index is None:
        raise RuntimeError(f"{_index_path(folder)} is no index: delete it")

    def search(text: str, town: str | None) -> EngineResult:
        result = find(index, text, town=town and slugify(town))
        changed_candidates = (
            candidate for candidate in result.candidates if candidate.status in ("corrected", "nearest")
        )
        has_unexplained_change = any(not candidate.changes for candidate in changed_candidates)
        return EngineResult(
            [str(candidate.parcel_id) for candidate in result.candidates], result.status, has_unexplained_change
        )

    return search


def _index_path(folder: AddressFolder) -> Path:
    return folder.path / "addresses.arrow"
