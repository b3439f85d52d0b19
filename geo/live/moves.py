"""Records as they were before an edit and as they are after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np

from geo.join.measured import Columns, nowhere
from geo.live.around import layer_of, listed
from geo.live.few import Few, merged
from geo.live.reach import SAID, lots_within, places, stands_amid
from geo.live.standing import Standing
from geo.store.protocol import Rows, Turn

Row = dict[str, Any]
Place = tuple[float, float]  # in metres; nan where nothing stands


@dataclass(frozen=True)
class Move:
    """A layer's touched records by id: what was known of them, and what is; `changed` are joined values that differ."""

    layer: str
    was: Few
    now: Few
    old: dict[str, Row]
    new: dict[str, Row]
    changed: dict[str, Row]


def move_of(was: Few, now: Few, found: Columns) -> Move:
    """Put side by side what the join had told of some records and what it finds (`found`, by the rows of `now`)."""
    columns = {name: plain(column) for name, column in found.items()}
    old, new, changed = {row["id"]: row for row in rows_of(was)}, {}, {}
    for at, row in enumerate(rows_of(now)):
        told = {name: column[at] for name, column in columns.items()}
        new[row["id"]] = row | told
        if row["placed_by"] is not None:  # else it has never been joined
            old.setdefault(row["id"], row)
        unlike = {name: value for name, value in told.items() if value != row[name]}
        if unlike or row["placed_by"] is None:
            changed[row["id"]] = unlike
    return Move(now.layer.name, was, now, old, new, changed)


def newly_reached(turn: Turn, standing: Standing, moves: Sequence[Move], former: Few) -> set[str]:
    """Give the ground parcels that the survey may reach by a record that came or went alone.

    `former` are parcels as they were before the edit, and are no more.
    """
    touched = {id_ for move in moves for id_ in (*move.old, *move.new)}
    grounds: set[str] = set()
    for move in moves:
        for place in _unlike(turn, standing, move, former) if touched else ():
            if not stands_amid(turn, standing, np.array(place), touched):
                grounds |= lots_within(turn, standing, np.array(place))
    return grounds


def _unlike(turn: Turn, standing: Standing, move: Move, former: Few) -> set[Place]:
    """Give the places in metres at which a record stood or stands, but not both."""
    now = _places(turn, standing, move.now, move.new)
    was = _places(turn, standing, move.was, move.old, former)
    beside = {id_: row for id_, row in move.old.items() if id_ not in set(move.was.values("id"))}
    was |= _places(turn, standing, move.now, beside, former)
    unlike = (
        {was.get(id_), now.get(id_)}
        for id_ in was.keys() | now.keys()
        if was.get(id_) != now.get(id_)
    )
    return {place for both in unlike for place in both if place is not None}


def _places(
    turn: Turn, standing: Standing, spots: Few, told: dict[str, Row], former: Few | None = None
) -> dict[str, Place]:
    """Tell where records count as standing, of those of which something is told."""
    if not told or not len(spots):
        return {}
    rows = [told.get(id_, {}).get("frontage_parcel_id") for id_ in spots.values("id")]
    parcel = np.array([*rows, None], object)[:-1]
    bare = {lot for lot in parcel[nowhere(spots.points)] if lot is not None}
    had = [] if former is None else former.as_rows().rows
    gone = Rows((), [(row[0], row[1], row[-1]) for row in had])
    lots = layer_of("parcels", merged(listed(turn, "parcels", bare, ()), gone), standing)
    at = places(spots, parcel, lots, SAID[spots.layer.name]).tolist()
    found = zip(spots.values("id"), map(tuple, at), strict=True)
    return {id_: place for id_, place in found if id_ in told and not isnan(place[0])}


def rows_of(few: Few) -> list[Row]:
    """List the rows by name."""
    names, columns = list(few.told), [column.tolist() for column in few.told.values()]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def plain(column: np.ndarray) -> list[Any]:
    """Turn a column into plain Python values, None where unknown."""
    listed = column.tolist()
    return [None if isinstance(value, float) and isnan(value) else value for value in listed]
