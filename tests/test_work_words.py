"""What an inventory asks for is read from the whole phrase: a denial, a part or a doubt never costs a tree."""

import csv
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geo.errors import BadInput
from geo.forestry import maintenance_needs
from geo.forestry.maintenance_needs import RULE_TABLE, TREE_RULES, NeedRule, tree_need
from geo.forestry.work_grammar import WORD_TABLE, find_word_kind
from geo.forestry.work_orders import find_work_type, values_after_work
from geo.forestry.work_requests import REQUESTS, read_requests

PHRASES = list(
    csv.DictReader((Path(__file__).parent / "cases" / "words" / "work_phrases.csv").read_text("utf-8").splitlines(True))
)
REMOVALS = ["remove", "removal", "take down", "cut down", "fell", "removing"]
DENIALS = ["do not {}", "don't {}", "no {}", "never {}", "not for {}", "{} not needed", "{} not required", "{} denied",
           "no need for {}", "avoid {}", "{}: no", "should not {}", "please do not {}", "no immediate {}"]  # fmt: skip
PARTS = ["deadwood", "dead limbs", "branch", "crown", "hanger", "sucker", "grate", "ivy", "vines", "guy wire", "stake",
         "cable", "nest", "tree grate", "lower limbs", "stump sprouts", "girdling roots", "one stem", "tree stakes",
         "hung up branch", "limb(s)", "top half", "mistletoe"]  # fmt: skip
PART_MANNERS = ["remove {}", "{} removal", "{} - remove", "{}: remove", "remove: {}", "removal of {}", "{} to be removed",
                "remove {} from tree", "{}, remove", "remove ({})", "remove and replace {}", "prune, remove {}",
                "{} should be removed", "remove {}; prune", "treated 24, remove {}", "remove {} 2024"]  # fmt: skip
TREE_MANNERS = ["remove {}", "{} removal", "{} to be removed", "removal of {}", "priority 1 {} removal", "{} - remove",
                "remove {} and stump", "{} & stump removal", "treated 24, remove {}", "remove {}, do not replant"]  # fmt: skip
TREES = ["tree", "dead tree", "large tree", "ash", "ivy covered tree", "trees"]
CONDITIONS = st.sampled_from([None, "good", "poor", "unknown"])
DRESSES = st.sampled_from([str.upper, str.title, lambda text: text.replace(" ", "  "), lambda text: f" {text}\n",
                           lambda text: text.replace(" ", "_"), lambda text: text.replace(" ", "\n")])  # fmt: skip


def test_every_phrase_is_read_as_a_forester_reads_it():
    read = {row["phrase"]: tree_need(row["phrase"], None, "good", "low")[0] for row in PHRASES}

    assert len(PHRASES) >= 300
    assert {phrase: need for phrase, need in read.items() if need != wanted_needs()[phrase]} == {}


def wanted_needs() -> dict[str, str]:
    return {row["phrase"]: row["need"] for row in PHRASES}


def test_most_of_what_was_read_before_stays_and_no_phrase_becomes_a_removal_that_says_no():
    stays = [row for row in PHRASES if row["need"] == row["before"]]
    removals_gone = [row["phrase"] for row in PHRASES if row["before"] == "remove" and row["need"] == "none"]

    assert len(stays) > 300
    assert "Do not remove" in removals_gone


@given(
    st.sampled_from(DENIALS),
    st.sampled_from(REMOVALS),
    st.sampled_from(["", " tree", " this tree"]),
    CONDITIONS,
    DRESSES,
)
@example("do not {}", "remove", "", "dead", str.title)
def test_a_denied_removal_never_removes(denial, removal, thing, condition, dress):
    words = dress(denial.format(removal + ("" if "{}" in denial[-4:] and denial.startswith("{}") else thing)))

    assert "removal" not in read_requests(words)
    assert tree_need(words, None, condition, None)[0] != "remove"


@given(st.sampled_from(PART_MANNERS), st.sampled_from(PARTS), CONDITIONS, DRESSES)
@example("{} - remove", "grate", "dead", str.upper)
def test_the_removal_of_a_part_never_removes_the_tree(manner, part, condition, dress):
    words = dress(manner.format(part))

    assert "removal" not in read_requests(words)
    assert tree_need(words, None, condition, None)[0] in ("prune", "inspect")


@given(st.sampled_from(PART_MANNERS), st.sampled_from(PARTS), st.sampled_from(["do not {}", "no {}", "never {}"]))
def test_a_denied_removal_of_a_part_asks_for_nothing(manner, part, denial):
    if manner.startswith(("remove {}", "removal of")) and manner.endswith("}"):
        assert read_requests(denial.format(manner.format(part))) <= {"denied", "denied removal"}


