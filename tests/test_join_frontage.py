"""In front of which lot a tree stands: each case is a drawing that a person can make and check."""

import tomllib
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from drawn import shape, town

CASES = sorted((Path(__file__).parent / "cases" / "frontage").glob("*.toml"))


def drawing(path):
    return tomllib.loads(path.read_text("utf-8"))


def trees(path):
    drawn = drawing(path)
    known = drawn.pop("addresses", {})
    return town(drawn, parcel_of_address=lambda words, _: words.map(known).astype("str"))["trees"]


def text(value):
    return "" if pd.isna(value) else value


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_tree_belongs_where_the_drawing_says(path):
    expected = drawing(path)["expect"]

    found = trees(path)

    for tree, wanted in expected.items():
        row = found.loc[tree]
        told = {
            "parcel": text(row["frontage_parcel_id"]),
            "method": row["method"],
            "confidence": text(row["confidence"]),
            "inside": text(row["inside_parcel_id"]),
            "runner_up": text(row["runner_up_id"]),
            "distance": row["distance_m"],
        }
        assert {name: told[name] for name in wanted} == pytest.approx(wanted, abs=0.01), tree


def test_every_method_has_its_drawing():
    methods = [wanted["method"] for path in CASES for wanted in drawing(path)["expect"].values()]

    assert set(methods) == {"contains", "frontage", "nearest", "park", "median", "manual", "none"}


def test_plain_nearest_would_be_wrong():
    """The drawings would prove little if the nearest lot were always right."""
    right, every = 0, 0
    for path in CASES:
        drawn = drawing(path)
        lots = {
            i: w if isinstance(w, str) else w["wkt"] for i, w in sorted(drawn["parcels"].items())
        }
        shapes = gpd.GeoSeries({i: shape(wkt) for i, wkt in lots.items()})
        for tree, wanted in drawn["expect"].items():
            if "wkt" in drawn["trees"][tree]:
                far = shapely.distance(shapes.to_numpy(), shape(drawn["trees"][tree]["wkt"]))
                nearest = shapes.index[far.argmin()] if far.min() <= 15 else ""
                right, every = right + (nearest == wanted["parcel"]), every + 1

    assert every >= 45
    assert right / every < 0.75
