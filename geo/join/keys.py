"""Parcels by the number that a file gives: the id, the file's own number, or the old one."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geo.join.measured import NONE, NOTHING, Measured
from geo.naming import OF_TOWN, bare

ParcelOfAddress = Callable[[pd.Series, pd.Series], pd.Series]
PlaceOfCrossing = Callable[[pd.Series], np.ndarray]  # points in degrees, None where there is none
Names = Callable[
    [Sequence[Any], Sequence[Any]], list[Any]
]  # of words and the sources of their rows


class Naming(NamedTuple):
    """A way in which a key may name a parcel: the keys as they are compared, and the parcels' `field` likewise.

    None is no name.
    """

    of_keys: Names
    field: str
    of_parcels: Names


def spelt(word: str) -> str | None:
    """Spell a key alike: capitals, no spaces around; None where nothing is left.

    >>> spelt(" 10e620112"), spelt(" ")
    ('10E620112', None)
    """
    return word.strip().upper() or None


def parcel_by_key(
    keys: Iterable[Any],
    parcels: Measured,
    sources: Iterable[Any] | None = None,
    at: np.ndarray | None = None,
) -> np.ndarray:
    """Find the parcel (position) that each key names; `NONE` where none does.

    First the id as it is; then the id in another spelling of case, or without the `~source` that keeps
    the ids of two sources apart; last the number that a parcel had before (`old_id`). Of several,
    the lowest id.

    Two towns may number alike. So a parcel called so on which the row's own point lies (`at`) goes before
    all, and then one that the row's own town brought, as `sources` tell: "beta" and "beta/lots" are one town's.
    """
    given = _words(keys)
    brought = [None] * len(given) if sources is None else _words(sources)
    found = np.full(len(given), NONE) if at is None else _called(given, parcels, at)
    if sources is not None:
        found = np.where(found == NONE, _own(given, brought, parcels), found)
    for naming in _namings(sourced=sources is not None):
        left = [row for row in np.flatnonzero(found == NONE).tolist() if given[row] is not None]
        if left:  # parcels are named only when there is still a key to be found
            words, sources = ([column[row] for row in left] for column in (given, brought))
            found[left] = _first(naming.of_keys(words, sources), naming, parcels)
    return found


def _called(keys: list[Any], parcels: Measured, at: np.ndarray) -> np.ndarray:
    """Keep the parcel `at` which each row's point lies, where the key calls it so."""
    found = np.full(len(keys), NONE)
    for row in np.flatnonzero(at != NONE).tolist():
        key = keys[row]
        if key is not None and spelt(key) == spelt(bare(parcels.ids[at[row]])) is not None:
            found[row] = at[row]
    return found


def _own(keys: list[Any], brought: list[Any], parcels: Measured) -> np.ndarray:
    """Find the parcels of exactly that id which the rows' own towns brought: mostly so, and the surest of namings."""
    rows = rows_of(keys, parcels.ids[:-1].tolist())
    sources = np.append(parcels.values("source"), NOTHING)
    towns = _towns({*brought, *sources})
    theirs = [towns[source] for source in sources[rows]]
    same = [
        own == town is not None for own, town in zip(map(towns.get, brought), theirs, strict=True)
    ]
    return np.where(np.array(same, bool), rows, NONE)


def _namings(*, sourced: bool) -> Iterator[Naming]:
    """Give the ways in which a key may name a parcel, the surest first."""
    if sourced:
        yield _of_own_town(str)
        yield _of_own_town(spelt)
    yield Naming(_as_it_is, "id", _as_it_is)
    yield Naming(_spelt, "id", _spelt)
    yield Naming(_spelt, "id", lambda ids, sources: _spelt(_bare(ids), sources))
    yield Naming(_spelt, "old_id", _spelt)


def _of_own_town(spell: Callable[[str], str | None]) -> Naming:
    """Compare names together with the town that brought them; what is not known matches nothing."""

    def told(words: Sequence[Any], sources: Sequence[Any]) -> list[Any]:
        towns = _towns(sources)
        return [
            None if town is None or name is None else f"{town}\n{name}"
            for town, name in zip(map(towns.get, sources), _each(spell, words), strict=True)
        ]

    return Naming(told, "id", lambda ids, sources: told(_bare(ids), sources))


def _as_it_is(words: Sequence[Any], _sources: Sequence[Any]) -> list[Any]:
    return [*words]


def _spelt(words: Sequence[Any], _sources: Sequence[Any]) -> list[Any]:
    return _each(spelt, words)


def _bare(ids: Sequence[Any]) -> list[Any]:
    return _each(bare, ids)


def _each(read: Callable[[str], Any], words: Sequence[Any]) -> list[Any]:
    return [None if word is None else read(word) for word in words]


def _first(names: list[Any], naming: Naming, parcels: Measured) -> np.ndarray:
    """Find the first parcel (position) that is called by each name."""
    words = parcels.ids[:-1] if naming.field == "id" else parcels.values(naming.field)
    theirs = naming.of_parcels(words.tolist(), parcels.values("source").tolist())
    return rows_of(names, theirs)


def rows_of(names: list[Any], among: list[Any]) -> np.ndarray:
    """Find the first place of each name among others; `NONE` where there is none, and for None."""
    asked, known = (pa.array(some, pa.large_string()) for some in (names, among))
    found = pc.index_in(asked, value_set=known, skip_nulls=True)
    rows: np.ndarray = found.fill_null(NONE).to_numpy()
    return rows


def _towns(sources: Iterable[Any]) -> dict[Any, str | None]:
    """Name the town whose file each source is: "beta" and "beta/lots" are one town's."""
    return {one: one and one.partition(OF_TOWN)[0] for one in set(sources)}


def parcel_by_address(
    addresses: Iterable[Any], towns: Iterable[Any], parcels: Measured, find: ParcelOfAddress | None
) -> np.ndarray:
    """Find the parcel (position) at each address, asking only where there is one."""
    words, places = _words(addresses), _words(towns)
    found = np.full(len(words), NONE)
    asked = [row for row, word in enumerate(words) if word is not None]
    if find is not None and asked and len(parcels):
        told = [
            pd.Series([column[row] for row in asked], dtype="str") for column in (words, places)
        ]
        position = {id_: row for row, id_ in enumerate(parcels.ids[:-1])}
        found[asked] = [position.get(id_, NONE) for id_ in find(told[0], told[1])]
    return found


def _words(column: Iterable[Any]) -> list[Any]:
    """Take a column's texts; None for whatever is none."""
    return [word if isinstance(word, str) else None for word in column]
