"""Edit session: applies edits one after another, and joins each incrementally if possible.

The edit service of `webmap` and the command line call `EditSession`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from pyproj import CRS

from geo.geocode.gazetteer.from_store import INDEXED_LAYERS
from geo.in_force import rows_in_force
from geo.incremental.address_lookup import IncrementalAddressIndex
from geo.incremental.apply_edits import INCREMENTAL_LAYERS, apply_edits, write_changes
from geo.incremental.edit_context import EditContext, RasterCache
from geo.join.areas.towns import towns_on_date
from geo.join.coverage import SurveyDeclarations, Surveys
from geo.join.settings import JoinSettings
from geo.projected_layer import project_layer
from geo.schema import LAYERS
from geo.store.protocol import Reader, Store, WriteTransaction
from geo.store.record_change import RecordChange
from geo.store.records import PUBLIC, Actor, Query, Record

DATED_LAYERS = ("municipalities", "districts")  # layers with valid_from and valid_to


@dataclass(frozen=True)
class AppliedEdits:
    """The records that were put, and the reason for a full join, None if the join is current."""

    records: list[Record]
    full_join_reason: str | None


class EditSession:
    """Applies edits to one store and keeps the context of their joins in memory.

    Use one session for each store and process. Its caches are used only within a transaction. They are
    built again if another writer has changed the layers behind them.
    """

    def __init__(self, store: Store, settings: JoinSettings | None = None) -> None:
        self._store = store
        self._settings = settings or JoinSettings()
        self._context: EditContext | None = None
        self._address_index, self._raster_cache = IncrementalAddressIndex(), RasterCache()
        self._cached_version = (0, "")  # version and token of the caches

    def apply_edits(self, *changes: RecordChange, actor: Actor, at: datetime, today: date) -> AppliedEdits:
        """Apply changes in one transaction, and join the affected rows in the same one.

        If the edits affect too many rows, they are written without a complete join. Then `full_join_reason` says why.
        """
        with self._store.transaction(actor=actor, at=at) as transaction:
            return self.apply_in_transaction(transaction, *changes, today=today)

    def apply_in_transaction(self, transaction: WriteTransaction, *changes: RecordChange, today: date) -> AppliedEdits:
        """Apply changes like `apply_edits`, in a transaction that the caller has opened."""
        join_info = transaction.reader.join_info()
        reason = self._full_join_reason(transaction.reader, join_info, changes, today)
        if reason is not None:
            return AppliedEdits(write_changes(transaction, changes), reason)
        context = self._current_context(transaction, today, join_info.get("surveys", {}))
        records, reason = apply_edits(transaction, context, changes)
        if reason is None:
            new_join_info = {key: join_info[key] for key in join_info if key not in ("at", "version", "stale")}
            transaction.mark_join_current(new_join_info | {"as_of": today.isoformat()})
            self._cached_version = (transaction.reader.version, transaction.version_token())
        return AppliedEdits(records, reason)

    def _full_join_reason(
        self, reader: Reader, join_info: Mapping[str, Any], changes: Sequence[RecordChange], today: date
    ) -> str | None:
        """Return why changes cannot be joined incrementally, or None."""
        if join_info["at"] is None or join_info["stale"]:
            return "the loaded data are not joined yet"
        expected = {"crs": reader.settings().get("crs")} | self._settings.to_dict()
        if any(join_info.get(name) != value for name, value in expected.items()):
            return "the last join used other settings"
        if unsupported_layers := sorted({change.layer for change in changes} - set(INCREMENTAL_LAYERS)):
            return f"every record may depend on {' and '.join(unsupported_layers)}"
        if join_info["as_of"] != today.isoformat() and _has_dated_change(reader, join_info["as_of"], today):
            return f"town boundaries or districts have changed since {join_info['as_of']}"
        if reader.count("municipalities", Query(), actor=PUBLIC) == 0:
            return "no town boundaries are loaded"
        return None

    def _current_context(
        self, transaction: WriteTransaction, today: date, declarations: SurveyDeclarations
    ) -> EditContext:
        """Return the context, rebuilt if the store or the date has changed.

        `declarations` are what sources said about their towns when the last full join ran.
        """
        version, token = self._cached_version
        written_layers = {*DATED_LAYERS, *INDEXED_LAYERS, "canopy"}
        if self._context is not None and transaction.version_token(version) == token:
            written_layers &= transaction.reader.layers_written_since(version)
        if written_layers & set(INDEXED_LAYERS):
            self._address_index.invalidate()
        if "canopy" in written_layers:
            self._raster_cache.invalidate()
        self._address_index.reader = self._raster_cache.reader = transaction.reader
        if self._context is None or self._context.today != today or written_layers & set(DATED_LAYERS):
            caches = {"address_index": self._address_index, "raster_cache": self._raster_cache}
            self._context = _build_context(transaction.reader, today, self._settings, **caches)
        surveys = Surveys.from_declarations(declarations, self._context.towns)
        if surveys != self._context.surveys:
            self._context = replace(self._context, surveys=surveys)
        return self._context


def _has_dated_change(reader: Reader, last_day: str, today: date) -> bool:
    """Return whether other boundaries or districts are in force today than on `last_day` (ISO)."""
    last_date = date.fromisoformat(last_day)
    frames = (reader.read_layer(layer, actor=PUBLIC) for layer in DATED_LAYERS)
    return any(
        (
            rows_in_force(frame["valid_from"], frame["valid_to"], last_date)
            != rows_in_force(frame["valid_from"], frame["valid_to"], today)
        ).any()
        for frame in frames
    )


def _build_context(reader: Reader, today: date, settings: JoinSettings, **caches: Any) -> EditContext:
    metric_crs = CRS.from_user_input(reader.settings()["crs"])
    municipalities = reader.read_layer("municipalities", actor=PUBLIC)
    boundaries = project_layer(municipalities, LAYERS["municipalities"], metric_crs)
    towns = towns_on_date(today, boundaries, settings)
    districts = reader.read_layer("districts", actor=PUBLIC)
    return EditContext(
        metric_crs=metric_crs,
        today=today,
        settings=settings,
        towns=towns,
        municipality_ids=tuple(boundaries.ids[towns.municipality_rows]),
        districts=project_layer(districts, LAYERS["districts"], metric_crs),
        surveys=Surveys(),
        **caches,
    )
