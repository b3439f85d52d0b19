"""Files in: what a small town's files become, and what the report says of each row."""

import json
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from geo.crs import Bbox
from geo.errors import BadInput, BadLayer, NeedsOption
from geo.ingest.ingest_request import IngestRequest, IngestResult
from geo.ingest.read_source import read_source
from geo.schema import LAYERS

TOWNS = Bbox(-90.35, 38.66, -90.24, 38.74)


def read_layer_files(layer: str, *files: Path, **told) -> IngestResult:
    """Read files as a layer, and hold the report to what it promises."""
    reading = read_source(IngestRequest(layer=layer, files=files, **told))
    report = reading.report.to_json()
    assert report["read"] == report["admitted"] + report["refused"]
    assert {"layer", "read", "admitted", "mended", "refused", "rows"} <= set(report)
    assert json.loads(json.dumps(report)) == report
    assert all(set(row) == {"row", "outcome", "reason"} for row in report["rows"])
    return reading


def rows(reading: IngestResult, outcome: str) -> dict[int, list[str]]:
    """Give what the report says of each row with that outcome."""
    told: dict[int, list[str]] = {}
    for line in reading.report.rows:
        if line["outcome"] == outcome:
            told.setdefault(line["row"], []).append(line["reason"])
    return told


def csv(tmp_path: Path, text: str, name: str = "trees.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return path


def test_a_csv_of_trees_becomes_trees_and_their_sites(tmp_path):
    path = csv(
        tmp_path,
        "tree_id,common,dbh,condition,lon,lat\n007,Pin Oak,12,Good,-90.30,38.70\n008,Stump,,Stump,-90.31,38.70\n",
    )

    reading = read_layer_files("trees", path)

    trees, sites = reading.frame, reading.extra_layers["sites"]
    assert trees["id"].tolist() == ["007"]
    assert trees["site_id"].tolist() == ["007"]
    assert trees["dbh_in"].tolist() == [12.0]
    assert sites.set_index("id")["status"].to_dict() == {"007": "planted", "008": "stump"}
    assert reading.report.admitted == 2
    assert "is not a tree" in rows(reading, "noted")[2][0]


def test_the_report_tells_how_many_rows_an_address_alone_places(tmp_path):
    path = csv(tmp_path, "id,lat,lon,address,parcel\n1,38.7,-90.3,,\n2,,,1 Elm St,\n3,,,2 Elm St,P9\n")

    reading = read_layer_files("trees", path, column_mapping={"parcel_key": "parcel"})

    assert reading.report.details["located"] == {"point": 1, "parcel": 1, "address": 1, "none": 0}


def test_raw_attributes_stay_as_they_came(tmp_path):
    path = csv(tmp_path, 'tree_id,common,dbh,lon,lat\n7,"Oak, ""Pin"" ",9908,-90.3,38.7\n')

    reading = read_layer_files("trees", path)

    assert json.loads(reading.frame["raw"][0]) == {
        "tree_id": "7",
        "common": 'Oak, "Pin" ',
        "dbh": "9908",
        "lon": "-90.3",
        "lat": "38.7",
    }
    assert reading.frame["common"][0] == 'Oak, "Pin"'
    assert reading.frame["dbh_in"].isna().all()
    assert reading.report.mended == 1
    assert any("9908" in reason for reason in rows(reading, "mended")[1])


def test_our_own_export_loads_back(tmp_path):
    path = tmp_path / "parcels.geojson"
    feature = {
        "type": "Feature",
        "id": "10E620112",
        "properties": {
            "id": "10E620112",
            "address": "1161 Dunn Rd",
            "zip": "63121",
            "year_built": 1950,
            "town": "Pagedale",
            "trees": 3,
            "canopy_pct": 12.5,
        },
        "geometry": shapely.geometry.mapping(shapely.box(-90.31, 38.70, -90.30, 38.71)),
    }
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))

    reading = read_layer_files("parcels", path, profile="lotleaf")

    assert reading.frame["id"].tolist() == ["10E620112"]
    assert reading.frame["year_built"].tolist() == [1950]
    assert tuple(reading.frame.columns) == LAYERS["parcels"].columns
    assert reading.report.mended == 0


