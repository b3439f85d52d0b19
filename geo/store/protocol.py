"""The store protocol: the reads and writes that every storage engine offers.

`geo.store.open_store` returns a `Store`. The rest of `geo` and `webmap` use the types of this module.
`tests/test_store_contract.py` tests an engine against it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import geopandas as gpd
import pandas as pd

from geo.crs import Bbox
from geo.raster import Raster
from geo.store.note import EditResult, Note
from geo.store.records import Actor, Change, Load, LoadResult, Query, Record, RowSet, Tombstone


class WriteTransaction(Protocol):
    """One write transaction: its reads see its own writes, and its writes commit together or not at all.

    Its reads are meant for public fields, own and joined, and for few rows at a time.
    """

    def put(self, layer: str, record: Record) -> Record:
        """Add a record, or change the given values of an existing one, as `Store.put` does."""

    def delete(self, layer: str, id_: str) -> None:
        """Delete a record and leave a tombstone, or raise NoSuchRecord."""

    def rows_in_bbox(self, layer: str, bbox: Bbox, fields: tuple[str, ...]) -> RowSet:
        """Return the rows with a geometry that meets `bbox` (degrees), and possibly some just outside it."""

    def rows_where_in(
        self, layer: str, field: str, values: Iterable[str], fields: tuple[str, ...], *, with_geometry: bool = True
    ) -> RowSet:
        """Return the rows with one of `values` in a text field, own or joined, with or without geometry."""

    def rows_by_key(self, layer: str, field: str, keys: Iterable[str], fields: tuple[str, ...]) -> RowSet:
        """Return the rows with one of `keys` in `field`, compared in upper case, trimmed and without `~source`.

        `keys` must be normalized in the same way.
        """

    def rows_by_house_number(self, layer: str, house_numbers: Iterable[int], fields: tuple[str, ...]) -> RowSet:
        """Return the rows with an address that begins with one of the house numbers, or with no number."""

    def sample_ids(
        self,
        layer: str,
        field: str,
        value: str,
        limit: int,
        *,
        excluding: tuple[str, str] | None = None,
        excluding_sources: Collection[str] = (),
    ) -> list[str]:
        """Return at most `limit` ids of records with `value` in a joined field.

        `excluding` is an own field and a lowercase value. Records with that value are left out, and those of
        `excluding_sources`.
        """

    @property
    def reader(self) -> "Reader":
        """The store as this transaction sees it, with its own writes."""

    def version_token(self, version: int | None = None) -> str:
        """Return a text that identifies one version and its content, by default the current version.

        Two copies of a file that received different writes have different tokens for the same version.
        """

    def update_joined_values(self, layer: str, values_by_id: Mapping[str, Mapping[str, Any]]) -> None:
        """Set joined values of some records, by id. Values that are not given stay as they are."""

    def mark_join_current(self, join_info: Mapping[str, Any]) -> None:
        """Record that the joined tables match the current version, with `join_info` on how they were computed."""

    def find_edit_result(self, key: str) -> EditResult | None:
        """Return the stored result of an idempotency key, or None if the key is new."""

    def save_edit_result(self, result: EditResult) -> None:
        """Store the result of a new idempotency key."""

    def add_note(self, note: Note, image: bytes | None = None) -> Note:
        """Add a note on a record, with an optional photo, and return it with its note and photo numbers."""


class Reader(Protocol):
    """The store at one version. Later writes do not show."""

    @property
    def version(self) -> int:
        """The number of the last committed write. It grows with every write."""

    def get(self, layer: str, id_: str, *, actor: Actor) -> Record:
        """Return one record, or raise NoSuchRecord."""

    def find_tombstone(self, layer: str, id_: str, *, actor: Actor) -> Tombstone | None:
        """Return what is left of a deleted record, or None. The latest one, if the id was deleted twice."""

    def query(self, layer: str, query: Query, *, actor: Actor) -> Iterator[Record]:
        """Iterate over the selected records in the order of their ids, in constant memory."""

    def count(self, layer: str, query: Query, *, actor: Actor) -> int:
        """Count the selected records."""

    def layer_extent(self, layer: str, within: Bbox | None = None) -> Bbox | None:
        """Return the bounding box of the records of a layer in degrees, or of those that meet `within`.

        Records without a geometry count at their display points. It may be a meter too wide. None without
        any record that is drawn.
        """

    def count_in_bbox(self, layer: str, bbox: Bbox, limit: int) -> int:
        """Count the records that may meet a bounding box (degrees), at most `limit`. It may count some just outside."""

    def read_layer(self, layer: str, *, actor: Actor) -> gpd.GeoDataFrame:
        """Return a layer as a frame (see `Layer`), with private columns only if the actor may see them."""

    def read_fields(self, layer: str, names: Iterable[str]) -> pd.DataFrame:
        """Return the ids, sources or public fields of a layer's rows as text, in the order of insertion."""

    def read_joined_values(self, layer: str) -> pd.DataFrame:
        """Return the values that the last join wrote for a layer: `id` and the layer's joined fields."""

    def read_rasters(self) -> list[Raster]:
        """Return the canopy rasters."""

    def status(self) -> dict[str, Any]:
        """Return the layers with their rows and sources, the last join, the CRS, the version and the conflicts."""

    def declared_towns(self, layer: str) -> dict[str, dict[str, Any]]:
        """Return what each source of a layer declares of its towns: the `town` it is of, and the towns it `covers`.

        A source that declares none is left out.
        """

    def join_info(self) -> dict[str, Any]:
        """Return when and how the last join ran, the version that it read, and whether it is stale."""

    def layers_written_since(self, version: int) -> set[str]:
        """Return the names of the layers with writes after a version."""

    def changes_since(self, version: int, *, actor: Actor, limit: int = 1000) -> list[Change]:
        """Return the audit log entries after `version`, oldest first, at most `limit`."""

    def changed_records(self, layer: str, version: int) -> Mapping[str, bool] | None:
        """Return the ids of records that edits changed after `version`, and for each whether its geometry changed.

        Changes of own and joined fields count. For an added or deleted record the value is True. Returns None
        if more than single records may have changed: by a load, a join, a restore or too many edits.
        """

    def version_token(self, version: int) -> str:
        """Return a text that identifies one version and its content, or `null` if there is no such version.

        Two copies of a file that received different writes have different tokens for the same version.
        """

    def layer_etag(self, layer: str) -> str:
        """Return a text that identifies the state of a layer's rows. It changes with every write to them."""

    def settings(self) -> dict[str, str]:
        """Return the settings of the workspace by name, such as `crs` and `created`."""

    def read_notes(self, layer: str, id_: str, *, limit: int) -> list[Note]:
        """Return the latest notes on a record, newest first, also if the record is deleted."""

    def read_photo(self, number: int) -> bytes | None:
        """Return the photo with this number, or None. A number never means another photo."""


