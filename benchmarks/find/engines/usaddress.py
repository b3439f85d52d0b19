"""usaddress, which parts an address by a trained model, and then the table joined by number and street."""

from collections import defaultdict

import usaddress

from benchmarks.find.lists import Folder
from benchmarks.find.said import Asked, Said
from geo.addresses.reading.words import DIRECTION, SUFFIX

STREET = (
    *("StreetNamePreDirectional", "StreetNamePreModifier", "StreetName"),
    *("StreetNamePostType", "StreetNamePostDirectional"),
)
Key = tuple[str, str, str]  # house number, street, unit


def ready(folder: Folder) -> Asked:
    """Key the addresses by number, street and unit in standard abbreviations; whoever names no unit finds all."""
    parcels: dict[Key, list[str]] = defaultdict(list)
    for row in folder.list().rows:
        for unit in {row.unit, ""}:
            parcels[_house(row.house), _standard(row.road), unit.upper()].append(row.parcel)

    def ask(text: str, _: str | None) -> Said:
        try:
            parts, _kind = usaddress.tag(text)
        except usaddress.RepeatedLabelError:
            return Said([], "none")
        house = _house(parts.get("AddressNumber", "") + parts.get("AddressNumberSuffix", ""))
        street = _standard(" ".join(parts[name] for name in STREET if name in parts))
        found = parcels.get((house, street, parts.get("OccupancyIdentifier", "").upper()), [])
        return Said(found[:5], "exact" if len(found) == 1 else "ambiguous" if found else "none")

    return ask


def _house(number: str) -> str:
    return number.upper().replace(" ", "")


def _standard(street: str) -> str:
    words = street.upper().replace(".", "").split()
    return " ".join(SUFFIX.get(word, DIRECTION.get(word, word)) for word in words)
