"""A town laid out and divided: what its records are written from."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from geo.sample.blocks import Layout
from geo.sample.lots import Parcels
from geo.sample.slots import Slots
from geo.sample.streets import Streets
from geo.sample.tables import known
from geo.sample.words import Town


@dataclass(frozen=True)
class Situs:
    """Where each parcel has its address: numbers, `street` (-1 for none) and the whole text."""

    number: np.ndarray
    number_hi: np.ndarray  # 0 for no range
    street: np.ndarray
    unit: np.ndarray
    text: np.ndarray

    @property
    def has(self) -> np.ndarray:
        """Which parcels have an address."""
        return self.street >= 0


@dataclass(frozen=True)
class Site:
    """A town's ground, streets and parcels. `number` counts the towns from 0."""

    number: int
    town: Town
    layout: Layout
    slots: Slots
    streets: Streets
    parcels: Parcels

    @property
    def prefix(self) -> str:
        """What the town's own ids begin with."""
        return f"{self.number + 1:02d}"

    @cached_property
    def locators(self) -> np.ndarray:
        """The county's numbers of the parcels."""
        return locators(self.number, len(self.parcels))

    @cached_property
    def situs(self) -> Situs:
        """Each parcel's address; slivers, common grounds and streets have none."""
        parcels, slots = self.parcels, self.slots
        numbers = self.streets.numbers(slots.street, slots.plan)
        ends = np.stack([numbers[parcels.first], numbers[parcels.last]])
        double = parcels.double & (parcels.kind == "lot")
        low = np.where(double, ends.min(0), ends[0])
        high = np.where(double, ends.max(0), 0)
        none = np.isin(parcels.kind, ("common", "right_of_way")) | parcels.sliver
        street = np.where(none, -1, slots.street[parcels.first])
        unit = np.array([f"Unit {n}" if n else "" for n in parcels.unit.tolist()], dtype=object)
        rear = np.where(parcels.rear, "R", "")
        parts = zip(low.tolist(), high.tolist(), rear, self.streets.name[street], unit, strict=True)
        texts = np.array([_text(*part) for part in parts], dtype=object)
        return Situs(low, high, street, unit, known(texts, ~none))


def locators(town: int, count: int, letters: str = "EFHJ") -> np.ndarray:
    """Give a town's parcels their numbers: page, letter, six digits; text, some with a zero first.

    >>> locators(3, 2).tolist(), locators(33, 1).tolist()
    (['04E100010', '04E100020'], ['04F100010'])
    """
    step = max(1, min(10, 890_000 // max(count, 1)))
    page = f"{town % 30 + 1:02d}{letters[town // 30]}"
    serial = 100_000 + step * np.arange(1, count + 1)
    return np.array([f"{page}{n}" for n in serial.tolist()], dtype=object)


def _text(low: int, high: int, rear: str, street: str, unit: str) -> str:
    """Write an address: "4021-25 Natural Bridge Rd", "4131R Oak Ave", "503 Elm St Unit 2"."""
    until = f"-{high % 100:02d}" if high // 100 == low // 100 else f"-{high}" if high else ""
    return f"{low}{until}{rear} {street} {unit}".rstrip()
