"""Real municipal files, each by its profile: how many rows, which refused, and why."""

import json
import time
from functools import cache
from pathlib import Path

import pytest

from geo.crs import Bbox
from geo.errors import NeedsOption
from geo.ingest.ingest_request import IngestRequest, IngestResult
from geo.ingest.read_source import read_source

pytestmark = pytest.mark.realdata
ST_LOUIS = Bbox(-90.35, 38.66, -90.24, 38.74)  # the 24 towns
CAMBRIDGE = Bbox(-71.17, 42.35, -71.06, 42.41)


@cache
def read_layer_files(layer: str, *files: Path, **told) -> IngestResult:
    return read_source(IngestRequest(layer=layer, files=files, **told))


def counts(reading: IngestResult) -> tuple[int, int, int]:
    report = reading.report.to_json()
    assert report["read"] == report["admitted"] + report["refused"]
    assert len([row for row in report["rows"] if row["outcome"] == "refused"]) == report["refused"]
    return report["read"], report["admitted"], report["refused"]


def outcome_counts(reading: IngestResult) -> dict[str, int]:
    return {line["reason"]: line["rows"] for line in reading.report.summary}


def test_the_99_places_of_the_census_load_in_one_go(realdata):
    files = sorted((realdata / "boundaries/stl_county_places_tiger2019").glob("*.json"))

    reading = read_layer_files("municipalities", *files, profile="tiger-places")

    towns = reading.frame
    assert counts(reading) == (99, 99, 0)
    assert towns["kind"].value_counts().to_dict() == {"city": 71, "village": 15, "unincorporated": 11, "town": 2}  # fmt: skip
    assert {"Pagedale", "Bel-Nor", "St. John", "Velda Village Hills"} <= set(towns["name"])
    assert towns.set_index("name")["slug"]["St. John"] == "st-john"
    assert towns["valid_from"].isna().all()  # the census dates its files, not the limits
    assert reading.source == "tiger-places"


def test_forest_park_is_trees_and_stumps(realdata):
    reading = read_layer_files("trees", realdata / "trees/stl_forest_park/forest_park_trees.parquet", towns_bbox=ST_LOUIS)  # fmt: skip

    trees, sites = reading.frame, reading.extra_layers["sites"]
    assert counts(reading) == (15450, 15450, 0)
    # 1,291 rows have the status Stump, and every other word for a stump stands in one of these.
    assert sites["status"].value_counts().to_dict() == {"planted": 14159, "stump": 1291}
    assert len(trees) == 14159
    assert set(trees["site_id"]) <= set(sites["id"])
    # ID repeats 197 times: 162 ids that stand again, and 35 further zeros; 36 zeros and 1 empty are no ids.
    assert outcome_counts(reading)["id: repeated; later rows got a suffix"] == 162
    assert "37" in str(outcome_counts(reading)["id: none in the file; made from the location and other values"])  # fmt: skip
    assert trees["id"].is_unique
    # A surname and "Deadwood" in the column of sites, "13-1" among the sizes, which no field takes.
    assert outcome_counts(reading)["location: is not a known value of this field; now unknown"] == 2
    assert "Remove " not in set(trees["maintenance"].dropna())
    assert trees["risk"].value_counts()["unknown"] > 0
    assert trees["dbh_in"].max() <= 120
    assert outcome_counts(reading)["geometry: another tree at the same point"] == 76  # of 90, the others with a stump
    assert json.loads(trees["raw"][0])["Scientific_Name"]


def test_the_requests_of_january_2018(realdata):
    reading = read_layer_files("inspections", realdata / "inspections/stl_311_january_2018/january_2018.csv", towns_bbox=ST_LOUIS)  # fmt: skip

    # 13 rows equal another in every field; 12 of the 48 without coordinates have no address either.
    assert counts(reading) == (1554, 1529, 25)
    assert outcome_counts(reading)["the same as another row in every column"] == 13
    assert outcome_counts(reading)["cannot be placed: no geometry, no parcel, no address"] == 12
    assert outcome_counts(reading)["x, y: no coordinates"] == 48
    assert outcome_counts(reading)["id: repeated; later rows got a suffix"] == 9
    frame = reading.frame
    assert frame["status"].value_counts().to_dict() == {"closed": 1407, "open": 85, "cancelled": 37}
    assert frame["opened_on"].between("2018-01-01", "2018-01-31").all()
    assert frame.geometry.notna().sum() == 1529 - 36
    assert frame["address"].str.contains("&|@", regex=True).sum() > 100  # intersections
    west, south, east, north = frame.total_bounds
    assert (west, south, east, north) == pytest.approx((-90.3, 38.6, -90.2, 38.7), abs=0.1)


def test_the_land_bank_s_lots(realdata):
    reading = read_layer_files("parcels", realdata / "parcels/stl_land_bank/land_bank_parcels.parquet", towns_bbox=ST_LOUIS)  # fmt: skip

    assert counts(reading) == (9467, 9467, 0)
    assert reading.frame["address"].iloc[0] == "4570 R WABASH AV"
    assert json.loads(reading.frame["raw"].iloc[0])["Address"] == "4570 R  WABASH AV "
    assert set(reading.frame["zip"].dropna().str.len()) == {5}  # no 63109.0
    # One lot is drawn in two rows, at one place.
    assert outcome_counts(reading)["id: a part of another row's parcel"] == 1
    assert "id: repeated; later rows got a suffix" not in outcome_counts(reading)
    assert reading.frame["owner"].isna().all()


