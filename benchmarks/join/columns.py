"""Our engine from a workspace's columns: the files that the join keeps beside it, mapped into memory."""

from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.join.files import Files
from benchmarks.join.tasks import NEAR_M, Task
from benchmarks.join.whole import edit, ready_to_edit, whole_kept
from geo.engine.nearest import NONE
from geo.engine.overlaps import parts, shared_m2
from geo.engine.points import located
from geo.engine.shapes import Areas, bytes_of, points_of
from geo.join.kept import keep, taken
from geo.join.measured import Drawn, Measured
from geo.layers import LAYERS, empty

Columns = dict[str, Any]  # arrays of numpy or Arrow
MADE_OF = b"benchmark"
# The layer as which each file is kept.
LAYER = {
    "parcels": "parcels",
    "trees": "trees",
    "dissolved": "canopy",
    "towns": "municipalities",
    "inspections": "inspections",
}


def prepare(files: Files) -> None:
    """Keep each layer as the join does, outside every timing."""
    for name, layer in LAYER.items():
        if not files.kept(name).exists():
            frame = gpd.read_parquet(getattr(files, name)).sort_values("id", kind="stable")
            frame = frame.reset_index(drop=True)
            rows = pd.DataFrame(frame.drop(columns="geometry"))
            rows = rows.reindex(columns=[*LAYERS[layer].columns[:-1]])
            kinds = empty(LAYERS[layer]).dtypes
            rows = rows.astype({column: kinds[column] for column in rows})
            nowhere = Drawn(np.full(len(frame), None, object))  # no task asks for degrees
            metres = Drawn(frame.geometry.to_numpy().astype(object))
            keep(files.kept(name), Measured(LAYERS[layer], rows, nowhere, metres), MADE_OF)


def trees(files: Files) -> Columns:
    """Place each tree in a parcel, or with the nearest."""
    lots, spots = _taken(files, "parcels"), _taken(files, "trees")
    found = located(_points(spots, lots.columns), lots.columns, reach_m=NEAR_M)
    parcel = np.where(found.first == NONE, found.nearest, found.first)
    return {"tree": _ids(spots).filter(pa.array(parcel != NONE)), "parcel": _named(lots, parcel)}


def canopy(files: Files) -> Columns:
    """Measure the m² of each parcel under dissolved crowns."""
    lots, crowns = _taken(files, "parcels"), _taken(files, "dissolved")
    return {"parcel": _ids(lots), "m2": shared_m2(lots.columns, _beside(crowns, lots))}


def towns(files: Files) -> Columns:
    """Cut parcels by towns."""
    lots, limits = _taken(files, "parcels"), _taken(files, "towns")
    cut = parts(lots.columns, _beside(limits, lots))
    share = cut.m2 / lots.columns.m2[cut.zone]
    return {"parcel": _named(lots, cut.zone), "town": _named(limits, cut.area), "share": share}


def inspections(files: Files) -> Columns:
    """Find each inspection's parcel by its number, else by its point."""
    lots, cases = _taken(files, "parcels"), _taken(files, "inspections", ("id", "parcel_key"))
    named = pc.index_in(pa.array(cases.rows["parcel_key"].array), value_set=_ids(lots))
    parcel = pc.fill_null(named, NONE).to_numpy().astype(np.int64)
    points = _points(cases, lots.columns)
    points[parcel != NONE] = np.nan
    parcel = np.where(parcel == NONE, located(points, lots.columns).first, parcel)
    return {
        "inspection": _ids(cases).filter(pa.array(parcel != NONE)),
        "parcel": _named(lots, parcel),
    }


def _taken(files: Files, name: str, fields: Iterable[str] = ("id",)) -> Measured:
    layer = taken(files.kept(name), LAYERS[LAYER[name]], MADE_OF, tuple(fields))
    if layer is None:
        raise FileNotFoundError(files.kept(name))
    return layer


def _points(layer: Measured, areas: Areas) -> np.ndarray:
    return points_of(*bytes_of(layer.metres.wkb), areas.origin)


def _beside(layer: Measured, lots: Measured) -> Areas:
    return layer.columns.seen_from(lots.columns.origin)


def _ids(layer: Measured) -> pa.Array:
    return pa.array(layer.rows["id"].array)


def _named(layer: Measured, at: np.ndarray) -> pa.Array:
    return _ids(layer).take(pa.array(at[at != NONE]))


TASKS: dict[str, Task] = {
    "trees": trees,
    "canopy": canopy,
    "towns": towns,
    "inspections": inspections,
    "whole": whole_kept,
    "edit": edit,
}
READY = {"edit": ready_to_edit}
