"""Town packs: all tiles of one or more towns in one PMTiles file.

`AppState.town_pack` and the `pack` command call `build_pack`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geo.errors import NotFound
from geo.identifiers import slugify
from geo.schema import LAYERS
from geo.store.protocol import Reader
from geo.tilesets import LiveTilesets, TilesetSnapshot
from geo.tilesets.pmtiles_archive import write_town_pack
from webmap.clock import now, today
from webmap.source_notes import data_date_note
from webmap.state.town_list import towns_in_force

DATED_LAYERS = ("parcels", "sites", "inspections")


def build_pack(reader: Reader, live_tilesets: LiveTilesets, towns: Sequence[str], path: Path) -> int:
    """Write the pack of `towns`, given as slugs, to `path` and return its number of tiles.

    An empty `towns` means all towns in force today. Raises NotFound for an unknown town, and when no
    town has a boundary.
    """
    towns_by_slug = {slugify(town.values["name"]): town for town in towns_in_force(reader, today()) if town.wkb}
    if missing := [name for name in towns if name not in towns_by_slug]:
        raise NotFound(f"no town has the slug {missing[0]!r}; the slugs are: {', '.join(towns_by_slug) or 'none'}")
    chosen_towns = [towns_by_slug[name] for name in towns or towns_by_slug]
    if not chosen_towns:
        raise NotFound("no town has a boundary; load municipalities first")
    boundaries = shapely.union_all(shapely.from_wkb(np.array([town.wkb for town in chosen_towns], dtype=object)))
    names = [str(town.values["name"]) for town in chosen_towns]
    return write_town_pack(live_tilesets, boundaries, path, _pack_metadata(reader, live_tilesets.snapshot, names))


def _pack_metadata(reader: Reader, tilesets: TilesetSnapshot, names: list[str]) -> dict[str, Any]:
    """Return the metadata of a pack: towns, versions, data dates and licenses."""
    status = reader.status()
    licenses = {
        str(source.get("licence") or "license unknown")
        for layer in LAYERS
        for source in status["layers"][layer]["sources"]
    }
    return {
        "name": names[0] if len(names) == 1 else f"{len(names)} towns",
        "description": data_date_note(status, *DATED_LAYERS),
        "attribution": "; ".join(sorted(licenses)),
        "lotleaf": {
            "towns": names,
            "version": reader.version,
            "made_at": now().isoformat(timespec="seconds"),
            "sets": {name: tilesets.tileset_version(name) for name in ("lots", "sites", "inspections")},
        },
    }
