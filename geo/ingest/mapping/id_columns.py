"""The column that says which row is which: the town's own number, a GUID, a feature's id, or a counter.

`choose_profile` calls `with_id_column`, for loads and for `lotleaf inspect` alike. A GUID goes
before a counter, because a program that copies a file counts its rows anew. See
docs/decisions/0035-identity.md.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from geo.identifiers import guid_key, is_counter_name
from geo.ingest.mapping.column_matching import column_as_text
from geo.ingest.mapping.profile import FieldOrigin, Profile
from geo.schema import Layer

IdKind = Literal["own number", "guid", "identifier", "counter"]

SAMPLE_SIZE = 1_000  # values whose form is looked at
MIN_GUID_SHARE = 0.95  # of the values that a GUID column has
MIN_FILLED_SHARE = 0.5  # of the rows, below which another column goes first
MIN_DISTINCT_SHARE = 0.98  # of the values: a column that points to other records repeats them
# Other files name these records by number, and several rows may have one: a lot in parts, the visits of a case.
NUMBERED_LAYERS = ("parcels", "inspections")
# Words for the records of a layer. In another layer's file, a column with such a word points to them.
NOUNS: dict[str, tuple[str, ...]] = {
    "trees": ("tree", "plant", "asset", "inventory"),
    "sites": ("site", "plot", "space", "plantingsite", "plantingspace"),
    "parcels": ("parcel", "lot", "property"),
    "addresses": ("address", "addresspoint", "addr", "addresspt"),
    "streets": ("street", "segment", "road", "roadsegment", "centerline", "streetsegment"),
    "inspections": ("inspection", "request", "servicerequest", "violation"),
    "municipalities": ("municipality", "town", "place"),
    "districts": ("district",),
    "canopy": ("crown",),
    "landmarks": ("landmark", "poi"),
    "aliases": ("alias",),
}
# Words that say nothing about which record is meant, or that this record is.
NEUTRAL_WORDS = (
    "global", "row", "record", "object", "feature", "esri", "arcgis", "ec5", "fulcrum", "meta", "instance", "unique",
    "universal", "universally", "entity", "item", "point", "data", "source", "key", "primary", "stable", "persistent",
    "permanent", "the", "my", "x", "gis",
)  # fmt: skip
# Words of a column that names somebody or something else.
POINTER_WORDS = (
    "parent", "rel", "related", "relation", "relate", "foreign", "fk", "join", "link", "linked", "project", "user",
    "creator", "created", "createdby", "edited", "editor", "editedby", "modified", "modifiedby", "updated", "updatedby",
    "by", "owner", "staff", "inspector", "surveyor", "author", "assigned", "assignedto", "org", "organization", "company",
    "client", "customer", "contract", "contractor", "form", "survey", "batch", "map", "photo", "attachment", "image",
    "media", "zone", "ward", "area", "block", "grid", "route", "species", "genus", "template", "version", "changeset",
    "session", "device", "work", "workorder", "order", "case", "crew", "previous", "prev", "next", "old", "former", "group",
    "set", "dataset", "layer", "person", "account", "team", "building", "last", "intersection",
)  # fmt: skip
# Names of columns for ids of any record.
GENERIC_NAMES = ("id", "objectid", "fid", "globalid", "guid", "gid", "uniqueid", "recordid")
# Names of columns for a layer's own number.
OWN_NUMBER_NAMES: dict[str, tuple[str, ...]] = {
    "municipalities": ("geoid", "placefp", "municode"),
    "parcels": ("parcelid", "locator", "parcelno", "parcelnumber", "pin", "apn", "ml", "maplot", "handle", "gisid"),
    "addresses": ("addressid", "addrid"),
    "streets": ("streetid", "segmentid", "roadsegid", "linearid"),
    "sites": ("siteid", "plotid", "spaceid"),
    "trees": ("treeid", "treeno", "treenumber", "invid", "assetid", "plantid", "ref"),
    "inspections": ("requestid", "servicerequestid", "inspectionid", "recordid", "permitno"),
}
_ID_WORD = r"(?:globalid|globalguid|guid|uuid|uniqueid|uniqueidentifier|identifier|uid|oid|gid|id|key)"


@dataclass(frozen=True)
class IdColumn:
    """The column of the ids, its kind, and the reason why it was chosen, as a sentence."""

    name: str
    kind: IdKind
    reason: str


def with_id_column(
    profile: Profile, column_mapping: Mapping[str, str], layer: Layer, columns: Mapping[str, pa.ChunkedArray]
) -> tuple[Profile, IdColumn | None]:
    """Return the profile with the best column as its id, and why. Both `--map id=` and a named profile's id stay.

    >>> columns = {
    ...     "OBJECTID": pa.chunked_array([[1, 2]]),
    ...     "GlobalID": pa.chunked_array([["{0A1B2C3D-1111-4A4A-9B9B-000000000001}", "{0A1B2C3D-1111-4A4A-9B9B-000000000002}"]]),
    ... }
    >>> from geo.schema import LAYERS
    >>> guess = Profile("", "trees", columns={"id": FieldOrigin(("OBJECTID",))}, is_guessed=True)
    >>> profile, chosen = with_id_column(guess, {}, LAYERS["trees"], columns)
    >>> str(profile.columns["id"]), chosen.kind
    ('GlobalID', 'guid')
    """
    if "id" in column_mapping or (profile.name and "id" in profile.columns):
        return profile, None
    chosen = choose_id_column(layer, columns, [*_recognized_number(profile, layer), *own_number_names(layer.name)])
    if chosen is None:
        return profile, None
    return replace(profile, columns={**profile.columns, "id": FieldOrigin((chosen.name,))}), chosen


def _recognized_number(profile: Profile, layer: Layer) -> list[str]:
    """Return the recognized column of the layer's own number, as its normalized name. Empty for any other id."""
    origin = profile.columns.get("id")
    name = origin.columns[0] if origin and origin.columns else ""
    is_own = bool(name) and not is_counter_name(name) and not is_pointer_name(name, layer.name)
    return [_normalize(name)] if is_own and _normalize(name) not in GENERIC_NAMES else []


