"""Real municipal files through the whole house: loaded by profile, joined, looked up, exported.

Each count is explained: what was refused, and why.
"""

import json
import time

import geopandas as gpd
import pytest

pytestmark = [pytest.mark.realdata, pytest.mark.slow]

SECONDS = 240  # 60 on an idle machine; `make test` runs several parts at a time


@pytest.fixture(scope="module")
def cambridge(realdata, lotleaf, tmp_path_factory):
    """Cambridge, Massachusetts: limits, parcels with their tax rows, addresses, streets, vegetation."""
    return whole(
        lotleaf,
        tmp_path_factory.mktemp("cambridge"),
        {
            "municipalities": ("cambridge-boundary", realdata.glob("boundaries/cambridge_ma/*City*")),
            "parcels": ("cambridge-parcels", realdata.glob("parcels/cambridge_ma_fy2014/*FY*14.*")),
            "addresses": ("cambridge-addresses", realdata.glob("addresses/cambridge_ma/*.csv")),
            "streets": ("cambridge-streets", realdata.glob("streets/cambridge_ma/*.geojson")),
            "canopy": ("cambridge-vegetation", realdata.glob("canopy/cambridge_ma*/*.geojson")),
        },
    )


@pytest.fixture(scope="module")
def stlouis(realdata, lotleaf, tmp_path_factory):
    """St. Louis: the county's places, land-bank lots, Forest Park's trees, requests of one month."""
    return whole(
        lotleaf,
        tmp_path_factory.mktemp("stlouis"),
        {
            "municipalities": ("tiger-places", realdata.glob("boundaries/stl_county*/*.json")),
            "parcels": ("stl-land-bank-parcels", realdata.glob("parcels/stl_land_bank/*")),
            "trees": ("stl-forest-park-trees", realdata.glob("trees/stl_forest_park/*")),
            "inspections": ("stl-311", realdata.glob("inspections/stl_311*/*.csv")),
            "streets": ("stl-city-streets", realdata.glob("streets/stl_city/*")),
        },
    )


def whole(lotleaf, folder, files):
    """Load each layer, join once; give the workspace, the reports and the seconds that it took."""
    workspace, started, reports = folder / "w.gpkg", time.monotonic(), {}
    for layer, (profile, paths) in files.items():
        report = folder / f"{layer}.json"
        known = ("--profile", profile, "--report", report, "--no-join")
        # Shapes before tables, so that a table of a second file joins the shapes of the first.
        ordered = sorted(paths, key=lambda path: (path.suffix == ".csv", path.name))
        lotleaf("load", layer, *ordered, "-w", workspace, *known)
        reports[layer] = json.loads(report.read_text())
    lotleaf("join", "-w", workspace)
    return workspace, reports, time.monotonic() - started


def counts(report):
    """Give read, admitted and refused of a report, once it adds up."""
    assert report["read"] == report["admitted"] + report["refused"]
    assert report["refused"] == len({r["row"] for r in report["rows"] if r["outcome"] == "refused"})
    return report["read"], report["admitted"], report["refused"]


def rows_with(report, outcome, words):
    """Count the rows whose remark of this outcome holds these words."""
    return len({r["row"] for r in report["rows"] if r["outcome"] == outcome and words in r["reason"]})


def features(lotleaf, workspace, layer, *words):
    done = lotleaf("export", layer, "-o", "-", "-w", workspace, *words)
    return [feature["properties"] for feature in json.loads(done.stdout)["features"]]


def test_cambridge_is_loaded_whole_and_in_time(cambridge):
    _, reports, seconds = cambridge

    # One parcel has an empty geometry and neither id nor tax row: nothing places it.
    assert counts(reports["parcels"]) == (13_116, 13_115, 1)
    assert rows_with(reports["parcels"], "mended", "invalid") == 37
    # 33,500 rows of the address table equal another in every column, the address's own id included.
    assert counts(reports["addresses"]) == (57_021, 23_521, 33_500)
    assert rows_with(reports["addresses"], "refused", "the same as another") == 33_500
    assert counts(reports["streets"]) == (2_643, 2_643, 0)
    assert counts(reports["canopy"]) == (96, 96, 0)
    assert seconds < SECONDS


