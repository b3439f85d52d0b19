"""All tilesets of a workspace at one version: what marks each, and its tiles by name."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

from geo.errors import Busy, NotFound
from geo.mercator import Tile
from geo.store.protocol import Reader
from geo.tilesets.amended import Amended, amended
from geo.tilesets.base import Base, base_of
from geo.tilesets.blocks import Blocks, blocks, cut_blocks, overlaid, recounted
from geo.tilesets.cut import NOTHING, cut, told
from geo.tilesets.kinds import TILESETS, Tileset

FORMAT = b"2"  # grows with every change of what a tile or a file of values looks like
LAYERS = tuple(dict.fromkeys(layer for one in TILESETS.values() for layer in one.layers))
EDITED = ("parcels", "sites", "inspections")  # layers of which single records are edited
SPECIES = 200  # that people choose among
TILES, VALUES = (
    4,
    5,
)  # levels of packing: further ones take several times as long and save nothing, or a hundredth


@dataclass(frozen=True)
class Sets:
    """The layers as they were baked; a tile is named by its tileset, its mark and its place, and never changes."""

    bases: Mapping[str, Base]

    @classmethod
    def of(cls, folder: Path, reader: Reader, before: "Sets | None" = None) -> "Sets":
        """Give the tilesets of a version of the store; `folder` is beside it.

        Where edits alone came since those of `before`, these are given again, with all that was counted for them.
        """
        fresh = cls({layer: base_of(folder, reader, layer) for layer in LAYERS})
        return before if before is not None and before.stands == fresh.stands else fresh

    @property
    def stands(self) -> list[tuple[int, str, str]]:
        """Tell of which version each layer is, and its marks."""
        return [(one.version, one.drawn, one.said) for one in self.bases.values()]

    @cached_property
    def drawn(self) -> Mapping[str, str]:
        """The mark of each tileset's tiles: of what they hold alone."""
        marks = {
            name: [self.bases[layer].drawn for layer in one.layers]
            + [self.bases[layer].said for layer in one.layers[: -1 if one.told else None]]
            for name, one in TILESETS.items()
        }
        counted = [self.bases[name] for name in ("parcels", "sites")]
        marks["blocks"] = [mark for base in counted for mark in (base.drawn, base.said)]
        return {name: _mark(parts) for name, parts in marks.items()}

    @cached_property
    def said(self) -> Mapping[str, str]:
        """The mark of what is told of each tileset's features."""
        return {
            name: _mark([self.drawn[name], self.bases[one.main].said])
            for name, one in TILESETS.items()
            if one.told
        }

    def version_of(self, name: str) -> int:
        """Tell the version of which a tileset's tiles and values are: edits since are told apart."""
        layers = TILESETS[name].layers[-1:] if name in TILESETS else ("parcels", "sites")
        return min(self.bases[layer].version for layer in layers)

    @cached_property
    def blocks(self) -> Mapping[int, Blocks]:
        """The blocks of every zoom."""
        return blocks(self.bases["parcels"], self.bases["sites"])

    @cached_property
    def species(self) -> tuple[tuple[str, str], ...]:
        """The most frequent species of trees at sites, by the name that people call each."""
        columns = self.bases["sites"].columns
        table = pa.table({name: columns[name] for name in ("species", "common")}).filter(
            columns["species"].is_valid()
        )
        counts = table.group_by(["species", "common"]).aggregate([([], "count_all")])
        known: dict[str, str | None] = {}
        for row in counts.sort_by([("count_all", "descending")]).to_pylist():
            known.setdefault(row["species"], row["common"])
        most = list(known.items())[:SPECIES]
        told = [(name, f"{common} ({name})" if common else name) for name, common in most]
        return tuple(sorted(told, key=lambda one: one[1].casefold()))

    def now(self, reader: Reader) -> "Now":
        """Give the tilesets as edits have left them; raises Busy where more was changed since the layers were baked."""
        found = {name: amended(self.bases[name], reader) for name in EDITED}
        if any(one is None for one in found.values()):
            raise Busy("the data are being laid out anew; ask again in a little while")
        return Now(self, {name: one for name, one in found.items() if one is not None})

    def tile(self, name: str, tile: Tile) -> bytes:
        """Give a tile, packed by gzip; raises NotFound for one that there is not."""
        if name == "blocks":
            return _packed(cut_blocks(tile, self.blocks), TILES)
        body = cut(tile, [self.bases[layer] for layer in _known(name).layers])
        return _packed(body, TILES)

    def told(self, name: str, tile: Tile) -> bytes:
        """Give what is told of a tile's features, packed by gzip."""
        asked = _known(name)
        if not asked.told:
            raise NotFound(f"nothing is told apart of {name}")
        return _packed(told(tile, self.bases[asked.main], asked.told), VALUES)


@dataclass(frozen=True)
class Now:
    """Tilesets as edits have left them: the layers that are edited, and the blocks counted from them."""

    sets: Sets
    layers: Mapping[str, Amended]

    @cached_property
    def recounted(self) -> Mapping[int, Blocks]:
        """The blocks of each zoom in which anything has changed."""
        zooms = self.sets.blocks
        return {
            zoom: recounted(zoom, self.layers["parcels"], self.layers["sites"]) for zoom in zooms
        }

    @cached_property
    def blocks(self) -> Mapping[int, Blocks]:
        """The blocks of every zoom."""
        return {zoom: overlaid(one, self.recounted[zoom]) for zoom, one in self.sets.blocks.items()}

    def near(self, cells: Any) -> Mapping[str, Base]:
        """Give the layers as they are now, as far as they reach some deepest tiles; what is not edited whole."""
        return {**self.sets.bases, **{name: one.near(cells) for name, one in self.layers.items()}}


def holds_nothing(packed: bytes) -> bool:
    """Tell whether a packed tile, or what is told of one, holds no feature: there are more of these than could be kept."""
    return packed in EMPTY


def _known(name: str) -> Tileset:
    try:
        return TILESETS[name]
    except KeyError:
        raise NotFound(
            f"no tileset is called {name!r}; there are {', '.join((*TILESETS, 'blocks'))}"
        ) from None


def _mark(parts: list[str]) -> str:
    return hashlib.sha256(FORMAT + "".join(parts).encode()).hexdigest()[:16]


def _packed(body: bytes, level: int) -> bytes:
    return gzip.compress(body, level, mtime=0)


EMPTY = (_packed(b"", TILES), _packed(NOTHING, VALUES))
