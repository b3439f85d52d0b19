"""Packs of towns, as the server sends them and the command line writes them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geo.errors import NotFound
from geo.layers import LAYERS
from geo.naming import slug
from geo.store.protocol import Reader
from geo.tilesets import Now, Sets
from geo.tilesets.packs import pack
from webmap.clock import now, today
from webmap.pages.layers import dated
from webmap.towns import standing

ABOUT = ("parcels", "sites", "inspections")


def pack_of(reader: Reader, now: Now, towns: Sequence[str], to: Path) -> int:
    """Write the pack of towns, by slug, to a file, of all that stand today where none is named; gives how many tiles are in it.

    Raises NotFound for a town that there is not.
    """
    there = {slug(town.values["name"]): town for town in standing(reader, today()) if town.wkb}
    if missing := [name for name in towns if name not in there]:
        raise NotFound(f"no town is called {missing[0]!r}; there are {', '.join(there) or 'none'}")
    chosen = [there[name] for name in towns or there]
    if not chosen:
        raise NotFound("there are no towns with limits; load municipalities first")
    limits = shapely.union_all(
        shapely.from_wkb(np.array([town.wkb for town in chosen], dtype=object))
    )
    names = [str(town.values["name"]) for town in chosen]
    return pack(now, limits, to, _about(reader, now.sets, names))


def _about(reader: Reader, sets: Sets, names: list[str]) -> dict[str, Any]:
    """Tell what is in a pack, of when, and by whose leave."""
    status = reader.status()
    licences = {
        str(source.get("licence") or "licence unknown")
        for layer in LAYERS
        for source in status["layers"][layer]["sources"]
    }
    return {
        "name": names[0] if len(names) == 1 else f"{len(names)} towns",
        "description": dated(status, *ABOUT),
        "attribution": "; ".join(sorted(licences)),
        "lotleaf": {
            "towns": names,
            "version": reader.version,
            "made_at": now().isoformat(timespec="seconds"),
            "sets": {name: sets.version_of(name) for name in ("lots", "sites", "inspections")},
        },
    }
