"""Work that a crew has done: what it changes, by the table in `work.toml`."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geo.errors import BadInput
from geo.join.needs import OF_TREE, tree_need
from geo.live.edit import Change, Delete, Put
from geo.store.protocol import Record, Turn

TABLE = tomllib.loads(Path(__file__).with_name("work.toml").read_text("utf-8"))
ASKING = (
    "stump",
    "remove",
    "prune",
    "inspect",
    "unknown",
    "none",
)  # as the rules look for them in words
UNTOLD = (None, "unknown", "planted", "proposed")  # of a site: what says nothing against a tree
ALONG = {"site_type": "location", "address": "address", "on_street": "on_street"}


@dataclass(frozen=True, slots=True)
class Work:
    """One line of the table."""

    work: str
    layer: str
    needs: tuple[str, ...]
    says: str
    strikes: tuple[str, ...] = ()
    empties: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()
    ends: bool = False
    brings: bool = False

    @property
    def sets(self) -> tuple[str, ...]:
        """What a crew may say with it."""
        return (*self.takes, *(("status",) if self.leaves else ()))


def _read(line: Mapping[str, Any]) -> Work:
    told: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in line.items()
    }
    return Work(**told)


WORKS = {(one.work, one.layer): one for one in map(_read, TABLE["work"])}


def work_of(work: str, layer: str) -> Work:
    """Give a line of the table; raises BadInput where there is none."""
    if (found := WORKS.get((work, layer))) is None:
        known = ", ".join(name for name, of in WORKS if of == layer)
        raise BadInput(f"{work!r} is no work on {layer}; there are {known}")
    return found


def after(work: Work, seen: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """Tell the values of the record itself once the work is done; `said` is what the crew says with it.

    Raises BadInput for what cannot be said with it, and where the record would need the same as before.
    """
    if strange := [name for name in said if name not in work.sets]:
        allowed = ", ".join(work.sets) or "nothing"
        raise BadInput(f"{strange[0]} is not said with {work.work}; what may be said: {allowed}")
    if work.leaves and said.get("status", work.leaves[0]) not in work.leaves:
        raise BadInput(f"after {work.work} the site's status is one of {', '.join(work.leaves)}")
    if work.layer == "sites":
        if seen["tree_id"] is not None:
            raise BadInput(f"a tree is on record there; say it of the tree {seen['tree_id']}")
        return {"status": said.get("status", work.leaves[0])}
    if work.ends:
        return {}
    told = {
        name: _struck(work, seen[name])
        for name in work.strikes
        if name not in said and seen[name] is not None and _asked(seen[name]) in work.needs
    }
    told |= {name: None for name in work.empties if _wanting(seen[name]) in work.needs}
    told |= said
    need, rule = tree_need(*(told.get(name, seen[name]) for name in OF_TREE))
    if need in work.needs:
        raise BadInput(
            f"the tree would still need {need}: {rule} Say in `set` what was found: its condition, risk or maintenance"
        )
    return told


def also(turn: Turn, work: Work, record: Record, said: Mapping[str, Any], day: str) -> list[Change]:
    """Give the changes that the work makes beside the record's own values; `day` is when it was done."""
    if work.ends:
        status = said.get("status", work.leaves[0])
        return [Delete("trees", record.id), *_site_left(turn, record, status)]
    return [Put("trees", _planted(record, said, day))] if work.brings else []


def _struck(work: Work, words: str) -> str | None:
    """Strike out the parts of words that ask for a work; None where nothing is left.

    Raises BadInput where what is left would ask for what the whole did not.
    """
    parts = [part.strip() for part in re.split("[,;]", words)]
    left = ", ".join(part for part in parts if part and _asked(part) not in work.needs)
    later = ASKING[ASKING.index(work.needs[0]) + 1 :]
    if left and _asked(left) not in later:
        raise BadInput(
            f"maintenance is {words!r}: what is left of it is not clear; say it in `set.maintenance`"
        )
    return left or None


def _wanting(clearance: Any) -> str:
    """Tell what words on clearance ask for by themselves: "none needed" asks for nothing, and stays."""
    return tree_need(None, clearance, None, None)[0]


def _asked(words: str) -> str:
    """Tell what words on maintenance ask for by themselves."""
    return tree_need(words, None, None, None)[0]


def _site_left(turn: Turn, tree: Record, status: str) -> list[Change]:
    """Say what is left at a tree's site, unless another tree stands there or somebody has said it already."""
    site_id = tree.values["site_id"]
    if site_id is None:
        return []
    sites = turn.having("sites", "id", [site_id], ("status",), shaped=False).rows
    trees = turn.having("trees", "site_id", [site_id], (), shaped=False).rows
    if len(trees) > 1 or not sites or sites[0][2] not in UNTOLD:
        return []
    return [Put("sites", Record(site_id, sites[0][1], {"status": status}))]


def _planted(site: Record, said: Mapping[str, Any], day: str) -> Record:
    """Make the tree that was planted in a site: of its place, as far as that is the site's own."""
    told = {name: site.values[own] for own, name in ALONG.items()}
    told |= {"parcel_key": site.values["parcel_key"], "planted_on": day, "site_id": site.id}
    told |= {name: value for name, value in said.items() if name != "status"}
    own = site.wkb if site.values["placed_by"] == "point" else None
    return Record("", "", {name: value for name, value in told.items() if value is not None}, own)
