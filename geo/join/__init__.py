"""The full join: every parcel with its town, districts, trees, canopy and inspections.

`join_layers` takes admitted frames. `join_projected_layers` takes layers in the metric CRS, and is
called by `geo.workspace`.
"""

from geo.join.pipeline import join_layers, join_projected_layers
from geo.join.settings import JoinSettings

__all__ = ["JoinSettings", "join_layers", "join_projected_layers"]
