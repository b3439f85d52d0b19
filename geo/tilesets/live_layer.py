"""A tile layer with the edits since it was built, laid out as the layer itself is.

`geo.tilesets.tileset_snapshot` calls `build_live_layer`. Town packs and hexbins need whole columns,
so they read a `LiveLayer`. Maps need single records, so they read `geo.tilesets.layer_delta`.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from geo.errors import NoSuchRecord
from geo.store.protocol import Reader
from geo.store.records import PUBLIC, Record
from geo.tilesets.morton import cells_of_bboxes, tile_bboxes
from geo.tilesets.tile_layer import TileLayerTable, source_layer_name


@dataclass(frozen=True)
class LiveLayer:
    """A layer at a version: the rows of `base` without `stale_rows`, and the rows of `edited_table`."""

    base: TileLayerTable
    stale_rows: Any  # (n,) int64, sorted rows of `base` that were changed or deleted
    edited_table: TileLayerTable

    def unchanged_rows_in_cells(self, cells: Any) -> Any:
        """Return the sorted rows of `base` that reach any of the cells and did not change."""
        low = np.searchsorted(self.base.cells, cells, "left")
        high = np.searchsorted(self.base.cells, cells, "right")
        runs = [self.base.cell_rows[start:end] for start, end in zip(low, high, strict=True)]
        matches = np.unique(np.concatenate([*runs, np.zeros(0, np.uint32)])).astype(np.int64)
        return np.setdiff1d(matches, self.stale_rows, assume_unique=True)

    def layer_in_cells(self, cells: Any) -> TileLayerTable:
        """Return the part of the layer that reaches any of the cells, with new row numbers.

        All edited rows are included.
        """
        return concatenate_layers(select_rows(self.base, self.unchanged_rows_in_cells(cells)), self.edited_table)


def build_live_layer(base: TileLayerTable, reader: Reader) -> LiveLayer | None:
    """Return a layer with the edits since it was built, None if other records may have changed too."""
    changed_ids = reader.changed_records(source_layer_name(base.name), base.version)
    if changed_ids is None:
        return None
    records = [record for id_ in changed_ids if (record := _get_record(reader, base.name, id_)) is not None]
    ids = pa.array(list(changed_ids), pa.large_string())
    rows = pc.index_in(ids, value_set=base.ids).drop_null().to_numpy(zero_copy_only=False)
    stale_rows = np.sort(rows).astype(np.int64)
    return LiveLayer(base, stale_rows, _layer_from_records(base, [item for item in records if item.wkb]))


def concatenate_layers(first: TileLayerTable, second: TileLayerTable) -> TileLayerTable:
    """Return one layer of two parts, with the rows of `second` after those of `first`."""
    cells = np.concatenate((first.cells, second.cells))
    cell_rows = np.concatenate((first.cell_rows, second.cell_rows + np.uint32(len(first.ids))))
    order = np.argsort(cells, kind="stable")
    columns = {name: _concatenate_arrays(first.columns[name], second.columns[name]) for name in first.columns}
    ids, geometries = (
        _concatenate_arrays(first.ids, second.ids),
        _concatenate_arrays(first.geometries, second.geometries),
    )
    return replace(first, ids=ids, geometries=geometries, columns=columns, cells=cells[order], cell_rows=cell_rows[order])  # fmt: skip


def select_rows(layer: TileLayerTable, rows: Any) -> TileLayerTable:
    """Return some rows of a layer as a layer of its own, with the cells that they reach."""
    indices = pa.array(rows)
    geometries = layer.geometries.take(indices)
    cells, cell_rows = cells_of_bboxes(tile_bboxes(shapely.from_wkb(geometries.to_numpy(zero_copy_only=False))))
    columns = {name: column.take(indices) for name, column in layer.columns.items()}
    return replace(layer, ids=layer.ids.take(indices), geometries=geometries, columns=columns, cells=cells, cell_rows=cell_rows)  # fmt: skip


def _get_record(reader: Reader, layer: str, id_: str) -> Record | None:
    try:
        return reader.get(source_layer_name(layer), id_, actor=PUBLIC)
    except NoSuchRecord:
        return None


def _layer_from_records(base: TileLayerTable, records: list[Record]) -> TileLayerTable:
    """Lay records out as columns of the same types as those of `base`."""
    geometries = shapely.from_wkb(np.array([record.wkb for record in records], dtype=object))
    cells, cell_rows = cells_of_bboxes(tile_bboxes(geometries))
    columns = {
        name: pa.array([record.values[name] for record in records], column.type)
        for name, column in base.columns.items()
    }
    wkb = shapely.to_wkb(geometries, output_dimension=2, byte_order=1)
    ids = pa.array([record.id for record in records], base.ids.type)
    return replace(base, ids=ids, geometries=pa.array(wkb, base.geometries.type), columns=columns, cells=cells, cell_rows=cell_rows)  # fmt: skip


def _concatenate_arrays(first: pa.Array, second: pa.Array) -> pa.Array:
    return pa.concat_arrays([first, second])
