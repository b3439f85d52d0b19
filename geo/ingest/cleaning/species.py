"""Names of tree species: finding the genus, and separating common names from scientific ones.

`clean_layer` calls `clean_tree_names` for tree inventories. `genera.toml` lists the genera.
"""

import tomllib
from pathlib import Path

import pandas as pd

from geo.ingest.row_notes import RowNotes, clip_values

_GENUS_TABLES = tomllib.loads(Path(__file__).with_name("genera.toml").read_text("utf-8")).values()
GENERA = frozenset(name for table in _GENUS_TABLES for name in table["genera"].split())
# Words in a species column that mean an unknown species.
UNKNOWN_SPECIES = {"unknown", "unknown tree", "unidentified", "other", "tree", "dead", "dead tree"}


def genus_of_species(species: pd.Series) -> pd.Series:
    """Return the genus that each name begins with, nan where the first word is not a known genus.

    >>> names = pd.Series(["QUERCUS ALBA", "Pinus, taeda", "x Chitalpa", "Red Maple", None])
    >>> genus_of_species(names).tolist()
    ['Quercus', 'Pinus', 'Chitalpa', nan, nan]
    """
    first_word = species.astype("str").str.extract(r"^\W*(?:[xX]\s+)?([^\W\d_]+)")[0].str.capitalize()
    return first_word.where(first_word.isin(GENERA)).astype("str")


def clean_tree_names(frame: pd.DataFrame, is_tree: pd.Series, notes: RowNotes) -> pd.DataFrame:
    """Return the cleaned columns `species`, `common` and `genus`. `is_tree` marks the rows that are trees.

    A species that does not begin with a genus becomes the common name if the row has none. If the
    row has a common name, the species stays, and the genus is unknown unless the file has it.

    >>> columns = {"species": ["Acer rubrum", "Red Maple"], "common": [None, None], "genus": [None, None]}
    >>> frame = pd.DataFrame(columns, dtype="str")
    >>> clean_tree_names(frame, pd.Series([True, True]), RowNotes(2)).to_dict("list")
    {'species': ['Acer rubrum', nan], 'common': [nan, 'Red Maple'], 'genus': ['Acer', nan]}
    """
    species, common, file_genus = frame["species"], frame["common"], frame["genus"]
    derived_genus = genus_of_species(species)
    has_unknown_genus = is_tree & species.notna() & derived_genus.isna()
    is_nameless = has_unknown_genus & species.str.casefold().isin(UNKNOWN_SPECIES)
    is_same = (common.str.casefold() == species.str.casefold()).fillna(value=False).astype(bool)
    is_common_name = has_unknown_genus & ~is_nameless & (common.isna() | is_same)
    notes.note_emptied_values("species", "is not a species", is_nameless, species)
    _note_common_names(notes, is_common_name, species)
    notes.add_note(
        "noted",
        has_unknown_genus & ~is_nameless & ~is_common_name & file_genus.isna(),
        "species: does not begin with a known genus; genus unknown",
    )
    return pd.DataFrame(
        {
            "species": species.mask(is_nameless | is_common_name),
            "common": common.mask(is_common_name, species),
            "genus": file_genus.fillna(derived_genus),
        }
    ).astype("str")


def _note_common_names(notes: RowNotes, is_common_name: pd.Series, species: pd.Series) -> None:
    reasons = (
        "species: '" + clip_values(species[is_common_name]) + "' does not begin with a genus; used as the common name"
    )
    kind = "species: does not begin with a genus; used as the common name, species and genus now unknown"
    notes.add_note("mended", is_common_name, kind, reasons)