def choose_id_column(
    layer: Layer, columns: Mapping[str, pa.ChunkedArray], own_number_columns: Sequence[str]
) -> IdColumn | None:
    """Return the column that tells the rows of a layer apart, also after the next export. None if there is none.

    `own_number_columns` are names of columns for the layer's own number, the best first. They come first,
    unless most rows lack the number or share it. Then come GUIDs, other identifiers, and counters. A column
    that points to another record never counts.

    >>> from geo.schema import LAYERS
    >>> columns = {"FID": pa.chunked_array([[0, 1]]), "TreeNo": pa.chunked_array([["A-1", "A-2"]])}
    >>> choose_id_column(LAYERS["trees"], columns, ["treeno"])
    IdColumn(name='TreeNo', kind='own number', reason="TreeNo is the layer's own number")
    """
    for candidate in _candidates(layer, columns, own_number_columns):
        return candidate
    return None


def own_number_names(layer_name: str) -> tuple[str, ...]:
    """Return the names of columns with a layer's own number, the best first, in letters and digits only.

    >>> own_number_names("trees")[:2]
    ('treeid', 'treeno')
    """
    return OWN_NUMBER_NAMES.get(layer_name, ())


def is_pointer_name(name: str, layer_name: str) -> bool:
    """Return whether a column's name says that it identifies another record, or somebody.

    >>> [is_pointer_name(name, "trees") for name in ("parentglobalid", "REL_GLOBALID", "SITE_GUID", "created_by")]
    [True, True, True, True]
    >>> [is_pointer_name(name, "trees") for name in ("GlobalID", "TREE_GUID", "ec5_uuid", "_uuid", "GLOBALID_1")]
    [False, False, False, False, False]
    >>> is_pointer_name("SITE_GUID", "sites"), is_pointer_name("TREE_GUID", "sites")
    (False, True)
    """
    rest = _without_id_words(name)
    own_words = (*NEUTRAL_WORDS, *NOUNS.get(layer_name, ()))
    if not rest or rest in own_words or set(_name_words(name)) <= {*own_words, "guid", "uuid", "id", "globalid"}:
        return False
    other_nouns = {noun for key, nouns in NOUNS.items() if key != layer_name for noun in nouns} - set(own_words)
    pointers = {*POINTER_WORDS, *other_nouns}
    return bool(pointers & {*_name_words(name), rest}) or any(
        rest.startswith(word) or rest.endswith(word) for word in pointers if len(word) > 3
    )


