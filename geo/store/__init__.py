"""The store: what the workspace holds, in one GeoPackage behind one protocol."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from geo.store import copies
from geo.store.copies import restore
from geo.store.geopackage import GeoPackage
from geo.store.protocol import Store

__all__ = ["begin_store", "open_store", "restore"]


def open_store(path: Path, *, create: bool = False, patience_s: float = 60.0) -> Store:
    """Open the workspace at `path`; with `create`, make it when there is none.

    A write waits up to `patience_s` seconds for another's and then raises Busy. Raises NoWorkspace
    when there is none, BadWorkspace when the file is another's or damaged, StoreError when it
    cannot be opened.
    """
    path = path.resolve()
    if create and not path.exists():
        copies.make(path, patience_s)
    return GeoPackage(path, patience_s)


@contextmanager
def begin_store(path: Path, *, patience_s: float = 60.0) -> Iterator[Store]:
    """Give the workspace at `path` for its first load: made with it, or not at all.

    A workspace that another makes meanwhile is opened as it is. Raises as `open_store` does.
    """
    path = path.resolve()
    with copies.begun(path, patience_s) as new:
        if new is not None:
            with closing(GeoPackage(new, patience_s, known_as=path)) as store:
                yield store
    if new is None:
        with closing(GeoPackage(path, patience_s)) as store:
            yield store
