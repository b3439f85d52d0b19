"""Questions as SQL: which records, in the order of their ids.

Two ways lead to them. Along the ids, testing each: for pages, towns and large boxes; nothing is
sorted, so the first record comes at once and memory stays flat. From the R-tree, sorting what it
finds: for boxes that hold few.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import apsw

from geo.errors import BadQuery
from geo.fields import Field
from geo.layers import SYSTEM, Layer
from geo.naming import slug
from geo.places import Bbox
from geo.store import held
from geo.store.connections import fetched
from geo.store.protocol import Actor, Query
from geo.store.rows import visible
from geo.store.schema import joined, quoted, rtree, shaped

# Every town once, from one step of the index to the next.
_DISTINCT = """
WITH RECURSIVE towns (town) AS (
  SELECT min(town) FROM {table} WHERE town NOTNULL
  UNION ALL SELECT (SELECT min(town) FROM {table} WHERE town > towns.town) FROM towns WHERE town NOTNULL
) SELECT town, NULL FROM towns WHERE town NOTNULL
"""

PLACED_BY = "placed_by"  # the joined field that tells by what a record's place is known
OWN = {"point", "none"}  # its codes where no place is lent
FEW = 5_000  # records that are sorted sooner than sought along the ids


@dataclass(frozen=True)
class Question:
    """What follows SELECT: tables, conditions and what is bound to them."""

    tables: str
    conditions: tuple[str, ...]
    bound: dict[str, Any]
    order: str = "l.id"

    def sql(self, columns: str, tail: str = "") -> str:
        """Write the whole statement."""
        where = " AND ".join(self.conditions) or "1"
        return f"SELECT {columns} FROM {self.tables} WHERE {where} {tail}"


def question(connection: apsw.Connection, layer: Layer, query: Query, actor: Actor) -> Question:
    """Turn a query into SQL; raises BadQuery with every fault told."""
    if faults := list(_faults(layer, query, actor)):
        raise BadQuery(f"{layer.name}: " + "; ".join(faults))
    bound: dict[str, Any] = {}
    conditions = [*_where(layer, query, bound), *_town(connection, layer, query, bound)]
    for at, (name, day) in enumerate(query.since.items()):
        conditions.append(f"{column(layer, name)} >= :since{at}")
        bound[f"since{at}"] = day
    if query.after is not None:
        conditions.append("l.id > :after")
        bound["after"] = query.after
    if query.bbox is None:
        return _along_ids(layer, query, conditions, bound)
    bound |= query.bbox._asdict()
    if _few(connection, layer, bound):
        return _from_rtree(layer, conditions, bound)
    return _along_ids(layer, query, [*conditions, _meets(layer)], bound)


def placed_by_join(layer: Layer) -> bool:
    """Tell whether the join gives a layer's records the place at which they are shown."""
    return PLACED_BY in {field.name for field in layer.joined}


def tables(layer: Layer) -> str:
    """Name a layer's table as `l`, with its joined fields as `j`."""
    own = f"{quoted(layer.name)} AS l"
    return f"{own} LEFT JOIN {joined(layer)} AS j ON j.fid = l.fid" if layer.joined else own


def column(layer: Layer, name: str) -> str:
    """Name the column of a field; a town's own town is itself, joined or not."""
    if (layer.name, name) == ("municipalities", "town"):
        name = "name"
    own = {field.name for field in layer.fields} | set(SYSTEM)
    return f"{'l' if name in own else 'j'}.{quoted(name)}"


def _along_ids(
    layer: Layer, query: Query, conditions: list[str], bound: dict[str, Any]
) -> Question:
    of_town = query.town is not None and any(field.name == "town" for field in layer.joined)
    if not of_town or layer.name == "municipalities":
        return Question(tables(layer), tuple(conditions), bound)
    # The index on (town, id) gives a town's records in order. CROSS JOIN: SQLite keeps our order.
    found = f"{joined(layer)} AS j CROSS JOIN {quoted(layer.name)} AS l ON l.fid = j.fid"
    conditions = [each.replace("l.id >", "j.id >") for each in conditions]
    return Question(found, tuple(conditions), bound, order="j.id")


def _from_rtree(layer: Layer, conditions: list[str], bound: dict[str, Any]) -> Question:
    found = f"({_candidates(layer)}) AS c CROSS JOIN {quoted(layer.name)} AS l ON l.fid = c.fid"
    if layer.joined:
        found += f" LEFT JOIN {joined(layer)} AS j ON j.fid = l.fid"
    exact = "(c.sure OR lotleaf_meets(l.geom, :west, :south, :east, :north))"
    return Question(found, (*conditions, exact), bound)


def _candidates(layer: Layer) -> str:
    """Find what may meet the box: by R-tree (whose boxes are rounded outward), by joined place."""
    found = (
        "SELECT id AS fid, minx >= :west AND maxx <= :east AND miny >= :south AND maxy <= :north"
        f" AS sure FROM {rtree(layer)} WHERE maxx >= :west AND minx <= :east"
        " AND maxy >= :south AND miny <= :north"
    )
    if placed_by_join(layer):
        lent = (f"'{code}'" for code in layer.by_name[PLACED_BY].codes if code not in OWN)
        found += (
            f" UNION ALL SELECT j.fid, 1 FROM {joined(layer)} AS j"
            f" CROSS JOIN {quoted(layer.name)} AS own ON own.fid = j.fid WHERE own.geom IS NULL"
            f" AND j.{PLACED_BY} IN ({', '.join(lent)})"
            " AND j.lon BETWEEN :west AND :east AND j.lat BETWEEN :south AND :north"
        )
    return found


