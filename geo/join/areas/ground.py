"""Ground parcels: condominium units stacked on one piece of ground count as one.

The full and the incremental join call `dedupe_stacked_parcels`. See docs/decisions/0011-ground-parcels.md.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import shapely

from geo.geometry_column import is_missing_point
from geo.kernels.geometry_arrays import Areas
from geo.projected_layer import ProjectedLayer

MILLIMETER_DECIMALS = 3  # of meters


@dataclass(frozen=True)
class Ground:
    """The ground parcels of a layer of parcels, and the ground parcel of each parcel.

    `ground_of_parcel` (n,) holds positions in `parcel_rows` (g,), which holds positions in `parcels`.
    """

    parcel_rows: np.ndarray  # in ascending order
    ground_of_parcel: np.ndarray
    stack_sizes: np.ndarray  # (g,): the number of parcels on each ground parcel
    parcels: ProjectedLayer

    def __len__(self) -> int:
        return len(self.parcel_rows)

    @cached_property
    def areas(self) -> Areas:
        """The geometries of the ground parcels, in the order of `parcel_rows`."""
        return self.parcels.areas.take(self.parcel_rows)


def dedupe_stacked_parcels(parcels: ProjectedLayer) -> Ground:
    """Group parcels with the same outline. The one with the lowest id is their ground parcel.

    Outlines are compared to the millimeter. The start and direction of a ring do not matter, nor do
    repeated vertices. Parcels that overlap in another way stay separate: each counts the canopy over the
    overlap, and a tree there is inside the lowest id. So sums over parcels may exceed the town's counts. A
    parcel without geometry is its own ground parcel.
    """
    first_row = np.arange(len(parcels))
    rows = _rows_sharing_bbox(parcels.areas)
    outlines = shapely.to_wkb(shapely.normalize(_round_coordinates(parcels.metric_column.geometries_at(rows))))
    codes = pd.factorize(outlines)[0]
    first_row[rows] = rows[np.unique(codes, return_index=True)[1]][codes]
    rows = np.flatnonzero(first_row == np.arange(len(parcels)))
    ground_of_parcel = np.searchsorted(rows, first_row)
    return Ground(rows, ground_of_parcel, np.bincount(ground_of_parcel, minlength=len(rows)), parcels)


def _rows_sharing_bbox(areas: Areas) -> np.ndarray:
    """Return the rows that share their bbox with another row, to the millimeter.

    Only these can have the same outline.
    """
    bboxes = np.round(areas.bounds + np.tile(areas.origin, 2), MILLIMETER_DECIMALS) + 0.0
    is_shared = pd.DataFrame(bboxes).duplicated(keep=False).to_numpy()
    return np.flatnonzero(is_shared & ~is_missing_point(bboxes))


def _round_coordinates(geometries: np.ndarray) -> np.ndarray:
    """Round coordinates to the millimeter, and drop repeated vertices.

    >>> _round_coordinates(np.array([shapely.Point(12.34567, -0.0001), None]))[0].wkt
    'POINT (12.346 0)'
    """
    # Adding 0 makes -0.0 equal to 0.0 in WKB. shapely.transform leaves None unchanged.
    rounded = shapely.transform(geometries, lambda xy: np.round(xy, MILLIMETER_DECIMALS) + 0.0)
    return shapely.remove_repeated_points(rounded)