def test_the_city_s_streets(realdata):
    reading = read_layer_files("streets", realdata / "streets/stl_city/streets.parquet", towns_bbox=ST_LOUIS)

    assert counts(reading) == (19858, 19858, 0)
    assert reading.frame["name"].isna().sum() == 5677  # blank, missing or "<Null>"
    assert reading.frame["left_from"].isna().sum() > 7303  # zero ranges are no ranges
    assert reading.frame["left_from"].min() >= 1


def test_cambridge_s_parcels_with_their_tax_table(realdata):
    folder = realdata / "parcels/cambridge_ma_fy2014"

    reading = read_layer_files("parcels", folder / "ASSESSING_ParcelsFY2014.topojson", folder / "TaxFY14.csv", towns_bbox=CAMBRIDGE)  # fmt: skip

    # The one refused row is the empty geometry, whose ML ("--") the tax table does not have.
    assert counts(reading) == (13116, 13115, 1)
    assert outcome_counts(reading)["geometry: invalid; repaired"] == 37
    assert outcome_counts(reading)["geometry: empty"] == 1
    # ML repeats 80 times: 59 of the repeats are "-" or "---", which are no ids. Of the other 21, 14 are parts of one
    # lot, and 7 at other places get a suffix.
    assert outcome_counts(reading)["id: a part of another row's parcel"] == 14
    assert outcome_counts(reading)["id: repeated; later rows got a suffix"] == 7
    assert outcome_counts(reading)["ML: several rows of the table have it; the first one is used"] == 2165
    assert reading.report.to_json()["joined_table"] == {"rows": 27528, "rows_with_a_shape": 27477, "shapes_without_a_row": 134}  # fmt: skip
    assert "assumed" in reading.report.to_json()["crs"]
    lot = reading.frame.set_index("id").loc["1A-109"]
    assert (lot["address"], lot["land_use"]) == ("10 MUSEUM WAY", "CONDO-BLDG")
    assert reading.frame["year_built"].min() >= 1700


def test_cambridge_s_addresses(realdata):
    reading = read_layer_files("addresses", realdata / "addresses/cambridge_ma/Master_Address_Database_with_MapLot_and_BldgID.csv")  # fmt: skip

    # The table repeats an address for each unit of its building, without the unit: 33,500 rows equal
    # another in every field. 21,333 addresses remain, 2,188 of them with a second lot or building.
    assert counts(reading) == (57021, 23521, 33500)
    assert outcome_counts(reading)["id: repeated; later rows got a suffix"] == 23521 - 21333
    by_id = reading.frame.set_index("id")
    assert by_id.loc["9784", ["number", "frac", "street"]].tolist() == [6, "1/2", "ACACIA"]
    assert by_id.loc["32461", ["number", "number_hi"]].tolist() == [30, 32]
    assert by_id.loc["30859", ["number", "unit"]].tolist() == [45, "11"]


def test_cambridge_s_streets_canopy_and_limits(realdata):
    streets = read_layer_files("streets", realdata / "streets/cambridge_ma/TRANS_Centerlines.geojson", towns_bbox=CAMBRIDGE)  # fmt: skip
    canopy = read_layer_files("canopy", realdata / "canopy/cambridge_ma_vegetation/BASEMAP_Vegetation.geojson", profile="cambridge-vegetation")  # fmt: skip
    city = read_layer_files("municipalities", realdata / "boundaries/cambridge_ma/BOUNDARY_CityBoundary.geojson", profile="cambridge-boundary")  # fmt: skip

    assert counts(streets) == (2643, 2643, 0)
    assert counts(canopy) == (96, 96, 0)
    assert counts(city) == (1, 1, 0)
    assert streets.frame["left_from"].min() >= 1  # -1 and 0 stand for none
    assert canopy.frame["year"].eq(2018).all()
    assert city.frame["name"].tolist() == ["Cambridge"]


def test_addresses_by_component(realdata):
    reading = read_layer_files("addresses", realdata / "addresses/stl_20k/addresses.csv")

    assert counts(reading) == (19881, 19881, 0)
    assert reading.report.mended == 0
    assert "address-components" in reading.provenance["profile"]
    assert reading.frame["id"].is_unique
    assert reading.frame["frac"].eq("1/2").sum() == 63
    assert reading.frame["town_declared"].notna().all()


def test_a_land_cover_raster_is_canopy_by_its_classes(realdata):
    path = realdata / "canopy/sao_miguel_landcover/clc2018_v2020_20u1.tif"

    with pytest.raises(NeedsOption, match="--classes"):
        read_layer_files("canopy", path)
    reading = read_layer_files("canopy", path, canopy_ranges=((23, 25),), nodata=44)
    towns = read_layer_files("municipalities", realdata / "canopy/sao_miguel_landcover/concelhos.gpkg")

    cells = reading.raster.cells
    assert cells.shape == (974, 3457)  # of 1920 by 3840: the sea around is cut off
    assert 0 < (cells == 1).sum() < (cells == 0).sum() < (cells == 255).sum()  # mostly sea
    assert "Povoação" in set(towns.frame["name"])


def test_a_second_reading_gives_the_same_rows(realdata):
    path = realdata / "trees/stl_forest_park/forest_park_trees.parquet"

    again = read_source(IngestRequest("trees", (path,), towns_bbox=ST_LOUIS))

    assert again.frame.equals(read_layer_files("trees", path, towns_bbox=ST_LOUIS).frame)


def test_all_of_cambridge_is_read_in_seconds(realdata):
    folder = realdata / "parcels/cambridge_ma_fy2014"
    started = time.monotonic()

    read_source(IngestRequest("parcels", (folder / "ASSESSING_ParcelsFY2014.topojson", folder / "TaxFY14.csv")))  # fmt: skip

    assert time.monotonic() - started < 30
