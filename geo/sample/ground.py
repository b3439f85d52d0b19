"""From the drawing board to the ground: a gentle bend, a turn, and a place on earth."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import shapely
from pyproj import CRS, Transformer

METRES = CRS.from_epsg(26996)  # NAD83 / Missouri East
MIDDLE = (267_397.0, 318_148.0)  # about 90.30 W, 38.70 N in METRES
TURN = np.deg2rad(-11)
# Waves that bend the streets: direction of the push, of the wave, its length and height in metres.
# Slopes stay below 0.1, so that no lot is turned over or squeezed.
WAVES = (
    ((1.0, 0.0), (0.0, 1.0), 1500.0, 17.0),
    ((0.0, 1.0), (1.0, 0.0), 1150.0, 13.0),
    ((1.0, 0.0), (0.5, 0.87), 640.0, 4.5),
    ((0.0, 1.0), (0.8, -0.6), 560.0, 4.0),
)


@dataclass(frozen=True)
class Ground:
    """Where the plan lies on earth. The plan is in metres around (0, 0); streets there are straight."""

    phases: tuple[float, ...] = field(default=(0.0, 1.0, 2.0, 3.0))

    @cached_property
    def _to_degrees(self) -> Transformer:
        return Transformer.from_crs(METRES, 4326, always_xy=True)

    def metres(self, plan: np.ndarray) -> np.ndarray:
        """Turn points of the plan (…, 2) into `METRES`. The same point always comes out the same."""
        bent = plan.astype("float64", copy=True)
        for phase, (push, along, length, height) in zip(self.phases, WAVES, strict=True):
            angle = (plan[..., 0] * along[0] + plan[..., 1] * along[1]) * (2 * np.pi / length)
            bent += (height * np.sin(angle + phase))[..., None] * np.array(push)
        cos, sin = np.cos(TURN), np.sin(TURN)
        turned = np.stack(
            [bent[..., 0] * cos - bent[..., 1] * sin, bent[..., 0] * sin + bent[..., 1] * cos], -1
        )
        return turned + MIDDLE

    def degrees(self, metres: np.ndarray) -> np.ndarray:
        """Turn points (…, 2) in `METRES` into degrees with 7 decimals, about a centimetre."""
        lon, lat = self._to_degrees.transform(metres[..., 0], metres[..., 1])
        return np.round(np.stack([lon, lat], -1), 7)

    def shapes_in_metres(self, plan: np.ndarray) -> np.ndarray:
        """Turn shapes of the plan into `METRES`."""
        return shapely.transform(plan, self.metres)

    def shapes_in_degrees(self, metres: np.ndarray) -> np.ndarray:
        """Turn shapes in `METRES` into degrees."""
        return shapely.transform(metres, self.degrees)
