"""What is made from the store and kept until a layer that it comes from has changed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, Generic, TypeVar

from geo.store.protocol import PUBLIC, Reader

Made = TypeVar("Made")

MANY = 1_000  # changes that are not looked through one by one


@dataclass(frozen=True, slots=True)
class _Kept(Generic[Made]):
    version: int
    values: Mapping[tuple[Any, ...], Made]


class Latest(Generic[Made]):
    """What is made from the store, made anew when a layer that it comes from has changed.

    It may be `about` something, as a day or a town, which is handed on to `make`; what was made last
    about the `most` latest of these is kept.
    """

    def __init__(
        self, make: Callable[..., Made], layers: frozenset[str] | None, *, most: int = 1
    ) -> None:
        self._make = make
        self._layers = layers  # None: any change counts
        self._most = most
        self._kept: _Kept[Made] = _Kept(-1, {})
        self._lock = Lock()

    def of(self, reader: Reader, *about: Any) -> Made:
        """Give the thing as it is in `reader`, or as it has become since that was opened."""
        kept = self._kept
        if about in kept.values and kept.version >= reader.version:
            return kept.values[about]
        with self._lock:
            return self._fresh(reader, about)

    def made(self, *about: Any) -> Made | None:
        """Give what was made last, as it may have been some versions ago; None when nothing was."""
        return self._kept.values.get(about)

    def older(self, reader: Reader) -> bool:
        """Tell whether what was made last may be of a version before the reader's."""
        return self._kept.version < reader.version

    def _fresh(self, reader: Reader, about: tuple[Any, ...]) -> Made:
        kept = self._kept
        stale = bool(kept.values) and self._touched(reader, kept.version)
        values = {} if stale else dict(kept.values)
        if about not in values:
            values[about] = self._make(reader, *about)
        if kept.version <= reader.version:  # what an older reader made is not what is
            latest = list(values.items())[-self._most :]
            self._kept = _Kept(reader.version, dict(latest))
        return values[about]

    def _touched(self, reader: Reader, since: int) -> bool:
        if since >= reader.version:
            return False  # another thread has made it meanwhile
        changes = reader.changes(since, actor=PUBLIC, limit=MANY)
        return (
            self._layers is None
            or len(changes) == MANY
            or any(change.layer is None or change.layer in self._layers for change in changes)
        )
