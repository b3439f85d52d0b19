"""The result of an engine for a query, in the same form for all engines."""

from collections.abc import Callable
from typing import NamedTuple

# The similarity from which a result counts as exact, for engines with a similarity instead of a status.
MIN_SURE_SIMILARITY = 0.95


class EngineResult(NamedTuple):
    """The parcels, best first, and the engine's status, None for an engine without statuses."""

    parcels: list[str]
    status: str | None = None
    has_unexplained_change: bool = False  # a candidate differs from the text without a listed change


SearchFunction = Callable[[str, str | None], EngineResult]  # the text of a query, and the asker's town
