"""How varied a town's trees are: its most frequent species and genera."""

from collections import Counter
from dataclasses import dataclass

from geo.store.protocol import PUBLIC, Query, Reader

SHOWN = 8  # species or genera in a chart


@dataclass(frozen=True, slots=True)
class Frequent:
    """The most frequent kinds, each with its trees; how many trees are of a known kind, and how many not."""

    top: tuple[tuple[str, int], ...]
    known: int
    unknown: int

    @classmethod
    def of(cls, counts: "Counter[str | None]") -> "Frequent":
        """Tell of counted kinds; None is the unknown one."""
        unknown = counts.pop(None, 0)
        named = [(name, count) for name, count in counts.most_common(SHOWN) if name]
        return cls(tuple(named), counts.total(), unknown)


def species_and_genera(reader: Reader, town: str) -> tuple[Frequent, Frequent]:
    """Count a town's trees by species, under the name that people use where there is one, and by genus."""
    species: Counter[str | None] = Counter()
    genera: Counter[str | None] = Counter()
    for tree in reader.query("trees", Query(town=town), actor=PUBLIC):
        values = tree.values
        species[values.get("common") or values.get("species") or None] += 1
        genera[values.get("genus") or None] += 1
    return Frequent.of(species), Frequent.of(genera)
