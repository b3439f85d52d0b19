"""The benchmark of the join tells a right answer from a wrong one, and runs."""

import json
import os
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

ROOT = Path(__file__).parents[1]


@pytest.fixture
def agrees(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(ROOT))
    from benchmarks.join.files import CountyFiles
    from benchmarks.join.verify import is_in_agreement

    files = CountyFiles(tmp_path)
    lots = [shapely.box(0, 0, 20, 30), shapely.box(20, 0, 21, 30)]
    gpd.GeoDataFrame({"id": ["lot", "strip"]}, geometry=lots, crs=26996).to_parquet(files.parcels)

    def ask(task, engine, answer, reference):
        return is_in_agreement(task, engine, pd.DataFrame(answer), pd.DataFrame(reference), files)

    return ask


def test_one_tree_at_another_parcel_is_seen(agrees):
    right = {"tree": ["oak", "elm", "ash"], "parcel": ["lot", "strip", None]}

    turned = {"tree": ["elm", "oak"], "parcel": ["strip", "lot"]}
    wrong = {"tree": ["oak", "elm"], "parcel": ["lot", "lot"]}
    lost = {"tree": ["oak"], "parcel": ["lot"]}

    assert agrees("trees", "duckdb", turned, right)
    assert not agrees("trees", "duckdb", wrong, right)
    assert not agrees("trees", "duckdb", lost, right)


@pytest.mark.parametrize(("m2", "same"), [(100.00009, True), (100.0002, False)])
def test_areas_agree_within_a_millionth(agrees, m2, same):
    right = {"parcel": ["lot"], "m2": [100.0]}

    assert agrees("canopy", "duckdb", {"parcel": ["lot", "strip"], "m2": [m2, 0.0]}, right) is same


def test_a_share_that_is_left_out_is_seen(agrees):
    right = {"parcel": ["lot", "lot"], "town": ["Bel-Nor", "Bellerive"], "share": [0.9, 0.1]}

    assert not agrees("towns", "duckdb", {"parcel": ["lot"], "town": ["Bel-Nor"], "share": [0.9]}, right)


@pytest.mark.parametrize(("lot", "strip", "same"), [(0.52, 0.9, True), (0.54, 0.5, False)])
def test_cells_counted_by_their_middles_may_be_off_a_little(agrees, lot, strip, same):
    right = {"parcel": ["lot", "strip"], "share": [0.5, 0.5]}
    found = {"parcel": ["lot", "strip"], "share": [lot, strip]}

    assert agrees("raster", "rasterstats", found, right) is same
    assert not agrees("raster", "lotleaf", found, right)


def test_the_benchmark_runs_and_our_answers_agree(tmp_path):
    run = [sys.executable, "-m", "benchmarks.join.run", "300", "--repeat", "1", "--towns", "2"]
    only = ["--tasks", "trees,canopy", "--engines", "lotleaf"]

    subprocess.run([*run, *only], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True)

    rows = json.loads((tmp_path / "benchmarks" / "out" / "join.json").read_text())
    assert [(row["task"], row["engine"], row["parcels"], row["agrees"]) for row in rows] == [
        ("trees", "geopandas", 300, True),
        ("trees", "lotleaf", 300, True),
        ("canopy", "geopandas", 300, True),
        ("canopy", "lotleaf", 300, True),
    ]
    assert all(row[name] > 0 for row in rows for name in ("cpu_s", "wall_s", "peak_mb"))
