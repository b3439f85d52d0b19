"""The engine rapidfuzz: every address is compared with the query, and the highest ratio comes first."""

from rapidfuzz import fuzz, process

from benchmarks.find.lists import AddressFolder
from benchmarks.find.said import MIN_SURE_SIMILARITY, EngineResult, SearchFunction
from benchmarks.find.writing import write_address


def open_engine(folder: AddressFolder) -> SearchFunction:
    """Prepare the addresses in lower case."""
    rows = folder.read_addresses().rows
    texts, parcels = [write_address(row).lower() for row in rows], [row.parcel for row in rows]

    def search(text: str, _: str | None) -> EngineResult:
        matches = process.extract(text.lower(), texts, scorer=fuzz.ratio, limit=5)
        is_sure = bool(matches) and matches[0][1] >= 100 * MIN_SURE_SIMILARITY
        return EngineResult([parcels[index] for _, _, index in matches], "exact" if is_sure else "nearest")

    return search