@given(st.sampled_from(TREE_MANNERS), st.sampled_from(TREES), DRESSES)
def test_words_that_surely_mean_removal_stay_removal(manner, tree, dress):
    assert tree_need(dress(manner.format(tree)), None, "good", None)[0] == "remove"


@given(st.sampled_from(["{} if dead", "monitor for {}", "possible {}", "consider {}", "{}?", "prune or {}", "{} when needed",
                        "candidate for {}", "inspect for {}", "{} deferred", "may need {}", "{} unless treated"]),
       st.sampled_from(["remove", "removal", "tree removal"]), DRESSES)  # fmt: skip
def test_a_perhaps_is_for_an_arborist(doubt, removal, dress):
    assert tree_need(dress(doubt.format(removal)), None, "good", "low")[0] == "inspect"


@given(
    st.lists(
        st.sampled_from([word for words in WORD_TABLE["words"].values() for word in words] + list(",;:-/&?.()")),
        max_size=9,
    )
)
def test_any_row_of_words_is_read_and_its_case_makes_no_difference(words):
    text = " ".join(words).replace("*", "")

    assert read_requests(text) <= set(REQUESTS)
    assert read_requests(text) == read_requests(text.upper())


@given(st.text(max_size=60))
def test_any_text_is_read(text):
    assert read_requests(text) <= set(REQUESTS)


def test_a_dead_tree_that_is_not_to_be_removed_is_for_an_arborist():
    need, rule = tree_need("Retain as snag", None, "dead", None)

    assert need == "inspect"
    assert "not to remove" in rule
    assert tree_need("Do not prune", None, "dead", None)[0] == "remove"


def test_a_denied_word_does_not_say_that_all_is_well():
    assert tree_need("Do not remove", None, None, None)[0] == "unknown"
    assert tree_need("Do not remove", None, "poor", None)[0] == "inspect"


def test_every_word_of_the_table_has_the_kind_of_its_list():
    wrong = {
        word: (kind, find_word_kind(word.removesuffix("*")))
        for kind, words in WORD_TABLE["words"].items()
        for word in words
        if find_word_kind(word.removesuffix("*")) != kind and word.isalpha()
    }

    assert wrong == {}
    assert {request for rule in RULE_TABLE["tree"] for request in rule.get("asks", [])} <= {*REQUESTS, "nothing"}


def test_a_table_of_an_earlier_version_still_works(monkeypatch):
    patterns = {"maintenance": maintenance_needs._parse_condition("maintenance", r"\bremove\b")}
    monkeypatch.setattr(maintenance_needs, "TREE_RULES", (NeedRule("remove", "Asked.", patterns), *TREE_RULES[-1:]))
    monkeypatch.setitem(RULE_TABLE, "done", r"\btreated\b[\s\d,]*")
    tree_need.cache_clear()

    assert tree_need("Treated 24, Remove", None, None, None) == ("remove", "Asked.")
    assert tree_need("Treated 24", None, None, None)[0] == "unknown"
    tree_need.cache_clear()


@pytest.mark.parametrize(
    ("work", "words", "left"),
    [("prune", "Do not remove, prune", "Do not remove"), ("prune", "Remove stakes; monitor", "monitor"),
     ("stump", "Grind stump, prune", "prune"), ("inspect", "Monitor for removal", None)],
)  # fmt: skip
def test_finished_work_leaves_what_it_did_not_do(work, words, left):
    seen = {"maintenance": words, "clearance": None, "condition": "good", "risk": "low"}

    assert values_after_work(find_work_type(work, "trees"), seen, {})["maintenance"] == left


def test_pruning_does_not_settle_a_removal_that_is_left():
    seen = {"maintenance": "Deadwood, remove", "clearance": None, "condition": "good", "risk": "low"}

    with pytest.raises(BadInput, match="not clear what work is left"):
        values_after_work(find_work_type("prune", "trees"), seen, {})


def test_the_case_of_three_trees(lotleaf, tmp_path):
    rows = [("M0", "Do not remove"), ("M1", "Deadwood removal"), ("M2", "Tree & Stump Removal")]
    table = pd.DataFrame([{"tree id": id_, "species": "Acer rubrum", "condition": "Fair", "primary maintenance": words,
                           "latitude": 38.6986 + n / 1e5, "longitude": -90.3075} for n, (id_, words) in enumerate(rows)])  # fmt: skip
    table.to_csv(tmp_path / "m.csv", index=False)

    lotleaf("load", "trees", tmp_path / "m.csv", "-w", tmp_path / "w.gpkg")
    out = lotleaf("export", "trees", "-w", tmp_path / "w.gpkg", "--format", "csv", "-o", "-").stdout

    needs = {row["id"]: row["need"] for row in csv.DictReader(out.removeprefix("\ufeff").splitlines())}
    assert needs == {"M0": "none", "M1": "prune", "M2": "remove"}
