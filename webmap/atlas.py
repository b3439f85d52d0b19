"""What requests share: the store, and what is made from one version of it.

A view says `atlas()` and reads: `atlas().reader` is the store as it was when this request first
looked, `atlas().find(query)` looks an address up. What is made is frozen; a new version of the store
replaces it whole. All reading on the web is done as `PUBLIC`.
"""

import gzip
import hashlib
import logging
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from threading import BoundedSemaphore, Event, Thread
from typing import TYPE_CHECKING, Any, TypeVar, cast
from zlib import crc32

from flask import Flask, Response, current_app, g

from geo.errors import GeoError, NotFound
from geo.naming import slug
from geo.store.protocol import Reader, Store
from webmap.clock import today
from webmap.diversity import Frequent, species_and_genera
from webmap.latest import Latest
from webmap.packs import Packs
from webmap.ready import Ready
from webmap.settings import Settings
from webmap.towns import Outline, named_by_slug, outlines

if TYPE_CHECKING:
    from geo.addresses import AddressIndex, Answer
    from geo.mercator import Tile
    from geo.tilesets import Sets

T = TypeVar("T")
log = logging.getLogger(__name__)

LOOK_S = 0.5  # how often is looked whether the store has changed
TROUBLE_S = 30.0  # how long is waited when that cannot be told
MOST_TOWNS = 200  # whose trees' kinds are kept
# The layers from which addresses are found.
ADDRESSED = frozenset({"parcels", "addresses", "streets", "landmarks", "aliases"})


