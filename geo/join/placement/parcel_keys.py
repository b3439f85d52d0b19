"""Parcels by number or address, as other files refer to them.

A parcel number may be the id, the id within its source, or the old id. Trees, sites, inspections and
addresses call `find_parcels_by_key` and `find_parcels_by_address`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geo.identifiers import TOWN_SEPARATOR, original_id
from geo.projected_layer import NONE, NONE_VALUE, ProjectedLayer

ParcelOfAddress = Callable[[pd.Series, pd.Series], pd.Series]  # addresses and town names to parcel ids
PointOfIntersection = Callable[[pd.Series], np.ndarray]  # addresses to points in degrees, or None
KeyNormalizer = Callable[[Sequence[Any], Sequence[Any]], list[Any]]  # keys and their sources


class KeyMatcher(NamedTuple):
    """One rule for matching keys with parcels: equal texts match after normalization.

    `field` is the field of the parcels to compare. A key that is normalized to None matches nothing.
    """

    normalize_keys: KeyNormalizer
    field: str
    normalize_parcel_keys: KeyNormalizer


def normalize_key(key: str) -> str | None:
    """Return a key in capitals without spaces around it, or None if it is empty.

    >>> normalize_key(" 10e620112"), normalize_key(" ")
    ('10E620112', None)
    """
    return key.strip().upper() or None


def find_parcels_by_key(
    keys: Iterable[Any],
    parcels: ProjectedLayer,
    sources: Iterable[Any] | None = None,
    containing_parcel: np.ndarray | None = None,
) -> np.ndarray:
    """Find the parcel (position) that each key names, or `NONE`.

    The first match in this order wins, and among several parcels the lowest id:

    1. The parcel in `containing_parcel`, which contains the record's own point, if the key names it.
    2. A parcel from the record's own town. Sources tell the town: "beta" and "beta/roll" are one town.
    3. The exact id.
    4. The id in another case.
    5. The id without the `~source` suffix that separates equal ids of two sources.
    6. The old number in `old_id`.

    Two towns may use the same numbers. Hence the containing parcel and the own town come first.
    """
    key_texts = _texts_or_none(keys)
    row_sources = [None] * len(key_texts) if sources is None else _texts_or_none(sources)
    matches = (
        np.full(len(key_texts), NONE)
        if containing_parcel is None
        else _match_containing_parcel(key_texts, parcels, containing_parcel)
    )
    if sources is not None:
        matches = np.where(matches == NONE, _match_own_town(key_texts, row_sources, parcels), matches)
    for matcher in _key_matchers(has_sources=sources is not None):
        unmatched = [row for row in np.flatnonzero(matches == NONE).tolist() if key_texts[row] is not None]
        if unmatched:  # parcel keys are normalized only if needed
            unmatched_keys, sources = ([column[row] for row in unmatched] for column in (key_texts, row_sources))
            matches[unmatched] = _find_first_parcel(matcher.normalize_keys(unmatched_keys, sources), matcher, parcels)
    return matches


def _match_containing_parcel(keys: list[Any], parcels: ProjectedLayer, containing_parcel: np.ndarray) -> np.ndarray:
    """Return the parcel that contains each record's point, `NONE` if the key does not name it."""
    matches = np.full(len(keys), NONE)
    for row in np.flatnonzero(containing_parcel != NONE).tolist():
        key = keys[row]
        if (
            key is not None
            and normalize_key(key) == normalize_key(original_id(parcels.ids[containing_parcel[row]])) is not None
        ):
            matches[row] = containing_parcel[row]
    return matches


def _match_own_town(keys: list[Any], row_sources: list[Any], parcels: ProjectedLayer) -> np.ndarray:
    """Return the parcels with exactly these ids from the records' own towns. Most keys match here."""
    rows = find_first_rows(keys, parcels.ids[:-1].tolist())
    parcel_sources = np.append(parcels.values("source"), NONE_VALUE)
    town_by_source = _towns_by_source({*row_sources, *parcel_sources})
    parcel_towns = [town_by_source[source] for source in parcel_sources[rows]]
    is_same_town = [
        own_town == town is not None
        for own_town, town in zip(map(town_by_source.get, row_sources), parcel_towns, strict=True)
    ]
    return np.where(np.array(is_same_town, bool), rows, NONE)


