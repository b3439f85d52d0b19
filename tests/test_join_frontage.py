"""In front of which lot a tree stands: each case is a drawing that a person can make and check.

A file draws one place, in metres, or in `feet` of the state plane as assessors do. Its `why` is the reason of all its trees;
a tree that has a reason of its own says `why` beside what is expected of it.
"""

import sys
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from drawn import CORNER, shape, town

FILES = sorted((Path(__file__).parent / "cases" / "frontage").glob("*.toml"))
FOOT_M = 1200 / 3937  # the survey foot
REACH_M = 15
METHODS = {"contains", "frontage", "nearest", "park", "median", "manual", "none"}


@cache
def drawing(path):
    drawn = tomllib.loads(path.read_text("utf-8"))
    if drawn.pop("feet", False):
        for name in {"parcels", "streets", "trees"} & set(drawn):
            drawn[name] = {id_: in_metres(row) for id_, row in drawn[name].items()}
    return drawn


def in_metres(row):
    """Turn a row that is drawn in feet of the state plane into one drawn as all the others are."""
    row = {"wkt": row} if isinstance(row, str) else row
    drawn = shapely.from_wkt(row["wkt"])
    return row | {"wkt": shapely.transform(drawn, lambda xy: xy * FOOT_M - CORNER)}


def wkt(row):
    return row.get("wkt") if isinstance(row, dict) else row


def case(path, tree):
    return pytest.param(path, tree, id=f"{path.stem}-{tree}")


EVERY = [(path, tree) for path in FILES for tree in drawing(path)["expect"]]


@cache
def trees(path):
    drawn = dict(drawing(path))
    known = drawn.pop("addresses", {})
    return town(drawn, parcel_of_address=lambda words, _: words.map(known).astype("str"))["trees"]


def text(value):
    return "" if pd.isna(value) else value


@pytest.mark.parametrize(("path", "tree"), [case(path, tree) for path, tree in EVERY])
def test_a_tree_belongs_where_the_drawing_says(path, tree):
    wanted = {k: v for k, v in drawing(path)["expect"][tree].items() if k != "why"}

    row = trees(path).loc[tree]

    told = {
        "parcel": text(row["frontage_parcel_id"]),
        "method": row["method"],
        "confidence": text(row["confidence"]),
        "inside": text(row["inside_parcel_id"]),
        "runner_up": text(row["runner_up_id"]),
        "distance": round(row["distance_m"], 2),
        "town": text(row["town"]),
    }
    assert {name: told[name] for name in wanted} == wanted


def cases():
    """List the cases as path, tree and what is expected: of the trees with one reason, the first."""
    seen = {}
    for path, tree in EVERY:
        drawn = drawing(path)
        wanted = drawn["expect"][tree]
        seen.setdefault((path, wanted.get("why", drawn["why"])), (path, tree, wanted))
    return list(seen.values())


def test_there_are_enough_cases_of_every_method():
    counts = Counter(wanted.get("method") for *_, wanted in cases())

    assert len(cases()) >= 60
    assert METHODS <= set(counts) <= METHODS | {None}
    assert min(counts[method] for method in METHODS) >= 5


def plain_nearest(path, tree, passed_over):
    """Find the nearest parcel in reach, of equally near ones the lowest id; "" where there is none."""
    drawn = drawing(path)
    lots = {
        id_: shape(wkt(row))
        for id_, row in sorted(drawn["parcels"].items())
        if not isinstance(row, dict) or row.get("kind") not in passed_over
    }
    metres = shapely.distance(np.array(list(lots.values())), shape(wkt(drawn["trees"][tree])))
    return list(lots)[metres.argmin()] if metres.min() <= REACH_M else ""


@pytest.mark.parametrize(("name", "passed_over"), [("nearest parcel", ()), ("nearest lot", ("right_of_way", "water"))])
def test_plain_nearest_would_often_be_wrong(name, passed_over, record_property):
    """The drawings would prove little if the nearest parcel were always right.

    Left out is what no geometry can tell: trees without a point, and what somebody set by hand.
    """
    asked = [
        (path, tree, wanted["parcel"])
        for path, tree, wanted in cases()
        if wkt(drawing(path)["trees"][tree]) and wanted.get("method") != "manual"
    ]
    right = sum(plain_nearest(path, tree, passed_over) == parcel for path, tree, parcel in asked)

    share = right / len(asked)
    record_property(name, round(share, 3))
    sys.stdout.write(f"{name}: {right} of {len(asked)} cases right, {share:.0%}\n")
    assert len(asked) - right >= 20
    assert share < 0.72
