"""The engine usaddress: a trained model splits the address, and a table is looked up by number and street."""

from collections import defaultdict

import usaddress

from benchmarks.find.lists import AddressFolder
from benchmarks.find.said import EngineResult, SearchFunction
from geo.geocode.parse.vocabulary import DIRECTION, SUFFIX

STREET_LABELS = (
    *("StreetNamePreDirectional", "StreetNamePreModifier", "StreetName"),
    *("StreetNamePostType", "StreetNamePostDirectional"),
)
AddressKey = tuple[str, str, str]  # house number, street, unit


def open_engine(folder: AddressFolder) -> SearchFunction:
    """Index the addresses by number, street and unit. Words are in standard abbreviations.

    A query without a unit finds all units of the address.
    """
    parcels: dict[AddressKey, list[str]] = defaultdict(list)
    for row in folder.read_addresses().rows:
        for unit in {row.unit, ""}:
            parcels[_normalize_house_number(row.house_number), _normalize_street(row.street_text), unit.upper()].append(
                row.parcel
            )

    def search(text: str, _: str | None) -> EngineResult:
        try:
            parts, _address_type = usaddress.tag(text)
        except usaddress.RepeatedLabelError:
            return EngineResult([], "none")
        house = _normalize_house_number(parts.get("AddressNumber", "") + parts.get("AddressNumberSuffix", ""))
        street = _normalize_street(" ".join(parts[name] for name in STREET_LABELS if name in parts))
        matches = parcels.get((house, street, parts.get("OccupancyIdentifier", "").upper()), [])
        return EngineResult(matches[:5], "exact" if len(matches) == 1 else "ambiguous" if matches else "none")

    return search


def _normalize_house_number(number: str) -> str:
    return number.upper().replace(" ", "")


def _normalize_street(street: str) -> str:
    words = street.upper().replace(".", "").split()
    return " ".join(SUFFIX.get(word, DIRECTION.get(word, word)) for word in words)
