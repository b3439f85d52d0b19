"""The taxa that the names of trees match: those of the species column, and those of the common names.

`geo.ingest.cleaning.tree_names.species` calls `match_names`.
"""

from dataclasses import dataclass

import pandas as pd

from geo.forestry.taxa.match_taxon import match_taxa

# Two words, such as a genus and an epithet. A code or a single word is no scientific name.
_TWO_WORDS_PATTERN = r"^(?:[×xX]\s?)?[^\W\d_]{3,}\s+(?:[×xX]\s?)?[^\W\d_]{2,}"


@dataclass(frozen=True)
class NameMatches:
    """The names of rows as cleaned texts, and the taxa that they match.

    `by_species` and `by_common` are tables of `match_taxa`. `taxon` is the one that holds for the row.
    `is_by_common` marks the rows whose taxon was found by the column of common names, `is_moved` those
    whose words in the species column are used as the common name.
    """

    names: pd.DataFrame
    by_species: pd.DataFrame
    by_common: pd.DataFrame
    taxon: pd.DataFrame
    is_by_common: pd.Series
    is_moved: pd.Series


def match_names(names: pd.DataFrame) -> NameMatches:
    """Return the taxon of each row: by its species, by genus and species in two columns, or by its common name."""
    species, common = names["species"], names["common"]
    by_species = match_taxa(species)
    by_parts = match_taxa((names["genus"] + " " + species).where(by_species["rank"] == "none"))
    by_species = by_parts.where(by_parts["rank"] != "none", by_species)
    by_common = match_taxa(common, is_common=True)
    is_by_common = _is_by_common(species, by_species, by_common)
    taxon = by_common.where(is_by_common, by_species)
    by_genus = match_taxa(names["genus"].where(taxon["rank"] == "none"))
    taxon = by_genus.where(by_genus["rank"] != "none", taxon)
    is_moved = _is_moved_to_common(names, by_species, by_common)
    return NameMatches(names, by_species, by_common, taxon, is_by_common, is_moved)


def _is_by_common(species: pd.Series, by_species: pd.DataFrame, by_common: pd.DataFrame) -> pd.Series:
    """Mark rows whose common name tells the taxon: the species is missing, a code, or the genus alone of the same taxon."""
    has_scientific_name = species.str.contains(_TWO_WORDS_PATTERN, regex=True).fillna(value=False).astype(bool)
    is_unmatched = (by_species["rank"] == "none") & ~has_scientific_name & (by_common["rank"] != "none")
    is_bare_genus = species.str.casefold() == by_species["genus"].str.casefold()
    is_refined = is_bare_genus & (by_common["rank"] == "species") & (by_common["genus"] == by_species["genus"])
    return is_unmatched | is_refined.fillna(value=False).astype(bool)


def _is_moved_to_common(names: pd.DataFrame, by_species: pd.DataFrame, by_common: pd.DataFrame) -> pd.Series:
    """Mark rows whose words in the species column are an English name, or an unknown one where the row has no other."""
    species, common = names["species"], names["common"]
    is_same = (common.str.casefold() == species.str.casefold()).fillna(value=False).astype(bool)
    has_no_other = common.isna() | is_same | by_common["is_latin"].astype(bool)
    is_english = (by_species["rank"] != "none") | has_no_other
    return species.notna() & ~by_species["is_latin"].astype(bool) & is_english
