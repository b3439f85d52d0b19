"""Tree canopy of parcels and towns, in m² and percent.

The full join calls `compute_canopy`. The incremental join calls `canopy_columns` for a few ground
parcels. Crown polygons come first, and rasters fill in where no crowns were mapped. See
docs/decisions/0015-canopy-counted-once.md.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from geo.geometry_column import is_missing_point
from geo.join.areas.crown_overlaps import canopy_over, canopy_over_large, dissolve_crowns
from geo.join.areas.raster_canopy import percent_of, raster_canopy
from geo.join.coverage import choose_rows, is_parcel_covered, is_town_covered, mask_unknown
from geo.join.join_context import JoinContext
from geo.kernels.geometry_arrays import Areas, areas_from_shapely
from geo.projected_layer import AREA_DECIMALS, NONE_VALUE, Columns, ProjectedLayer


def compute_canopy(context: JoinContext, crown_towns: np.ndarray) -> tuple[Columns, Columns]:
    """Compute the canopy columns of the ground parcels, and those of the towns.

    Crowns are finer than raster cells, so they win. They cover a parcel if its home town holds a
    crown, or if a crown overlaps the parcel. Rasters cover the other parcels. `crown_towns` (n,) is the
    town position of each crown, `NONE` outside all towns. Unknown values are None.
    """
    crowns, towns = context["canopy"], context.towns
    parcel_areas = context.ground.areas
    home_town = context.home_towns["town"][context.ground.parcel_rows]
    pieces = areas_from_shapely(dissolve_crowns(crowns.metric_column.geometries), parcel_areas.origin)
    parcel_canopy_m2 = canopy_over(parcel_areas, pieces)
    covered_by_crowns = is_parcel_covered(crown_towns, home_town, parcel_canopy_m2 > 0, towns)
    town_canopy_m2 = canopy_over_large(towns.geometries, pieces)
    measurement = _crown_measurement_by_town(crowns, crown_towns)
    return (
        canopy_columns(
            context,
            parcel_areas,
            lambda: context["parcels"].metric_column.geometries_at(context.ground.parcel_rows),
            parcel_canopy_m2,
            _measurement_columns(measurement, home_town),
            covered_by_crowns,
        ),
        canopy_columns(
            context,
            towns.areas,
            lambda: towns.geometries,
            town_canopy_m2,
            _measurement_columns(measurement, np.arange(len(towns))),
            is_town_covered(crown_towns, towns),
        ),
    )


def canopy_columns(
    context: JoinContext,
    zones: Areas,
    geometries: Callable[[], np.ndarray],
    canopy_m2: np.ndarray,
    measurement: Columns,
    covered_by_crowns: np.ndarray,
) -> Columns:
    """Return the canopy columns of zones: from crowns where `covered_by_crowns`, else from rasters.

    - `canopy_m2` (n,) is the area under crowns in each of `zones`, in m².
    - `measurement` holds `canopy_method` and `canopy_year` of the crowns in each zone's town.
    - `geometries` returns the zones as Shapely polygons. It is called only if rasters are needed.

    The columns are those of `CANOPY_FIELDS`. `canopy_resolution_m` is None for crowns. Unknown values
    are None.
    """
    from_crowns = {
        "canopy_m2": canopy_m2.round(AREA_DECIMALS),
        "canopy_pct": percent_of(canopy_m2, zones.area_m2).round(AREA_DECIMALS),
        **measurement,
        "canopy_resolution_m": np.full(len(zones), None, object),
    }
    from_crowns = mask_unknown(from_crowns, covered_by_crowns & ~is_missing_point(zones.bounds))
    if covered_by_crowns.all() or not context.rasters:
        return from_crowns
    # Zones covered by crowns are blanked out, so that no cells are read for them.
    from_rasters = raster_canopy(
        np.where(covered_by_crowns, NONE_VALUE, geometries()), context.rasters, context.metric_crs
    )
    return choose_rows(covered_by_crowns, from_crowns, from_rasters)


def _measurement_columns(measurement: pd.DataFrame, towns: np.ndarray) -> Columns:
    """Return `canopy_method` and `canopy_year` of the crowns in each of `towns` (positions)."""
    by_town = measurement.reindex(towns)
    return {f"canopy_{name}": by_town[name].to_numpy(object) for name in ("method", "year")}


def _crown_measurement_by_town(crowns: ProjectedLayer, town_of_crown: np.ndarray) -> pd.DataFrame:
    """Return the `method` and `year` of each town's crowns, indexed by town position (`NONE` too).

    Several methods are listed together, as in "aerial photo; LiDAR". If the crowns are from several
    years, `year` is nan.
    """
    rows = pd.DataFrame({"town": town_of_crown, "method": crowns.series("method").astype(object)})
    rows["year"] = crowns.series("year").astype("float64")
    methods = rows.dropna(subset="method").drop_duplicates(["town", "method"])
    methods = methods.sort_values(["town", "method"]).groupby("town")["method"].agg("; ".join)
    years = rows.groupby("town")["year"].agg(["min", "max"])
    year = years["min"].where(years["min"] == years["max"])
    return pd.DataFrame({"method": methods, "year": year})