def test_geoparquet_in_feet_is_brought_to_degrees(tmp_path):
    path = tmp_path / "parcels.parquet"
    lots = gpd.GeoDataFrame({"LOCATOR": ["01A"]}, geometry=[shapely.box(-90.31, 38.70, -90.30, 38.71)], crs=4326)
    lots.to_crs("ESRI:102696").to_parquet(path)

    reading = read_layer_files("parcels", path)

    assert reading.frame.total_bounds == pytest.approx([-90.31, 38.70, -90.30, 38.71], abs=1e-6)
    assert "102696" in reading.report.to_json()["crs"]


def test_a_missing_system_is_asked_for_by_its_option(tmp_path):
    path = csv(tmp_path, "id,species,x,y\n1,Acer rubrum,875854.877,998434.947\n")

    with pytest.raises(NeedsOption, match="--crs"):
        read_layer_files("trees", path)
    with pytest.raises(NeedsOption, match="ESRI:102696"):
        read_layer_files("trees", path, towns_bbox=Bbox(-90.35, 38.56, -90.24, 38.64))
    reading = read_layer_files("trees", path, crs="ESRI:102696")
    assert reading.frame.geometry.iloc[0].distance(shapely.Point(-90.32, 38.57)) < 0.05


def test_a_constant_and_joined_columns_are_mapped(tmp_path):
    path = csv(tmp_path, "nr,no,st\n1,4021,Elm Ave\n", "cases.csv")

    reading = read_layer_files(
        "inspections", path, column_mapping={"status": "=open", "address": "no+st", "id": "nr", "kind": "=weeds"}
    )

    row = reading.frame.iloc[0]
    assert (row["status"], row["address"], row["id"], row["kind"]) == ("open", "4021 Elm Ave", "1", "weeds")  # fmt: skip
    with pytest.raises(BadInput, match="no column 'nope'"):
        read_layer_files("inspections", path, column_mapping={"kind": "nope"})
    with pytest.raises(BadInput, match="have no field colour"):
        read_layer_files("inspections", path, column_mapping={"colour": "nr"})


def test_points_are_not_parcels(tmp_path):
    path = tmp_path / "trees.geojson"
    gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(-90.3, 38.7)], crs=4326).to_file(path)

    with pytest.raises(BadLayer, match="has Point, but parcels take Polygon"):
        read_layer_files("parcels", path)


def test_the_source_is_named_by_town_and_profile(tmp_path):
    path = csv(tmp_path, "tree_id,common,lon,lat\n1,Oak,-90.3,38.7\n", "street trees.csv")

    assert read_layer_files("trees", path).source == "street trees"
    assert read_layer_files("trees", path, town="St. John").source == "st-john/street trees"
    assert read_layer_files("trees", path, town="St. John", profile="lotleaf").source == "st-john/street trees"


def test_a_row_that_equals_another_in_everything_is_refused_and_one_that_differs_is_not(tmp_path):
    path = csv(tmp_path, "tree_id,common,lon,lat\n7,Oak,-90.3,38.7\n7,Oak,-90.3,38.7\n7,Elm,-90.3,38.7\n")

    reading = read_layer_files("trees", path)

    assert rows(reading, "refused") == {2: ["the same as another row in every column"]}
    assert sorted(reading.frame["id"]) == ["7", "7-2"]


def test_rows_are_placed_by_point_parcel_or_address_and_refused_without(tmp_path):
    path = csv(
        tmp_path,
        "tree_id,common,lon,lat,parcel_key,address\n"
        "1,Oak,-90.3,38.7,,\n"
        "2,Oak,NA,NA,10E1,\n"
        "3,Oak,,,,1 Elm Ave\n"
        "4,Oak,,,,\n"
        "5,Oak,0,0,,\n",
    )

    reading = read_layer_files("trees", path, towns_bbox=TOWNS)

    assert reading.frame["id"].tolist() == ["1", "2", "3"]
    assert set(rows(reading, "refused")) == {4, 5}
    assert reading.report.mended == 0  # the fifth was, and is refused


