"""Names of trees: a genus is told only where it is one, and a common name is taken for a common name."""

import tomllib
from pathlib import Path

import pandas as pd

from geo.sources.notes import Notes, clipped

_TABLES = tomllib.loads(Path(__file__).with_name("genera.toml").read_text("utf-8")).values()
GENERA = frozenset(name for table in _TABLES for name in table["genera"].split())
# What stands in a column of species where nobody knows it.
NAMELESS = {"unknown", "unknown tree", "unidentified", "other", "tree", "dead", "dead tree"}


def genus(species: pd.Series) -> pd.Series:
    """Give the genus with which each name begins; missing where it begins with none.

    >>> genus(pd.Series(["QUERCUS ALBA", "Pinus, taeda", "x Chitalpa", "Red Maple", None])).tolist()
    ['Quercus', 'Pinus', 'Chitalpa', nan, nan]
    """
    first = species.astype("str").str.extract(r"^\W*(?:[xX]\s+)?([^\W\d_]+)")[0].str.capitalize()
    return first.where(first.isin(GENERA)).astype("str")


def named(frame: pd.DataFrame, trees: pd.Series, notes: Notes) -> pd.DataFrame:
    """Give `species`, `common` and `genus` as they are to be kept; `trees` marks the rows that are trees.

    A species that begins with no genus is a common name where the row has no other; where it has
    one, it stays as it is, and its genus is unknown unless the file tells it.
    """
    species, common, told = frame["species"], frame["common"], frame["genus"]
    found = genus(species)
    strange = trees & species.notna() & found.isna()
    nameless = strange & species.str.casefold().isin(NAMELESS)
    same = (common.str.casefold() == species.str.casefold()).fillna(value=False).astype(bool)
    moved = strange & ~nameless & (common.isna() | same)
    notes.emptied("species", "names no species", nameless, species)
    _remark(notes, moved, species)
    notes.add(
        "noted",
        strange & ~nameless & ~moved & told.isna(),
        "species: begins with no genus that is known; genus unknown",
    )
    return pd.DataFrame(
        {
            "species": species.mask(nameless | moved),
            "common": common.mask(moved, species),
            "genus": told.fillna(found),
        }
    ).astype("str")


def _remark(notes: Notes, moved: pd.Series, species: pd.Series) -> None:
    told = (
        "species: '" + clipped(species[moved]) + "' begins with no genus: taken for a common name"
    )
    kind = "species: begins with no genus, so a common name; species and genus now unknown"
    notes.add("mended", moved, kind, told)
