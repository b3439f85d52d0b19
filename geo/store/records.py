"""Records, queries and loads: the values that a store takes and gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import geopandas as gpd

from geo.crs import Bbox
from geo.raster import Raster


@dataclass(frozen=True, slots=True)
class Actor:
    """The user or program that a read or write is made for, and their permission to see private fields.

    Methods that show or change records take one. `name` goes into the audit log.
    """

    name: str
    sees_private: bool = False


PUBLIC = Actor("public")


OPERATOR = Actor("operator", sees_private=True)  # the command line


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a layer: its own and joined values by field name, and its geometry as WKB in degrees.

    `values` holds plain Python values, None where unknown. It holds `raw` and private fields only if
    the actor may see them. If the record has no geometry, `wkb` is its display point, or None.
    """

    id: str
    source: str
    values: Mapping[str, Any]
    wkb: bytes | None = None


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What is left of a deleted record: its own values that the actor may see, and its geometry as WKB in degrees."""

    layer: str
    id: str
    source: str
    deleted_on: str  # ISO day
    reason: str  # deleted by an edit, vanished from its file, or unloaded with its source
    values: Mapping[str, Any]
    wkb: bytes | None


@dataclass(frozen=True, slots=True)
class Query:
    """The conditions that select records of a layer. All of them must hold. Records come in the order of their ids.

    - `bbox`: the record meets this bounding box, in degrees.
    - `town`: the name or slug of a town.
    - `where`: for each field, the values to match. Empty text stands for unknown. Allowed are `id`,
      `source`, the layer's `filter_fields`, and fields that end in `_id` or `_key`.
    - `date_from`: for each date field, the first day (ISO). Unknown days do not match.
    - `due_before`: adds records due before this day (ISO) to those that `where["status"]` selects, if their
      status is one of `due_statuses`.
    - `after_id`: only ids after this one, for the next page.
    - `limit`: the most records to return.

    Dead trees, and trees of unknown condition, in Pagedale:

    >>> Query(town="pagedale", where={"condition": ("dead", "")}).where
    {'condition': ('dead', '')}
    """

    bbox: Bbox | None = None
    town: str | None = None
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    date_from: Mapping[str, str] = field(default_factory=dict)
    due_before: str | None = None
    due_statuses: tuple[str, ...] = ("open",)
    after_id: str | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the audit log: the action, the record and the actor. `seq` is the version that it made."""

    seq: int
    at: str
    actor: str
    action: str  # load, unload, put, delete, note, join or restore
    layer: str | None
    id: str | None
    detail: Mapping[str, Any]


@dataclass(frozen=True)
class Load:
    """The admitted rows of one source, ready to be loaded into one layer.

    `frame` is an admitted frame of the layer. Its `id` column holds the ids *within the source*.
    `Reader.status` returns `provenance`: files with checksums, CRS, encoding, profile, counts, license,
    date and method. `report` is the full load report, stored with the load. `raster` is the canopy raster.
    """

    layer: str
    source: str
    frame: gpd.GeoDataFrame
    provenance: Mapping[str, Any]
    report: Mapping[str, Any] = field(default_factory=dict)
    raster: Raster | None = None


@dataclass(frozen=True)
class LoadResult:
    """The number of rows that a load added, changed, left alone and deleted, and the edits that now conflict.

    `affected_edits` are the records that somebody edited or wrote notes on, and that the load deletes or
    moves. `renamed` is the number of records whose ids come from another column now.
    """

    added: int
    changed: int
    unchanged: int
    deleted: int
    conflicts: tuple[Mapping[str, Any], ...] = ()  # keys: layer, id, field, file_base, file_current, edit
    affected_edits: tuple[Mapping[str, Any], ...] = ()  # keys: layer, id, change, edits, notes, moved_m
    renamed: int = 0


class RowSet(NamedTuple):
    """A few rows of a layer, in the order of their ids.

    Each row is a tuple: id, source, the values of `fields` in order, and the WKB in degrees or None.
    """

    fields: tuple[str, ...]
    rows: list[tuple[Any, ...]]
