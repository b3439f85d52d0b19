"""What crews ask for is done once and whole, or not at all, and says why."""

import shutil
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from crewed import AT, TODAY, make_request, some

from geo.edits.edit_request import EditRequest, apply_edit_request
from geo.errors import BadInput, NoSuchRecord
from geo.forestry.maintenance_needs import NEEDS_BY_URGENCY
from geo.forestry.work_orders import WORK_TABLE, WORK_TYPES, find_work_type, values_after_work
from geo.incremental.edit_session import EditSession
from geo.schema import LAYERS
from geo.store import open_store
from geo.store.records import OPERATOR, PUBLIC, Actor, Query, Record
from geo.workspace import join_workspace

CREW = Actor("tablet")
TREE = {"need": "prune", "maintenance": "Prune", "clearance": None, "condition": "good", "risk": None}


@pytest.fixture
def store(crewed_county, tmp_path):
    opened = open_store(Path(shutil.copy(crewed_county, tmp_path / "county.gpkg")))
    yield opened
    opened.close()


@pytest.fixture
def answer(store):
    writer = EditSession(store)

    def tell(one):
        return dict(apply_edit_request(store, writer, one, actor=CREW, at=AT, today=TODAY).response)

    return tell


def now(store, layer, id_):
    return store.get(layer, id_, actor=PUBLIC).values


def assert_as_joined(store):
    """Hold what edits have left against a join of everything."""
    assert not store.status()["joined"]["stale"]
    alone = {name: store.read_joined_values(name).sort_values("id", ignore_index=True) for name in LAYERS}
    join_workspace(store, actor=OPERATOR, at=AT, today=TODAY)
    for name, table in alone.items():
        whole = store.read_joined_values(name).sort_values("id", ignore_index=True)
        pd.testing.assert_frame_equal(table, whole, obj=name)


# The table


def test_every_need_of_a_tree_or_a_site_has_its_work():
    answered_by = {(need, one.layer) for one in WORK_TYPES.values() for need in one.needs if one.work == need}

    assert answered_by == {
        ("prune", "trees"), ("inspect", "trees"), ("remove", "trees"), ("stump", "trees"), ("stump", "sites"), ("plant", "sites")
    }  # fmt: skip
    assert {need for need, _ in answered_by} == set(NEEDS_BY_URGENCY) - {"none", "unknown"}


def test_the_table_names_fields_that_there_are():
    for one in WORK_TYPES.values():
        own, trees = LAYERS[one.layer].fields_by_name, LAYERS["trees"].fields_by_name
        assert {*one.clear_words, *one.clear_fields} <= set(own)
        assert all(own[name].editable for name in (*one.clear_words, *one.clear_fields))
        assert set(one.accepts) <= set(trees)
        assert set(one.site_status) <= set(LAYERS["sites"].fields_by_name["status"].codes)
        assert one.description.endswith(".")


def test_the_decision_tells_every_work():
    page = (Path(__file__).parents[1] / "docs" / "decisions" / "0025-work-orders.md").read_text("utf-8")

    assert not [one for one in WORK_TABLE["work"] if f"| {one['work']} | {one['layer']} |" not in page]


@pytest.mark.parametrize(
    ("words", "left"),
    [("Prune", None), ("Treated 24, Prune", "Treated 24"), ("Prune; inspect", "inspect"), ("Prune, None", "None"),
     ("Hazard Prune, see notes", "see notes"), ("Raise crown, clean", None)],
)  # fmt: skip
def test_pruning_strikes_out_the_words_that_asked_for_it_and_no_other(words, left):
    told = values_after_work(find_work_type("prune", "trees"), TREE | {"maintenance": words}, {})

    assert told == {"maintenance": left}


@pytest.mark.parametrize("words", ["None", "Treated 24", "Water", None])
def test_words_that_did_not_ask_for_the_work_stay(words):
    seen = TREE | {"maintenance": words, "clearance": "Sign"}

    assert values_after_work(find_work_type("prune", "trees"), seen, {}) == {"clearance": None}


