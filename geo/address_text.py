"""The text of an address point, as written on a letter.

The join borrows it for inspections (`geo.join.placement.parcel_addresses`), and the parcel page shows it.
"""

from collections.abc import Mapping
from typing import Any

STREET_FIELDS = ("frac", "predir", "street", "suffix", "postdir", "unit")
# The fields of an address point that make its text. `address` is the whole text, where the file has it in one column.
ADDRESS_TEXT_FIELDS = ("address", "number", "number_hi", "number_sfx", *STREET_FIELDS)


def address_text(values: Mapping[str, Any]) -> str:
    """Return the address of an address point, or "" if it has no part of one.

    >>> parts = {"number": 4021, "number_hi": 4025, "predir": "N", "street": "Oak", "suffix": "Ave", "unit": None}
    >>> address_text(parts), address_text({"address": "12 Elm St"}), address_text({})
    ('4021-4025 N Oak Ave', '12 Elm St', '')
    """
    if values.get("address"):
        return str(values["address"])
    low, high = values.get("number"), values.get("number_hi")
    number = f"{low}-{high}" if low and high and high != low else str(low or "")
    parts: list[Any] = [f"{number}{values.get('number_sfx') or ''}", *(values.get(name) for name in STREET_FIELDS)]
    return " ".join(str(part) for part in parts if part)
