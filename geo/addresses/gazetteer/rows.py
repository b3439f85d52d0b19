"""Rows of the index, as they are written for people."""

from geo.addresses.gazetteer.index import AddressIndex
from geo.addresses.reading.houses import House


def house_of(index: AddressIndex, row: int) -> House:
    """Give the house number of a row in its parts."""
    return House(
        index.number(row), index.high.item(row), index.text("frac", row), index.text("letter", row)
    )


def address_of(index: AddressIndex, row: int, *, unit: bool = True) -> str:
    """Write the address of a row: number, street as the table writes it, unit if it is wanted."""
    house = house_of(index, row)
    street = index.labels[index.street(row)]
    text = f"{house} {street}" if house.number >= 0 else street
    kept = index.text("unit", row) if unit else ""
    return f"{text} {unit_words(kept)}" if kept else text


def unit_words(unit: str) -> str:
    """Write a kept unit for people.

    >>> unit_words("APT 2"), unit_words("2A"), unit_words("REAR")
    ('Apt 2', 'Unit 2A', 'Rear')
    """
    words = unit.split()
    if (len(words) == 1 and any(sign.isdigit() for sign in unit)) or len(unit) <= 2:
        return f"Unit {unit}"
    return " ".join(word.title() if word.isalpha() and len(word) > 1 else word for word in words)


def town_of(index: AddressIndex, row: int) -> str:
    """Give the governing town of a row, or of its parcel; empty where unknown."""
    lot = index.lot.item(row)
    town = index.text("town", row)
    return town or (index.lots.town_names[index.lots.town[lot]] if lot >= 0 else "")
