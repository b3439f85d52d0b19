"""`edit`: records changed, added, moved and ended by hand."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from geo.errors import BadInput
from geo.layers import LAYERS, Layer, named
from geo.live.edit import Change, Delete, Put
from geo.live.writer import Edited, Writer
from geo.store.protocol import OPERATOR, Actor, Record, Store, Turn
from webmap.cli.common import ending, opened, screen, workspace_option
from webmap.clock import now, today

if TYPE_CHECKING:
    from webmap.cli.putting import Meant

SHOWN = 12  # changed records that are told one by one


@click.command(
    epilog=ending(
        "edit trees T-1041 override_parcel_id=10E620112",
        "edit trees T-1041 condition=dead maintenance=",
        "edit trees --put planted.geojson",
        "edit parcels --delete 10E620112 --put two-halves.geojson",
        layers=True,
    )
)
@click.argument("layer")
@click.argument("record", required=False)
@click.argument("values", nargs=-1, metavar="[FIELD=VALUE…]")
@workspace_option
@click.option(
    "--put",
    "files",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file of records to add or change, as GeoJSON: each feature with its id. May be repeated.",
)
@click.option(
    "--delete", "ended", multiple=True, metavar="ID", help="A record to end. May be repeated."
)
def edit(
    layer: str,
    record: str | None,
    values: tuple[str, ...],
    workspace: Path,
    files: tuple[Path, ...],
    ended: tuple[str, ...],
) -> None:
    """Change, add, move or end records of LAYER by hand.

    RECORD is an id; an empty value means unknown. With --put, a feature whose id is known changes
    that record (what it lacks stays, a shape moves it), and one with a new id is added; --delete
    ends records first. All of it is done, or nothing.

    Edits survive every reload; where a file later changes the same value, both are told.
    """
    asked = named(layer)
    if (record is not None) == bool(files or ended) or (record is not None and not values):
        raise BadInput(
            "say either what to change of one record, as T-1041 condition=dead, "
            "or which to put and which to end, with --put FILE and --delete ID"
        )
    with opened(workspace) as store:
        if record is not None:
            _change(store, asked, record, values)
        else:
            _put_and_end(store, asked, files, list(dict.fromkeys(ended)))


def _change(store: Store, layer: Layer, id_: str, values: tuple[str, ...]) -> None:
    """Change values of one record, and tell each."""
    if any("=" not in value for value in values):
        raise BadInput("say what to change, as condition=dead or override_parcel_id=none")
    changes = {name: text or None for name, text in (value.split("=", 1) for value in values)}
    _refuse_unknown(layer, changes)
    before = store.get(layer.name, id_, actor=OPERATOR)
    done, again = _made(store, [Put(layer.name, Record(id_, before.source, changes))])
    for line in _changed(layer, before, done.records[0]) or ["as it was already"]:
        screen.print(f"{layer.name} {id_}: {line}", markup=False)
    _join(store, done, again)


def _put_and_end(store: Store, layer: Layer, files: tuple[Path, ...], ended: list[str]) -> None:
    """End records and put those of files in one transaction, and tell what came of them."""
    from webmap.cli.putting import meant_by

    for id_ in ended:
        store.get(layer.name, id_, actor=OPERATOR)
    meant, remarks = meant_by(store, layer, files, ended) if files else ([], [])
    news = [one for one in meant if one.is_news]
    changes: list[Change] = [Delete(layer.name, id_) for id_ in ended]
    changes += [one.put for one in news]
    done, again = _made(store, changes) if changes else (Edited([], None), Counter())
    told = [
        (one.put, _changed(LAYERS[one.put.layer], one.before, record))
        for one, record in zip(news, done.records, strict=True)
        if one.before is not None
    ]
    _tell(layer, meant, [(put, lines) for put, lines in told if lines], len(ended))
    for remark in remarks:
        screen.print(f"  {remark}", markup=False)
    _join(store, done, again)


def _made(store: Store, changes: Sequence[Change]) -> tuple[Edited, Counter[str]]:
    """Make edits; gives what came of them, and how many joined rows of each layer were made again."""
    watched = _Watched(store)
    writer = Writer(cast("Store", watched))  # it asks its store for turns alone
    done = writer.edit(*changes, actor=OPERATOR, at=now(), today=today())
    return done, Counter(layer for layer, _ in watched.rows)


def _join(store: Store, done: Edited, again: Counter[str]) -> None:
    """Tell which joined rows were made again; join everything where the edit asks for it."""
    from webmap.cli.loading import join_now

    if done.whole:
        screen.print(f"joining everything, since {done.whole}", markup=False)
        join_now(store, today())
        return
    of_each = ", ".join(f"{name} {again[name]:,}" for name in LAYERS if again[name])
    told = f"joined alone: {again.total():,} rows computed again ({of_each})"
    screen.print(told if again else "nothing joined hangs on it", markup=False)


def _tell(
    layer: Layer,
    meant: Sequence["Meant"],
    changed: Sequence[tuple[Put, list[str]]],
    ended: int,
) -> None:
    """Tell how many records were added, changed and ended in each layer, and what was changed."""
    every = Counter(one.put.layer for one in meant)
    new = Counter(one.put.layer for one in meant if one.before is None)
    other = Counter(put.layer for put, _ in changed)
    for name in dict.fromkeys((layer.name, *every)):
        same, gone = every[name] - new[name] - other[name], ended if name == layer.name else 0
        screen.print(
            f"{name}: {new[name]:,} new, {other[name]:,} changed, {same:,} as before, {gone:,} ended",
            markup=False,
        )
    for put, lines in changed[:SHOWN]:
        screen.print(f"  {put.layer} {put.record.id}: {'; '.join(lines)}", markup=False)
    if len(changed) > SHOWN:
        screen.print(f"  … and {len(changed) - SHOWN:,} more", markup=False)


def _refuse_unknown(layer: Layer, changes: Mapping[str, Any]) -> None:
    """Refuse a name that is no field of the layer, and tell those that are edited by hand."""
    if unknown := [name for name in changes if name not in layer.by_name]:
        open_ = ", ".join(field.name for field in layer.fields if field.editable) or "none"
        raise BadInput(
            f"{layer.name}: there is no field {unknown[0]}; fields to edit of rows from files: {open_}"
        )


def _changed(layer: Layer, before: Record, after: Record) -> list[str]:
    """Tell each value that an edit changed, before and after, and whether the shape was; of a private one only that."""
    told = []
    for field in layer.fields:
        was, is_ = before.values[field.name], after.values[field.name]
        if was != is_:
            how = "changed" if field.private else f"{_said(was)} -> {_said(is_)}"
            told.append(f"{field.name} {how}")
    return told + ["moved"] * (before.wkb != after.wkb)


def _said(value: Any) -> str:
    return "unknown" if value is None else str(value)


class _Watched:
    """A workspace that notes which joined rows its turns write: `rows` are their layers and ids."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.rows: set[tuple[str, str]] = set()

    @contextmanager
    def turn(self, *, actor: Actor, at: datetime) -> Iterator[Turn]:
        """Take the writer's turn."""
        with self._store.turn(actor=actor, at=at) as turn:
            yield cast("Turn", _WatchedTurn(turn, self.rows))


class _WatchedTurn:
    """A turn that notes the joined rows that it writes."""

    def __init__(self, turn: Turn, rows: set[tuple[str, str]]) -> None:
        self._turn, self._rows = turn, rows

    def __getattr__(self, name: str) -> Any:
        """Do everything else as the turn does."""
        return getattr(self._turn, name)

    def keep_joined(self, layer: str, rows: Mapping[str, Mapping[str, Any]]) -> None:
        """Put joined values into rows, and note which."""
        self._rows.update((layer, id_) for id_ in rows)
        self._turn.keep_joined(layer, rows)
