"""SQL for queries: a `protocol.Query` becomes a SELECT statement in the order of ids.

`snapshot.Snapshot` calls `build_select`, which chooses one of two plans. The first walks along the
ids and tests each record: for pages, towns and large bounding boxes. Nothing is sorted, so the first
record comes at once and memory stays constant. The second sorts candidates from the R-tree: for
bounding boxes with few records.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import apsw

from geo.crs import Bbox
from geo.errors import BadQuery
from geo.fields import Field
from geo.identifiers import slugify
from geo.schema import SYSTEM_COLUMNS, Layer
from geo.store.geopackage.connections import fetch_all
from geo.store.geopackage.encoding import stored_values
from geo.store.geopackage.encoding.row_encoding import visible_fields
from geo.store.geopackage.tables import has_geometry, joined_table, quote_name, rtree_name
from geo.store.records import Actor, Query

# Every distinct town, read by skipping through the index.
_DISTINCT_TOWNS_SQL = """
WITH RECURSIVE towns (town) AS (
  SELECT min(town) FROM {table} WHERE town NOTNULL
  UNION ALL SELECT (SELECT min(town) FROM {table} WHERE town > towns.town) FROM towns WHERE town NOTNULL
) SELECT town, NULL FROM towns WHERE town NOTNULL
"""

PLACED_BY_FIELD = "placed_by"  # joined field: the origin of the display point
CODES_WITHOUT_DISPLAY_POINT = {"point", "none"}  # codes without a borrowed display point
MAX_SORTED_RECORDS = 5_000  # up to this, sorting is faster than a walk along the ids


@dataclass(frozen=True)
class SelectStatement:
    """The tables, conditions and bound parameters of a SELECT statement."""

    from_clause: str
    conditions: tuple[str, ...]
    sql_params: dict[str, Any]
    order_by: str = "l.id"

    def to_sql(self, columns: str, tail: str = "") -> str:
        """Write the statement for `columns`, with `tail` after the conditions.

        >>> SelectStatement("trees AS l", ("l.id > :after",), {"after": "T-7"}).to_sql("l.id", "ORDER BY l.id")
        'SELECT l.id FROM trees AS l WHERE l.id > :after ORDER BY l.id'
        """
        where_clause = " AND ".join(self.conditions) or "1"
        return f"SELECT {columns} FROM {self.from_clause} WHERE {where_clause} {tail}"


def build_select(connection: apsw.Connection, layer: Layer, query: Query, actor: Actor) -> SelectStatement:
    """Turn a query into a SELECT statement. Raises BadQuery with every fault.

    >>> from geo.schema import LAYERS
    >>> from geo.store.records import PUBLIC
    >>> database = apsw.Connection(":memory:")
    >>> statement = build_select(database, LAYERS["trees"], Query(where={"risk": ("high", "")}), PUBLIC)
    >>> statement.conditions, statement.sql_params
    (('(l."risk" IN (:w0_0) OR l."risk" IS NULL)',), {'w0_0': 'high'})
    >>> build_select(database, LAYERS["trees"], Query(limit=-1, due_before="2018-01-31"), PUBLIC)
    Traceback (most recent call last):
    geo.errors.BadQuery: trees: limit is -1; use 0 or more; its records have no due date
    """
    if faults := list(_query_faults(layer, query, actor)):
        raise BadQuery(f"{layer.name}: " + "; ".join(faults))
    sql_params: dict[str, Any] = {}
    conditions = [*_where_conditions(layer, query, sql_params), *_town_conditions(connection, layer, query, sql_params)]
    for index, (name, day) in enumerate(query.date_from.items()):
        conditions.append(f"{qualified_column(layer, name)} >= :since{index}")
        sql_params[f"since{index}"] = day
    if query.after_id is not None:
        conditions.append("l.id > :after")
        sql_params["after"] = query.after_id
    if query.bbox is None:
        return _select_by_id_order(layer, query, conditions, sql_params)
    sql_params |= query.bbox._asdict()
    if _has_few_candidates(connection, layer, sql_params):
        return _select_by_rtree(layer, conditions, sql_params)
    return _select_by_id_order(layer, query, [*conditions, _bbox_condition(layer)], sql_params)


def has_display_point(layer: Layer) -> bool:
    """Return whether the join computes display points for the records of a layer.

    >>> from geo.schema import LAYERS
    >>> has_display_point(LAYERS["trees"]), has_display_point(LAYERS["parcels"])
    (True, False)
    """
    return PLACED_BY_FIELD in {field.name for field in layer.joined_fields}


def from_clause(layer: Layer) -> str:
    """Write the FROM clause: the layer's table as `l`, with its joined table as `j`.

    >>> from geo.schema import LAYERS
    >>> from_clause(LAYERS["trees"])
    '"trees" AS l LEFT JOIN joined_trees AS j ON j.fid = l.fid'
    """
    own_table = f"{quote_name(layer.name)} AS l"
    return f"{own_table} LEFT JOIN {joined_table(layer)} AS j ON j.fid = l.fid" if layer.joined_fields else own_table


def qualified_column(layer: Layer, name: str) -> str:
    """Return the column of a field with its table alias. The town of a municipality is its own name.

    >>> from geo.schema import LAYERS
    >>> [qualified_column(LAYERS["trees"], name) for name in ("species", "town")]
    ['l."species"', 'j."town"']
    >>> qualified_column(LAYERS["municipalities"], "town")
    'l."name"'
    """
    if (layer.name, name) == ("municipalities", "town"):
        name = "name"
    own_names = {field.name for field in layer.fields} | set(SYSTEM_COLUMNS)
    return f"{'l' if name in own_names else 'j'}.{quote_name(name)}"


def _select_by_id_order(
    layer: Layer, query: Query, conditions: list[str], sql_params: dict[str, Any]
) -> SelectStatement:
    uses_town_index = query.town is not None and any(field.name == "town" for field in layer.joined_fields)
    if not uses_town_index or layer.name == "municipalities":
        return SelectStatement(from_clause(layer), tuple(conditions), sql_params)
    # The index on (town, id) yields a town's records in order. CROSS JOIN fixes the join order in SQLite.
    joined_from = f"{joined_table(layer)} AS j CROSS JOIN {quote_name(layer.name)} AS l ON l.fid = j.fid"
    conditions = [condition.replace("l.id >", "j.id >") for condition in conditions]
    return SelectStatement(joined_from, tuple(conditions), sql_params, order_by="j.id")


def _select_by_rtree(layer: Layer, conditions: list[str], sql_params: dict[str, Any]) -> SelectStatement:
    joined_from = f"({rtree_candidates_sql(layer)}) AS c CROSS JOIN {quote_name(layer.name)} AS l ON l.fid = c.fid"
    if layer.joined_fields:
        joined_from += f" LEFT JOIN {joined_table(layer)} AS j ON j.fid = l.fid"
    bbox_test = "(c.sure OR lotleaf_intersects_bbox(l.geom, :west, :south, :east, :north))"
    return SelectStatement(joined_from, (*conditions, bbox_test), sql_params)


def rtree_candidates_sql(layer: Layer) -> str:
    """Write the SQL for records that may meet the bounding box: by R-tree, and by display point.

    `sure` is 0 if only an exact test can decide, since the R-tree rounds bounding boxes outward.
    """
    candidates_sql = (
        "SELECT id AS fid, minx >= :west AND maxx <= :east AND miny >= :south AND maxy <= :north"
        f" AS sure FROM {rtree_name(layer)} WHERE maxx >= :west AND minx <= :east"
        " AND maxy >= :south AND miny <= :north"
    )
    if has_display_point(layer):
        candidates_sql += f" UNION ALL {display_points_sql(layer, 'j.fid, 1')}"
    return candidates_sql


def display_points_sql(layer: Layer, columns: str) -> str:
    """Write the SELECT of records without a geometry whose display point is in the bounding box."""
    codes = layer.fields_by_name[PLACED_BY_FIELD].codes
    display_codes = ", ".join(f"'{code}'" for code in codes if code not in CODES_WITHOUT_DISPLAY_POINT)
    return (
        f"SELECT {columns} FROM {joined_table(layer)} AS j"
        f" CROSS JOIN {quote_name(layer.name)} AS own ON own.fid = j.fid WHERE own.geom IS NULL"
        f" AND j.{PLACED_BY_FIELD} IN ({display_codes})"
        " AND j.lon BETWEEN :west AND :east AND j.lat BETWEEN :south AND :north"
    )


def _bbox_condition(layer: Layer) -> str:
    """Write the condition that one record meets the bounding box."""
    geometry_test = (
        f"EXISTS (SELECT 1 FROM {rtree_name(layer)} AS r WHERE r.id = l.fid AND r.maxx >= :west"
        " AND r.minx <= :east AND r.maxy >= :south AND r.miny <= :north"
        " AND (r.minx >= :west AND r.maxx <= :east AND r.miny >= :south AND r.maxy <= :north"
        " OR lotleaf_intersects_bbox(l.geom, :west, :south, :east, :north)))"
    )
    if not has_display_point(layer):
        return geometry_test
    display_test = "j.lon BETWEEN :west AND :east AND j.lat BETWEEN :south AND :north"
    return f"({geometry_test} OR l.geom IS NULL AND {display_test})"


def _has_few_candidates(connection: apsw.Connection, layer: Layer, sql_params: dict[str, Any]) -> bool:
    bbox_params = {side: sql_params[side] for side in Bbox._fields}
    count_sql = f"SELECT count(*) FROM (SELECT 1 FROM ({rtree_candidates_sql(layer)}) LIMIT {MAX_SORTED_RECORDS + 1})"
    return int(connection.execute(count_sql, bbox_params).get) <= MAX_SORTED_RECORDS


def _where_conditions(layer: Layer, query: Query, sql_params: dict[str, Any]) -> Iterator[str]:
    values_by_field = dict(query.where)
    if query.due_before is not None:
        values_by_field.setdefault("status", ())
        sql_params["lapsed"] = query.due_before
    for index, (name, values) in enumerate(values_by_field.items()):
        param_names: list[str] = []
        for value in dict.fromkeys(values):
            if value != "":
                param_names.append(f"w{index}_{len(param_names)}")
                sql_params[param_names[-1]] = _parse_value(layer.fields_by_name.get(name), value)
        tests = [
            f"{qualified_column(layer, name)} IN ({', '.join(':' + param_name for param_name in param_names)})"
        ] * bool(param_names)
        if "" in values:
            tests.append(f"{qualified_column(layer, name)} IS NULL")
        if name == "status" and query.due_before is not None:
            due_column = qualified_column(layer, "due_on")
            due_params = {f"due_status{number}": status for number, status in enumerate(query.due_statuses)}
            sql_params |= due_params
            statuses = ", ".join(f":{param_name}" for param_name in due_params)
            tests.append(
                f"(coalesce({qualified_column(layer, name)}, 'unknown') IN ({statuses}) AND {due_column} < :lapsed)"
            )
        yield f"({' OR '.join(tests) or '0'})"


def _parse_value(field: Field | None, text: str) -> Any:
    """Convert the text of a condition to the type of its column. Raises ValueError for text that is no number.

    A text that is no flag becomes -1, which matches no record.

    >>> _parse_value(Field("year", "integer", "Year of the imagery."), "2018")
    2018
    >>> [_parse_value(Field("native", "flag", "Native."), text) for text in ("true", "0", "maybe")]
    [1, 0, -1]
    """
    if field is None or field.kind in {"text", "code", "date"}:
        return text
    if field.kind == "flag":
        return {"true": 1, "false": 0, "1": 1, "0": 0}.get(text.lower(), -1)
    return int(text) if field.kind == "integer" else float(text)


def _town_conditions(
    connection: apsw.Connection, layer: Layer, query: Query, sql_params: dict[str, Any]
) -> Iterator[str]:
    if query.town is None:
        return
    town_names = _match_town_names(connection, layer, query.town)
    sql_params |= {f"town{index}": name for index, name in enumerate(town_names)}
    placeholders = ", ".join(f":town{index}" for index in range(len(town_names)))
    yield f"{qualified_column(layer, 'town')} IN ({placeholders})"


def _match_town_names(connection: apsw.Connection, layer: Layer, town: str) -> list[str]:
    """Return the town names that a name or a slug stands for. An exact name wins."""
    slug_by_name = dict(fetch_all(connection, "SELECT name, slug FROM municipalities"))
    if "town" in layer.fields_by_name:
        own_town = any(field.name == "town" for field in layer.fields)
        towns_sql = _DISTINCT_TOWNS_SQL.format(table=quote_name(layer.name) if own_town else joined_table(layer))
        slug_by_name = dict(fetch_all(connection, towns_sql)) | slug_by_name
    stored_values.require_types([*slug_by_name, *slug_by_name.values()], {str}, "a town's name")
    if town in slug_by_name:
        return [town]
    wanted_slug = slugify(town)
    return [name for name, own_town in slug_by_name.items() if town == own_town or wanted_slug == slugify(name)] or [
        town
    ]


def _query_faults(layer: Layer, query: Query, actor: Actor) -> Iterator[str]:
    if query.bbox is not None:
        if not has_geometry(layer):
            yield "this layer has no geometry, so it cannot be filtered by bbox"
        bbox = query.bbox
        if not (bbox.west <= bbox.east and bbox.south <= bbox.north):
            yield "bbox must be west, south, east, north, with west <= east and south <= north"
    has_town = layer.name == "municipalities" or "town" in layer.fields_by_name
    if query.town is not None and not has_town:
        yield "its records have no town, so they cannot be filtered by town"
    if query.limit is not None and query.limit < 0:
        yield f"limit is {query.limit}; use 0 or more"
    fields_by_name = {field.name: field for field in visible_fields(layer.fields_by_name.values(), actor)}
    for name, values in query.where.items():
        yield from _where_faults(layer, fields_by_name, name, values)
    if query.due_before is not None and not {"status", "due_on"} <= set(fields_by_name):
        yield "its records have no due date"
    for name in query.date_from:
        if name not in fields_by_name or fields_by_name[name].kind != "date":
            yield f"{name!r} is not a date field of this layer"


def _where_faults(layer: Layer, fields_by_name: dict[str, Field], name: str, values: tuple[str, ...]) -> Iterator[str]:
    key_names = {key for key in fields_by_name if key.endswith(("_id", "_key"))}
    allowed = {"id", "source"} | key_names | {field.name for field in layer.filter_fields}
    if name not in allowed:
        yield f"cannot be filtered by {name!r}; use one of: {', '.join(sorted(allowed))}"
        return
    for value in values:
        try:
            if value != "":
                _parse_value(fields_by_name.get(name), value)
        except ValueError:
            yield f"{name} must be a number, and {value!r} is not"