@pytest.mark.parametrize(("words", "left"), [("Sign", {"clearance": None}), ("None needed", {}), (None, {})])
def test_clearance_is_no_longer_wanting_once_it_is_brought_about(words, left):
    told = values_after_work(find_work_type("prune", "trees"), TREE | {"clearance": words}, {})

    assert told == {"maintenance": None} | left


def test_words_that_would_ask_for_something_else_when_parted_are_left_to_the_crew():
    seen = TREE | {"maintenance": "Remove dead limbs, remove"}

    with pytest.raises(BadInput, match=r"give it in `set.maintenance`"):
        values_after_work(find_work_type("prune", "trees"), seen, {})

    assert values_after_work(find_work_type("prune", "trees"), seen, {"maintenance": None})["maintenance"] is None


def test_a_look_at_a_tree_says_what_was_found_where_its_rating_asked_for_the_look():
    seen = TREE | {"need": "inspect", "maintenance": None, "condition": "poor"}
    work = find_work_type("inspect", "trees")

    with pytest.raises(BadInput, match="still need inspect: Its condition is poor"):
        values_after_work(work, seen, {})

    assert values_after_work(work, seen, {"condition": "fair"}) == {"condition": "fair"}
    assert values_after_work(work, seen, {"maintenance": "Remove"}) == {"maintenance": "Remove"}


# Work in a county


def test_a_pruned_tree_needs_no_pruning_and_the_lot_and_town_know(store, answer):
    tree = some(store, "trees", need="prune")
    told = answer(make_request(tree, "trees", seen=("need", "maintenance", "clearance"), work="prune"))

    after_ = now(store, "trees", tree.id)
    assert told["status"] == "done"
    assert after_["need"] != "prune"
    assert now(store, "sites", tree.values["site_id"])["need"] == after_["need"]
    (note,) = store.read_notes("trees", tree.id, limit=5)
    assert (note.number, note.work, note.text) == (told["note"], "prune", None)
    assert_as_joined(store)


@pytest.mark.parametrize(("given", "status", "need"), [({}, "stump", "stump"), ({"status": "vacant"}, "vacant", "plant")])  # fmt: skip
def test_a_removed_tree_is_ended_and_its_site_holds_what_is_left(store, answer, given, status, need):
    tree = some(store, "trees", need="remove", at=1)
    told = answer(make_request(tree, "trees", seen=("need",), given=given, work="remove"))

    assert told["status"] == "done"
    with pytest.raises(NoSuchRecord):
        store.get("trees", tree.id, actor=PUBLIC)
    site = now(store, "sites", tree.values["site_id"])
    assert (site["status"], site["need"], site["tree_id"]) == (status, need, None)
    assert_as_joined(store)


def test_what_is_removed_already_is_refused_and_a_site_that_somebody_spoke_of_is_left(store, answer):
    tree = some(store, "trees", need="remove", at=1)
    site_id = tree.values["site_id"]
    store.put("sites", Record(site_id, "", {"status": "retired"}), actor=OPERATOR, at=AT)

    assert answer(make_request(tree, "trees", seen=("need",), work="remove"))["status"] == "done"
    again = answer(make_request(tree, "trees", seen=("need",), work="remove"))

    assert (again["status"], "in trees: deleted on" in again["reason"]) == ("refused", True)
    assert now(store, "sites", site_id)["status"] == "retired"


def test_a_stump_is_ground_and_the_place_planted_with_a_tree_of_today(store, answer):
    site = some(store, "sites", need="stump")

    ground = answer(make_request(site, "sites", seen=("need", "status"), work="stump"))
    vacant = store.get("sites", site.id, actor=PUBLIC)
    species = {"species": "Quercus alba", "condition": "good"}
    planted = answer(make_request(vacant, "sites", seen=("need", "status"), given=species, work="plant", made_at=AT))

    assert (ground["status"], vacant.values["need"], planted["status"]) == ("done", "plant", "done")
    there = now(store, "sites", site.id)
    tree = store.get("trees", planted["made"]["id"], actor=PUBLIC)
    assert (there["status"], there["tree_id"], there["need"]) == ("planted", tree.id, "none")
    assert tree.values["species"] == "Quercus alba"
    assert tree.values["planted_on"] == "2026-05-04"
    assert tree.values["frontage_parcel_id"] == site.values["frontage_parcel_id"]
    assert_as_joined(store)


