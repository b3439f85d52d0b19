"""Which towns a file surveys: said at the load, kept with the source, and obeyed by the join."""

import csv
import io
import json

import pytest
import shapely

from geo.store import open_store
from geo.store.records import PUBLIC, Query
from webmap import create_app
from webmap.settings import Settings

TOWNS = {"Bel-Nor": shapely.box(-90.32, 38.70, -90.31, 38.71), "Normandy": shapely.box(-90.31, 38.70, -90.30, 38.71)}
TREES = [(-90.315, 38.705), (-90.3099, 38.705)]  # one in Bel-Nor, one just across the border


def geojson(path, rows):
    features = [
        {"type": "Feature", "geometry": json.loads(shapely.to_geojson(shape)), "properties": values}
        for shape, values in rows
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


@pytest.fixture
def files(tmp_path):
    geojson(tmp_path / "files/boundaries/towns.geojson", [(shape, {"name": name}) for name, shape in TOWNS.items()])
    geojson(
        tmp_path / "files/trees/trees.geojson",
        [(shapely.Point(spot), {"id": str(number), "species": "Quercus rubra"}) for number, spot in enumerate(TREES)],
    )
    return tmp_path / "files"


def tree_counts(workspace):
    store = open_store(workspace)
    towns = {town.values["name"]: town.values["trees"] for town in store.query("municipalities", Query(), actor=PUBLIC)}
    store.close()
    return towns


def test_a_tree_across_the_border_makes_no_zeros_there(files, tmp_path, lotleaf):
    workspace = tmp_path / "towns.gpkg"
    lotleaf("load", "municipalities", files / "boundaries/towns.geojson", "-w", workspace)
    lotleaf("load", "trees", files / "trees/trees.geojson", "--source", "all", "-w", workspace)
    assert tree_counts(workspace) == {"Bel-Nor": 1, "Normandy": 1}

    lotleaf("load", "trees", files / "trees/trees.geojson", "--source", "all", "--town", "bel nor", "-w", workspace)
    assert tree_counts(workspace) == {"Bel-Nor": 1, "Normandy": None}

    covers = ("--covers", "bel-nor", "--covers", "Normandy")
    lotleaf("load", "trees", files / "trees/trees.geojson", "--source", "all", *covers, "-w", workspace)
    assert tree_counts(workspace) == {"Bel-Nor": 1, "Normandy": 1}
    lotleaf("edit", "trees", "--delete", "1", "-w", workspace)
    lotleaf("edit", "sites", "--delete", "1", "-w", workspace)
    assert tree_counts(workspace) == {"Bel-Nor": 1, "Normandy": 0}


def test_a_folder_says_in_its_table_which_towns_a_file_covers(files, tmp_path, lotleaf):
    workspace = tmp_path / "towns.gpkg"
    (files / "sources.toml").write_text('["trees/trees.geojson"]\ncovers = ["Bel-Nor"]\n')

    lotleaf("load", "--all", files, "-w", workspace)

    assert tree_counts(workspace) == {"Bel-Nor": 1, "Normandy": None}
    status = json.loads(lotleaf("status", "--json", "-w", workspace).stdout)
    assert status["layers"]["trees"]["sources"][0]["covers"] == ["Bel-Nor"]


def test_only_surveys_cover_towns_and_only_towns_that_there_are(files, tmp_path, lotleaf):
    workspace = tmp_path / "towns.gpkg"
    lotleaf("load", "municipalities", files / "boundaries/towns.geojson", "-w", workspace)
    trees = files / "trees/trees.geojson"

    refused = lotleaf("load", "landmarks", trees, "--covers", "Bel-Nor", "-w", workspace, code=2)
    assert "only trees, sites, inspections can cover whole towns" in refused.stderr
    unknown = lotleaf("load", "trees", trees, "--covers", "Atlantis", "-w", workspace, code=2)
    assert "Atlantis" in unknown.stderr


def test_the_load_warns_of_rows_far_from_every_town(files, tmp_path, lotleaf):
    workspace, report = tmp_path / "towns.gpkg", tmp_path / "report.json"
    lotleaf("load", "municipalities", files / "boundaries/towns.geojson", "-w", workspace)
    spots = [*TREES, (-93.3, 37.2), (-90.315, 38.72)]
    trees = geojson(files / "far.geojson", [(shapely.Point(spot), {"species": "Quercus rubra"}) for spot in spots])

    said = lotleaf("load", "trees", trees, "--report", report, "-w", workspace).stderr

    assert "1 of 4 trees is more than 10 km from every town: row 3; check the coordinates" in " ".join(said.split())
    told = json.loads(report.read_text())
    assert told["admitted"] == 4
    assert told["far_from_towns"] == {"count": 1, "rows": "3"}
    (line,) = [row for row in told["rows"] if "nearest town" in row["reason"]]
    assert line["outcome"] == "noted"
    assert line["reason"].startswith("geometry: is at -93.30000, 37.20000, 31")


def test_a_town_without_an_inventory_shows_no_zero_of_trees_anywhere(sample_workspace):
    store = open_store(sample_workspace)
    web = create_app(Settings(workspace=sample_workspace), store).test_client()

    towns = web.get("/api/v1/municipalities.geojson?fields=trees,need_plant,trees_dead").get_json()["features"]
    unsurveyed = [town["properties"] for town in towns if town["properties"]["town"] == "Cool Valley"]
    lots = web.get("/api/v1/parcels.csv?town=cool-valley&fields=trees,trees_inside,need_plant").text
    page = web.get("/towns/cool-valley").text

    assert [(town["trees"], town["need_plant"], town["trees_dead"]) for town in unsurveyed] == [(None, None, None)]
    rows = list(csv.DictReader(io.StringIO(lots.removeprefix("\ufeff"))))
    assert {(row["trees"], row["trees_inside"], row["need_plant"]) for row in rows} == {("", "", "")}
    assert "Trees of known species: unknown." in page
    assert "3 towns unknown" in web.get("/").text
    store.close()
