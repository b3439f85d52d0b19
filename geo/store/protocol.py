"""What every store can do, whatever engine keeps it. `tests/test_store_contract.py` holds it to it."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import geopandas as gpd
import pandas as pd

from geo.places import Bbox
from geo.rasters import Raster
from geo.store.noted import Note, Outcome


@dataclass(frozen=True, slots=True)
class Actor:
    """On whose behalf something is done, and what that lets them see.

    Every method takes one. Rights by town and by field have their place here.
    """

    name: str
    sees_private: bool = False


PUBLIC = Actor("public")
OPERATOR = Actor("operator", sees_private=True)  # whoever holds the file and the command line


@dataclass(frozen=True, slots=True)
class Record:
    """One row: its values by field (joined ones included), and its shape as WKB in degrees.

    `values` holds plain Python values, None where unknown; it never holds `raw` or a private field
    unless the actor may see them.
    """

    id: str
    source: str
    values: Mapping[str, Any]
    wkb: bytes | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """Which records: all conditions together; ordered by id.

    `town` is a town's name or slug. `where` gives for a field (own or joined, of the layer's
    `choices`, or `*_id` and `*_key` columns) the values of which one must hold; the empty text
    stands for unknown. `since` gives for a field that is a date the first day (ISO) that it may have; an
    unknown day is none. `lapsed` means, beside the values of `status`, what is open and was due before
    that day (ISO). `after` is the id behind which to go on.
    """

    bbox: Bbox | None = None
    town: str | None = None
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    since: Mapping[str, str] = field(default_factory=dict)
    lapsed: str | None = None
    after: str | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the audit: what was done, to what, by whom."""

    seq: int
    at: str
    actor: str
    action: str  # load, unload, put, delete, note, join, restore
    layer: str | None
    id: str | None
    detail: Mapping[str, Any]


@dataclass(frozen=True)
class Load:
    """One file or set of files, read, cleaned and admitted: what a load puts into the store.

    `frame` is an admitted frame of the layer whose `id` column holds the ids *within the source*.
    `provenance` is told back by `status`: files with checksums, crs, encoding, profile, counts,
    licence, date, method… `report` is the whole report, kept with the load.
    """

    layer: str
    source: str
    frame: gpd.GeoDataFrame
    provenance: Mapping[str, Any]
    report: Mapping[str, Any] = field(default_factory=dict)
    raster: Raster | None = None


@dataclass(frozen=True)
class Loaded:
    """What a load changed: rows added, changed, same and ended, and edits that now conflict."""

    added: int
    changed: int
    same: int
    ended: int
    conflicts: tuple[Mapping[str, Any], ...] = ()  # layer, id, field, file_was, file_is, edit


class Rows(NamedTuple):
    """A few rows of a layer, by id: each its id, its source, the values of `fields`, and its WKB in degrees."""

    fields: tuple[str, ...]
    rows: list[tuple[Any, ...]]


class Turn(Protocol):
    """One writer's turn: what it has written shows in what it reads; all of it is kept, or nothing.

    Reads are of public fields, own and joined ones alike, and of few rows.
    """

    def put(self, layer: str, record: Record) -> Record:
        """Add a record, or change the named values of one; see `Store.put`."""

    def delete(self, layer: str, id_: str) -> None:
        """End a record; raises NoSuchRecord."""

    def near(self, layer: str, box: Bbox, fields: tuple[str, ...]) -> Rows:
        """Give the rows whose box meets one in degrees, and perhaps some beside it."""

    def having(
        self,
        layer: str,
        field: str,
        values: Iterable[str],
        fields: tuple[str, ...],
        *,
        shaped: bool = True,
    ) -> Rows:
        """Give the rows that have one of the values in a field of text; without their shapes if told so."""

    def called(self, layer: str, field: str, names: Iterable[str], fields: tuple[str, ...]) -> Rows:
        """Give the rows whose key in a field is one of the names: in capitals, bare of spaces and of `~source`."""

    def numbered(self, layer: str, numbers: Iterable[int], fields: tuple[str, ...]) -> Rows:
        """Give the rows whose address begins with one of the numbers, or with none."""

    def some(
        self, layer: str, field: str, value: str, most: int, *, but: tuple[str, str] | None = None
    ) -> list[str]:
        """Give at most so many ids that have a value in a joined field; `but` not those with a value in an own field."""

    @property
    def reader(self) -> "Reader":
        """The store as it stands in this turn."""

    def mark(self, version: int | None = None) -> str:
        """Give a text that only one version has, now's if none is named: of a file that went its own way it is another."""

    def keep_joined(self, layer: str, rows: Mapping[str, Mapping[str, Any]]) -> None:
        """Put joined values into the rows of some ids; what is not named stays as it is."""

    def joined_alone(self, made: Mapping[str, Any]) -> None:
        """Say that the joined tables stand as of now, made so."""

    def outcome(self, key: str) -> Outcome | None:
        """Give what came of what was asked under a key, if anything was."""

    def keep_outcome(self, kept: Outcome) -> None:
        """Keep what came of a key that was not there."""

    def note(self, note: Note, image: bytes | None = None) -> Note:
        """Add a note on a record, with its photo if it has one; gives it with their numbers."""