def test_a_stump_that_a_trees_words_tell_of_is_said_of_the_tree(store, answer):
    tree = some(store, "trees", condition="good", need="none")
    writes = make_request(tree, "trees", given={"maintenance": "Treated 24; grind stump"})
    assert answer(writes)["status"] == "done"
    tree, site = (
        store.get(layer, id_, actor=PUBLIC) for layer, id_ in (("trees", tree.id), ("sites", tree.values["site_id"]))
    )

    refused = answer(make_request(site, "sites", seen=("need", "status"), work="stump"))
    done = answer(make_request(tree, "trees", seen=("need", "maintenance"), work="stump"))

    assert site.values["need"] == "stump"
    assert refused["reason"] == f"a tree is on record at this site; report the work on tree {tree.id}"
    assert done["status"] == "done"
    assert now(store, "trees", tree.id)["maintenance"] == "Treated 24"
    assert now(store, "sites", site.id)["need"] == "none"


def test_work_that_nothing_needed_is_refused(store, answer):
    tree = some(store, "trees", need="remove")

    told = answer(make_request(tree, "trees", seen=("need", "maintenance", "condition"), work="prune"))

    assert (told["status"], told["reason"]) == (
        "refused",
        "the work prune does not fit a record with the need remove; it fits: prune",
    )
    assert answer(make_request(tree, "trees", work="remove"))["reason"].startswith("`was` must include need")
    assert (
        "is not a kind of work on trees" in answer(make_request(tree, "trees", seen=("need",), work="plant"))["reason"]
    )


# What was seen, and what is


def test_a_conflict_tells_both_values_and_writes_nothing(store, answer):
    tree = some(store, "trees", condition="good")
    writes = make_request(tree, "trees", given={"condition": "poor", "risk": "low"}, note="split crotch")
    store.put("trees", Record(tree.id, "", {"condition": "fair"}), actor=OPERATOR, at=AT)
    version = store.version

    told = answer(writes)

    assert told == {
        "key": writes.key, "status": "conflict", "field": "condition", "was": "good", "is": "fair", "yours": "poor"
    }  # fmt: skip
    assert store.version == version
    assert store.read_notes("trees", tree.id, limit=5) == []
    store.put("trees", Record(tree.id, "", {"condition": "good"}), actor=OPERATOR, at=AT)
    assert answer(writes) == told  # what came of a key stays


def test_every_field_that_differs_is_told(store, answer):
    tree = some(store, "trees", condition="good")
    writes = make_request(tree, "trees", given={"condition": "poor", "dbh_in": 30}, seen=("maintenance",))
    changed = {"condition": "fair", "dbh_in": 31, "maintenance": "Prune"}
    store.put("trees", Record(tree.id, "", changed), actor=OPERATOR, at=AT)

    told = answer(writes)

    assert [told["field"], *(one["field"] for one in told["others"])] == ["condition", "dbh_in", "maintenance"]
    assert told["others"][1]["yours"] == tree.values["maintenance"]


def test_two_crews_that_say_the_same_agree(store, answer):
    tree = some(store, "trees", condition="good")
    one, two = (make_request(tree, "trees", given={"condition": "dead"}) for _ in range(2))

    assert [answer(one)["status"], answer(two)["status"]] == ["done", "done"]
    assert now(store, "trees", tree.id)["need"] == "remove"


def test_the_same_work_by_two_crews_is_done_once_and_the_other_hears_of_it(store, answer):
    tree = some(store, "trees", need="prune")
    one, two = (make_request(tree, "trees", seen=("need", "maintenance", "clearance"), work="prune") for _ in range(2))

    assert answer(one)["status"] == "done"
    told = answer(two)

    assert (told["status"], told["field"], told["was"]) == ("conflict", "need", "prune")
    assert told["yours"] == "prune"
    assert len(store.read_notes("trees", tree.id, limit=5)) == 1


