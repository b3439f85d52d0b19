"""Changes to single records that an edit asks the store to make.

`Put` and `Delete` are applied by `WriteTransaction.put` and `WriteTransaction.delete`. Edit sessions
(`geo.incremental.edit_session`) take any number of them at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from geo.store.records import Record


@dataclass(frozen=True)
class Put:
    """Add a record, or change the named values of one."""

    layer: str
    record: Record


@dataclass(frozen=True)
class Delete:
    """Delete a record. Its tombstone stays."""

    layer: str
    id: str


RecordChange = Put | Delete


def put_changes(changes: Iterable[RecordChange]) -> list[Put]:
    """Return the changes that add or change a record, in their order."""
    return [change for change in changes if isinstance(change, Put)]