def _candidates(
    layer: Layer, columns: Mapping[str, pa.ChunkedArray], own_number_columns: Sequence[str]
) -> Iterator[IdColumn]:
    """Yield the columns that may be the id, the best first."""
    name_by_normalized = {_normalize(name): name for name in reversed([*columns])}
    own = [name_by_normalized[name] for name in own_number_columns if name in name_by_normalized]
    generic = [name_by_normalized[name] for name in GENERIC_NAMES if name in name_by_normalized]
    for name in own:
        if layer.name in NUMBERED_LAYERS and columns[name].null_count < len(columns[name]):
            yield IdColumn(name, "own number", f"{name} is the layer's own number")
    sound_own = [name for name in own if _tells_rows_apart(columns[name])]
    for name in sound_own:
        yield IdColumn(name, "own number", f"{name} is the layer's own number")
    counters = [name for name in columns if is_counter_name(name)]
    for name in _guid_columns(layer, columns):
        others = ", ".join(item for item in (*generic, *counters) if item != name) or "row numbers"
        yield IdColumn(name, "guid", f"{name} is unique by its nature; a copy of the file keeps it, unlike {others}")
    for name in generic:
        if not is_counter_name(name) and not _counts_rows(columns[name]) and _tells_rows_apart(columns[name]):
            yield IdColumn(name, "identifier", f"{name} tells the rows apart")
    numbers = [*dict.fromkeys((*own, *generic, *counters))]
    for name in sorted(numbers, key=lambda name: not _is_filled(columns[name])):
        yield IdColumn(name, "counter", f"{name} is the only number; an export may count the rows anew")


def _guid_columns(layer: Layer, columns: Mapping[str, pa.ChunkedArray]) -> list[str]:
    """Return the columns of GUIDs that identify the rows: of the layer's noun first, then of usual names."""
    names = [
        name
        for name, column in columns.items()
        if not is_pointer_name(name, layer.name) and _holds_guids(column) and _tells_rows_apart(column)
    ]
    nouns = NOUNS.get(layer.name, ())

    def rank(name: str) -> tuple[bool, bool, bool]:
        rest = _without_id_words(name)
        return rest not in nouns, rest not in ("", *NEUTRAL_WORDS), name[-1:].isdigit()

    return sorted(names, key=rank)


def _holds_guids(column: pa.ChunkedArray) -> bool:
    """Return whether nearly all values are GUIDs.

    >>> _holds_guids(pa.chunked_array([["0a1b2c3d11114a4a9b9b000000000002", None]])), _holds_guids(pa.chunked_array([[7]]))
    (True, False)
    """
    if not pa.types.is_string(column.type):
        return False
    texts = column.drop_null().slice(0, SAMPLE_SIZE).to_pylist()
    texts = [text for text in texts if text.strip(" {}()0-")]
    return bool(texts) and sum(guid_key(text) is not None for text in texts) >= MIN_GUID_SHARE * len(texts)


def _tells_rows_apart(column: pa.ChunkedArray) -> bool:
    """Return whether most rows have a value, and hardly two the same.

    >>> _tells_rows_apart(pa.chunked_array([["a", "b", None]])), _tells_rows_apart(pa.chunked_array([["a", "a", "a"]]))
    (True, False)
    """
    column = _without_blanks(column)
    value_count = len(column) - column.null_count
    return _is_filled(column) and bool(pc.count_distinct(column).as_py() >= MIN_DISTINCT_SHARE * value_count)


def _is_filled(column: pa.ChunkedArray) -> bool:
    """Return whether most rows have a value.

    >>> _is_filled(pa.chunked_array([["a", None]])), _is_filled(pa.chunked_array([pa.nulls(2, pa.string())]))
    (True, False)
    """
    column = _without_blanks(column)
    value_count = len(column) - column.null_count
    return value_count > 0 and value_count >= MIN_FILLED_SHARE * len(column)


def _without_blanks(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column with null for blank text.

    >>> _without_blanks(pa.chunked_array([["a", " "]])).to_pylist()
    ['a', None]
    """
    if not pa.types.is_string(column.type):
        return column
    text = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, text.type), text)


def _counts_rows(column: pa.ChunkedArray) -> bool:
    """Return whether a column holds whole numbers only, as what a program or a database counts.

    >>> _counts_rows(pa.chunked_array([[7, 9]])), _counts_rows(pa.chunked_array([["7", "A-9"]]))
    (True, False)
    """
    text = column_as_text(column.slice(0, SAMPLE_SIZE)).dropna()
    return bool(text.str.fullmatch(r"\s*\d{1,12}\s*").all())


def _without_id_words(name: str) -> str:
    """Return a name without its words for an identifier, as lower-case letters and digits.

    >>> _without_id_words("GLOBALID_1"), _without_id_words("parentglobalid"), _without_id_words("TREE_GUID")
    ('', 'parent', 'tree')
    """
    normalized = re.sub(r"\d{1,2}$", "", _normalize(name))
    return re.sub(rf"^{_ID_WORD}|{_ID_WORD}$", "", re.sub(rf"{_ID_WORD}$", "", normalized))


def _name_words(name: str) -> list[str]:
    """Return the words of a name, split at case, digits and signs.

    >>> _name_words("ParentGlobalID"), _name_words("created_by")
    (['parent', 'global', 'id'], ['created', 'by'])
    """
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


def _normalize(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())
