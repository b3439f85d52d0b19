"""Layers cut into vector tiles, with what is told of each feature apart: what maps draw from.

A layer is baked once into columns beside the workspace (`base`), in the order of places; a tile is a slice of them (`cut`).
What edits have changed since is told record by record (`changes`), so that no geometry is sent again.
"""

from geo.tilesets.base import Base, base_of
from geo.tilesets.changes import Changes, changed_blocks, changes
from geo.tilesets.cut import cut, told
from geo.tilesets.kinds import DEEPEST, FIRST, TILESETS, Tileset
from geo.tilesets.sets import Now, Sets, holds_nothing

__all__ = [
    "DEEPEST",
    "FIRST",
    "TILESETS",
    "Base",
    "Changes",
    "Now",
    "Sets",
    "Tileset",
    "base_of",
    "changed_blocks",
    "changes",
    "cut",
    "holds_nothing",
    "told",
]