def test_mixed_geometry_admits_what_fits(tmp_path):
    path = tmp_path / "lots.geojson"
    shapes = [shapely.box(-90.31, 38.70, -90.30, 38.71), shapely.Point(-90.3, 38.7)]
    gpd.GeoDataFrame({"parcel_id": ["1", "2"]}, geometry=shapes, crs=4326).to_file(path)

    reading = read_layer_files("parcels", path)

    assert reading.frame["id"].tolist() == ["1"]
    assert rows(reading, "refused") == {2: ["geometry: this type does not fit the layer"]}


def test_many_trees_at_one_address_and_at_one_point_are_remarked(tmp_path):
    path = csv(
        tmp_path,
        "tree_id,common,lon,lat,address\n1,Oak,-90.3,38.7,3900 Holly Hills Blvd\n"
        "2,Elm,-90.3,38.7,3900 Holly Hills Blvd\n3,Elm,-90.31,38.7,1 Elm Ave\n",
    )

    told = rows(read_layer_files("trees", path, max_at_address=1), "noted")

    assert told[1] == ["address: 2 trees at '3900 Holly Hills Blvd'"]
    assert "geometry: another tree at the same point" in told[2]
    assert 3 not in told


def test_a_row_with_too_few_cells_is_remarked_and_one_with_too_many_keeps_them(tmp_path):
    path = csv(tmp_path, "tree_id,common,address\n1,Oak\n2,Elm,1 Elm Ave,leaning\n3,Ash,2 Elm Ave\n")

    reading = read_layer_files("trees", path)

    assert "fewer cells" in rows(reading, "noted")[1][0]
    assert json.loads(reading.frame["raw"][0])["column 4"] == "leaning"
    assert set(rows(reading, "refused")) == {1}


def test_what_a_layer_requires_is_asked_for_by_its_option(tmp_path):
    path = csv(tmp_path, "name,town\nNorth County Police Cooperative,Pagedale\n", "police.csv")

    with pytest.raises(NeedsOption, match="--map kind==WORD"):
        read_layer_files("districts", path)
    reading = read_layer_files("districts", path, column_mapping={"kind": "=police"})
    assert reading.frame["kind"].tolist() == ["police"]
    assert reading.frame["town"].tolist() == ["Pagedale"]


def test_a_guess_is_shown(tmp_path):
    path = csv(tmp_path, "TREE_NO,SPP_COMMON,DIAM,Health,Long,Lat\n1,Oak,12,Good,-90.3,38.7\n")

    report = read_layer_files("trees", path).report.to_json()

    assert report["mapping"] == {
        "lon": "Long", "lat": "Lat", "id": "TREE_NO", "common": "SPP_COMMON", "dbh_in": "DIAM", "condition": "Health",
    }  # fmt: skip
    assert "recognized" in report["profile"]


def test_the_same_file_read_twice_gives_the_same_ids_in_any_order_of_rows(tmp_path):
    lines = ["Oak,-90.30,38.70", "Elm,-90.31,38.70", "Elm,-90.31,38.70,", "Ash,-90.32,38.70"]
    one = csv(tmp_path, "common,lon,lat\n" + "\n".join(lines) + "\n", "one.csv")
    two = csv(tmp_path, "common,lon,lat\n" + "\n".join(lines[::-1]) + "\n", "two.csv")

    first, second = read_layer_files("trees", one).frame, read_layer_files("trees", two).frame

    assert first.set_index("id")["common"].to_dict() == second.set_index("id")["common"].to_dict()


