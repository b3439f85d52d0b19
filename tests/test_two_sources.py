"""Two towns number their trees alike: each tree keeps its own site, its own place and its own parcel."""

import json

import pytest


@pytest.fixture
def place(lotleaf, tmp_path):
    """Run `lotleaf load` on rows; `rows` of a layer gives what the workspace then holds, by id."""

    def load(layer, name, text, *words):
        (tmp_path / name).write_text(text)
        lotleaf("load", layer, tmp_path / name, "-w", tmp_path / "w.gpkg", *words)

    def rows(layer):
        done = lotleaf("export", layer, "-o", "-", "-w", tmp_path / "w.gpkg")
        return {one["id"]: one["properties"] for one in json.loads(done.stdout)["features"]}

    return load, rows


LOTS = """id,wkt
north,"POLYGON ((-90.3 38.7, -90.299 38.7, -90.299 38.701, -90.3 38.701, -90.3 38.7))"
south,"POLYGON ((-90.3 38.69, -90.299 38.69, -90.299 38.691, -90.3 38.691, -90.3 38.69))"
"""
DRAWN = "id,lon,lat\n1,-90.2995,38.7005\n"


def test_a_tree_without_a_point_does_not_take_that_of_another_towns_tree(place):
    load, rows = place
    load("parcels", "lots.csv", LOTS)
    load("trees", "north.csv", DRAWN)

    load("trees", "south.csv", "id,parcel_key\n1,south\n")

    trees = rows("trees")
    assert {id_: tree["site_id"] for id_, tree in trees.items()} == {"1": "1", "1~south": "1~south"}
    assert {id_: tree["inside_parcel_id"] for id_, tree in trees.items()}["1"] == "north"
    assert trees["1~south"]["frontage_parcel_id"] == "south"
    assert {id_: site["tree_id"] for id_, site in rows("sites").items()} == {"1": "1", "1~south": "1~south"}


SITES = "id,lon,lat,status,strip_width_ft\nS1,-90.2995,38.7005,planted,6\nS2,-90.2996,38.7005,vacant,4\n"
TREES = "id,site_id,lon,lat\nT1,S1,-90.2995,38.7005\nT2,,-90.2990,38.7005\n"


@pytest.mark.parametrize("words", [(), ("--source", "town")])
def test_trees_stand_in_the_sites_that_a_file_of_sites_tells_of(lotleaf, tmp_path, place, words):
    load, rows = place
    load("sites", "sites.csv", SITES, *words)

    load("trees", "trees.csv", TREES, *words)

    sites = rows("sites")
    assert {id_: site["tree_id"] for id_, site in sites.items()} == {"S1": "T1", "S2": None, "T2": "T2"}
    assert (sites["S1"]["strip_width_ft"], sites["S2"]["need"]) == (6, "plant")
    source = words[-1] if words else "trees"
    lotleaf("unload", "trees", "--source", source, "-w", tmp_path / "w.gpkg")
    assert set(rows("sites")) == {"S1", "S2"}


TOWNS = {"alpha": -90.3, "beta": -90.2}


def test_each_towns_keys_name_its_own_parcels(lotleaf, tmp_path, place):
    load, rows = place
    for town, west in TOWNS.items():
        lot = f"POLYGON (({west} 38.7, {west + 0.001} 38.7, {west + 0.001} 38.701, {west} 38.7))"
        load("parcels", "lots.csv", f'id,address,wkt\n1,1 Oak St,"{lot}"\n', "--town", town)
        load("trees", "trees.csv", f"id,parcel_key\n{town},1\n", "--town", town)
        load("inspections", "i.csv", f"id,parcel_key,status\n{town},1,open\n", "--town", town)
        load(
            "addresses",
            "a.csv",
            f"id,parcel_id,number,street,suffix,town_declared\n{town},1,9,{town},St,{town}\n",
            "--town",
            town,
        )
    load("inspections", "c.csv", "id,parcel_key,status,lon,lat\nc,1,open,-90.1992,38.7003\n")

    ids = {"alpha": "1", "beta": "1~beta-lots"}
    assert {id_: tree["frontage_parcel_id"] for id_, tree in rows("trees").items()} == ids
    cases = {id_: case["parcel_id"] for id_, case in rows("inspections").items()}
    assert cases == ids | {"c": "1~beta-lots"}
    for town, id_ in ids.items():
        done = lotleaf("find", f"9 {town} St", "--json", "-w", tmp_path / "w.gpkg")
        assert json.loads(done.stdout)["candidates"][0]["parcel_id"] == id_
