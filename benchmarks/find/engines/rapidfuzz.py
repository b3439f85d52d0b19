"""rapidfuzz: every address held against the query, the nearest by its ratio."""

from rapidfuzz import fuzz, process

from benchmarks.find.lists import Folder
from benchmarks.find.said import SURE, Asked, Said
from benchmarks.find.writing import address


def ready(folder: Folder) -> Asked:
    """Write the addresses in small letters."""
    rows = folder.list().rows
    texts, parcels = [address(row).lower() for row in rows], [row.parcel for row in rows]

    def ask(text: str, _: str | None) -> Said:
        found = process.extract(text.lower(), texts, scorer=fuzz.ratio, limit=5)
        sure = bool(found) and found[0][1] >= 100 * SURE
        return Said([parcels[at] for _, _, at in found], "exact" if sure else "nearest")

    return ask
