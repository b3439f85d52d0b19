"""Work orders: the kinds of work that crews report as done, and the changes that follow.

The kinds stand in `work.toml`. `geo.edits.edit_request` calls `find_work_type`, then
`values_after_work` and `follow_up_changes`. See docs/decisions/0025-work-orders.md.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geo.errors import BadInput
from geo.forestry.maintenance_needs import TREE_NEED_FIELDS, tree_need
from geo.store.protocol import WriteTransaction
from geo.store.record_change import Delete, Put, RecordChange
from geo.store.records import Record

WORK_TABLE = tomllib.loads(Path(__file__).with_name("work.toml").read_text("utf-8"))
NEED_MATCH_ORDER = ("remove", "stump", "prune", "inspect", "unknown", "none")  # as the rules are ordered
REPLACEABLE_SITE_STATUSES = (None, "unknown", "planted", "proposed")  # a removal overwrites these
SITE_TO_TREE_FIELDS = {"site_type": "location", "address": "address", "on_street": "on_street"}


@dataclass(frozen=True, slots=True)
class WorkType:
    """One kind of work on the records of one layer, as read from `work.toml`.

    `needs` are the needs that the work answers. The other fields are explained in that file.
    """

    work: str
    layer: str
    needs: tuple[str, ...]
    description: str
    clear_words: tuple[str, ...] = ()
    clear_fields: tuple[str, ...] = ()
    accepts: tuple[str, ...] = ()
    site_status: tuple[str, ...] = ()
    deletes: bool = False
    creates: bool = False

    @property
    def accepted_fields(self) -> tuple[str, ...]:
        """The fields that a crew may set when it reports the work.

        >>> find_work_type("stump", "sites").accepted_fields
        ('status',)
        """
        return (*self.accepts, *(("status",) if self.site_status else ()))


def _parse_work_type(line: Mapping[str, Any]) -> WorkType:
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in line.items()}
    return WorkType(**values)


WORK_TYPES = {(one.work, one.layer): one for one in map(_parse_work_type, WORK_TABLE["work"])}


def find_work_type(work: str, layer: str) -> WorkType:
    """Return a kind of work. Raises BadInput if the layer has no such work.

    >>> find_work_type("prune", "trees").needs
    ('prune',)
    >>> find_work_type("prune", "sites")
    Traceback (most recent call last):
    geo.errors.BadInput: 'prune' is not a kind of work on sites; the kinds are: stump, plant
    """
    if (work_type := WORK_TYPES.get((work, layer))) is None:
        known_names = ", ".join(name for name, work_layer in WORK_TYPES if work_layer == layer)
        raise BadInput(f"{work!r} is not a kind of work on {layer}; the kinds are: {known_names}")
    return work_type


def values_after_work(work_type: WorkType, seen: Mapping[str, Any], stated_values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that change in the record itself once the work is done.

    `seen` holds the record's values as the crew saw them. `stated_values` are those that the crew
    sets. Raises BadInput for a field that the work does not accept. Raises it also if the record
    would still have the same need.

    >>> prune = find_work_type("prune", "trees")
    >>> tree = {"maintenance": "Treated 24, Prune", "clearance": "street", "condition": "good", "risk": None}
    >>> values_after_work(prune, tree, {"risk": "low"})
    {'maintenance': 'Treated 24', 'clearance': None, 'risk': 'low'}
    """
    if unknown_fields := [name for name in stated_values if name not in work_type.accepted_fields]:
        allowed = ", ".join(work_type.accepted_fields) or "nothing"
        raise BadInput(f"{unknown_fields[0]} cannot be set with the work {work_type.work}; it takes: {allowed}")
    if work_type.site_status and stated_values.get("status", work_type.site_status[0]) not in work_type.site_status:
        raise BadInput(
            f"after the work {work_type.work}, the site's status must be one of: {', '.join(work_type.site_status)}"
        )
    if work_type.layer == "sites":
        if seen["tree_id"] is not None:
            raise BadInput(f"a tree is on record at this site; report the work on tree {seen['tree_id']}")
        return {"status": stated_values.get("status", work_type.site_status[0])}
    if work_type.deletes:
        return {}
    values = {
        name: _remove_done_work(work_type, seen[name])
        for name in work_type.clear_words
        if name not in stated_values and seen[name] is not None and _need_of_maintenance(seen[name]) in work_type.needs
    }
    values |= {name: None for name in work_type.clear_fields if _need_of_clearance(seen[name]) in work_type.needs}
    values |= stated_values
    need, rule = tree_need(*(values.get(name, seen[name]) for name in TREE_NEED_FIELDS))
    if need in work_type.needs:
        raise BadInput(
            f"the tree would still need {need}: {rule} In `set`, give its condition, risk or maintenance as found"
        )
    return values


