"""Coverage: where a layer was surveyed. Inside, a count of nothing is 0. Outside, it is unknown.

`geo.join.summary_tables` and `geo.join.canopy` mask their columns with it. `Surveys` holds what sources
declare about their towns. See docs/decisions/0014-zero-is-not-unknown.md.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from geo.join.areas.towns import Towns
from geo.kernels.geometry_arrays import Areas
from geo.kernels.within_distance import has_point_within
from geo.projected_layer import NONE, NONE_VALUE, Columns, ProjectedLayer

INVENTORY_LAYERS = ("trees", "sites")  # one survey: a town with planting sites has a known number of trees

# For each layer and source: the names of its towns as `towns`, and as `whole` whether all of each was surveyed.
SurveyDeclarations = Mapping[str, Mapping[str, Mapping[str, Any]]]


@dataclass(frozen=True)
class Surveys:
    """The towns in force that sources declare, by layer. A source that declares none is absent.

    - `towns_by_source` holds the names of each source's towns. Its records cover no other town.
    - `whole_towns` holds the names of the towns that some source surveyed as a whole.
    """

    towns_by_source: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    whole_towns: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def from_declarations(cls, declarations: SurveyDeclarations, towns: Towns) -> "Surveys":
        """Return the declarations of sources, as the towns in force spell the names. Other names are left out."""
        towns_by_source: dict[str, dict[str, frozenset[str]]] = {}
        whole_towns: dict[str, frozenset[str]] = {}
        for layer, sources in declarations.items():
            for source, declared in sources.items():
                positions = towns.find_by_names(declared["towns"])
                if names := frozenset(towns.names[positions[positions != NONE]].tolist()):
                    towns_by_source.setdefault(layer, {})[source] = names
                    whole_towns[layer] = whole_towns.get(layer, frozenset()) | (names if declared["whole"] else set())
        return cls(towns_by_source, whole_towns)

    def covers(self, layer: str, source: str, town: str | None) -> bool:
        """Return whether a record of a source may cover the town that it is in.

        >>> surveys = Surveys({"trees": {"bel-nor/trees": frozenset({"Bel-Nor"})}})
        >>> surveys.covers("trees", "bel-nor/trees", "Normandy"), surveys.covers("trees", "county", "Normandy")
        (False, True)
        """
        names = self.towns_by_source.get(layer, {}).get(source)
        return names is None or town in names

    def sources_of_other_towns(self, layer: str, town: str) -> list[str]:
        """Return the sources of a layer whose records do not cover a town."""
        return [source for source, names in self.towns_by_source.get(layer, {}).items() if town not in names]

    def is_whole(self, layers: Collection[str], town: str | None) -> bool:
        """Return whether a source of one of the layers surveyed a town as a whole."""
        return any(town in self.whole_towns.get(layer, ()) for layer in layers)

    def whole_mask(self, layers: Collection[str], towns: Towns) -> np.ndarray:
        """Return a mask of the towns that a source of one of the layers surveyed as a whole."""
        return np.array([self.is_whole(layers, name) for name in towns.names[:-1]], bool)

    def towns_covered_by(self, layer: ProjectedLayer, record_towns: np.ndarray, towns: Towns) -> np.ndarray:
        """Return the town (position) that each record covers: the one that it is in, or `NONE`.

        A record outside the towns that its source declares covers none. `record_towns` (n,) are the towns
        that the records are in.
        """
        declared = self.towns_by_source.get(layer.layer.name)
        if not declared:
            return record_towns
        encoded = layer.string_array("source").dictionary_encode()
        source_of_record = encoded.indices.to_numpy()
        covered_towns = record_towns.copy()
        for code, source in enumerate(encoded.dictionary.to_pylist()):
            if source in declared:
                is_elsewhere = ~np.isin(record_towns, towns.find_by_names(declared[source]))
                covered_towns[(source_of_record == code) & is_elsewhere] = NONE
        return covered_towns


def is_town_covered(record_towns: np.ndarray, towns: Towns) -> np.ndarray:
    """Return a mask of the towns that hold at least one of a layer's records.

    `record_towns` (n,) is the town position of each record, `NONE` outside all towns.
    """
    known_towns = record_towns[record_towns != NONE]
    return np.bincount(known_towns, minlength=len(towns)) > 0


def is_parcel_covered(
    record_towns: np.ndarray, home_town: np.ndarray, has_own_records: np.ndarray, towns: Towns
) -> np.ndarray:
    """Return a mask of the parcels that a layer covers.

    A parcel is covered if it has records of its own, or if its home town is covered. A parcel outside
    all towns is covered by its own records only. Without town boundaries the workspace is one area,
    covered by any record.
    """
    if not towns.has_boundaries:
        return has_own_records | np.full(len(has_own_records), len(record_towns) > 0)
    return has_own_records | np.append(is_town_covered(record_towns, towns), False)[home_town]


def is_within_reach(areas: Areas, points: np.ndarray, reach_m: float) -> np.ndarray:
    """Return a mask of the areas that have a point within `reach_m` meters.

    `points` (n, 2) are in the metric CRS, nan where unknown. An area without a geometry has no point
    near.
    """
    return has_point_within(areas, points - areas.origin, reach_m)


def mask_unknown(counts: Columns, is_known: np.ndarray) -> Columns:
    """Replace values by None where they are unknown. Columns become object arrays.

    >>> mask_unknown({"trees": np.array([0, 0])}, np.array([True, False]))["trees"].tolist()
    [0, None]
    """
    return {name: np.where(is_known, column.astype(object), NONE_VALUE) for name, column in counts.items()}


def choose_rows(use_first: np.ndarray, first: Columns, second: Columns) -> Columns:
    """Return the rows of `first` where `use_first` is set, else those of `second`.

    >>> from_crowns, from_cells = {"year": np.array([2023, 2023])}, {"year": np.array([2019, 2019])}
    >>> choose_rows(np.array([True, False]), from_crowns, from_cells)["year"].tolist()
    [2023, 2019]
    """
    return {name: np.where(use_first, column, second[name]) for name, column in first.items()}