class Store(Reader, Protocol):
    """A workspace: all reads of `Reader`, always at the current version, and the writes.

    Each write is one transaction and adds entries to the audit log. It raises Busy if another process
    holds the write lock longer than the timeout. `at` is the time of the write, given by the caller.
    """

    @property
    def cache_dir(self) -> Path:
        """The folder for caches of this workspace. It may not exist yet."""

    def snapshot(self) -> AbstractContextManager[Reader]:
        """Open a reader at the current version for as long as the context lasts."""

    def load(self, *layer_loads: Load, actor: Actor, at: datetime, dry_run: bool = False) -> tuple[LoadResult, ...]:
        """Replace the rows of each load's source, all in one transaction. A dry run tells the result, and changes nothing.

        Overrides survive. If the file has since changed the same value, the override stays and the result
        lists the conflict.
        """

    def unload(self, layer: str, source: str, *, actor: Actor, at: datetime) -> int:
        """Remove a source, and return how many rows it had. Raises NoSuchSource."""

    def put(self, layer: str, record: Record, *, actor: Actor, at: datetime) -> Record:
        """Add a record, or change the given values of one. Rows from files change in editable fields only."""

    def delete(self, layer: str, id_: str, *, actor: Actor, at: datetime) -> None:
        """Delete a record and leave a tombstone. A reload of its source does not bring it back."""

    def transaction(self, *, actor: Actor, at: datetime) -> AbstractContextManager[WriteTransaction]:
        """Open a write transaction for as long as the context lasts. An exception inside rolls it back."""

    def write_joined_tables(
        self, tables: Mapping[str, pd.DataFrame], *, actor: Actor, at: datetime, join_info: Mapping[str, Any]
    ) -> None:
        """Replace the joined tables, all in one transaction.

        `join_info` is stored with the join. Its `version` is the version that the join read.
        """

    def check_integrity(self) -> list[str]:
        """Check the file, its R-trees and its references, and return one sentence for each fault."""

    def backup(self, target: Path) -> None:
        """Write a self-contained copy to `target`, or raise BadInput if that file exists."""

    def close(self) -> None:
        """Close all connections to the file."""
