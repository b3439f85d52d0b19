"""Names of tree species: one scientific name for all spellings, and common names apart from scientific ones.

`clean_layer` calls `clean_tree_names` for tree inventories. Names are matched in `geo.forestry.taxa`.
"""

import numpy as np
import pandas as pd

from geo.forestry.taxa.match_taxon import match_taxa
from geo.forestry.taxa.roster import load_roster
from geo.ingest.cleaning.tree_names.name_matches import NameMatches, match_names
from geo.ingest.cleaning.tree_names.name_notes import name_notes
from geo.ingest.row_notes import RowNotes

# Words in a species column that mean an unknown species.
UNKNOWN_SPECIES = {"unknown", "unknown tree", "unidentified", "other", "tree", "dead", "dead tree"}
NAME_FIELDS = ("species", "common", "genus", "family", "cultivar")


def genus_of_species(species: pd.Series) -> pd.Series:
    """Return the genus that each name begins with, nan where the first word is not a known genus.

    >>> names = pd.Series(["QUERCUS ALBA", "Pinus, taeda", "x Chitalpa", "Red Maple", None])
    >>> genus_of_species(names).tolist()
    ['Quercus', 'Pinus', 'Chitalpa', nan, nan]
    """
    first_word = species.astype("str").str.extract(r"^\W*(?:[xX]\s+)?([^\W\d_]+)")[0].str.capitalize()
    return first_word.where(first_word.isin(load_roster().families)).astype("str")


def clean_tree_names(frame: pd.DataFrame, is_tree: pd.Series, notes: RowNotes) -> pd.DataFrame:
    """Return the cleaned columns `NAME_FIELDS` and `taxon_rank`. `is_tree` marks the rows that are trees.

    `species` is the accepted scientific name without cultivar, of the genus where only that is written.
    A species by its common name counts, too. `common` keeps the file's own words, or else has the
    roster's. Words in a species column that are no scientific name become the common name if the row has none.

    >>> columns = {"species": ["ACER RUBRUM 'Bowhall'", "Red Maple", "Oak"], "common": None, "genus": None}
    >>> frame = pd.DataFrame(columns | {"family": None, "cultivar": None}, dtype="str")
    >>> names = clean_tree_names(frame, pd.Series([True] * 3), RowNotes(3))
    >>> names[["species", "common", "genus", "taxon_rank"]].to_numpy().tolist()[:2]
    [['Acer rubrum', 'Red maple', 'Acer', 'species'], ['Acer rubrum', 'Red Maple', 'Acer', 'species']]
    >>> names.iloc[2].tolist()
    [nan, 'Oak', 'Quercus', 'Fagaceae', nan, 'genus']
    """
    codes, names = _distinct_names(frame)
    is_nameless = names["species"].str.casefold().isin(UNKNOWN_SPECIES)
    matches = match_names(names.assign(species=names["species"].mask(is_nameless)))
    cleaned = pd.DataFrame(
        {
            "species": _species_names(matches),
            "common": _common_names(matches),
            "genus": matches.taxon["genus"].fillna(match_taxa(names["genus"])["genus"]).fillna(names["genus"]),
            "family": matches.taxon["family"].fillna(names["family"]),
            "cultivar": names["cultivar"].fillna(matches.taxon["cultivar"]),
            "taxon_rank": matches.taxon["rank"],
        }
    ).astype("str")
    has_name = cleaned[["species", "common", "genus"]].notna().any(axis=1)
    cleaned["taxon_rank"] = cleaned["taxon_rank"].where(has_name)  # a row without a name was not matched in vain
    for note in name_notes(matches, cleaned["species"], names["species"].where(is_nameless)):
        is_noted = note.mask.to_numpy()[codes] & is_tree.to_numpy()
        reasons = None if note.reasons is None else note.reasons.to_numpy(dtype=object)[codes[is_noted]]
        notes.add_note(note.outcome, is_noted, note.kind, reasons, is_listed=note.is_listed)
    return cleaned.take(codes).set_axis(frame.index)


def _distinct_names(frame: pd.DataFrame) -> tuple[np.ndarray, pd.DataFrame]:
    """Return the position of each row's names (n,) among the distinct ones, and these, counted from 0.

    An inventory has few distinct names, so that all rules work on a small table.
    """
    codes = np.zeros(len(frame), dtype=np.int64)
    for name in NAME_FIELDS:
        field_codes, values = pd.factorize(frame[name])
        codes, _ = pd.factorize(codes * (len(values) + 1) + field_codes + 1)
    first_rows = np.unique(codes, return_index=True)[1]
    return codes, frame[list(NAME_FIELDS)].iloc[first_rows].reset_index(drop=True)


def _species_names(matches: NameMatches) -> pd.Series:
    """Return the scientific names. A genus that only an English name tells is no scientific name."""
    taxon, species = matches.taxon, matches.names["species"]
    is_scientific = (taxon["rank"] == "species") | taxon["is_latin"].astype(bool)
    is_found = (matches.by_species["rank"] != "none") | matches.is_by_common
    return taxon["species"].where(is_scientific & is_found).fillna(species.mask(is_found | matches.is_moved))


def _common_names(matches: NameMatches) -> pd.Series:
    """Return the file's common names, of whichever column, and else those of the roster."""
    is_latin = matches.by_common["is_latin"].astype(bool)
    own = matches.names["common"].where(~is_latin, matches.by_common["written_common"])
    written = own.fillna(matches.names["species"].where(matches.is_moved))
    return written.fillna(matches.by_species["written_common"]).fillna(matches.taxon["common"])
