"""Blocks: hexagons with their figures, for maps that are too far for single lots and trees.

A hexagon is so wide at each zoom that a screen holds some hundred. It counts the lots whose box has its middle in it, and the
trees and sites that stand in it. What nobody knows is left out, never counted as none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from geo.errors import NotFound
from geo.mercator import Tile, to_degrees
from geo.tiles import TileLayer, encoded
from geo.tilesets.amended import Amended, rows_of
from geo.tilesets.base import Base
from geo.tilesets.grid import ACROSS, mercator, reached
from geo.tilesets.kinds import BLOCKS, DEEPEST

ROWS = 16  # of hexagons down a tile
WORK = ("remove", "prune", "stump", "inspect")  # needs that are work on what stands there
_CORNERS = np.radians(60 * np.arange(6) + 30)


@dataclass(frozen=True)
class Blocks:
    """The hexagons of one zoom: a number that each has for ever, sorted, their middles (n, 2) in deepest tiles, and their figures as columns."""

    zoom: int
    names: Any
    middles: Any
    figures: Mapping[str, Any]


def cut_blocks(tile: Tile, of_zoom: Mapping[int, Blocks]) -> bytes:
    """Cut a tile of blocks; raises NotFound at zooms that have none."""
    if tile.z not in of_zoom or not (0 <= tile.x < 1 << tile.z and 0 <= tile.y < 1 << tile.z):
        raise NotFound(
            f"there is no tile {tile.z}/{tile.x}/{tile.y} of blocks; they are at zooms {BLOCKS[0]} to {BLOCKS[-1]}"
        )
    found, wide, size = of_zoom[tile.z], 1 << (DEEPEST - tile.z), _size(tile.z)
    low = np.array([tile.x, tile.y]) * wide
    here = ((found.middles > low - 2 * size) & (found.middles < low + wide + 2 * size)).all(axis=1)
    rows = np.flatnonzero(here)
    values = {name: [plain(one) for one in column[rows]] for name, column in found.figures.items()}
    layer = TileLayer("blocks", rows.tolist(), _hexagons(found.middles[rows], size), values)
    return encoded(tile, [layer])


def blocks(parcels: Base, sites: Base) -> Mapping[int, Blocks]:
    """Count lots, canopy, trees and needs in the hexagons of every zoom that has blocks."""
    lots, spots = _lots(parcels), _spots(sites)
    return {zoom: _laid_out(zoom, _counted(zoom, lots, spots)) for zoom in BLOCKS}


def recounted(zoom: int, parcels: Amended, sites: Amended) -> Blocks:
    """Count again the hexagons of a zoom in which edits have changed anything; one in which nothing is left has no figures."""
    size, both = _size(zoom), ((parcels, _lots), (sites, _spots))
    moved = [count(part) for one, count in both for part in (_gone(one), one.further)]
    names = np.unique(np.concatenate([_named(places, size) for places in moved]))
    cells = _cells(_middles_of(names, size), size)
    found = _counted(zoom, *(count(one.near(cells)) for one, count in both))
    return _laid_out(zoom, found.reindex(names))


def overlaid(before: Blocks, changed: Blocks) -> Blocks:
    """Put what was counted again in the place of what was counted before; hexagons without figures leave."""
    tables = [pd.DataFrame(dict(one.figures), index=one.names) for one in (before, changed)]
    kept = tables[0].drop(index=changed.names, errors="ignore")
    return _laid_out(before.zoom, pd.concat([kept, tables[1].dropna(how="all")]).sort_index())


def _gone(one: Amended) -> Base:
    return rows_of(one.base, one.gone)


def _cells(middles: Any, size: float) -> Any:
    """Give the numbers of the deepest tiles that hexagons reach."""
    return np.unique(reached(np.column_stack((middles - size, middles + size)))[0])


def _lots(base: Base) -> pd.DataFrame:
    """Give lots, one for those stacked on the same ground: middles and what is counted."""
    bounds = shapely.bounds(_shapes(base)).reshape(-1, 4)
    middles = mercator((bounds[:, :2] + bounds[:, 2:]) / 2)
    area, canopy = (_numbers(base, name) for name in ("area_m2", "canopy_pct"))
    ground = base.columns["ground_id"].to_numpy(zero_copy_only=False)
    alone = pd.isna(ground) | (ground == base.ids.to_numpy(zero_copy_only=False))
    known = ~np.isnan(canopy) & ~np.isnan(area)
    rows = {
        "x": middles[:, 0],
        "y": middles[:, 1],
        "covered": np.where(known, area, np.nan),
        "shaded": np.where(known, area * canopy, np.nan),
        "inspections_open": _numbers(base, "inspections_open"),
    }
    return pd.DataFrame(rows)[alone]


def _spots(base: Base) -> pd.DataFrame:
    xy, of_row = shapely.get_coordinates(_shapes(base), return_index=True)
    firsts = np.searchsorted(of_row, np.arange(len(base.ids)))  # of several points the first
    x, y = mercator(xy[firsts]).T
    need = base.columns["need"].to_numpy(zero_copy_only=False)
    rows = {
        "x": x,
        "y": y,
        "trees": base.columns["tree_id"].is_valid().to_numpy(zero_copy_only=False),
    }
    return pd.DataFrame(rows | {f"need_{name}": need == name for name in (*WORK, "plant")})


def _counted(zoom: int, lots: pd.DataFrame, spots: pd.DataFrame) -> pd.DataFrame:
    """Give the figures of each hexagon in which anything stands, by its number."""
    size = _size(zoom)
    of_lots = lots.groupby(_named(lots, size))
    sums = of_lots[["covered", "shaded", "inspections_open"]].sum(min_count=1)
    sums["parcels"] = of_lots["inspections_open"].count()
    of_spots = spots.groupby(_named(spots, size))
    counts = of_spots[[name for name in spots if name not in ("x", "y")]].sum()
    found = sums.join(counts, how="outer")
    found["canopy_pct"] = (found["shaded"] / found["covered"]).round(1)
    return found.drop(columns=["covered", "shaded"])


def _laid_out(zoom: int, figures: pd.DataFrame) -> Blocks:
    names = figures.index.to_numpy("int64")
    told = {name: figures[name].to_numpy("float64") for name in figures}
    return Blocks(zoom, names, _middles_of(names, _size(zoom)), told)


def _size(zoom: int) -> float:
    """Give the radius of a zoom's hexagons, from middle to corner, in deepest tiles."""
    return (1 << (DEEPEST - zoom)) / (1.5 * ROWS)


