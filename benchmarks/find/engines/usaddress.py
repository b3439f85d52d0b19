"""usaddress, which parts an address by a trained model, and then the table joined by number and street."""

from collections import defaultdict

import usaddress

from benchmarks.find.lists import Folder, Row
from benchmarks.find.said import Asked, Said
from geo.addresses.reading.words import DIRECTION, SUFFIX

STREET = (
    *("StreetNamePreDirectional", "StreetNamePreModifier", "StreetName"),
    *("StreetNamePostType", "StreetNamePostDirectional"),
)
Key = tuple[str, str]


def ready(folder: Folder) -> Asked:
    """Key the addresses by number and street, in standard abbreviations."""
    parcels: dict[Key, list[str]] = defaultdict(list)
    for row in folder.list().rows:
        parcels[_key(row)].append(row.parcel)

    def ask(text: str, _: str | None) -> Said:
        try:
            parts, _kind = usaddress.tag(text)
        except usaddress.RepeatedLabelError:
            return Said([], "none")
        street = " ".join(parts[name] for name in STREET if name in parts)
        found = parcels.get((parts.get("AddressNumber", ""), _standard(street)), [])
        return Said(found[:5], "exact" if len(found) == 1 else "ambiguous" if found else "none")

    return ask


def _key(row: Row) -> Key:
    return str(row.number) + row.letter, _standard(row.road)


def _standard(street: str) -> str:
    words = street.upper().replace(".", "").split()
    return " ".join(SUFFIX.get(word, DIRECTION.get(word, word)) for word in words)
