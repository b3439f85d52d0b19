"""The store: the data of a workspace in one GeoPackage file, behind `protocol.Store`.

The command line and `webmap.server` call `open_store`. `lotleaf load` calls `open_new_store`, and
`lotleaf restore` calls `restore`.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from geo.store.geopackage.geopackage_store import GeoPackage
from geo.store.geopackage.integrity import backup
from geo.store.geopackage.integrity.backup import restore
from geo.store.protocol import Store

__all__ = ["open_new_store", "open_store", "restore"]


def open_store(path: Path, *, create: bool = False, lock_timeout_s: float = 60.0) -> Store:
    """Open the workspace at `path`. With `create`, make it if there is none.

    A write waits up to `lock_timeout_s` seconds for another one and then raises Busy. Raises NoWorkspace
    if there is no file, and StoreError if it cannot be opened. Raises BadWorkspace if the file is
    damaged or not a workspace.
    """
    path = path.resolve()
    if create and not path.exists():
        backup.create_workspace(path, lock_timeout_s)
    return GeoPackage(path, lock_timeout_s)


@contextmanager
def open_new_store(path: Path, *, lock_timeout_s: float = 60.0) -> Iterator[Store]:
    """Open the workspace at `path` for its first load, and create it only if the context ends without an error.

    If the workspace exists by then, it is opened as `open_store` does, with the same errors.
    """
    path = path.resolve()
    with backup.new_workspace_file(path, lock_timeout_s) as new_path:
        if new_path is not None:
            with closing(GeoPackage(new_path, lock_timeout_s, display_path=path)) as store:
                yield store
    if new_path is None:
        with closing(GeoPackage(path, lock_timeout_s)) as store:
            yield store
