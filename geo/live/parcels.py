"""Parcels that come, go or change: their towns, their districts and their ground."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np

from geo.join.districts import districts_of
from geo.join.ground import ground_of
from geo.join.keys import spelt
from geo.join.measured import DECIMALS
from geo.join.towns import homes
from geo.live.around import layer_of, listed, near
from geo.live.few import Few, merged
from geo.live.moves import Row, plain, rows_of
from geo.live.standing import Standing
from geo.naming import bare
from geo.places import Bbox
from geo.store import shapes
from geo.store.protocol import Rows, Turn

OWN = ("address", "postal_city", "kind", "land_use", "old_id", "town_declared")
GROUND = ("ground_id", "stacked")
FIELDS = (*OWN, "town", *GROUND)
OF_TOWN = ("town", "town_share", "town_shares", "area_m2")
OF_DISTRICT = ("police", "court", "inspection", "ward", "districts")


@dataclass(frozen=True)
class Lots:
    """The parcels of an edit as they were and as they are, and all that share or shared their ground."""

    was: Few
    now: Few
    mates: frozenset[str]

    @property
    def boxes(self) -> list[Bbox]:
        """Where they lie or lay, in degrees."""
        wkbs = (wkb for few in (self.was, self.now) for wkb in few.wkbs if wkb is not None)
        return [shapes.box(wkb) for wkb in wkbs]

    @property
    def grounds(self) -> set[str]:
        """The ground parcels that they lay on, and lie on."""
        told = (id_ for few in (self.was, self.now) for id_ in few.values("ground_id"))
        return {id_ for id_ in told if id_ is not None} | self.mates

    @property
    def names(self) -> set[str]:
        """What keys may call them, as the store spells keys."""
        told = (few.values(name) for few in (self.was, self.now) for name in ("id", "old_id"))
        words = {word for column in told for word in column if word is not None} | self.mates
        return {name for word in words if (name := spelt(bare(word)))}


def parcels_of(turn: Turn, standing: Standing, ids: Iterable[str]) -> Few:
    """Read parcels as they stand, with what the join told of them last."""
    return layer_of("parcels", listed(turn, "parcels", ids, FIELDS), standing)


Wins = dict[str, Counter[str]]  # by town: how many more of something it has


def lots_again(turn: Turn, standing: Standing, was: Few, ids: Collection[str]) -> tuple[Lots, Wins]:
    """Find the towns, districts and ground of parcels again; gives how many ground parcels towns have won."""
    now = parcels_of(turn, standing, ids)
    if not ids:
        return Lots(was, now, frozenset()), {}
    before = layer_of("parcels", _around(turn, was, now), standing)
    grounds = zip(before.values("ground_id"), before.values("stacked"), strict=True)
    told = zip(before.values("id"), grounds, _grounds(before), strict=True)
    changed = {id_: dict(zip(GROUND, new, strict=True)) for id_, had, new in told if new != had}
    turn.keep_joined("parcels", changed)
    turn.keep_joined("parcels", _towned(standing, now))
    after = parcels_of(turn, standing, before.values("id"))
    gone = [row for row in rows_of(was) if row["id"] not in set(after.values("id"))]
    wins: Wins = {}
    for rows, sign in ((rows_of(after), 1), (rows_of(before), -1), (gone, -1)):
        for row in rows:
            if row["town"] is not None and row["ground_id"] == row["id"]:
                wins.setdefault(row["town"], Counter())["parcels"] += sign
    return Lots(was, parcels_of(turn, standing, ids), frozenset(changed)), wins


def _around(turn: Turn, was: Few, now: Few) -> Rows:
    """Read the parcels, all that share or shared their ground, and all that may."""
    boxes = [shapes.box(wkb) for wkb in now.wkbs if wkb is not None]
    grounds = {id_ for few in (was, now) for id_ in few.values("ground_id") if id_ is not None}
    shared = turn.having("parcels", "ground_id", sorted(grounds), FIELDS)
    own = listed(turn, "parcels", now.values("id"), FIELDS)
    return merged(near(turn, "parcels", boxes, 0.0, FIELDS), shared, own)


def _grounds(parcels: Few) -> list[tuple[str, int]]:
    """Tell the ground parcel of each of some parcels, and how many share it; all that do are among them."""
    ground = ground_of(parcels)
    ids = parcels.values("id")[ground.rows[ground.of]]
    return list(zip(ids, ground.stacked[ground.of].tolist(), strict=True))


def _towned(standing: Standing, parcels: Few) -> dict[str, Row]:
    """Find the home town, the districts and the area of parcels."""
    if not len(parcels):
        return {}
    home = homes(parcels, standing.towns, standing.settings)
    found = districts_of(
        parcels,
        home["town"],
        standing.districts,
        standing.towns,
        today=standing.today,
        settings=standing.settings,
    )
    share, area = np.round(home["share"], DECIMALS), parcels.areas.round(DECIMALS)
    told = dict(zip(OF_TOWN, (home["name"], share, home["text"], area), strict=True))
    unknown = np.full(len(parcels), None, object)
    told |= {name: np.asarray(found.get(name, unknown), object) for name in OF_DISTRICT}
    columns = {name: plain(column) for name, column in told.items()}
    return {
        id_: {name: column[row] for name, column in columns.items()}
        for row, id_ in enumerate(parcels.values("id"))
    }
