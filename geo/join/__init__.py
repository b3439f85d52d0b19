"""Towns, districts, trees, canopy and inspections joined to each parcel."""

from geo.join.settings import JoinSettings
from geo.join.whole import join, join_measured

__all__ = ["JoinSettings", "join", "join_measured"]
