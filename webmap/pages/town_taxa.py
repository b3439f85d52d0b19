"""The species on a town's page: the most frequent ones, and how many names were matched to the roster.

`town_page` calls `taxa_context`.
"""

from dataclasses import dataclass
from typing import Any

from geo.forestry.diversity import TaxonCounts, TownTaxa
from geo.identifiers import slugify
from geo.language.translate import gettext, gettext_noop
from webmap.maps.palette import GREEN
from webmap.pages.parts import charts
from webmap.pages.parts.export_links import export_links
from webmap.wording import format_percent, format_value, percentage_of

MAX_STRANGERS = 20  # names in the table of those that the roster does not have


@dataclass(frozen=True, slots=True)
class TaxonTexts:
    """The texts of a table of species or genera. `threshold` is the percentage of the rule of thumb."""

    title: str
    noun: str
    threshold: int
    known: str
    unknown: str
    rule: str


SPECIES_TEXTS = TaxonTexts(
    gettext_noop("Most frequent species"),
    gettext_noop("Species"),
    10,
    gettext_noop("Trees of known species: %(number)s."),
    gettext_noop("Trees of unknown species, not in the table: %(number)s."),
    gettext_noop("A common rule of thumb: no species should be more than %(percent)s%% of the trees."),
)
GENUS_TEXTS = TaxonTexts(
    gettext_noop("Most frequent genera"),
    gettext_noop("Genus"),
    20,
    gettext_noop("Trees of known genus: %(number)s."),
    gettext_noop("Trees of unknown genus, not in the table: %(number)s."),
    gettext_noop("A common rule of thumb: no genus should be more than %(percent)s%% of the trees."),
)
RANK_TEXTS = {
    "species": gettext_noop("Matched to a species"),
    "genus": gettext_noop("Matched to a genus only"),
    "none": gettext_noop("Not matched"),
    "unnamed": gettext_noop("No name recorded"),
}


def taxa_context(taxa: TownTaxa | None, town: str, *, is_known: bool) -> dict[str, Any]:
    """Return the template context of a town's species. Without any tree, a count is unknown unless `is_known`."""
    if taxa is None:
        return {"diversity": [], "name_ranks": [], "strangers": None}
    groups = ((SPECIES_TEXTS, taxa.species), (GENUS_TEXTS, taxa.genera))
    return {
        "diversity": [_diversity_group(texts, counts, is_known=is_known) for texts, counts in groups],
        "name_ranks": _rank_rows(taxa, town),
        "strangers": _stranger_table(taxa),
    }


def _rank_rows(taxa: TownTaxa, town: str) -> list[dict[str, Any]]:
    """Return a row for each rank with its trees, and links to their records. Empty without any tree."""
    total = sum(taxa.rank_counts.values())
    rows = []
    for rank, count in taxa.rank_counts.items() if total else ():
        filters = [("town", slugify(town)), ("taxon_rank", rank)]
        rows.append(
            {
                "label": gettext(RANK_TEXTS[rank]),
                "count": format_value(count),
                "share": format_percent(percentage_of(count, total)),
                "links": export_links("trees", filters) if count and rank != "unnamed" else [],
            }
        )
    return rows


def _stranger_table(taxa: TownTaxa) -> dict[str, Any] | None:
    """Return the most frequent names that the roster does not have, None if there are none."""
    if not taxa.strangers:
        return None
    shown, others = taxa.strangers[:MAX_STRANGERS], taxa.strangers[MAX_STRANGERS:]
    sentences = [gettext("They count as species of their own. Another spelling may be meant.")]
    if others:
        numbers = {"names": format_value(len(others)), "trees": format_value(sum(count for _, count in others))}
        sentences.append(gettext("Further names: %(names)s, of %(trees)s trees.", **numbers))
    return {
        "note": " ".join(sentences),
        "rows": [{"label": name, "count": format_value(count)} for name, count in shown],
    }


def _diversity_group(texts: TaxonTexts, taxon_counts: TaxonCounts, *, is_known: bool) -> dict[str, Any]:
    """Return the most frequent taxa of a town. Without any tree, the count is unknown unless `is_known`."""
    known_count, threshold = taxon_counts.known_count, texts.threshold
    full_scale = max(2 * threshold, 100 * taxon_counts.top[0][1] / known_count) if known_count else 100
    rows = [
        {
            "label": name,
            "count": format_value(count),
            "share": format_percent(percentage_of(count, known_count)),
            "bar": charts.draw_bar(
                percentage_of(count, known_count), GREEN, full_scale=full_scale, threshold=threshold
            ),
        }
        for name, count in taxon_counts.top
    ]
    known_text = format_value(known_count if known_count or is_known else None)
    sentences = [
        gettext(texts.known, number=known_text),
        *(
            [gettext(texts.unknown, number=format_value(taxon_counts.unknown_count))]
            if taxon_counts.unknown_count
            else []
        ),
        *([gettext(texts.rule, percent=threshold)] if known_count else []),
    ]
    return {"title": gettext(texts.title), "noun": gettext(texts.noun), "rows": rows, "note": " ".join(sentences)}
