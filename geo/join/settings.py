"""Settings of the join, each with a sentence that explains it.

`join_workspace` records them with the joined tables, so that the incremental join can compare them.
"""

from dataclasses import asdict, dataclass
from typing import Annotated


@dataclass(frozen=True, slots=True)
class JoinSettings:
    """The thresholds of one join: lengths in meters, areas in m², shares and ratios."""

    near_m: Annotated[float, "How far a tree outside every parcel may stand from the parcel that it belongs to."] = 15.0
    edge_m: Annotated[
        float,
        "A point this near to an edge is on it: converting degrees to meters bends a straight edge of 50 m by 0.04 mm.",
    ] = 0.0001
    street_reach_m: Annotated[float, "A tree farther than this from every centerline is not a street tree."] = 40.0
    centre_m: Annotated[float, "A point this near to a centerline has no side; geocoders put addresses there."] = 0.1
    median_m: Annotated[float, "Widest gap between the two centerlines of one street that is still a median."] = 30.0
    half_median_m: Annotated[float, "Within this distance of the single line of a divided street is its median."] = 3.0
    survey_reach_m: Annotated[
        float, "A parcel farther than this from every record of a tree inventory was not surveyed."
    ] = 500.0
    tie_m: Annotated[float, "Distances that differ by less than this count as equal."] = 0.01
    sliver_share: Annotated[float, "A part of a parcel below this share is digitizing noise and does not count."] = 0.01
    sliver_m2: Annotated[
        float, "The same holds for a part below this area, unless it is half of the parcel or more."
    ] = 1.0
    high_ratio: Annotated[float, "How many times as far the runner-up must be for high confidence."] = 2.0
    medium_ratio: Annotated[float, "How many times as far the runner-up must be for medium confidence."] = 1.25

    def to_dict(self) -> dict[str, float]:
        """Return every setting by name.

        >>> JoinSettings(near_m=8.0).to_dict()["near_m"]
        8.0
        """
        return asdict(self)
