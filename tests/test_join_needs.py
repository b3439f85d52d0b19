"""What a tree needs, by the table, and the sentence that says why."""

import pandas as pd
import pytest

from geo.forestry.maintenance_needs import NEEDS_BY_URGENCY, SITE_RULES, TREE_RULES, site_needs, tree_needs
from geo.schema import LAYERS


def need(maintenance=None, clearance=None, condition=None, risk=None):
    row = {"maintenance": maintenance, "clearance": clearance, "condition": condition, "risk": risk}
    return tree_needs(pd.DataFrame([row], dtype="str"))["need"].item()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Remove", "remove"),
        ("Remove ", "remove"),
        ("Treated 24, Remove", "remove"),
        ("Remove make WO", "remove"),
        ("Remove half", "prune"),
        ("Remove dead limbs", "prune"),
        ("Hazard Prune", "prune"),
        ("Structural  prune", "prune"),
        ("Train", "prune"),
        ("Clearance prune, treated 24", "prune"),
        ("Stump removal", "stump"),
        ("Grind stump", "stump"),
        ("Reassess in 6 months", "inspect"),
        ("Treated 23, 25", "none"),
        ("Removed 2019", "none"),
        ("None", "none"),
        ("N/A", "none"),
        (None, "none"),
        ("Zorbling", "unknown"),
        ("7-12", "unknown"),
    ],
)
def test_a_good_tree_needs_what_the_inventory_asks_for(words, expected):
    assert need(words, condition="good") == expected


def test_a_dead_tree_is_removed_whatever_is_listed():
    assert need("Clearance prune", condition="dead") == "remove"


def test_a_tree_of_which_nothing_is_recorded_is_unknown_and_not_none():
    assert need() == "unknown"
    assert need(risk="low") == "unknown"
    assert need(condition="unknown") == "unknown"


@pytest.mark.parametrize(("condition", "risk"), [("poor", None), ("critical", "low"), ("good", "high")])
def test_a_poor_or_risky_tree_without_work_listed_is_looked_at(condition, risk):
    assert need(condition=condition, risk=risk) == "inspect"


def test_a_missing_risk_is_not_a_low_one():
    assert not any("" in str(rule.need) and rule.conditions.get("risk", bool)("") for rule in TREE_RULES)


@pytest.mark.parametrize(
    ("words", "expected"), [("Vehicle", "prune"), ("None needed", "none"), ("none", "none"), (None, "none")]
)
def test_wanting_clearance_is_pruning(words, expected):
    assert need(clearance=words, condition="fair") == expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [("stump", "stump"), ("vacant", "plant"), ("proposed", "plant"), ("retired", "none"),
     ("planted", "unknown"), ("unknown", "unknown")],
)  # fmt: skip
def test_a_site_without_a_tree_needs_what_its_status_says(status, expected):
    assert site_needs(pd.DataFrame({"status": [status]}, dtype="str"))["need"].item() == expected


def test_every_rule_has_a_whole_sentence_and_a_need_of_the_code_list():
    codes = LAYERS["trees"].fields_by_name["need"].codes

    assert {rule.need for rule in TREE_RULES + SITE_RULES} == set(codes) == set(NEEDS_BY_URGENCY)
    assert all(rule.reason[0].isupper() and rule.reason.endswith(".") for rule in TREE_RULES + SITE_RULES)


def test_no_rule_of_the_table_is_dead():
    cells = {
        "maintenance": [
            None,
            "Stump",
            "Remove half",
            "Remove",
            "Prune",
            "Monitor",
            "Zorbling",
            "None",
            "Do not remove",
            "Remove if dead",
        ],
        "clearance": [None, "Vehicle"],
        "condition": [None, "dead", "poor", "good"],
        "risk": [None, "high"],
    }
    rows = pd.MultiIndex.from_product(cells.values(), names=cells).to_frame(index=False)

    found = tree_needs(rows.astype("str"))["need_rule"]

    assert set(found) == {rule.reason for rule in TREE_RULES}
