"""Names and ids of records and sources, unique across the towns of a workspace.

A source is named "town/dataset", as in "pagedale/stl-city-trees". A record keeps the id from its
file. If another source of the layer already uses that id, the record's id becomes "id~source".
Ingest, the store, the join and the geocoder call these functions.
"""

import re
import unicodedata

import pandas as pd

TOWN_SEPARATOR = "/"  # between the town and the dataset in a source's name
UNINCORPORATED = "unincorporated"  # written as the town where the county governs
SOURCE_SEPARATOR = "~"  # between a record's own id and its source

# A GUID (RFC 9562) as programs write it: with or without braces and hyphens, in any case, also as a URN.
_GUID = re.compile(
    r"\s*(?:urn:)?(?:uuid:)?[{(]?"
    r"([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})"
    r"[)}]?\s*",
    re.IGNORECASE,
)
# Names of columns that count rows: Esri, OGR, PostGIS, CARTO, CKAN, SQL, spreadsheets. Letters and digits only.
_COUNTER_NAME = re.compile(
    r"(esri)?(objectid|oid|fid|ogcfid|ogrfid|gid|rowid|rowno|rownum|rownumber|row|index|unnamed0|cartodbid"
    r"|pk|pkuid|pkid|serial|seq|seqno|sequence|recno|rec|recordno|lineno|linenumber)\d{0,2}"
)


def slugify(name: str) -> str:
    """Return the URL form of a name: ASCII letters, digits and hyphens.

    >>> slugify("St. John"), slugify("Povoação"), slugify("—")
    ('st-john', 'povoacao', 'unnamed')
    """
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_name).strip("-") or "unnamed"


def district_id(kind: str, name: str) -> str:
    """Return the id of a district: its kind and its name in URL form. All rows of one body share it.

    >>> district_id("Police", "North County Police Cooperative")
    'police/north-county-police-cooperative'
    """
    return f"{slugify(kind)}/{slugify(name)}"


def make_source_name(town: str | None, dataset: str) -> str:
    """Return the name of a source from its town and its dataset.

    >>> make_source_name("St. John", "stl-city-trees"), make_source_name(None, "inventory")
    ('st-john/stl-city-trees', 'inventory')
    """
    return f"{slugify(town)}{TOWN_SEPARATOR}{dataset}" if town else dataset


def source_prefixes(sources: pd.Series) -> pd.Series:
    """Return the town of each source name, or the whole name if it has no town.

    >>> source_prefixes(pd.Series(["beta", "beta/lots"])).tolist()
    ['beta', 'beta']
    """
    return _text_before(TOWN_SEPARATOR, sources)


def qualify_names(names: pd.Series, sources: pd.Series) -> pd.Series:
    r"""Return each name with the town of its source before it, joined by a newline. NA stays NA.

    >>> qualify_names(pd.Series(["7", None]), pd.Series(["beta/lots", "beta/lots"])).fillna("NA").tolist()
    ['beta\n7', 'NA']
    """
    return source_prefixes(sources) + "\n" + names.astype("str")


def disambiguate_id(id_: str, source: str) -> str:
    """Return the id of a record if another source of the layer already uses its own id.

    >>> disambiguate_id("T-7", "pagedale/stl-city-trees")
    'T-7~pagedale-stl-city-trees'
    """
    return f"{id_}{SOURCE_SEPARATOR}{slugify(source)}"


def original_id(id_: str) -> str:
    """Return an id as its file has it, without the source.

    >>> original_id("T-7~pagedale-stl-city-trees"), original_id("T-7")
    ('T-7', 'T-7')
    """
    return id_.partition(SOURCE_SEPARATOR)[0]


def original_ids(ids: pd.Series) -> pd.Series:
    """Return a column of ids as their files have them.

    >>> original_ids(pd.Series(["T-7~pagedale-stl-city-trees", "T-8"])).tolist()
    ['T-7', 'T-8']
    """
    return _text_before(SOURCE_SEPARATOR, ids)


def guid_key(text: str) -> str | None:
    """Return a GUID as 32 hexadecimal digits in lower case, whatever its writing. None for any other text.

    The GUID of zeros only means that there is none.

    >>> guid_key("{0A1B2C3D-1111-4A4A-9B9B-000000000002}")
    '0a1b2c3d11114a4a9b9b000000000002'
    >>> guid_key("uuid:0a1b2c3d11114a4a9b9b000000000002") == guid_key("0A1B2C3D-1111-4A4A-9B9B-000000000002")
    True
    >>> guid_key("12"), guid_key("00000000-0000-0000-0000-000000000000")
    (None, None)
    """
    match = _GUID.fullmatch(text)
    key = "".join(match.groups()).lower() if match else ""
    return key if key.strip("0") else None


def is_counter_name(column_name: str) -> bool:
    """Return whether a column's name is one under which programs count the rows, such as OBJECTID.

    >>> is_counter_name("OBJECTID_1"), is_counter_name("ogc_fid"), is_counter_name("TREEID")
    (True, True, False)
    """
    return _COUNTER_NAME.fullmatch(re.sub(r"[^a-z0-9]", "", column_name.casefold())) is not None


def _text_before(separator: str, texts: pd.Series) -> pd.Series:
    """Return the text before the first separator. One regular expression, so that Arrow makes no Python strings."""
    return texts.astype("str").str.replace(f"(?s){separator}.*", "", regex=True)


def is_incorporated(town_name: str) -> bool:
    """Return whether the town column of a file names a town and not "UNINCORPORATED".

    >>> is_incorporated("Bel-Nor"), is_incorporated(" UNINCORPORATED ")
    (True, False)
    """
    return town_name.strip().casefold() != UNINCORPORATED


def mask_unincorporated(town_names: pd.Series) -> pd.Series:
    """Return the town column of a file with "UNINCORPORATED" replaced by NA.

    >>> mask_unincorporated(pd.Series(["BEL-NOR", " Unincorporated", None])).isna().tolist()
    [False, True, True]
    """
    return town_names.mask(town_names.str.strip().str.casefold() == UNINCORPORATED)
