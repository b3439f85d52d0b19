"""Ground parcels: stacked units are one piece of ground."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import shapely

from geo.engine.shapes import Areas
from geo.join.measured import Measured, nowhere

MILLIMETRE = 3  # decimals of a metre


@dataclass(frozen=True)
class Ground:
    """Which parcels share their ground. `of` gives each parcel's ground, by position among `rows`."""

    rows: np.ndarray  # positions of the ground parcels among the parcels, in order
    of: np.ndarray
    stacked: np.ndarray  # parcels on each ground
    parcels: Measured

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def areas(self) -> Areas:
        """The ground parcels as the engine measures them, laid out once."""
        return self.parcels.columns.take(self.rows)


def ground_of(parcels: Measured) -> Ground:
    """Collapse parcels of identical shape to the one with the lowest id.

    Identical means the same outline to the millimetre, wherever its ring begins and whichever way
    it runs, repeated vertices left out. Parcels that overlap otherwise each stand for themselves:
    canopy over the overlap is part of each one's figures, a tree there belongs to the lowest id alone,
    and a town's figures are taken on the town, never summed over parcels. A parcel that is not drawn is a
    ground of its own.
    """
    first = np.arange(len(parcels))
    rows = _boxed_alike(parcels.columns)
    outlines = shapely.to_wkb(shapely.normalize(_rounded(parcels.metres.some(rows))))
    codes = pd.factorize(outlines)[0]
    first[rows] = rows[np.unique(codes, return_index=True)[1]][codes]
    rows = np.flatnonzero(first == np.arange(len(parcels)))
    of = np.searchsorted(rows, first)
    return Ground(rows, of, np.bincount(of, minlength=len(rows)), parcels)


def _boxed_alike(areas: Areas) -> np.ndarray:
    """List the areas that share their box with another, to the millimetre: no others can have one outline."""
    boxes = np.round(areas.bounds + np.tile(areas.origin, 2), MILLIMETRE) + 0.0
    alike = pd.DataFrame(boxes).duplicated(keep=False).to_numpy()
    return np.flatnonzero(alike & ~nowhere(boxes))


def _rounded(shapes: np.ndarray) -> np.ndarray:
    """Round coordinates to the millimetre; adding 0 makes of -0.0 the 0.0 that it equals."""
    # transform leaves None as it is.
    whole = shapely.transform(shapes, lambda xy: np.round(xy, MILLIMETRE) + 0.0)
    return shapely.remove_repeated_points(whole)
