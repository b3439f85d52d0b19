"""State shared by all requests: the store, and the values computed from one version of it.

Views call `app_state()`. `app_state().reader` is the snapshot of the request. The parts `tiles`, `packs`
and `addresses` compute tiles, town packs and look-ups from it. Computed values are never changed: a new
version of the store replaces them. The web reads as `PUBLIC` only.
"""

import logging
from collections.abc import Mapping
from datetime import date
from threading import BoundedSemaphore, Event, Thread
from typing import TYPE_CHECKING, Any, cast

from flask import Flask, current_app

from geo.errors import GeoError
from geo.forestry.diameter_counts import DiameterCounts, count_diameters
from geo.forestry.diversity import TownTaxa, count_town_taxa
from geo.mapped_area import FarRecords, find_far_records, load_mapped_area
from geo.schema import LAYERS
from geo.store.protocol import Reader, Store
from webmap.settings import Settings
from webmap.state import request_reader
from webmap.state.address_search import AddressSearch
from webmap.state.map_tiles import MapTiles
from webmap.state.request_reader import RequestReader
from webmap.state.town_list import TownOutline, town_names_by_slug, town_outlines
from webmap.state.town_packs import TownPacks
from webmap.state.versioned_cache import VersionedCache

if TYPE_CHECKING:
    from geo.geocode import GeocodeResult
    from geo.review.tree_doubles import TreeDouble

log = logging.getLogger(__name__)

POLL_INTERVAL_S = 0.5  # how often the store is checked for a new version
ERROR_RETRY_S = 30.0  # the wait after a failed check
MAX_WORKBOOKS = 2  # whole layers that become Excel workbooks at the same time: each keeps a core busy
MAX_CACHED_TOWNS = 200  # towns with cached species counts
TOWN_LAYERS = frozenset({"municipalities"})


class AppState:
    """The store and the values computed from it, shared by all threads of this process."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.settings = settings
        self.download_slots = BoundedSemaphore(settings.downloads)
        self.workbook_slots = BoundedSemaphore(MAX_WORKBOOKS)
        self._request = RequestReader(store)
        self.tiles = MapTiles(self._request, store.cache_dir)
        self.packs = TownPacks(self._request, self.tiles, store.cache_dir)
        self.addresses = AddressSearch(self._request, store.cache_dir, settings.near_m)
        self._town_names = VersionedCache(town_names_by_slug, TOWN_LAYERS)
        self._town_outlines = VersionedCache(town_outlines, TOWN_LAYERS)
        self._diversity = VersionedCache(count_town_taxa, frozenset({"trees"}), max_entries=MAX_CACHED_TOWNS)
        self._diameters = VersionedCache(count_diameters, frozenset({"trees"}), max_entries=MAX_CACHED_TOWNS)
        self._status = VersionedCache(lambda reader: reader.status(), None)
        self._tree_doubles = VersionedCache(self._find_tree_doubles, frozenset({"trees"}))
        self._mapped_area = VersionedCache(load_mapped_area, TOWN_LAYERS)
        self._far_records = {name: self._make_far_record_cache(name) for name in LAYERS}
        self._warm_thread: Thread | None = None
        self._stop_event = Event()

    @property
    def reader(self) -> Reader:
        """Return the snapshot of this request, opened on first use and closed after the response."""
        return self._request.reader

    @property
    def version(self) -> int:
        """Return the version of the store that this request sees."""
        return self.reader.version

    @property
    def workspace_hash(self) -> str:
        """Return 8 hexadecimal digits that tell one workspace from another of the same version."""
        return self.tiles.workspace_hash(self.reader)

    @property
    def status(self) -> Mapping[str, Any]:
        """Return the result of `Reader.status`. It is shared, so never change it."""
        return self._status.get(self.reader)

    @property
    def town_names(self) -> Mapping[str, str]:
        """Return the names of the towns in force by slug, sorted by name."""
        return self._town_names.get(self.reader)

    def town_outlines(self, today: date) -> Mapping[str, TownOutline]:
        """Return the towns in force on a day by id, simplified for far zooms."""
        return self._town_outlines.get(self.reader, today)

    def town_taxa(self, town: str) -> TownTaxa:
        """Return the species and genera of a town's trees, computed once for each version of its trees."""
        return self._diversity.get(self.reader, town)

    def diameters(self, town: str) -> DiameterCounts:
        """Return the trees of a town by diameter, counted once for each version of its trees."""
        return self._diameters.get(self.reader, town)

    @property
    def tree_doubles(self) -> "list[TreeDouble]":
        """Return the pairs of trees that may be one, computed once for each version of the trees. Never change it."""
        return self._tree_doubles.get(self.reader)

    def _find_tree_doubles(self, reader: Reader) -> "list[TreeDouble]":
        from geo.review.review_layers import review_trees  # noqa: PLC0415 - with it comes the join, which few workers need

        return review_trees(reader, self.store.cache_dir)

    def far_records(self, layer: str) -> FarRecords:
        """Return the records of a layer that are far from every town, and the bounding box of the others."""
        return self._far_records[layer].get(self.reader)

    def _make_far_record_cache(self, layer: str) -> VersionedCache[FarRecords]:
        """Return a cache for one layer. Records without a geometry are drawn at their parcels."""
        return VersionedCache(
            lambda reader: find_far_records(reader, layer, self._mapped_area.get(reader)),
            TOWN_LAYERS | {layer, "parcels"},
        )

    def find(self, query: str, **options: Any) -> "GeocodeResult":
        """Return the geocode result of a query. See `geo.geocode.workspace_search`."""
        return self.addresses.find(query, self.status, self.town_names, **options)

    def warm_caches(self) -> None:
        """Compute the values that the next request would wait for."""
        with self.store.snapshot() as reader:
            self.addresses.warm(reader)
            self._status.get(reader)
            self.tiles.warm(reader)
            self.packs.drop_outdated(reader)

    def start_warming(self) -> None:
        """Warm the caches now and after each change, in another thread, until `stop_warming`.

        A new index takes seconds to build. Until then, look-ups use the previous one.
        """
        self._request.computes_beside_requests = True
        self._warm_thread = Thread(target=self._warm_on_change, daemon=True, name="warm")
        self._warm_thread.start()

    def stop_warming(self) -> None:
        """Stop the thread that warms the caches."""
        self._stop_event.set()
        if self._warm_thread:
            self._warm_thread.join()

    def _warm_on_change(self) -> None:
        warmed_version, wait_s = -1, 0.0
        while not self._stop_event.wait(wait_s):
            wait_s = POLL_INTERVAL_S
            try:
                version = self.store.version
                if version != warmed_version:
                    self.warm_caches()
                    self.tiles.preload_encoder()
                warmed_version = version
            except GeoError as error:  # a request that needs the store will report it
                log.warning("the caches were not filled: %s", error)
                wait_s = ERROR_RETRY_S


def app_state() -> AppState:
    """Return the state of the current app."""
    return cast("AppState", current_app.extensions["lotleaf"])


def init_app(app: Flask, store: Store, settings: Settings) -> None:
    """Set up the app's state, and close each request's snapshot after its response."""
    app.extensions["lotleaf"] = AppState(store, settings)
    request_reader.init_app(app)
