"""Conversion of the plan to the ground: a gentle bend, a rotation, and a position in the metric CRS."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import shapely
from pyproj import CRS, Transformer

METRIC_CRS = CRS.from_epsg(26996)  # NAD83 / Missouri East
CENTER_M = (267_397.0, 318_148.0)  # about 90.30 W, 38.70 N
ROTATION_RAD = np.deg2rad(-11)
# Waves that bend the streets: direction of the shift, direction of the wave, its length and height in meters.
# Slopes stay below 0.1, so that no parcel is flipped or squeezed.
WAVES = (
    ((1.0, 0.0), (0.0, 1.0), 1500.0, 17.0),
    ((0.0, 1.0), (1.0, 0.0), 1150.0, 13.0),
    ((1.0, 0.0), (0.5, 0.87), 640.0, 4.5),
    ((0.0, 1.0), (0.8, -0.6), 560.0, 4.0),
)


@dataclass(frozen=True)
class Georeference:
    """The conversion from plan to ground. Streets that are straight on the plan are bent by four sine waves.

    `wave_phases` has the phase of each wave in `WAVES`, in radians.
    """

    wave_phases: tuple[float, ...] = field(default=(0.0, 1.0, 2.0, 3.0))

    @cached_property
    def _transformer(self) -> Transformer:
        return Transformer.from_crs(METRIC_CRS, 4326, always_xy=True)

    def to_metric(self, plan_points: np.ndarray) -> np.ndarray:
        """Return plan points `(…, 2)` in the metric CRS. Equal points have equal results.

        >>> x, y = Georeference().to_metric(np.array([0.0, 0.0]))
        >>> abs(float(x) - CENTER_M[0]) < 50, abs(float(y) - CENTER_M[1]) < 50
        (True, True)
        """
        bent = plan_points.astype("float64", copy=True)
        for phase, (push_direction, wave_direction, length, height) in zip(self.wave_phases, WAVES, strict=True):
            angle = (plan_points[..., 0] * wave_direction[0] + plan_points[..., 1] * wave_direction[1]) * (
                2 * np.pi / length
            )
            bent += (height * np.sin(angle + phase))[..., None] * np.array(push_direction)
        cos, sin = np.cos(ROTATION_RAD), np.sin(ROTATION_RAD)
        rotated = np.stack([bent[..., 0] * cos - bent[..., 1] * sin, bent[..., 0] * sin + bent[..., 1] * cos], -1)
        return rotated + CENTER_M

    def to_degrees(self, metric_points: np.ndarray) -> np.ndarray:
        """Return metric points `(…, 2)` as degrees (lon, lat), rounded to 7 decimals (about a centimeter).

        >>> Georeference().to_degrees(np.array(CENTER_M)).round(2).tolist()
        [-90.3, 38.7]
        """
        lon, lat = self._transformer.transform(metric_points[..., 0], metric_points[..., 1])
        return np.round(np.stack([lon, lat], -1), 7)

    def geometries_to_metric(self, plan_geometries: np.ndarray) -> np.ndarray:
        """Return plan geometries in the metric CRS."""
        return shapely.transform(plan_geometries, self.to_metric)

    def geometries_to_degrees(self, metric_geometries: np.ndarray) -> np.ndarray:
        """Return metric geometries in degrees."""
        return shapely.transform(metric_geometries, self.to_degrees)
