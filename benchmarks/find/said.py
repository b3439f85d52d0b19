"""What an engine says to a query, told alike of all engines."""

from collections.abc import Callable
from typing import NamedTuple

# What is as near as this, of 1, is called found by those who use an engine that has no status.
SURE = 0.95


class Said(NamedTuple):
    """The parcels, best first, and how sure the engine is; `status` is None where it has no such word."""

    parcels: list[str]
    status: str | None = None
    silent: bool = False  # a candidate was changed, and no sentence tells


Asked = Callable[[str, str | None], Said]  # a query, and the asker's town
