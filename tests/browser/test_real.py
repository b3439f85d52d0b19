"""The same pages on a county's real towns and a city's real trees, lots, streets and requests."""

import json
import subprocess
import sys
import urllib.request
from pathlib import Path
from urllib.parse import quote

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.realdata, pytest.mark.slow]

LOTLEAF = Path(sys.executable).with_name("lotleaf")
FILES = {
    "municipalities": "boundaries/stl_county_places_tiger2019/*.json",
    "parcels": "parcels/stl_land_bank/*.parquet",
    "streets": "streets/stl_city/*.parquet",
    "trees": "trees/stl_forest_park/*.parquet",
    "inspections": "inspections/stl_311_january_2018/*.csv",
}


@pytest.fixture(scope="module")
def county(realdata, tmp_path_factory):
    """Load the county's towns and the city's files."""
    workspace = tmp_path_factory.mktemp("real") / "county.gpkg"
    for layer, files in FILES.items():
        run("load", layer, *sorted(realdata.glob(files)), "-w", workspace, "--no-join")
    run("join", "-w", workspace)
    return workspace


def run(*words):
    subprocess.run([LOTLEAF, *words], check=True, timeout=120, capture_output=True)


def first(address, layer):
    """Name the first record of a layer."""
    with urllib.request.urlopen(f"{address}/api/v1/{layer}.geojson?limit=1", timeout=30) as answer:  # noqa: S310 - our own server
        return json.load(answer)["features"][0]["id"]


def test_every_page_opens_clean_on_real_files(county, serving, visiting):
    with serving(county) as address:
        one = visiting(address)
        forest_park, north = "at=17/38.637/-90.285", "at=16/38.668/-90.245"
        for page in [
            "/", f"/map/coverage?{north}", f"/map/maintenance?{forest_park}",
            f"/map/inspections?{north}", "/towns/pagedale", "/towns/st-louis", "/exports", "/about",
            *(f"/{layer}/{quote(first(address, layer))}" for layer in FILES if layer not in ("municipalities", "streets")),
        ]:  # fmt: skip
            one.open(page)
            assert one.faults() == [], page
            assert one.page.locator("h1").count() == 1
