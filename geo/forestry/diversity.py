"""Tree diversity of a town: its most frequent species and genera.

`webmap.state` calls `species_and_genera`.
"""

from collections import Counter
from dataclasses import dataclass

from geo.store.protocol import Reader
from geo.store.records import PUBLIC, Query

MAX_TAXA = 8  # bars in a chart of species or genera


@dataclass(frozen=True, slots=True)
class TaxonCounts:
    """The most frequent species or genera of a town.

    `top` holds (name, trees) pairs, the most frequent first. `known_count` counts all trees with a
    name, and `unknown_count` those without.
    """

    top: tuple[tuple[str, int], ...]
    known_count: int
    unknown_count: int

    @classmethod
    def from_counts(cls, counts: "Counter[str | None]") -> "TaxonCounts":
        """Build the counts from trees by name, where None counts the unnamed ones. Removes None from `counts`.

        >>> TaxonCounts.from_counts(Counter({"Pin oak": 3, "Red maple": 5, None: 2}))
        TaxonCounts(top=(('Red maple', 5), ('Pin oak', 3)), known_count=8, unknown_count=2)
        """
        unknown_count = counts.pop(None, 0)
        top = [(name, count) for name, count in counts.most_common(MAX_TAXA) if name]
        return cls(tuple(top), counts.total(), unknown_count)


def species_and_genera(reader: Reader, town: str) -> tuple[TaxonCounts, TaxonCounts]:
    """Count the trees of a town by species and by genus.

    A species counts under its common name, or under its botanical name if it has none.
    """
    species: Counter[str | None] = Counter()
    genera: Counter[str | None] = Counter()
    for tree in reader.query("trees", Query(town=town), actor=PUBLIC):
        values = tree.values
        species[values.get("common") or values.get("species") or None] += 1
        genera[values.get("genus") or None] += 1
    return TaxonCounts.from_counts(species), TaxonCounts.from_counts(genera)
