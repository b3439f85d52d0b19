"""Loads: a source's rows as its files now have them, in the place of what it held before."""

from datetime import datetime

import apsw

from geo.errors import BadInput, NoSuchSource
from geo.layers import Layer
from geo.store import audit, rasters, state
from geo.store.connections import fetched
from geo.store.ended import end, fresh_temp
from geo.store.landing import Landing
from geo.store.protocol import Actor, Load, Loaded
from geo.store.schema import quoted


def load(
    connection: apsw.Connection, loads: tuple[Load, ...], actor: Actor, at: datetime
) -> tuple[Loaded, ...]:
    """Put each load in place; the transaction is the caller's. Raises BadInput for a source of ours."""
    if any(each.source == state.HAND for each in loads):
        raise BadInput(
            f"the source {state.HAND!r} holds what is added by hand; give the files another --source"
        )
    state.choose_crs(connection, loads)
    places = sorted(range(len(loads)), key=lambda n: loads[n].layer == "trees")  # sites before them
    landed = {n: Landing(connection, loads[n]).land(actor, at) for n in places}
    return tuple(landed[n] for n in range(len(loads)))


def unload(
    connection: apsw.Connection, layer: Layer, source: str, actor: Actor, at: datetime
) -> int:
    """End every row of a source and forget the source; edits wait for its return."""
    key = (layer.name, source)
    connection.execute("DELETE FROM lotleaf_sources WHERE layer = ? AND name = ?", key)
    if not connection.changes() or source == state.HAND:
        there = fetched(
            connection,
            "SELECT name FROM lotleaf_sources WHERE layer = ? AND name <> ?",
            (layer.name, state.HAND),
        )
        names = ", ".join(name for (name,) in there) or "none"
        raise NoSuchSource(f"{layer.name} has no source {source!r} to take out; there are: {names}")
    fresh_temp(connection, "gone", "(fid INTEGER PRIMARY KEY)")
    connection.execute(
        f"INSERT INTO temp.gone SELECT fid FROM {quoted(layer.name)} WHERE source = ?", (source,)
    )
    ended = end(connection, layer, "unloaded", at)
    raster = rasters.write(connection, layer.name, source, None)
    detail = {"source": source, "ended": ended, "content": bool(ended or raster)}
    audit.write(connection, "unload", actor=actor, at=at, layer=layer.name, detail=detail)
    state.touched(connection, layer.name, at)
    return ended
