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
from geo.tilesets.base import Base
from geo.tilesets.grid import ACROSS, mercator
from geo.tilesets.kinds import BLOCKS, DEEPEST

ROWS = 16  # of hexagons down a tile
WORK = ("remove", "prune", "stump", "inspect")  # needs that are work on what stands there
_CORNERS = np.radians(60 * np.arange(6) + 30)


@dataclass(frozen=True)
class Blocks:
    """The hexagons of one zoom: their middles (n, 2) in deepest tiles, and their figures as columns."""

    zoom: int
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
    values = {name: [_plain(one) for one in column[rows]] for name, column in found.figures.items()}
    layer = TileLayer("blocks", rows.tolist(), _hexagons(found.middles[rows], size), values)
    return encoded(tile, [layer])


def blocks(parcels: Base, sites: Base) -> Mapping[int, Blocks]:
    """Count lots, canopy, trees and needs in the hexagons of every zoom that has blocks."""
    lots, spots = _lots(parcels), _spots(sites)
    return {zoom: _blocks(zoom, lots, spots) for zoom in BLOCKS}


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


def _blocks(zoom: int, lots: pd.DataFrame, spots: pd.DataFrame) -> Blocks:
    size = _size(zoom)
    of_lots = lots.groupby(_named(lots, size))
    sums = of_lots[["covered", "shaded", "inspections_open"]].sum(min_count=1)
    sums["parcels"] = of_lots["inspections_open"].count()
    of_spots = spots.groupby(_named(spots, size))
    counts = of_spots[[name for name in spots if name not in ("x", "y")]].sum()
    found = sums.join(counts, how="outer")
    found["canopy_pct"] = (found["shaded"] / found["covered"]).round(1)
    names = found.index.to_numpy("int64")
    column, row = names % (2 * ACROSS * ROWS), names // (2 * ACROSS * ROWS)
    figures = found.drop(columns=["covered", "shaded"])
    return Blocks(
        zoom, _middles(column, row, size), {n: figures[n].to_numpy("float64") for n in figures}
    )


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


def _middles(column: Any, row: Any, size: float) -> Any:
    return np.column_stack(((column + (row % 2) / 2) * np.sqrt(3) * size, row * 1.5 * size))


def _hexagons(middles: Any, size: float) -> Any:
    """Draw hexagons in degrees around middles in deepest tiles."""
    ring = size * np.column_stack((np.cos(_CORNERS), np.sin(_CORNERS)))
    return shapely.polygons(to_degrees((middles[:, None, :] + ring[None]) / ACROSS))


def _shapes(base: Base) -> Any:
    return shapely.from_wkb(base.shapes.to_numpy(zero_copy_only=False))


def _numbers(base: Base, name: str) -> Any:
    return base.columns[name].cast(pa.float64()).to_numpy(zero_copy_only=False)


def _plain(value: float) -> float | int | None:
    if np.isnan(value):
        return None
    return int(value) if value == int(value) else float(value)