def _meets(layer: Layer) -> str:
    """Test one record against the box."""
    exact = (
        f"EXISTS (SELECT 1 FROM {rtree(layer)} AS r WHERE r.id = l.fid AND r.maxx >= :west"
        " AND r.minx <= :east AND r.maxy >= :south AND r.miny <= :north"
        " AND (r.minx >= :west AND r.maxx <= :east AND r.miny >= :south AND r.maxy <= :north"
        " OR lotleaf_meets(l.geom, :west, :south, :east, :north)))"
    )
    if not placed_by_join(layer):
        return exact
    shown = "j.lon BETWEEN :west AND :east AND j.lat BETWEEN :south AND :north"
    return f"({exact} OR l.geom IS NULL AND {shown})"


def _few(connection: apsw.Connection, layer: Layer, bound: dict[str, Any]) -> bool:
    box = {side: bound[side] for side in Bbox._fields}
    probe = f"SELECT count(*) FROM (SELECT 1 FROM ({_candidates(layer)}) LIMIT {FEW + 1})"
    return int(connection.execute(probe, box).get) <= FEW


def _where(layer: Layer, query: Query, bound: dict[str, Any]) -> Iterator[str]:
    where = dict(query.where)
    if query.lapsed is not None:
        where.setdefault("status", ())
        bound["lapsed"] = query.lapsed
    for at, (name, values) in enumerate(where.items()):
        names: list[str] = []
        for value in dict.fromkeys(values):
            if value != "":
                names.append(f"w{at}_{len(names)}")
                bound[names[-1]] = _value(layer.by_name.get(name), value)
        tests = [f"{column(layer, name)} IN ({', '.join(':' + key for key in names)})"] * bool(
            names
        )
        if "" in values:
            tests.append(f"{column(layer, name)} IS NULL")
        if name == "status" and query.lapsed is not None:
            due = column(layer, "due_on")
            tests.append(f"({column(layer, name)} = 'open' AND {due} < :lapsed)")
        yield f"({' OR '.join(tests) or '0'})"


def _value(field: Field | None, text: str) -> Any:
    """Turn the text of a condition into what the column holds; ValueError when it cannot be."""
    if field is None or field.kind in {"text", "code", "date"}:
        return text
    if field.kind == "flag":
        return {"true": 1, "false": 0, "1": 1, "0": 0}.get(text.lower(), -1)
    return int(text) if field.kind == "integer" else float(text)


def _town(
    connection: apsw.Connection, layer: Layer, query: Query, bound: dict[str, Any]
) -> Iterator[str]:
    if query.town is None:
        return
    names = _town_names(connection, layer, query.town)
    bound |= {f"town{at}": name for at, name in enumerate(names)}
    listed = ", ".join(f":town{at}" for at in range(len(names)))
    yield f"{column(layer, 'town')} IN ({listed})"


def _town_names(connection: apsw.Connection, layer: Layer, town: str) -> list[str]:
    """Find the towns' names that a name or a slug means: the very name first, then the slug."""
    known = dict(fetched(connection, "SELECT name, slug FROM municipalities"))
    if "town" in layer.by_name:
        own = any(field.name == "town" for field in layer.fields)
        sql = _DISTINCT.format(table=quoted(layer.name) if own else joined(layer))
        known = dict(fetched(connection, sql)) | known
    held.kinds([*known, *known.values()], {str}, "a town's name")
    if town in known:
        return [town]
    sought = slug(town)
    return [name for name, own in known.items() if town == own or sought == slug(name)] or [town]


def _faults(layer: Layer, query: Query, actor: Actor) -> Iterator[str]:
    if query.bbox is not None:
        if not shaped(layer):
            yield "this layer has no places, so no bbox can choose among them"
        box = query.bbox
        if not (box.west <= box.east and box.south <= box.north):
            yield "bbox must be west, south, east, north, with west <= east and south <= north"
    has_town = layer.name == "municipalities" or "town" in layer.by_name
    if query.town is not None and not has_town:
        yield "its records belong to no town"
    if query.limit is not None and query.limit < 0:
        yield f"limit is {query.limit}; it cannot be below 0"
    seen = {field.name: field for field in visible(layer.by_name.values(), actor)}
    for name, values in query.where.items():
        yield from _where_faults(layer, seen, name, values)
    if query.lapsed is not None and not {"status", "due_on"} <= set(seen):
        yield "its records have no day on which they are due"
    for name in query.since:
        if name not in seen or seen[name].kind != "date":
            yield f"{name!r} is no date by which its records could be chosen"


def _where_faults(
    layer: Layer, seen: dict[str, Field], name: str, values: tuple[str, ...]
) -> Iterator[str]:
    keys = {key for key in seen if key.endswith(("_id", "_key"))}
    allowed = {"id", "source"} | keys | {field.name for field in layer.choices}
    if name not in allowed:
        yield f"cannot be chosen by {name!r}; there are {', '.join(sorted(allowed))}"
        return
    for value in values:
        try:
            if value != "":
                _value(seen.get(name), value)
        except ValueError:
            yield f"{name} is a number, and {value!r} is none"