class Reader(Protocol):
    """The store at one moment: nothing that others write meanwhile shows."""

    @property
    def version(self) -> int:
        """Tell the version; it grows with every write."""

    def get(self, layer: str, id_: str, *, actor: Actor) -> Record:
        """Give one record; raises NoSuchRecord."""

    def query(self, layer: str, query: Query, *, actor: Actor) -> Iterator[Record]:
        """Stream the records that a query names, in the order of their ids, memory flat."""

    def count(self, layer: str, query: Query, *, actor: Actor) -> int:
        """Count them."""

    def frame(self, layer: str, *, actor: Actor) -> gpd.GeoDataFrame:
        """Give a whole layer as a frame (see `Layer`); private columns only to those who may see."""

    def joined(self, layer: str) -> pd.DataFrame:
        """Give what the join last wrote for a layer: `id` and the layer's joined fields."""

    def rasters(self) -> list[Raster]:
        """Give the canopy rasters."""

    def status(self) -> dict[str, Any]:
        """Tell layers, their rows and sources with provenance, the joins, the version, the CRS."""

    def join_made(self) -> dict[str, Any]:
        """Tell when the last join was made, from which version and how, and whether anything has changed since."""

    def written_since(self, version: int) -> set[str]:
        """Name the layers whose rows were written after a version."""

    def changes(self, since: int, *, actor: Actor, limit: int = 1000) -> list[Change]:
        """Tell what was done after `since`, oldest first."""

    def touched(self, layer: str, since: int) -> Mapping[str, bool] | None:
        """Give the records that edits changed after a version, in own or joined fields, and whether the shape of each did.

        A record that came or went counts as moved. None where more than single records may have changed: by a
        load, a join, a restore, or too many edits.
        """

    def mark(self, version: int) -> str:
        """Give a text that only one version has: of a file that went its own way it is another, or empty."""

    def stamp(self, layer: str) -> str:
        """Tell the state in which a layer's rows are, as a text: after every write of them it is another."""

    def settings(self) -> dict[str, str]:
        """Give what the workspace remembers about itself, as `crs` and `created`."""

    def notes(self, layer: str, id_: str, *, most: int) -> list[Note]:
        """Give the latest notes on a record, the newest first; also where it has ended."""

    def photo(self, number: int) -> bytes | None:
        """Give the photo of a number, if there is one; never another one for the same number."""


class Store(Reader, Protocol):
    """A workspace: everything a reader has, always as of now, and the writes.

    Each write is one transaction that also leaves its audit row; it raises Busy when another
    process holds the store for longer than its patience. `at` is the moment, told by the caller.
    """

    @property
    def beside(self) -> Path:
        """Tell the folder in which what can be made again from the store may be kept; it may not be there."""

    def snapshot(self) -> AbstractContextManager[Reader]:
        """Open the store as it is now, for as long as the context lasts."""

    def load(self, *loads: Load, actor: Actor, at: datetime) -> tuple[Loaded, ...]:
        """Put each load in the place of what its source held, all in one transaction.

        Edits by hand survive: where the file has since changed the same value, the edit stands and
        the conflict is told.
        """

    def unload(self, layer: str, source: str, *, actor: Actor, at: datetime) -> int:
        """Take a source out; returns its rows. Raises NoSuchSource."""

    def put(self, layer: str, record: Record, *, actor: Actor, at: datetime) -> Record:
        """Add a record, or change the named values of one; editable fields of loaded rows only."""

    def delete(self, layer: str, id_: str, *, actor: Actor, at: datetime) -> None:
        """End a record; a reload of its source does not bring it back."""

    def turn(self, *, actor: Actor, at: datetime) -> AbstractContextManager[Turn]:
        """Take the writer's turn for as long as the context lasts; whatever is raised within undoes it all."""

    def write_joined(
        self,
        tables: Mapping[str, pd.DataFrame],
        *,
        actor: Actor,
        at: datetime,
        made: Mapping[str, Any],
    ) -> None:
        """Replace the joined tables, all in one transaction; `made` says from what and how."""

    def check(self) -> list[str]:
        """Look the store over: integrity, R-tree, orphans; one sentence for each fault."""

    def backup(self, to: Path) -> None:
        """Write a copy that stands by itself; raises BadInput when `to` exists."""

    def close(self) -> None:
        """Let go of the file."""