def test_a_key_is_answered_the_same_and_does_nothing_again(store, answer):
    tree = some(store, "trees", condition="good")
    writes = make_request(tree, "trees", given={"condition": "poor"}, note="split", image=b"x")

    first = answer(writes)
    version = store.version
    second = answer(writes)

    assert first == second
    assert first["status"] == "done"
    assert store.version == version
    assert len(store.read_notes("trees", tree.id, limit=5)) == 1


def test_a_key_of_another_edit_is_refused(store, answer):
    tree = some(store, "trees", condition="good")
    first = make_request(tree, "trees", given={"condition": "poor"})
    answer(first)

    told = answer(make_request(tree, "trees", given={"condition": "dead"}, key=first.key))

    assert (told["status"], "another edit" in told["reason"]) == ("refused", True)
    assert now(store, "trees", tree.id)["condition"] == "poor"
    assert answer(first)["status"] == "done"


@pytest.mark.parametrize(
    ("was", "given", "why"),
    [
        ({}, {"condition": "poor"}, "`was` must include condition"),
        ({"condition": "good"}, {"condition": "sad"}, "it must be one of"),
        ({"condition": "good"}, {"condition": 5}, "it must be text"),
        ({"condition": 5}, {"condition": "poor"}, "that this field cannot hold"),
        ({"species": "x"}, {"species": "Acer"}, "'species' cannot be edited"),
        ({"need": "none"}, {"need": "prune"}, "'need' cannot be edited"),
        ({"notes": "canary"}, {}, "`was` names 'notes', which is not a public field"),
        ({"raw": "canary"}, {}, "`was` names 'raw', which is not a public field"),
        ({"dbh_in": None}, {"dbh_in": 1e9}, "at least 0.1 and at most 120 in"),
        ({"override_parcel_id": None}, {"override_parcel_id": "nowhere"}, "there is no such parcel"),
    ],
)  # fmt: skip
def test_what_nobody_may_ask_is_refused_and_says_why(store, answer, was, given, why):
    tree = some(store, "trees", condition="good")
    was = {name: tree.values.get(name) if name == "dbh_in" else value for name, value in was.items()}
    version = store.version

    told = answer(EditRequest("k" * 36, "trees", tree.id, was, given))

    assert told["status"] == "refused"
    assert why in told["reason"]
    assert store.version == version


def test_an_id_that_there_is_not_is_refused(answer):
    told = answer(EditRequest("k" * 36, "sites", "nowhere", {}, {}, note="x"))

    assert told == {"key": "k" * 36, "status": "refused", "reason": "there is no record 'nowhere' in sites"}


def test_a_note_alone_changes_no_record(store, answer):
    site = some(store, "sites")
    stamp = store.layer_etag("sites")

    told = answer(make_request(site, "sites", note="Gate is locked", image=b"photo", made_at=AT))

    (note,) = store.read_notes("sites", site.id, limit=5)
    assert (note.text, note.made_at, note.photo_number) == ("Gate is locked", AT.isoformat(), told["photo"])
    assert store.layer_etag("sites") == stamp
    assert not store.status()["joined"]["stale"]


def test_a_season_of_work_leaves_what_a_join_of_everything_makes(store, answer):
    was = {
        "prune": ("maintenance", "clearance"),
        "inspect": ("maintenance",),
        "plant": ("status",),
        "stump": ("status",),
    }
    found = {"condition": "fair", "risk": "low"}
    told = Counter()

    for layer in ("trees", "sites"):
        for record in list(store.query(layer, Query(), actor=PUBLIC)):
            need, there = record.values["need"], record.values.get("tree_id")
            if need not in ("none", "unknown") and there is None and (need, layer) in WORK_TYPES:
                given = found if need == "inspect" else {}
                one = make_request(record, layer, seen=("need", *was.get(need, ())), given=given, work=need)
                done = answer(one)
                told[need, done["status"]] += 1
                told[record.values["placed_by"]] += 1
                assert done["status"] == "done", done

    assert all(told[need, "done"] for need in ("prune", "inspect", "remove", "stump", "plant")), told
    assert_as_joined(store)
    assert not list(store.query("trees", Query(where={"need": ("remove",)}), actor=PUBLIC))
