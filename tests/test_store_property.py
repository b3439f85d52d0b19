"""Whatever is loaded, edited, deleted and reloaded: the store agrees with a few dicts."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from property_examples import examples

from geo.crs import WGS84
from geo.errors import NoSuchRecord, NoSuchSource
from geo.identifiers import slugify
from geo.schema import LAYERS, cast_columns
from geo.store import open_store
from geo.store.records import OPERATOR, Load, Query, Record

NOW = datetime(2018, 1, 1, tzinfo=UTC)
IDS = st.sampled_from(["1", "2", "3", "1~b"])
SOURCES = st.sampled_from(["a", "b", "B"])
CONDITIONS = st.sampled_from(["good", "fair", "dead", None])


def trees(rows):
    table = {"id": list(rows), "source": "", "raw": "{}"}
    table |= {field.name: [None] * len(rows) for field in LAYERS["trees"].fields}
    table["condition"] = list(rows.values())
    places = gpd.GeoSeries.from_xy([-90.3] * len(rows), [38.7] * len(rows), crs=WGS84)
    return cast_columns(gpd.GeoDataFrame(table, geometry=places, crs=WGS84), LAYERS["trees"])


class Town(RuleBasedStateMachine):
    """The model: what each file last said, the edits on it, what was deleted, who has which id."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = open_store(Path(self.folder.name) / "town.gpkg", create=True)
        self.files, self.edits, self.ids = {}, {}, {}
        self.deleted, self.stood = set(), set()

    def teardown(self):
        self.store.close()
        self.folder.cleanup()

    def standing(self):
        """The trees that stand: (source, id in the source) and the condition that shows."""
        return {
            (source, id_): self.edits.get((source, id_), condition)
            for source, rows in self.files.items()
            for id_, condition in rows.items()
            if (source, id_) not in self.deleted
        }

    @rule(source=SOURCES, rows=st.dictionaries(IDS, CONDITIONS, max_size=4))
    def load(self, source, rows):
        before = {key: value for key, value in self.standing().items() if key[0] == source}
        version = self.store.version
        known = source in self.files
        self.files[source] = rows
        after = {key: value for key, value in self.standing().items() if key[0] == source}

        (done,) = self.store.load(Load("trees", source, trees(rows), {}), actor=OPERATOR, at=NOW)

        assert (done.added, done.deleted) == (len(after.keys() - before), len(before.keys() - after))
        both = before.keys() & after
        assert done.changed == sum(before[key] != after[key] for key in both)
        assert done.unchanged == len(both) - done.changed
        changed = done.added + done.changed + done.deleted > 0
        assert self.store.version == version + (changed or not known)

    @rule(source=SOURCES)
    def unload(self, source):
        if source not in self.files:
            with pytest.raises(NoSuchSource):
                self.store.unload("trees", source, actor=OPERATOR, at=NOW)
            return
        rows = sum(key[0] == source for key in self.standing())
        del self.files[source]

        assert self.store.unload("trees", source, actor=OPERATOR, at=NOW) == rows

    @rule(source=SOURCES, id_=IDS, condition=CONDITIONS)
    def edit(self, source, id_, condition):
        if (source, id_) not in self.standing():
            return
        public = self.ids[source, id_]
        if self.standing()[source, id_] == condition:
            return

        self.store.put("trees", Record(public, "", {"condition": condition}), actor=OPERATOR, at=NOW)

        if condition == self.files[source][id_]:
            self.edits.pop((source, id_), None)
        else:
            self.edits[source, id_] = condition

    @rule(source=SOURCES, id_=IDS)
    def delete(self, source, id_):
        if (source, id_) not in self.standing():
            return

        self.store.delete("trees", self.ids[source, id_], actor=OPERATOR, at=NOW)

        self.deleted.add((source, id_))

    @invariant()
    def the_trees_that_stand_are_in_the_store(self):
        found = list(self.store.query("trees", Query(), actor=OPERATOR))
        own = self.own_ids()
        kept = {(r.source, own[r.id]): r.values["condition"] for r in found}
        assert kept == self.standing()
        assert len(kept) == len(found)

    def own_ids(self):
        """Who has which public id; those who had one keep it."""
        with self.store._pool.lease() as connection:
            rows = connection.execute("SELECT id, source, source_id FROM trees").fetchall()
        now = {(source, own): id_ for id_, source, own in rows}
        for (source, own), id_ in now.items():
            assert id_ == own or id_.startswith(f"{own}~{slugify(source)}")
        for key in now.keys() & self.ids.keys() & self.stood:
            assert self.ids[key] == now[key]
        self.ids |= now
        self.stood = set(now)
        return {id_: own for (_, own), id_ in now.items()}

    @invariant()
    def a_look_over_finds_nothing(self):
        assert self.store.check_integrity() == []

    @invariant()
    def who_is_gone_is_not_found(self):
        here = {record.id for record in self.store.query("trees", Query(), actor=OPERATOR)}
        for public in {"1", "2", "3"} - here:
            with pytest.raises(NoSuchRecord):
                self.store.get("trees", public, actor=OPERATOR)


Town.TestCase.settings = settings(
    max_examples=examples(25), stateful_step_count=15, deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
test_a_town_that_loads_edits_and_deletes_keeps_its_trees = Town.TestCase