def follow_up_changes(
    transaction: WriteTransaction, work_type: WorkType, record: Record, stated_values: Mapping[str, Any], day: str
) -> list[RecordChange]:
    """Return the changes to other records: the deleted or planted tree, and the status of its site.

    `day` is the ISO day of the work. A planted tree gets it as `planted_on`.
    """
    if work_type.deletes:
        status = stated_values.get("status", work_type.site_status[0])
        return [Delete("trees", record.id), *_site_status_changes(transaction, record, status)]
    return [Put("trees", _planted_tree(record, stated_values, day))] if work_type.creates else []


def _remove_done_work(work_type: WorkType, text: str) -> str | None:
    """Return the text without the parts that ask for the work, or None if nothing remains.

    Raises BadInput if the remaining text asks for work that the whole text did not ask for.

    >>> prune = find_work_type("prune", "trees")
    >>> _remove_done_work(prune, "Treated 24, Prune"), _remove_done_work(prune, "Crown raising")
    ('Treated 24', None)
    >>> _remove_done_work(prune, "Remove dead limbs, remove")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    geo.errors.BadInput: maintenance is 'Remove dead limbs, remove': ...
    """
    parts = [part.strip() for part in re.split("[,;]", text)]
    remaining = ", ".join(part for part in parts if part and _need_of_maintenance(part) not in work_type.needs)
    later_needs = NEED_MATCH_ORDER[NEED_MATCH_ORDER.index(work_type.needs[0]) + 1 :]
    if remaining and _need_of_maintenance(remaining) not in later_needs:
        raise BadInput(f"maintenance is {text!r}: it is not clear what work is left; give it in `set.maintenance`")
    return remaining or None


def _need_of_clearance(clearance: Any) -> str:
    """Return the need that a text on clearance asks for by itself.

    >>> _need_of_clearance("sidewalk"), _need_of_clearance("None needed")
    ('prune', 'unknown')
    """
    return tree_need(None, clearance, None, None)[0]


def _need_of_maintenance(maintenance: str) -> str:
    """Return the need that a text on maintenance asks for by itself.

    >>> _need_of_maintenance("Grind stump"), _need_of_maintenance("Monitor")
    ('stump', 'inspect')
    """
    return tree_need(maintenance, None, None, None)[0]


def _site_status_changes(transaction: WriteTransaction, tree: Record, status: str) -> list[RecordChange]:
    """Return the change of status at a removed tree's site.

    There is none if another tree stands at the site, or if somebody has set its status already.
    """
    site_id = tree.values["site_id"]
    if site_id is None:
        return []
    sites = transaction.rows_where_in("sites", "id", [site_id], ("status",), with_geometry=False).rows
    trees = transaction.rows_where_in("trees", "site_id", [site_id], (), with_geometry=False).rows
    if len(trees) > 1 or not sites or sites[0][2] not in REPLACEABLE_SITE_STATUSES:
        return []
    return [Put("sites", Record(site_id, sites[0][1], {"status": status}))]


def _planted_tree(site: Record, stated_values: Mapping[str, Any], day: str) -> Record:
    """Return the record of a tree that was planted at a site.

    It takes the site's address and street. It takes the site's point only if that is the site's own,
    not a borrowed display point.
    """
    values = {name: site.values[from_site] for from_site, name in SITE_TO_TREE_FIELDS.items()}
    values |= {"parcel_key": site.values["parcel_key"], "planted_on": day, "site_id": site.id}
    values |= {name: value for name, value in stated_values.items() if name != "status"}
    from_site = site.wkb if site.values["placed_by"] == "point" else None
    return Record("", "", {name: value for name, value in values.items() if value is not None}, from_site)