def test_the_county_s_parcels_are_read_by_its_profile(tmp_path):
    path = csv(
        tmp_path,
        "LOCATOR,PROP_ADRNUM,PROP_ADD,PROP_ZIP,TENURE,YEARBLT,ACRES,MUNICIPALITY,OWNER_NAME,OWN_ADD,wkt\n"
        '10E620112,1161,1161 DUNN RD,63138.0,NOT OWNER,0,0.25,UNINCORPORATED,A TRUST,PO BOX 1,"POLYGON((878000 1060000,878100 1060000,878100 1060100,878000 1060000))"\n',
        "parcels.csv",
    )

    reading = read_layer_files("parcels", path)

    lot = reading.frame.iloc[0]
    assert "stl-county-parcels" in reading.report.to_json()["profile"]
    assert (lot["id"], lot["address"], lot["town_declared"]) == ("10E620112", "1161 DUNN RD", "UNINCORPORATED")  # fmt: skip
    assert lot["area_recorded_m2"] == pytest.approx(1011.71, abs=0.01)
    assert lot["zip"] == "63138"
    assert reading.frame["year_built"].isna().all()
    assert lot.geometry.centroid.distance(shapely.Point(-90.31, 38.73)) < 0.1
    assert "A TRUST" not in json.dumps(reading.report.to_json())


@pytest.mark.parametrize("own", ["7", ""])
def test_an_id_stays_with_its_place_when_a_value_of_the_row_changes(tmp_path, own):
    spots = [f"-90.30{step},38.7" for step in range(6)]
    head = "id,lon,lat,species,address\n"
    first = csv(tmp_path, head + "".join(f"{own},{at},oak,1 Elm St\n" for at in spots))
    later = csv(tmp_path, head + "".join(f"{own},{at},elm,2 Elm St\n" for at in spots[::-1]), "b.csv")  # fmt: skip

    before, after = (read_layer_files("trees", one).frame.set_index("id").geometry for one in (first, later))

    assert before.to_dict() == after.to_dict()


def test_the_report_tells_blank_from_null_from_a_word_for_nothing_by_row(tmp_path):
    features = [
        {
            "type": "Feature",
            "properties": {"species": "Quercus", "condition": said, "address": "1 Elm St" if said else ""},
            "geometry": {"type": "Point", "coordinates": [-90.30 + step / 1000, 38.7]},
        }
        for step, said in enumerate(["good", "", None, "N/A", "null"])
    ]  # fmt: skip
    path = tmp_path / "trees.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))

    reading = read_layer_files("trees", path)

    report = reading.report.to_json()
    assert rows(reading, "noted") == {
        2: ["blank, so unknown: condition, address"],
        3: ["blank, so unknown: address", "null, so unknown: condition"],
    }
    assert rows(reading, "mended") == {4: ["condition: 'N/A', so unknown"], 5: ["condition: 'null', so unknown"]}
    assert (report["mended"], report["admitted"]) == (2, 5)
    assert report["unknowns"]["condition"] == {
        "blank": {"count": 1, "rows": "2"},
        "null": {"count": 1, "rows": "3"},
        "'N/A'": {"count": 1, "rows": "4"},
        "'null'": {"count": 1, "rows": "5"},
    }


def test_blanks_of_a_csv_stand_in_the_report_by_file_and_row(tmp_path):
    one = csv(tmp_path, "id,lon,lat,condition\n1,-90.30,38.7,\n2,-90.31,38.7,good\n", "one.csv")
    two = csv(tmp_path, "id,lon,lat,condition\n3,-90.32,38.7,poor\n4,-90.33,38.7, \n", "two.csv")

    reading = read_layer_files("trees", one, two)

    assert reading.report.to_json()["unknowns"]["condition"]["blank"] == {"count": 2, "rows": "one.csv: 1; two.csv: 2"}
    assert rows(reading, "noted") == {
        1: ["one.csv: blank, so unknown: condition"],
        2: ["two.csv: blank, so unknown: condition"],
    }


def test_what_is_made_of_a_house_number_is_no_null_of_the_file(tmp_path):
    path = csv(tmp_path, "number,number_sfx,street,lon,lat\n4131,32,ELM ST,-90.3,38.7\n9,,ELM ST,-90.3,38.7\n", "addresses.csv")  # fmt: skip

    told = read_layer_files("addresses", path).report.to_json()["unknowns"]

    assert told == {"number_sfx": {"blank": {"count": 1, "rows": "2"}}}
