"""Notes and edit results from the field, as the store saves them beside the layers.

`geo.edits.edit_request` writes both through a `WriteTransaction`. `webmap.api` shows notes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NOTE_LAYERS = ("trees", "sites")  # layers that crews edit and write notes on


@dataclass(frozen=True, slots=True)
class Note:
    """One note of a crew on a record: a text, the number of a photo, or the work that was done.

    `at` is when the server received it. `made_at` is when it was written, by the clock of the device.
    Both are ISO text. `number` is 0 until the store assigns one.
    """

    layer: str
    id: str
    at: str
    made_at: str | None = None
    work: str | None = None
    text: str | None = None
    photo_number: int | None = None
    number: int = 0  # assigned by the store


@dataclass(frozen=True, slots=True)
class EditResult:
    """The stored result of one edit request, under its idempotency key.

    `digest` is a hash of the edit request. `response` is the reply to the client. `at` is ISO text.
    """

    key: str
    layer: str
    id: str
    at: str
    digest: str
    response: Mapping[str, Any]