def test_cambridge_parcels_know_their_town_and_their_vegetation(cambridge, lotleaf):
    workspace, _, _ = cambridge

    parcels = features(lotleaf, workspace, "parcels")

    # Five lots lie in the Charles River or beyond the limits as drawn.
    assert sum(parcel["town"] == "Cambridge" for parcel in parcels) >= 13_100
    assert all(parcel["canopy_m2"] is not None for parcel in parcels if parcel["town"])
    assert all(parcel["trees"] is None for parcel in parcels), "no inventory: unknown, not 0"
    towns = features(lotleaf, workspace, "municipalities")
    on_lots = sum(p["canopy_m2"] or 0 for p in parcels if p["id"] == p["ground_id"])
    assert on_lots > 0
    assert 0 < towns[0]["canopy_m2"] < towns[0]["area_m2"]


def test_cambridge_addresses_are_found(cambridge, lotleaf):
    workspace, _, _ = cambridge
    asked = ["1 Aberdeen Ct", "1 aberdeen court", "100 massachusetts ave", "99999 Massachusetts Ave"]

    done = lotleaf("find", "--batch", "-w", workspace, stdin="\n".join(asked) + "\n")

    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["status"] for answer in answers[:3]] == ["exact", "exact", "exact"]
    assert answers[3]["status"] in {"nearest", "none"}
    assert answers[0]["candidates"][0]["parcel_id"] == "251-243"
    assert answers[0]["candidates"][0]["town"] == "Cambridge"


def test_st_louis_is_loaded_whole_and_in_time(stlouis):
    _, reports, seconds = stlouis

    assert counts(reports["municipalities"]) == (99, 99, 0)
    assert counts(reports["parcels"]) == (9_467, 9_467, 0)
    assert rows_with(reports["parcels"], "mended", "more than once") == 1
    assert counts(reports["trees"]) == (15_450, 15_450, 0)
    # 13 rows equal another in every column; 12 have neither coordinates nor an address.
    assert counts(reports["inspections"]) == (1_554, 1_529, 25)
    assert rows_with(reports["inspections"], "refused", "the same as another") == 13
    assert rows_with(reports["inspections"], "refused", "cannot be placed") == 12
    assert rows_with(reports["inspections"], "noted", "no coordinates") == 48
    assert seconds < SECONDS


def test_forest_parks_stumps_are_sites_and_no_trees(stlouis, lotleaf):
    workspace, _, _ = stlouis

    trees = features(lotleaf, workspace, "trees")
    sites = features(lotleaf, workspace, "sites")

    # 1,291 rows have the status Stump; no other row calls itself one.
    assert len(sites) == 15_450
    assert sum(site["status"] == "stump" for site in sites) == 15_450 - len(trees)
    assert len(trees) == 14_159
    assert len({tree["id"] for tree in trees}) == len(trees)
    assert {tree["site_id"] for tree in trees} <= {site["id"] for site in sites}
    assert sum(tree["need"] == "remove" for tree in trees) >= 82, "the dead ones at least"


def test_no_tree_of_forest_park_stands_at_a_land_bank_lot(stlouis, lotleaf):
    workspace, _, _ = stlouis

    trees = features(lotleaf, workspace, "trees")
    parcels = features(lotleaf, workspace, "parcels")

    assert {tree["frontage_parcel_id"] for tree in trees} == {None}
    # Some stand between the carriageways of a divided drive; none has a lot.
    assert {tree["method"] for tree in trees} <= {"none", "median"}
    # A park's inventory tells nothing of lots: their trees are unknown, not 0.
    assert {parcel["trees"] for parcel in parcels} == {None}
    assert sum(parcel["town"] == "St. Louis" for parcel in parcels) >= 9_460


def test_land_bank_lots_are_found_by_their_padded_addresses(stlouis, lotleaf):
    workspace, _, _ = stlouis

    done = lotleaf("find", "--json", "4570 R Wabash Ave", "-w", workspace)

    answer = json.loads(done.stdout)
    assert (answer["status"], answer["candidates"][0]["parcel_id"]) == ("exact", "62679330000")


@pytest.mark.parametrize("layer", ["parcels", "trees", "inspections", "municipalities"])
def test_an_export_reads_back_row_by_row(stlouis, lotleaf, tmp_path, layer):
    workspace, _, _ = stlouis
    file = tmp_path / f"{layer}.geojson"

    lotleaf("export", layer, "-o", file, "-w", workspace)

    frame = gpd.read_file(file)
    status = json.loads(lotleaf("status", "--json", "-w", workspace).stdout)
    assert len(frame) == status["layers"][layer]["rows"]
    assert frame.crs.to_epsg() == 4326
    assert {"id", "town"} <= set(frame.columns)
    assert frame["id"].is_unique
    assert frame.geometry[frame.geometry.notna()].is_valid.all()
