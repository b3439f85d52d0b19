"""Hexbins: hexagons with counts, for zooms too far out to show single parcels and trees.

`geo.tilesets.tileset_snapshot` calls `build_hexbins` for all zooms. `recount_hexbins` and
`overlay_hexbins` bring them up to date after edits.

At each zoom a hexagon is so wide that a screen shows a few hundred. It counts parcels by the
center of their bounding box, and trees and planting sites by their point. Unknown values are left
out and never counted as 0. Lengths are in cells, which are tiles of `MAX_FEATURE_ZOOM`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from geo.errors import NotFound
from geo.mvt.tile_encoder import TileLayer, encode_tile
from geo.tilesets.definitions import HEXBIN_ZOOMS, MAX_FEATURE_ZOOM
from geo.tilesets.live_layer import LiveLayer, select_rows
from geo.tilesets.morton import TILES_ACROSS, cells_of_bboxes, to_tile_coordinates
from geo.tilesets.tile_layer import TileLayerTable
from geo.web_mercator import Tile, to_degrees

HEXAGON_ROWS_PER_TILE = 16  # rows of hexagons from the north to the south edge of a tile
WORK_NEEDS = ("remove", "prune", "stump", "inspect")  # needs for work on a tree or stump
_CORNER_ANGLES = np.radians(60 * np.arange(6) + 30)


@dataclass(frozen=True)
class HexBins:
    """The hexagons of one zoom, with their counts.

    `ids` (n,) are sorted, and the id of a hexagon never changes. `centers` (n, 2) are in cells.
    `statistics` are columns (n,) of float64 by name, nan where unknown.
    """

    zoom: int
    ids: Any
    centers: Any
    statistics: Mapping[str, Any]


def encode_hexbin_tile(tile: Tile, hexbins_by_zoom: Mapping[int, HexBins]) -> bytes:
    """Return a vector tile of hexbins. Raises NotFound for zooms without hexbins and tiles outside the grid.

    >>> encode_hexbin_tile(Tile(15, 0, 0), {})
    Traceback (most recent call last):
    geo.errors.NotFound: there is no tile 15/0/0 of blocks; blocks are at zooms 10 to 14
    """
    if tile.z not in hexbins_by_zoom or not (0 <= tile.x < 1 << tile.z and 0 <= tile.y < 1 << tile.z):
        raise NotFound(
            f"there is no tile {tile.z}/{tile.x}/{tile.y} of blocks; blocks are at zooms {HEXBIN_ZOOMS[0]} to {HEXBIN_ZOOMS[-1]}"
        )
    hexbins, tile_width, radius = (hexbins_by_zoom[tile.z], 1 << (MAX_FEATURE_ZOOM - tile.z), _hexagon_radius(tile.z))
    low = np.array([tile.x, tile.y]) * tile_width
    is_in_tile = ((hexbins.centers > low - 2 * radius) & (hexbins.centers < low + tile_width + 2 * radius)).all(axis=1)
    rows = np.flatnonzero(is_in_tile)
    values = {name: [to_json_number(value) for value in column[rows]] for name, column in hexbins.statistics.items()}
    layer = TileLayer("blocks", rows.tolist(), _polygons_around(hexbins.centers[rows], radius), values)
    return encode_tile(tile, [layer])


def build_hexbins(parcels: TileLayerTable, sites: TileLayerTable) -> Mapping[int, HexBins]:
    """Count parcels, canopy, trees and needs in the hexagons of every zoom in `HEXBIN_ZOOMS`."""
    parcel_rows, site_rows = _parcel_rows(parcels), _site_rows(sites)
    return {zoom: _to_hexbins(zoom, _aggregate_by_hexagon(zoom, parcel_rows, site_rows)) for zoom in HEXBIN_ZOOMS}


def recount_hexbins(zoom: int, parcels: LiveLayer, sites: LiveLayer) -> HexBins:
    """Recount the hexagons of a zoom where edits changed a record.

    A hexagon that holds no record any more has nan in every statistic.
    """
    radius, sources = _hexagon_radius(zoom), ((parcels, _parcel_rows), (sites, _site_rows))
    changed_rows = [select(part) for layer, select in sources for part in (_stale_layer(layer), layer.edited_table)]
    ids = np.unique(np.concatenate([_hexagon_ids(rows, radius) for rows in changed_rows]))
    cells = _cells_of_hexagons(_centers_of_ids(ids, radius), radius)
    statistics = _aggregate_by_hexagon(zoom, *(select(layer.layer_in_cells(cells)) for layer, select in sources))
    return _to_hexbins(zoom, statistics.reindex(ids))


def overlay_hexbins(before: HexBins, changed: HexBins) -> HexBins:
    """Replace the hexagons in `before` by those in `changed`, and drop those without any statistic.

    >>> before = _to_hexbins(14, pd.DataFrame({"trees": [3, 8]}, index=[41, 42]))
    >>> changed = _to_hexbins(14, pd.DataFrame({"trees": [4, np.nan]}, index=[41, 42]))
    >>> after = overlay_hexbins(before, changed)
    >>> after.ids.tolist(), after.statistics["trees"].tolist()
    ([41], [4.0])
    """
    tables = [pd.DataFrame(dict(hexbins.statistics), index=hexbins.ids) for hexbins in (before, changed)]
    retained = tables[0].drop(index=changed.ids, errors="ignore")
    return _to_hexbins(before.zoom, pd.concat([retained, tables[1].dropna(how="all")]).sort_index())


def _stale_layer(layer: LiveLayer) -> TileLayerTable:
    return select_rows(layer.base, layer.stale_rows)


def _cells_of_hexagons(centers: Any, radius: float) -> Any:
    """Return the sorted Morton codes of the cells that hexagons reach."""
    return np.unique(cells_of_bboxes(np.column_stack((centers - radius, centers + radius)))[0])


def _parcel_rows(layer: TileLayerTable) -> pd.DataFrame:
    """Return bbox centers and the values to sum, one row for each ground parcel."""
    bounds = shapely.bounds(_shapely_geometries(layer)).reshape(-1, 4)
    centers = to_tile_coordinates((bounds[:, :2] + bounds[:, 2:]) / 2)
    area, canopy = (_float_column(layer, name) for name in ("area_m2", "canopy_pct"))
    ground_ids = layer.columns["ground_id"].to_numpy(zero_copy_only=False)
    is_first_on_ground = pd.isna(ground_ids) | (ground_ids == layer.ids.to_numpy(zero_copy_only=False))
    is_known = ~np.isnan(canopy) & ~np.isnan(area)
    rows = {
        "x": centers[:, 0],
        "y": centers[:, 1],
        "covered": np.where(is_known, area, np.nan),
        "shaded": np.where(is_known, area * canopy, np.nan),
        "inspections_open": _float_column(layer, "inspections_open"),
    }
    return pd.DataFrame(rows)[is_first_on_ground]


def _site_rows(layer: TileLayerTable) -> pd.DataFrame:
    xy, point_rows = shapely.get_coordinates(_shapely_geometries(layer), return_index=True)
    firsts = np.searchsorted(point_rows, np.arange(len(layer.ids)))  # a multipoint counts at its first point
    x, y = to_tile_coordinates(xy[firsts]).T
    need = layer.columns["need"].to_numpy(zero_copy_only=False)
    rows = {"x": x, "y": y, "trees": layer.columns["tree_id"].is_valid().to_numpy(zero_copy_only=False)}
    return pd.DataFrame(rows | {f"need_{name}": need == name for name in (*WORK_NEEDS, "plant")})


def _aggregate_by_hexagon(zoom: int, parcels: pd.DataFrame, sites: pd.DataFrame) -> pd.DataFrame:
    """Return the statistics of each hexagon that holds a record, indexed by hexagon id."""
    radius = _hexagon_radius(zoom)
    parcel_groups = parcels.groupby(_hexagon_ids(parcels, radius))
    sums = parcel_groups[["covered", "shaded", "inspections_open"]].sum(min_count=1)
    sums["parcels"] = parcel_groups["inspections_open"].count()
    site_groups = sites.groupby(_hexagon_ids(sites, radius))
    counts = site_groups[[name for name in sites if name not in ("x", "y")]].sum()
    statistics = sums.join(counts, how="outer")
    statistics["canopy_pct"] = (statistics["shaded"] / statistics["covered"]).round(1)
    return statistics.drop(columns=["covered", "shaded"])


def _to_hexbins(zoom: int, statistics: pd.DataFrame) -> HexBins:
    ids = statistics.index.to_numpy("int64")
    columns = {name: statistics[name].to_numpy("float64") for name in statistics}
    return HexBins(zoom, ids, _centers_of_ids(ids, _hexagon_radius(zoom)), columns)


def _hexagon_radius(zoom: int) -> float:
    """Return the distance from center to corner of a zoom's hexagons, in cells.

    >>> round(_hexagon_radius(14), 4), round(_hexagon_radius(13), 4)
    (0.1667, 0.3333)
    """
    return (1 << (MAX_FEATURE_ZOOM - zoom)) / (1.5 * HEXAGON_ROWS_PER_TILE)


def _hexagon_ids(points: pd.DataFrame, radius: float) -> Any:
    """Return the id of the hexagon that holds each point: the nearest center in the two rows around it.

    >>> points = pd.DataFrame({"x": [10.0, 10.02, 10.5], "y": [7.0, 7.01, 7.0]})
    >>> _hexagon_ids(points, 0.5).tolist()
    [18874379, 18874379, 18874380]
    """
    xy = points[["x", "y"]].to_numpy()
    row = np.floor(xy[:, 1] / (1.5 * radius)).astype(np.int64)
    best_ids, min_squared = np.zeros(len(xy), np.int64), np.full(len(xy), np.inf)
    for candidate_row in (row, row + 1):
        column = np.round(xy[:, 0] / (np.sqrt(3) * radius) - (candidate_row % 2) / 2).astype(np.int64)
        squared_distances = ((_hexagon_centers(column, candidate_row, radius) - xy) ** 2).sum(axis=1)
        is_nearer = squared_distances < min_squared
        best_ids[is_nearer] = (candidate_row * (2 * TILES_ACROSS * HEXAGON_ROWS_PER_TILE) + column)[is_nearer]
        min_squared = np.minimum(min_squared, squared_distances)
    return best_ids


def _centers_of_ids(ids: Any, radius: float) -> Any:
    return _hexagon_centers(
        ids % (2 * TILES_ACROSS * HEXAGON_ROWS_PER_TILE), ids // (2 * TILES_ACROSS * HEXAGON_ROWS_PER_TILE), radius
    )


def _hexagon_centers(column: Any, row: Any, radius: float) -> Any:
    return np.column_stack(((column + (row % 2) / 2) * np.sqrt(3) * radius, row * 1.5 * radius))


def hexagon_polygons(hexbins: HexBins) -> Any:
    """Return the outlines of hexbins, in degrees (WGS 84).

    >>> hexbins = _to_hexbins(14, pd.DataFrame({"trees": [3]}, index=[41]))
    >>> shapely.get_num_coordinates(hexagon_polygons(hexbins)).tolist()
    [7]
    """
    return _polygons_around(hexbins.centers, _hexagon_radius(hexbins.zoom))


def _polygons_around(centers: Any, radius: float) -> Any:
    """Return hexagons in degrees, around centers (n, 2) in cells."""
    ring = radius * np.column_stack((np.cos(_CORNER_ANGLES), np.sin(_CORNER_ANGLES)))
    return shapely.polygons(to_degrees((centers[:, None, :] + ring[None]) / TILES_ACROSS))


def _shapely_geometries(layer: TileLayerTable) -> Any:
    return shapely.from_wkb(layer.geometries.to_numpy(zero_copy_only=False))


def _float_column(layer: TileLayerTable, name: str) -> Any:
    return layer.columns[name].cast(pa.float64()).to_numpy(zero_copy_only=False)


def to_json_number(value: float) -> float | int | None:
    """Return a statistic for JSON: a whole number as int, unknown as None.

    >>> [to_json_number(value) for value in (12.0, 31.4, np.nan)]
    [12, 31.4, None]
    """
    if np.isnan(value):
        return None
    return int(value) if value == int(value) else float(value)
