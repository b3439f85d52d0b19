"""What records and sources are called, so that those of many towns stand side by side.

A source is called "town/what": "pagedale/stl-city-trees". A record is called by the id that its file
gives; where another source of the layer has that id already, by "id~source".
"""

import re
import unicodedata

import pandas as pd

OF_TOWN = "/"  # between a source's town and what else it is called
UNINCORPORATED = "unincorporated"  # what stands in a town's place where the county governs
OF_SOURCE = "~"  # between a record's own id and the source that tells it from another's


def slug(name: str) -> str:
    """Turn a name into the text that stands for it in an address.

    >>> slug("St. John"), slug("Povoação")
    ('st-john', 'povoacao')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "unnamed"


def source_of(town: str | None, what: str) -> str:
    """Call a source after its town and what it is.

    >>> source_of("St. John", "stl-city-trees"), source_of(None, "inventory")
    ('st-john/stl-city-trees', 'inventory')
    """
    return f"{slug(town)}{OF_TOWN}{what}" if town else what


def brought_by(sources: pd.Series) -> pd.Series:
    """Tell who brought each source: its town, or the source itself where it names none.

    >>> brought_by(pd.Series(["beta", "beta/lots"])).tolist()
    ['beta', 'beta']
    """
    return _before(OF_TOWN, sources)


def of_town(names: pd.Series, sources: pd.Series) -> pd.Series:
    r"""Put before each name who brought it; unknown names stay so.

    >>> of_town(pd.Series(["7"]), pd.Series(["beta/lots"])).tolist()
    ['beta\n7']
    """
    return brought_by(sources) + "\n" + names.astype("str")


def set_apart(id_: str, source: str) -> str:
    """Call a record whose id another source's record has already.

    >>> set_apart("T-7", "pagedale/stl-city-trees")
    'T-7~pagedale-stl-city-trees'
    """
    return f"{id_}{OF_SOURCE}{slug(source)}"


def bare(id_: str) -> str:
    """Give an id as its file has it.

    >>> bare("T-7~pagedale-stl-city-trees"), bare("T-7")
    ('T-7', 'T-7')
    """
    return id_.partition(OF_SOURCE)[0]


def bare_ids(ids: pd.Series) -> pd.Series:
    """Give a column of ids as their files have them."""
    return _before(OF_SOURCE, ids)


def _before(mark: str, names: pd.Series) -> pd.Series:
    """Keep what stands before the first mark; as one expression, which Arrow runs without making texts of Python."""
    return names.astype("str").str.replace(f"(?s){mark}.*", "", regex=True)


def governs(word: str) -> bool:
    """Tell whether what a file writes in a town's place is a town: "UNINCORPORATED" is none."""
    return word.strip().casefold() != UNINCORPORATED


def in_a_town(words: pd.Series) -> pd.Series:
    """Take what files write in a town's place; "UNINCORPORATED" is none.

    >>> in_a_town(pd.Series(["BEL-NOR", " Unincorporated", None])).isna().tolist()
    [False, True, True]
    """
    return words.mask(words.str.strip().str.casefold() == UNINCORPORATED)