def _named(places: pd.DataFrame, size: float) -> Any:
    """Tell the hexagon in which each place lies, as a number: of the two whose rows it lies between, the one with the nearer middle."""
    xy = places[["x", "y"]].to_numpy()
    row = np.floor(xy[:, 1] / (1.5 * size)).astype(np.int64)
    best, least = np.zeros(len(xy), np.int64), np.full(len(xy), np.inf)
    for each in (row, row + 1):
        column = np.round(xy[:, 0] / (np.sqrt(3) * size) - (each % 2) / 2).astype(np.int64)
        away = ((_middles(column, each, size) - xy) ** 2).sum(axis=1)
        nearer = away < least
        best[nearer] = (each * (2 * ACROSS * ROWS) + column)[nearer]
        least = np.minimum(least, away)
    return best


def _middles_of(names: Any, size: float) -> Any:
    return _middles(names % (2 * ACROSS * ROWS), names // (2 * ACROSS * ROWS), size)


def _middles(column: Any, row: Any, size: float) -> Any:
    return np.column_stack(((column + (row % 2) / 2) * np.sqrt(3) * size, row * 1.5 * size))


def hexagons(blocks: Blocks) -> Any:
    """Draw blocks, in degrees."""
    return _hexagons(blocks.middles, _size(blocks.zoom))


def _hexagons(middles: Any, size: float) -> Any:
    """Draw hexagons in degrees around middles in deepest tiles."""
    ring = size * np.column_stack((np.cos(_CORNERS), np.sin(_CORNERS)))
    return shapely.polygons(to_degrees((middles[:, None, :] + ring[None]) / ACROSS))


def _shapes(base: Base) -> Any:
    return shapely.from_wkb(base.shapes.to_numpy(zero_copy_only=False))


def _numbers(base: Base, name: str) -> Any:
    return base.columns[name].cast(pa.float64()).to_numpy(zero_copy_only=False)


def plain(value: float) -> float | int | None:
    """Give a figure as it is told: whole ones whole, an unknown one as none."""
    if np.isnan(value):
        return None
    return int(value) if value == int(value) else float(value)
