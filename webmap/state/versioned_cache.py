"""A cache of values computed from the store, until a layer that they depend on changes.

`AppState` has one `VersionedCache` for each kind of value and calls `get`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, Generic, TypeVar

from geo.store.protocol import Reader
from geo.store.records import PUBLIC

Value = TypeVar("Value")

MAX_CHANGES = 1_000  # so many changes count as a change in every layer


@dataclass(frozen=True, slots=True)
class _CacheEntries(Generic[Value]):
    version: int
    values: Mapping[tuple[Any, ...], Value]


class VersionedCache(Generic[Value]):
    """Values computed from the store by `make(reader, *key)`. A change in `layers` empties the cache.

    `layers` of None means that any change counts. The cache holds the `max_entries` keys computed last.

    >>> from types import SimpleNamespace
    >>> cache = VersionedCache(lambda reader, town: f"{town} at version {reader.version}", None)
    >>> cache.get(SimpleNamespace(version=7), "Pagedale")
    'Pagedale at version 7'
    >>> cache.last_value("Normandy"), cache.is_behind(SimpleNamespace(version=8))
    (None, True)
    """

    def __init__(self, make: Callable[..., Value], layers: frozenset[str] | None, *, max_entries: int = 1) -> None:
        self._make = make
        self._layers = layers  # None: any change counts
        self._max_entries = max_entries
        self._entries: _CacheEntries[Value] = _CacheEntries(-1, {})
        self._lock = Lock()

    def get(self, reader: Reader, *key: Any) -> Value:
        """Return the value of `key` at the version of `reader`, or at a newer one."""
        cached = self._entries
        if key in cached.values and cached.version >= reader.version:
            return cached.values[key]
        with self._lock:
            return self._refresh(reader, key)

    def last_value(self, *key: Any) -> Value | None:
        """Return the value of `key` that was computed last, at any version. None when there is none."""
        return self._entries.values.get(key)

    def is_behind(self, reader: Reader) -> bool:
        """Return whether the cached values may be older than the version of `reader`."""
        return self._entries.version < reader.version

    def _refresh(self, reader: Reader, key: tuple[Any, ...]) -> Value:
        cached = self._entries
        is_stale = bool(cached.values) and self._has_relevant_changes(reader, cached.version)
        values = {} if is_stale else dict(cached.values)
        if key not in values:
            values[key] = self._make(reader, *key)
        if cached.version <= reader.version:  # a value from an older reader must not replace a newer one
            newest = list(values.items())[-self._max_entries :]
            self._entries = _CacheEntries(reader.version, dict(newest))
        return values[key]

    def _has_relevant_changes(self, reader: Reader, since: int) -> bool:
        if since >= reader.version:
            return False  # another thread has computed it meanwhile
        changes = reader.changes_since(since, actor=PUBLIC, limit=MAX_CHANGES)
        return (
            self._layers is None
            or len(changes) == MAX_CHANGES
            or any(change.layer is None or change.layer in self._layers for change in changes)
        )
