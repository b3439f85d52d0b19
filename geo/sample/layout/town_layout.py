"""A town's complete layout, from which its records are written."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from geo.sample.layout.lot_slots import LotSlots
from geo.sample.layout.parcel_shapes import ParcelShapes
from geo.sample.layout.street_blocks import BlockLayout
from geo.sample.layout.street_layout import TownStreets
from geo.sample.records.word_lists import Town
from geo.sample.sample_tables import unknown_unless


@dataclass(frozen=True)
class Situs:
    """The situs address of each parcel: house numbers, street, unit and the whole text.

    `street` is an index into `TownStreets`, -1 for none. `text` is None without an address.
    """

    number: np.ndarray
    high_number: np.ndarray  # 0 without a range
    street: np.ndarray
    unit: np.ndarray
    text: np.ndarray

    @property
    def has_address(self) -> np.ndarray:
        """Return a mask of the parcels that have an address."""
        return self.street >= 0


@dataclass(frozen=True)
class TownLayout:
    """The blocks, slots, streets and parcels of a town. `number` counts the towns from 0."""

    number: int
    town: Town
    block_layout: BlockLayout
    slots: LotSlots
    streets: TownStreets
    parcels: ParcelShapes

    @property
    def prefix(self) -> str:
        """Return the prefix of the town's own ids."""
        return f"{self.number + 1:02d}"

    @cached_property
    def locators(self) -> np.ndarray:
        """Return the county's id of each parcel."""
        return make_locators(self.number, len(self.parcels))

    @cached_property
    def situs(self) -> Situs:
        """Return each parcel's address. Slivers, common grounds and rights of way have none."""
        parcels, slots = self.parcels, self.slots
        numbers = self.streets.house_numbers_at(slots.front_street, slots.front_midpoint)
        ends = np.stack([numbers[parcels.first_slot], numbers[parcels.last_slot]])
        is_double = parcels.is_double & (parcels.kind == "lot")
        low_numbers = np.where(is_double, ends.min(0), ends[0])
        high_numbers = np.where(is_double, ends.max(0), 0)
        has_no_address = np.isin(parcels.kind, ("common", "right_of_way")) | parcels.is_sliver
        street = np.where(has_no_address, -1, slots.front_street[parcels.first_slot])
        unit = np.array(
            [f"Unit {unit_number}" if unit_number else "" for unit_number in parcels.unit_number.tolist()], dtype=object
        )
        rear_suffix = np.where(parcels.is_rear, "R", "")
        address_parts = zip(
            low_numbers.tolist(), high_numbers.tolist(), rear_suffix, self.streets.name[street], unit, strict=True
        )
        texts = np.array([_address_text(*address) for address in address_parts], dtype=object)
        return Situs(low_numbers, high_numbers, street, unit, unknown_unless(texts, ~has_no_address))


def make_locators(town: int, count: int, letters: str = "EFHJ") -> np.ndarray:
    """Return parcel ids as text: two digits, a letter and six digits. Some begin with a zero.

    >>> make_locators(3, 2).tolist(), make_locators(33, 1).tolist()
    (['04E100010', '04E100020'], ['04F100010'])
    """
    step = max(1, min(10, 890_000 // max(count, 1)))
    page = f"{town % 30 + 1:02d}{letters[town // 30]}"
    serial = 100_000 + step * np.arange(1, count + 1)
    return np.array([f"{page}{n}" for n in serial.tolist()], dtype=object)


def _address_text(low: int, high: int, rear: str, street: str, unit: str) -> str:
    """Return an address as text. A range end in the same hundred has two digits.

    >>> _address_text(4021, 4025, "", "Natural Bridge Rd", ""), _address_text(4131, 0, "R", "Oak Ave", "")
    ('4021-25 Natural Bridge Rd', '4131R Oak Ave')
    >>> _address_text(503, 0, "", "Elm St", "Unit 2")
    '503 Elm St Unit 2'
    """
    range_end = f"-{high % 100:02d}" if high // 100 == low // 100 else f"-{high}" if high else ""
    return f"{low}{range_end}{rear} {street} {unit}".rstrip()