class Atlas:
    """The store and what is made from it, for every thread of this process."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.settings = settings
        self.downloads = BoundedSemaphore(settings.downloads)
        self._index = Latest(partial(_index, store.beside), ADDRESSED)
        self._pockets = Latest(self._pocket, ADDRESSED, most=MOST_TOWNS)
        self._addressed = Latest(self._names, ADDRESSED)
        self._towns = Latest(named_by_slug, frozenset({"municipalities"}))
        self._outlines = Latest(outlines, frozenset({"municipalities"}))
        self._diversity = Latest(species_and_genera, frozenset({"trees"}), most=MOST_TOWNS)
        self._born = Latest(lambda reader: reader.settings().get("created", ""), frozenset())
        self.ready = Ready(store.beside / "tiles")
        self._tilesets = Latest(self._sets_of, None)
        self._edited = Latest(lambda reader: self._tilesets.of(reader).now(reader), None)
        self._packs = Packs(store.beside / "packs")
        self._status = Latest(lambda reader: reader.status(), None)
        self._warming: Thread | None = None
        self._ended = Event()

    @property
    def reader(self) -> Reader:
        """The store at one moment, the same for the whole of this request and its answer."""
        if "reader" not in g:
            stack = ExitStack()
            g.reader = stack.enter_context(self.store.snapshot())
            g.release = stack.close
            g.version = g.reader.version
        return cast("Reader", g.reader)

    @property
    def version(self) -> int:
        """The version of the store that this request sees."""
        return self.reader.version

    @property
    def born(self) -> str:
        """When the workspace was made: two of the same version differ in it."""
        return self._born.of(self.reader)

    @property
    def status(self) -> Mapping[str, Any]:
        """What `Reader.status` tells of this version; shared, so never changed."""
        return self._status.of(self.reader)

    @property
    def towns(self) -> Mapping[str, str]:
        """The towns' names by slug, in the order of their names."""
        return self._towns.of(self.reader)

    def outlines(self, today: date) -> Mapping[str, Outline]:
        """Give the towns that stand on a day, by id, as far views draw them."""
        return self._outlines.of(self.reader, today)

    @property
    def tilesets(self) -> "Sets":
        """The tilesets of this version, or those of the one before while they are being made."""
        return self._soon(self._tilesets)

    def _soon(self, latest: Latest[T]) -> T:
        """Give what is made of this version; while that is laid out beside the requests, what was made before, and note that."""
        made = latest.made() if self._warming else None
        if made is None:
            return latest.of(self.reader)
        g.older = g.get("older", False) or latest.older(self.reader)
        return made

    def _sets_of(self, reader: Reader) -> "Sets":
        from geo.tilesets import Sets  # noqa: PLC0415 - a server without maps needs none

        return Sets.of(self.store.beside, reader, self._tilesets.made())

    def told_of_tiles(self) -> dict[str, Any]:
        """Tell the version, and where each tileset's tiles and values are now, and of which version."""
        sets = self.tilesets
        told = {
            name: {
                "tiles": f"/tiles/{name}/{mark}",
                "values": f"/values/{name}/{sets.said[name]}" if name in sets.said else None,
                "version": sets.version_of(name),
            }
            for name, mark in sets.drawn.items()
        }
        return {"version": self.version, "born": f"{crc32(self.born.encode()):x}", "sets": told}

    def tile(self, name: str, mark: str, tile: "Tile") -> bytes | None:
        """Cut a tile of a tileset, packed; None where the mark is not, or no longer, the tileset's."""
        found = self._marked(lambda sets: sets.drawn.get(name) == mark)
        return found.tile(name, tile) if found else None

    def told(self, name: str, mark: str, tile: "Tile") -> bytes | None:
        """Tell what is known of a tile's features, packed; None where the mark is not, or no longer, the tileset's."""
        found = self._marked(lambda sets: sets.said.get(name) == mark)
        return found.told(name, tile) if found else None

    def pack(self, town: str) -> bytes:
        """Give the pack of a town, by slug, as it is now; raises NotFound."""
        from webmap.packing import pack_of  # noqa: PLC0415 - few ask for packs

        reader = self.reader
        if town not in self.towns:
            raise NotFound(f"no town is called {town!r}")
        make = partial(pack_of, reader, self._edited.of(reader), [town])
        return self._packs.get(town, self._mark(reader), make)

    def _mark(self, reader: Reader) -> str:
        """Name a version as no other workspace's is named, and the day."""
        return f"{crc32(self._born.of(reader).encode()):x}-{reader.version}-{today():%y%m%d}"

    def changed_blocks(self) -> dict[str, Any]:
        """Tell the blocks in which edits have changed anything, counted again; see `geo.tilesets.blocks`."""
        from geo.tilesets import changed_blocks  # noqa: PLC0415 - a server without maps needs none

        return {"version": self.version, **changed_blocks(self._edited.of(self.reader))}

    def _marked(self, holds: Callable[["Sets"], bool]) -> "Sets | None":
        if (made := self._tilesets.made()) is not None and holds(made):
            return made
        newest = self._tilesets.of(
            self.reader
        )  # another process may have been quicker to make what it told of
        return newest if holds(newest) else None

    def species_and_genera(self, town: str) -> tuple[Frequent, Frequent]:
        """Tell what grows in a town, counted once for each version of its trees."""
        return self._diversity.of(self.reader, town)

    def find(self, query: str, **options: Any) -> "Answer":
        """Look up an address, a name, a place, the number of a parcel, tree or case; see `geo.addresses.finding.recorded`."""
        from geo.addresses.finding import recorded  # noqa: PLC0415 - a server that only draws maps needs none

        index = self._soon(self._index)
        sources, near_m = recorded.sources_in(self.status), self.settings.near_m
        register = recorded.Register(self.reader, index, sources, self.towns, near_m)
        return register.find(query, today=today(), **options)

    @property
    def crossing(self) -> str | None:
        """Two streets that meet, to show how to ask."""
        return self._index.of(self.reader).crossings.example()

    def pocket(self, part: str, town: str = "") -> "Pocket":
        """Give a file with which a browser looks addresses up by itself: `index`, `corners`, or that of a `town`."""
        return self._pockets.of(self.reader, part, town)

    @property
    def addressed(self) -> Mapping[str, str]:
        """The towns that have addresses, by slug; that of which none is known is called `-`."""
        return self._addressed.of(self.reader)

    def _names(self, reader: Reader) -> Mapping[str, str]:
        from geo.addresses.gazetteer import pocket  # noqa: PLC0415 - a server that only draws maps needs none

        names = pocket.towns_of(self._index.of(reader))
        return {slug(name) if name else "-": name for name in names}

    def _pocket(self, reader: Reader, part: str, town: str) -> "Pocket":
        from geo.addresses.gazetteer import pocket  # noqa: PLC0415 - a server that only draws maps needs none

        index = self._index.of(reader)
        if part == "town":
            return Pocket.of(pocket.town_file(index, town))
        return Pocket.of(pocket.corners(index) if part == "corners" else pocket.pocket(index))

    def warm(self) -> None:
        """Make ready what the next look-up would wait for."""
        with self.store.snapshot() as reader:
            self._index.of(reader)
            self._status.of(reader)
            sets = self._tilesets.of(reader)
            self._packs.drop_others(self._mark(reader))
        self.ready.drop_others({*sets.drawn.values(), *sets.said.values()})

    def _prepare(self) -> None:
        """Where no tile of lots is ready yet, load what cuts them before the first is asked for."""
        made = self._tilesets.made()
        if made is not None and not self.ready.any_of("lots", made.drawn["lots"]):
            from geo.strokes import prepare  # noqa: PLC0415 - most servers start with ready tiles

            prepare()

    def keep_warm(self) -> None:
        """Warm now and after each change, beside the requests, until `end`.

        A new index takes seconds to build; until it is ready, look-ups are answered from the one before.
        """
        self._warming = Thread(target=self._keep_warm, daemon=True, name="warm")
        self._warming.start()

    def end(self) -> None:
        """Stop keeping warm."""
        self._ended.set()
        if self._warming:
            self._warming.join()

    def _keep_warm(self) -> None:
        seen, wait = -1, 0.0
        while not self._ended.wait(wait):
            wait = LOOK_S
            try:
                now = self.store.version
                if now != seen:
                    self.warm()
                    self._prepare()
                seen = now
            except GeoError as error:  # a request that needs it will tell its asker
                log.warning("not warmed: %s", error)
                wait = TROUBLE_S


def atlas() -> Atlas:
    """Give the atlas of the app that answers this request."""
    return cast("Atlas", current_app.extensions["lotleaf"])


def register(app: Flask, store: Store, settings: Settings) -> None:
    """Give the app its atlas, and let go of each request's reader when its answer has gone."""
    app.extensions["lotleaf"] = Atlas(store, settings)

    @app.after_request
    def hold(response: Response) -> Response:
        if response.is_streamed and (release := g.pop("release", None)):
            response.call_on_close(release)  # it reads on while it is sent
        return response

    @app.teardown_request
    def let_go(_: BaseException | None) -> None:
        if release := g.pop("release", None):
            release()


@dataclass(frozen=True, slots=True)
class Pocket:
    """A file that a browser takes along, packed, and the mark of what it holds."""

    packed: bytes
    mark: str

    @classmethod
    def of(cls, file: bytes) -> "Pocket":
        """Pack a file as small as it gets: it is done once, and sent often."""
        return cls(gzip.compress(file, 9, mtime=0), hashlib.sha256(file).hexdigest()[:16])


def _index(folder: Path, reader: Reader) -> "AddressIndex":
    from geo.addresses.gazetteer.stored import kept_index  # noqa: PLC0415 - a server that only draws maps needs none

    return kept_index(reader, folder)
