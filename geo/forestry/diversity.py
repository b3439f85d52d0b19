"""Tree diversity of a town: its most frequent species and genera, and how many names the roster has.

`webmap.state` calls `count_town_taxa`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from geo.forestry.taxa.match_taxon import Taxon, match_taxon
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


@dataclass(frozen=True, slots=True)
class TownTaxa:
    """The species and genera of a town's trees, and how their names match the roster.

    `rank_counts` has the trees matched to a species, to a genus only ("genus"), not matched although they
    have a name ("none"), and without a name ("unnamed"). `strangers` holds (name, trees) pairs of the
    names that the roster does not have, even if it has the genus, the most frequent first.
    """

    species: TaxonCounts
    genera: TaxonCounts
    rank_counts: Mapping[str, int]
    strangers: tuple[tuple[str, int], ...]


def count_town_taxa(reader: Reader, town: str) -> TownTaxa:
    """Count the trees of a town by species and by genus."""
    trees = (tree.values for tree in reader.query("trees", Query(town=town), actor=PUBLIC))
    return count_taxa(trees)


def count_taxa(trees: Iterable[Mapping[str, Any]]) -> TownTaxa:
    """Count trees by species and by genus, given their fields.

    All spellings of a species count as one, under its scientific name with the common name beside it. A
    name that the roster does not have counts under itself. A tree of which only the genus is known
    counts among the genera, and not among the species.

    >>> trees = [{"species": "ACER RUBRUM"}, {"common": "Red Maple"}, {"species": "Quercus sp."}, {"common": "Zzz"}]
    >>> taxa = count_taxa(trees)
    >>> taxa.species.top, taxa.genera.top
    ((('Acer rubrum (Red maple)', 2), ('Zzz', 1)), (('Acer', 2), ('Quercus', 1)))
    >>> taxa.rank_counts, taxa.strangers
    ({'species': 2, 'genus': 1, 'none': 1, 'unnamed': 0}, (('Zzz', 1),))
    """
    names = Counter((tree.get("species"), tree.get("common"), tree.get("genus")) for tree in trees)
    species: Counter[str | None] = Counter()
    genera: Counter[str | None] = Counter()
    strangers: Counter[str] = Counter()
    rank_counts = dict.fromkeys(("species", "genus", "none", "unnamed"), 0)
    for (scientific, common, genus), count in names.items():
        taxon = match_tree(scientific, common, genus)
        name = scientific or common
        rank_counts[_rank(taxon, name)] += count
        species[_species_label(taxon, name)] += count
        genera[taxon.genus if taxon else genus or None] += count
        if name and (taxon is None or not taxon.is_listed):
            strangers[name] += count
    return TownTaxa(
        TaxonCounts.from_counts(species), TaxonCounts.from_counts(genera), rank_counts, tuple(strangers.most_common())
    )


def match_tree(species: str | None, common: str | None, genus: str | None) -> Taxon | None:
    """Return the taxon of a tree by its scientific name, or else by its common name, or else by its genus.

    >>> match_tree(None, "Pin Oak", None).species, match_tree("Quercus", None, None).rank, match_tree(None, None, None)
    ('Quercus palustris', 'genus', None)
    """
    if species:
        return match_taxon(species)
    taxon = match_taxon(common, is_common=True) if common else None
    return taxon or (match_taxon(genus) if genus and not common else None)


def _rank(taxon: Taxon | None, name: str | None) -> str:
    if taxon is not None:
        return taxon.rank
    return "none" if name else "unnamed"


def _species_label(taxon: Taxon | None, name: str | None) -> str | None:
    """Return the name under which a tree counts among the species, None if its species is unknown."""
    if taxon is None:
        return name
    if taxon.rank == "species":
        return f"{taxon.species} ({taxon.common})" if taxon.common else taxon.species
    return None if taxon.is_listed else taxon.species
