"""Canopy of parcels and towns: from crown polygons where there are any, else from cells."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from geo.engine.shapes import Areas, areas_from
from geo.join.crowns import canopy_over, canopy_over_large, dissolved
from geo.join.desk import Desk
from geo.join.known import covered, either, known, towns_covered
from geo.join.measured import DECIMALS, NOTHING, Columns, Measured, nowhere
from geo.join.rasters import cell_figures, percent


def canopy_of(desk: Desk, crown_towns: np.ndarray) -> tuple[Columns, Columns]:
    """Measure the canopy of the ground parcels and of the towns of the day.

    Crown polygons come first, being finer than cells: they tell about every parcel whose home town
    holds a crown (by `crown_towns`, where the middle of each lies), and about every parcel under one.
    Cells tell about the others. Method, year and cell size are those of what told.
    """
    crowns, towns = desk["canopy"], desk.towns
    lots = desk.ground.areas
    home = desk.home["town"][desk.ground.rows]
    pieces = areas_from(dissolved(crowns.metres.shapes), lots.origin)
    over_lots = canopy_over(lots, pieces)
    sure = covered(crown_towns, home, over_lots > 0, towns)
    over_towns = canopy_over_large(towns.shapes, pieces)
    facts = _facts(crowns, crown_towns)
    return (
        told_of(
            desk,
            lots,
            lambda: desk["parcels"].metres.some(desk.ground.rows),
            over_lots,
            _of(facts, home),
            sure,
        ),
        told_of(
            desk,
            towns.columns,
            lambda: towns.shapes,
            over_towns,
            _of(facts, np.arange(len(towns))),
            towns_covered(crown_towns, towns),
        ),
    )


def told_of(
    desk: Desk,
    zones: Areas,
    shapes: Callable[[], np.ndarray],
    m2: np.ndarray,
    facts: Columns,
    sure: np.ndarray,
) -> Columns:
    """Make the canopy's columns: what crowns tell where they are sure, else what cells do.

    `facts` gives the `canopy_method` and `canopy_year` of the crowns of each zone's town; `shapes` the zones as Shapely
    knows them, where cells are asked.
    """
    crowns = {
        "canopy_m2": m2.round(DECIMALS),
        "canopy_pct": percent(m2, zones.m2).round(DECIMALS),
        **facts,
        "canopy_resolution_m": np.full(len(zones), None, object),
    }
    crowns = known(crowns, sure & ~nowhere(zones.bounds))
    if sure.all() or not desk.rasters:
        return crowns
    # Cells are asked only about what crowns do not tell.
    cells = cell_figures(np.where(sure, NOTHING, shapes()), desk.rasters, desk.work)
    return either(sure, crowns, cells)


def _of(facts: pd.DataFrame, towns: np.ndarray) -> Columns:
    """Give how the crowns of some towns were measured."""
    told = facts.reindex(towns)
    return {f"canopy_{name}": told[name].to_numpy(object) for name in ("method", "year")}


def _facts(canopy: Measured, of: np.ndarray) -> pd.DataFrame:
    """How the crowns of each town were measured: `method` and `year`, by town (`NONE` too).

    Several methods stand together, "aerial photo; LiDAR". Crowns of several years have no one year: unknown.
    """
    rows = pd.DataFrame({"town": of, "method": canopy.rows["method"].astype(object)})
    rows["year"] = canopy.rows["year"].astype("float64")
    methods = rows.dropna(subset="method").drop_duplicates(["town", "method"])
    methods = methods.sort_values(["town", "method"]).groupby("town")["method"].agg("; ".join)
    years = rows.groupby("town")["year"].agg(["min", "max"])
    year = years["min"].where(years["min"] == years["max"])
    return pd.DataFrame({"method": methods, "year": year})
