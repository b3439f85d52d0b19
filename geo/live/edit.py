"""Edits by hand joined alone: what they touch is placed and counted again, in their own transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from geo.join.measured import Columns
from geo.live.around import NotAlone
from geo.live.cases import cases_again, cases_of
from geo.live.crowns import canopy_again, crowns_again, crowns_of
from geo.live.few import Few
from geo.live.hanging import hanging_on
from geo.live.lots import figures_again
from geo.live.moves import Move, Row, move_of, newly_reached
from geo.live.parcels import lots_again, parcels_of
from geo.live.spots import placed_again, touched
from geo.live.standing import Standing
from geo.live.towns import Covered, keep_parcels, keep_sums, stand_of, turned_over
from geo.store.protocol import Record, Turn

PLACED = ("trees", "sites", "inspections")  # layers whose records are placed
ALONE = (*PLACED, "parcels", "canopy")  # layers whose edits are joined alone
PLACED_ON = (
    "frontage_parcel_id",
    "inside_parcel_id",
    "parcel_id",
)  # joined fields that name a parcel
COUNTED = (*PLACED_ON, "need", "tree_id", "condition", "status", "inspected_on", "due_on")


@dataclass(frozen=True)
class Put:
    """A record to be added, or whose named values are to be changed."""

    layer: str
    record: Record


@dataclass(frozen=True)
class Delete:
    """A record to be ended."""

    layer: str
    id: str


Change = Put | Delete


def edited(
    turn: Turn, standing: Standing, changes: Sequence[Change]
) -> tuple[list[Record], str | None]:
    """Make edits and join what they touch; gives the records that were put, and why all must be joined, if so."""
    ids = {layer: {_id(one) for one in changes if one.layer == layer} for layer in ALONE}
    was = _read(turn, standing, ids)
    records = applied(turn, changes)
    for change, record in zip(_puts(changes), records, strict=True):
        ids[change.layer].add(record.id)
    try:
        return records, joined_again(turn, standing, was, ids)
    except NotAlone as reason:
        return records, str(reason)


def applied(turn: Turn, changes: Sequence[Change]) -> list[Record]:
    """Make edits; gives the records that were put."""
    records = []
    for change in changes:
        if isinstance(change, Delete):
            turn.delete(change.layer, change.id)
        else:
            records.append(turn.put(change.layer, change.record))
    return records


def _puts(changes: Sequence[Change]) -> list[Put]:
    return [change for change in changes if isinstance(change, Put)]


def joined_again(
    turn: Turn, standing: Standing, was: Mapping[str, Few], ids: Mapping[str, set[str]]
) -> str | None:
    """Join what was edited and what hangs on it; gives why all must be joined, if so."""
    covered = Covered(turn)
    lots, wins = lots_again(turn, standing, was["parcels"], ids["parcels"])
    if ids["parcels"]:
        keep_parcels(turn, standing, wins)
        standing.addresses.changed(ids["parcels"])
    shaded = crowns_again(turn, standing, was["canopy"], ids["canopy"]) | lots.grounds
    hanging = hanging_on(turn, standing, lots)
    now = _read(
        turn,
        standing,
        {layer: ids[layer] | set(was[layer].values("id")) | hanging[layer] for layer in PLACED},
    )
    moves = _moved(turn, standing, was, now)
    before, after = ([stand_of(*row) for row in rows] for rows in _told(moves))
    reason = turned_over(turn, before, after)
    if reason is None:
        keep_sums(turn, standing, before, after)
        grounds = _grounds(turn, moves) | newly_reached(turn, standing, moves[:2], lots.was)
        turn.keep_joined("parcels", figures_again(turn, standing, covered, grounds | lots.grounds))
        turn.keep_joined("parcels", canopy_again(turn, standing, covered, shaded))
    return reason


def _moved(
    turn: Turn, standing: Standing, was: Mapping[str, Few], now: Mapping[str, Few]
) -> list[Move]:
    """Place records again, and keep what is told of them otherwise than before."""
    found: dict[str, Columns] = {}
    if len(now["trees"]) or len(now["sites"]):
        found |= placed_again(turn, standing, now["trees"], now["sites"])
    if len(now["inspections"]):
        found |= {"inspections": cases_again(turn, standing, now["inspections"])}
    moves = [move_of(was[layer], now[layer], found.get(layer, {})) for layer in PLACED]
    for move in moves:
        turn.keep_joined(move.layer, move.changed)
    return moves


def _id(change: Change) -> str:
    return change.id if isinstance(change, Delete) else change.record.id


def _read(turn: Turn, standing: Standing, ids: Mapping[str, set[str]]) -> dict[str, Few]:
    """Read records as they stand, with each tree's site and each site's trees."""
    trees, sites = touched(turn, standing, ids["trees"], ids["sites"])
    found = {"trees": trees, "sites": sites}
    readers = {"inspections": cases_of, "parcels": parcels_of, "canopy": crowns_of}
    return found | {
        layer: read(turn, standing, ids[layer]) for layer, read in readers.items() if layer in ids
    }


def _told(moves: Sequence[Move]) -> tuple[list[tuple[str, Row]], list[tuple[str, Row]]]:
    """List what the records were and what they are, each with its layer."""
    old = [(move.layer, row) for move in moves for row in move.old.values()]
    return old, [(move.layer, row) for move in moves for row in move.new.values()]


def _grounds(turn: Turn, moves: Sequence[Move]) -> set[str]:
    """Give the ground parcels of records that count otherwise than before."""
    lots = {
        row[name]
        for move in moves
        for id_ in move.old.keys() | move.new.keys()
        for row in _both(move, id_)
        for name in PLACED_ON
        if row.get(name) is not None
    }
    at = turn.having("parcels", "id", sorted(lots), ("ground_id",), shaped=False)
    return {row[2] for row in at.rows}


def _both(move: Move, id_: str) -> list[Row]:
    """Give a record as it was and as it is, where it counts otherwise."""
    old, new = move.old.get(id_, {}), move.new.get(id_, {})
    same = all(old.get(name) == new.get(name) for name in COUNTED)
    return [] if same else [old, new]
