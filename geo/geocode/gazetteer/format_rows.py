"""Display text of index rows: house number, address, unit, town and postal city.

Candidates, scoring and the offline files call these functions.
"""

from geo.geocode.gazetteer.address_index import AddressIndex
from geo.geocode.gazetteer.address_table import fold_name
from geo.geocode.parse.house_numbers import House
from geo.language.translate import gettext


def house_of_row(index: AddressIndex, row: int) -> House:
    """Return the house number of a row in its parts."""
    return House(
        index.house_number(row), index.high.item(row), index.text_at("frac", row), index.text_at("letter", row)
    )


def format_address(index: AddressIndex, row: int, *, with_unit: bool = True) -> str:
    """Return the address of a row: number, street label, and the unit if wanted."""
    house = house_of_row(index, row)
    street = index.street_labels[index.street_id_of_row(row)]
    text = f"{house} {street}" if house.number >= 0 else street
    unit_text = index.text_at("unit", row) if with_unit else ""
    return f"{text} {unit_words(unit_text)}" if unit_text else text


def unit_words(unit: str) -> str:
    """Return a normalized unit in display form.

    >>> unit_words("APT 2"), unit_words("2A"), unit_words("REAR")
    ('Apt 2', 'Unit 2A', 'Rear')
    """
    words = unit.split()
    if (len(words) == 1 and any(character.isdigit() for character in unit)) or len(unit) <= 2:
        return f"Unit {unit}"
    return " ".join(word.title() if word.isalpha() and len(word) > 1 else word for word in words)


def town_of_row(index: AddressIndex, row: int) -> str:
    """Return the governing town of a row or of its parcel, "" if unknown."""
    parcel = index.parcel.item(row)
    town = index.text_at("town", row)
    return town or (index.parcel_index.town_names[index.parcel_index.town[parcel]] if parcel >= 0 else "")


def postal_city_note(postal_city: str | None, town: str | None) -> str | None:
    """Return that mail names another place than the town, None if it does not or one of them is unknown.

    >>> postal_city_note("St. Louis", "Bel-Ridge"), postal_city_note("Saint John", "St. John")
    ('Mail says St. Louis; the lot is in Bel-Ridge.', None)
    """
    if not postal_city or not town or fold_name(postal_city) == fold_name(town):
        return None
    return gettext("Mail says %(postal_city)s; the lot is in %(town)s.", postal_city=postal_city, town=town)