def _key_matchers(*, has_sources: bool) -> Iterator[KeyMatcher]:
    """Yield the matchers, the most reliable first."""
    if has_sources:
        yield _own_town_matcher(str)
        yield _own_town_matcher(normalize_key)
    yield KeyMatcher(_exact_keys, "id", _exact_keys)
    yield KeyMatcher(_normalized_keys, "id", _normalized_keys)
    yield KeyMatcher(_normalized_keys, "id", lambda ids, sources: _normalized_keys(_original_ids(ids), sources))
    yield KeyMatcher(_normalized_keys, "old_id", _normalized_keys)


def _own_town_matcher(normalize: Callable[[str], str | None]) -> KeyMatcher:
    """Return a matcher that compares ids within one town. An unknown key or source matches nothing."""

    def town_qualified_keys(keys: Sequence[Any], sources: Sequence[Any]) -> list[Any]:
        town_by_source = _towns_by_source(sources)
        return [
            None if town is None or key is None else f"{town}\n{key}"
            for town, key in zip(map(town_by_source.get, sources), _map_known(normalize, keys), strict=True)
        ]

    return KeyMatcher(town_qualified_keys, "id", lambda ids, sources: town_qualified_keys(_original_ids(ids), sources))


def _exact_keys(keys: Sequence[Any], _sources: Sequence[Any]) -> list[Any]:
    return [*keys]


def _normalized_keys(keys: Sequence[Any], _sources: Sequence[Any]) -> list[Any]:
    return _map_known(normalize_key, keys)


def _original_ids(ids: Sequence[Any]) -> list[Any]:
    return _map_known(original_id, ids)


def _map_known(convert: Callable[[str], Any], texts: Sequence[Any]) -> list[Any]:
    return [None if text is None else convert(text) for text in texts]


def _find_first_parcel(keys: list[Any], matcher: KeyMatcher, parcels: ProjectedLayer) -> np.ndarray:
    """Return the first parcel (position) for each normalized key, or `NONE`."""
    parcel_values = parcels.ids[:-1] if matcher.field == "id" else parcels.values(matcher.field)
    parcel_keys = matcher.normalize_parcel_keys(parcel_values.tolist(), parcels.values("source").tolist())
    return find_first_rows(keys, parcel_keys)


def find_first_rows(names: list[Any], candidates: list[Any]) -> np.ndarray:
    """Return the first position of each name among the candidates, `NONE` for None or no match.

    >>> find_first_rows(["7", None, "8"], ["9", "7", "7"]).tolist()
    [1, -1, -1]
    """
    name_array, candidate_array = (pa.array(texts, pa.large_string()) for texts in (names, candidates))
    positions = pc.index_in(name_array, value_set=candidate_array, skip_nulls=True)
    rows: np.ndarray = positions.fill_null(NONE).to_numpy()
    return rows


def _towns_by_source(sources: Iterable[Any]) -> dict[Any, str | None]:
    """Map each source to its town, the part before the slash.

    >>> towns = _towns_by_source(["beta", "beta/roll", None])
    >>> towns["beta"], towns["beta/roll"], towns[None]
    ('beta', 'beta', None)
    """
    return {source: source and source.partition(TOWN_SEPARATOR)[0] for source in set(sources)}


def find_parcels_by_address(
    addresses: Iterable[Any], towns: Iterable[Any], parcels: ProjectedLayer, parcel_of_address: ParcelOfAddress | None
) -> np.ndarray:
    """Find the parcel (position) at each address, or `NONE`.

    `towns` are town names that decide between equal addresses. Rows without an address are not looked up.
    """
    address_texts, town_texts = _texts_or_none(addresses), _texts_or_none(towns)
    matches = np.full(len(address_texts), NONE)
    rows = [row for row, text in enumerate(address_texts) if text is not None]
    if parcel_of_address is not None and rows and len(parcels):
        queries = [pd.Series([column[row] for row in rows], dtype="str") for column in (address_texts, town_texts)]
        row_of_id = {id_: row for row, id_ in enumerate(parcels.ids[:-1])}
        matches[rows] = [row_of_id.get(id_, NONE) for id_ in parcel_of_address(queries[0], queries[1])]
    return matches


def _texts_or_none(column: Iterable[Any]) -> list[Any]:
    """Return the texts of a column, None for every other value.

    >>> _texts_or_none(["7", None, float("nan")])
    ['7', None, None]
    """
    return [value if isinstance(value, str) else None for value in column]
