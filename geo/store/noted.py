"""What crews send from the field, as the store keeps it beside the layers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NOTED = ("trees", "sites")  # the layers whose records crews note on, and edit


@dataclass(frozen=True, slots=True)
class Note:
    """A note on a record, as somebody in the field made it: a text, a photo's number, the work that was done.

    `at` is when it was taken in, `made_at` when it was made by the clock of the device, both as ISO text.
    """

    layer: str
    id: str
    at: str
    made_at: str | None = None
    work: str | None = None
    text: str | None = None
    photo: int | None = None
    n: int = 0  # given by the store


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of what was asked once under a key; `digest` is of what was asked."""

    key: str
    layer: str
    id: str
    at: str
    digest: str
    told: Mapping[str, Any]
