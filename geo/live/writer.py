"""The one who edits: keeps what edits are joined by from one turn to the next, for as long as it holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pyproj import CRS

from geo.addresses.gazetteer.stored import ADDRESSED
from geo.join.measured import in_metres
from geo.join.settings import JoinSettings
from geo.join.towns import holds, towns_on
from geo.layers import LAYERS
from geo.live.addresses import Addresses
from geo.live.cells import Cells
from geo.live.edit import ALONE, Change, applied, edited
from geo.live.standing import Standing
from geo.store.protocol import PUBLIC, Actor, Query, Reader, Record, Store, Turn

BY_LIMITS = ("municipalities", "districts")  # what holds from a day and until a day


@dataclass(frozen=True)
class Edited:
    """The records that were put, and why everything must be joined again; None where these edits are joined."""

    records: list[Record]
    whole: str | None


class Writer:
    """Edits a workspace and joins each edit alone, where that can be.

    One for each store and process. What it keeps is looked at in the writer's turn alone, and is made anew
    when anybody has written what it was made of.
    """

    def __init__(self, store: Store, settings: JoinSettings | None = None) -> None:
        self._store = store
        self._settings = settings or JoinSettings()
        self._standing: Standing | None = None
        self._addresses, self._cells = Addresses(), Cells()
        self._seen = (0, "")  # the version as of which both stand, and its mark

    def edit(self, *changes: Change, actor: Actor, at: datetime, today: date) -> Edited:
        """Make edits in one transaction, and join what they touch in the same one.

        Where more than a few rows hang on them, they are made, and `whole` says why the rest is to be joined.
        """
        with self._store.turn(actor=actor, at=at) as turn:
            return self.within(turn, *changes, today=today)

    def within(self, turn: Turn, *changes: Change, today: date) -> Edited:
        """Make edits as `edit` does, in a turn of the store that somebody has taken."""
        made = turn.reader.join_made()
        reason = self._why_whole(turn.reader, made, changes, today)
        if reason is not None:
            return Edited(applied(turn, changes), reason)
        records, reason = edited(turn, self._stand(turn, today), changes)
        if reason is None:
            told = {key: made[key] for key in made if key not in ("at", "version", "stale")}
            turn.joined_alone(told | {"as_of": today.isoformat()})
            self._seen = (turn.reader.version, turn.mark())
        return Edited(records, reason)

    def _why_whole(
        self, reader: Reader, made: Mapping[str, Any], changes: Sequence[Change], today: date
    ) -> str | None:
        """Tell why edits cannot be joined alone, if so."""
        if made["at"] is None or made["stale"]:
            return "what is loaded has not been joined"
        otherwise = {"crs": reader.settings().get("crs")} | self._settings.told()
        if any(made.get(name) != value for name, value in otherwise.items()):
            return "the join was made in another way"
        if strange := sorted({change.layer for change in changes} - set(ALONE)):
            return f"all hangs on {' and '.join(strange)}"
        if made["as_of"] != today.isoformat() and _turned(reader, made["as_of"], today):
            return f"limits or districts have changed since {made['as_of']}"
        if reader.count("municipalities", Query(), actor=PUBLIC) == 0:
            return "there are no town limits"
        return None

    def _stand(self, turn: Turn, today: date) -> Standing:
        """Give what edits are joined by: as it was, or made anew where that no longer holds."""
        version, mark = self._seen
        written = {*BY_LIMITS, *ADDRESSED, "canopy"}
        if self._standing is not None and turn.mark(version) == mark:
            written &= turn.reader.written_since(version)
        if written & set(ADDRESSED):
            self._addresses.forget()
        if "canopy" in written:
            self._cells.forget()
        self._addresses.reader = self._cells.reader = turn.reader
        if self._standing is None or self._standing.today != today or written & set(BY_LIMITS):
            kept = {"addresses": self._addresses, "cells": self._cells}
            self._standing = _standing(turn.reader, today, self._settings, **kept)
        return self._standing


def _turned(reader: Reader, day: str, today: date) -> bool:
    """Tell whether other limits or districts hold today than on a day before."""
    then = date.fromisoformat(day)
    frames = (reader.frame(layer, actor=PUBLIC) for layer in BY_LIMITS)
    return any((holds(frame, then) != holds(frame, today)).any() for frame in frames)


def _standing(reader: Reader, today: date, settings: JoinSettings, **kept: Any) -> Standing:
    work = CRS.from_user_input(reader.settings()["crs"])
    frame = reader.frame("municipalities", actor=PUBLIC)
    limits = in_metres(frame, LAYERS["municipalities"], work)
    towns = towns_on(today, limits, settings)
    districts = reader.frame("districts", actor=PUBLIC)
    return Standing(
        work=work,
        today=today,
        settings=settings,
        towns=towns,
        limits=tuple(limits.ids[towns.rows]),
        districts=in_metres(districts, LAYERS["districts"], work),
        **kept,
    )
