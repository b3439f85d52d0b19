"""The illustrative county: exact, repeatable, consistent, and as odd as real files are."""

import csv
import json
import tomllib
from collections import Counter
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import rasterio
import shapely

from geo.errors import BadInput
from geo.sample import make_sample
from geo.schema import LAYERS

DATA = Path(__file__).parents[1] / "data"
METRIC = 26996
ON_MAP = shapely.box(-91, 38, -90, 39)


def features(directory: Path, place: str) -> list[dict]:
    return json.loads((directory / f"{place}.geojson").read_text("utf-8"))["features"]


def rows(directory: Path, place: str) -> list[dict]:
    return [feature["properties"] for feature in features(directory, place)]


def frame(directory: Path, place: str) -> gpd.GeoDataFrame:
    """Read a layer; rows that are off the map are left out."""
    found = features(directory, place)
    shapes = [None if feature["geometry"] is None else shapely.geometry.shape(feature["geometry"]) for feature in found]
    read = gpd.GeoDataFrame([f["properties"] for f in found], geometry=shapes, crs=4326)
    return read[shapely.intersects(read.geometry.to_numpy(), ON_MAP)].to_crs(METRIC)


def table(directory: Path, place: str) -> list[dict[str, str]]:
    with (directory / f"{place}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def contents(directory: Path) -> dict[str, bytes]:
    files = sorted(path for path in directory.rglob("*") if path.is_file())
    return {str(path.relative_to(directory)): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def county(tmp_path_factory) -> Path:
    """Make 24 towns of 4,000 parcels together."""
    directory = tmp_path_factory.mktemp("county")
    make_sample(directory, parcels=4000, seed=11)
    return directory


# --- how many ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("parcels", "towns"), [(1, 24), (24, 24), (25, 24), (1000, 24), (7, 1), (300, 3), (90, 100)])
def test_there_are_exactly_as_many_parcels_as_asked_for(tmp_path, parcels, towns):
    counts = make_sample(tmp_path, parcels=parcels, seed=5, towns=towns)

    found = rows(tmp_path, "parcels/parcels")
    assert counts["parcels"] == len(found) == len({row["id"] for row in found}) == parcels
    assert all(f["geometry"]["coordinates"] for f in features(tmp_path, "parcels/parcels"))


def test_trees_crowns_and_inspections_follow_the_parcels(tmp_path):
    counts = make_sample(tmp_path, parcels=1000, seed=5, crowns_per_parcel=0.3)

    assert (counts["trees"], counts["canopy"], counts["inspections"]) == (2500, 300, 400)
    assert len(rows(tmp_path, "trees/trees")) == 2500
    assert len(rows(tmp_path, "canopy/crowns")) == 300
    assert len(table(tmp_path, "inspections/inspections")) == 400


def test_crowns_may_outnumber_the_trees_and_may_be_left_out(tmp_path):
    many = make_sample(tmp_path / "many", parcels=60, seed=2, towns=2, crowns_per_parcel=5)
    none = make_sample(tmp_path / "none", parcels=60, seed=2, towns=2, crowns_per_parcel=0)

    assert many["canopy"] == 300
    assert "canopy" not in none


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"parcels": 0}, "--parcels 0"),
        ({"towns": 0}, "--towns 0"),
        ({"towns": 101}, "--towns 101"),
        ({"seed": -1}, "--seed -1"),
        ({"crowns_per_parcel": -0.1}, "--crowns-per-parcel -0.1"),
        ({"parcels": 600_000, "towns": 1}, "use more --towns"),
    ],
)
def test_numbers_that_make_no_county_are_refused(tmp_path, wrong, told):
    with pytest.raises(BadInput, match=told):
        make_sample(tmp_path, **{"parcels": 10, "seed": 1, **wrong})

    assert not list(tmp_path.iterdir())


# --- the same again ---------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["geojson", "geoparquet"])
def test_the_same_seed_makes_the_same_files_byte_for_byte(tmp_path, form):
    make_sample(tmp_path / "one", parcels=500, seed=3, format=form)
    make_sample(tmp_path / "two", parcels=500, seed=3, format=form)

    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_another_seed_makes_another_county(tmp_path):
    make_sample(tmp_path / "one", parcels=200, seed=3)
    make_sample(tmp_path / "two", parcels=200, seed=4)

    one, two = contents(tmp_path / "one"), contents(tmp_path / "two")
    assert one["parcels/parcels.geojson"] != two["parcels/parcels.geojson"]


def test_both_formats_hold_the_same_rows_in_small_row_groups(tmp_path):
    make_sample(tmp_path / "json", parcels=9000, seed=3, towns=5)
    make_sample(tmp_path / "parquet", parcels=9000, seed=3, towns=5, format="geoparquet")

    for place in ("parcels/parcels", "trees/trees", "canopy/crowns", "boundaries/municipalities"):
        read = gpd.read_parquet(tmp_path / "parquet" / f"{place}.parquet")
        text = frame(tmp_path / "json", place).to_crs(4326)
        read = read[shapely.intersects(read.geometry.to_numpy(), ON_MAP)]
        assert read["id"].tolist() == text["id"].tolist()
        assert list(read.columns) == list(text.columns)
        assert shapely.equals_exact(read.geometry, text.geometry, tolerance=1e-7).all()
    groups = pq.ParquetFile(tmp_path / "parquet" / "trees/trees.parquet").metadata
    assert groups.num_rows == 22_500
    assert max(groups.row_group(i).num_rows for i in range(groups.num_row_groups)) <= 20_000


def test_a_second_sample_in_the_same_folder_replaces_the_first_in_either_format(tmp_path):
    make_sample(tmp_path, parcels=50, seed=3, towns=2)
    make_sample(tmp_path, parcels=60, seed=3, towns=2, format="geoparquet")

    assert not list(tmp_path.rglob("*.geojson"))
    assert pq.read_metadata(tmp_path / "parcels/parcels.parquet").num_rows == 60


def test_progress_names_each_town_and_ends_at_one(tmp_path):
    told = []

    make_sample(tmp_path, parcels=30, seed=1, towns=3, progress=lambda word, share: told.append((word, share)))

    assert [word for word, _ in told] == ["Bel-Nor", "Bel-Ridge", "Bellerive Acres", "done"]
    assert told[-1][1] == 1.0
    assert all(before[1] < after[1] for before, after in pairwise(told))


# --- towns and districts ----------------------------------------------------------------------


def test_24_towns_stood_before_the_merger_and_23_since(county):
    towns = rows(county, "boundaries/municipalities")

    before = {t["name"] for t in towns if not t["valid_from"]}
    since = {t["name"] for t in towns if not t["valid_to"]}
    assert len(towns) == 25
    assert len(before) == 24
    assert len(since) == 23
    assert before - since == {"Vinita Terrace"}
    assert {t["valid_to"] for t in towns} == {None, "2016-11-08"}


def test_towns_share_their_limits_exactly_and_the_merged_town_is_both_parts(county):
    towns = frame(county, "boundaries/municipalities")
    before = towns[towns["valid_from"].isna()].geometry.to_numpy()
    since = towns[towns["valid_to"].isna()].geometry.to_numpy()

    assert shapely.is_valid(towns.geometry).all()
    assert shapely.coverage_is_valid(shapely.set_precision(before, 0.001), 0)
    assert shapely.area(before).sum() == pytest.approx(shapely.area(since).sum(), rel=1e-9)


def test_some_ground_between_the_towns_belongs_to_none(county):
    towns = shapely.union_all(frame(county, "boundaries/municipalities").geometry.to_numpy())

    assert shapely.area(shapely.convex_hull(towns)) > 1.03 * shapely.area(towns)


def test_limits_run_through_a_few_lots_and_most_lots_lie_in_the_town_they_declare(county):
    towns = frame(county, "boundaries/municipalities")
    towns = towns[towns["valid_to"].isna()].set_index("name").geometry
    parcels = frame(county, "parcels/parcels")
    own = towns.loc[parcels["town_declared"]].to_numpy()
    share = shapely.area(shapely.intersection(shapely.make_valid(parcels.geometry.to_numpy()), own))
    share = share / shapely.area(shapely.make_valid(parcels.geometry.to_numpy()))

    cut = (share > 0.02) & (share < 0.98)
    assert 4 <= cut.sum() <= 0.05 * len(parcels)
    assert (share > 0.5).mean() > 0.97


def districts_of(directory: Path, kind: str) -> list[dict[str, str]]:
    """Give the rows of a kind in both files, each with whether its assignment is a fact."""
    files = {name: table(directory, f"districts/{name}") for name in ("districts", "known")}
    return [row | {"known": name == "known"} for name, rows_ in files.items() for row in rows_ if row["kind"] == kind]


@pytest.mark.parametrize("made", ["county", "data"])
def test_the_police_cooperative_serves_seven_towns_of_which_three_are_facts(made, county):
    police = districts_of(county if made == "county" else DATA, "police")
    cooperative = [row for row in police if row["name"] == "North County Police Cooperative"]

    assert {row["town"] for row in cooperative if row["known"]} == {"Vinita Park", "Vinita Terrace", "Wellston"}
    assert {row["town"] for row in cooperative if not row["known"]} == {
        "Beverly Hills", "Charlack", "Hanley Hills", "Pine Lawn",
    }  # fmt: skip
    assert len(police) == len({row["town"] for row in police}) == 24
    assert all(row["name"].endswith("(illustrative)") for row in police if row not in cooperative)


def test_the_other_towns_have_the_normandy_police_the_countys_or_their_own(county):
    towns_of = Counter(row["name"].removesuffix(" (illustrative)") for row in districts_of(county, "police"))

    assert towns_of == {
        "North County Police Cooperative": 7, "Normandy Police": 9, "St. Louis County Police": 4,
        "Bel-Ridge Police": 1, "Northwoods Police": 1, "Pagedale Police": 1, "St. John Police": 1,
    }  # fmt: skip


@pytest.mark.parametrize("made", ["county", "data"])
def test_two_court_hubs_serve_thirteen_towns(made, county):
    courts = districts_of(county if made == "county" else DATA, "court")

    assert len({row["name"] for row in courts}) == 2
    assert len(courts) == len({row["town"] for row in courts}) == 13
    assert all("(illustrative)" in row["name"] and not row["known"] for row in courts)


def test_only_norwood_courts_inspecting_agency_is_a_fact(county):
    agencies = districts_of(county, "inspection")

    known = [(row["town"], row["name"]) for row in agencies if row["known"]]
    assert known == [("Norwood Court", "St. Louis County Public Works")]
    assert all("(illustrative)" in row["name"] for row in agencies if not row["known"])


def test_the_districts_of_the_merged_town_end_with_it(county):
    rows_ = [row for kind in ("police", "court", "inspection") for row in districts_of(county, kind)]

    assert {row["valid_to"] for row in rows_ if row["town"] == "Vinita Terrace"} == {"2016-11-08"}
    assert {row["valid_to"] for row in rows_ if row["town"] != "Vinita Terrace"} == {""}


def test_a_source_is_illustrative_unless_it_holds_facts(county):
    sources = tomllib.loads((county / "sources.toml").read_text("utf-8"))

    assert [name for name, source in sources.items() if "illustrative" not in source["licence"]] == [
        "districts/known.csv"
    ]


def test_invented_towns_are_not_given_to_the_cooperative(tmp_path):
    make_sample(tmp_path, parcels=60, seed=2, towns=30)

    police = [row for row in districts_of(tmp_path, "police") if row["town"].startswith("Town ")]
    assert {row["name"].partition(" Police")[0] for row in police} > {"St. Louis County"}
    assert all(row["name"].endswith("(illustrative)") for row in police)


def test_wards_part_their_town(county):
    wards = frame(county, "districts/wards")
    towns = frame(county, "boundaries/municipalities").set_index("name").geometry

    assert len(wards) > 4
    for town, shapes in wards.groupby("town").geometry:
        assert shapely.area(shapes).sum() == pytest.approx(towns[town].area, rel=1e-4)


# --- parcels and addresses --------------------------------------------------------------------


def test_lots_do_not_overlap_unless_they_are_stacked(county):
    parcels = frame(county, "parcels/parcels")
    ground = parcels.drop_duplicates("geometry").geometry.to_numpy()
    sound = ground[shapely.is_valid(ground)]

    one, two = shapely.STRtree(sound).query(sound, predicate="overlaps")

    assert shapely.area(shapely.intersection(sound[one], sound[two])).max(initial=0) < 0.5
    assert len(ground) - len(sound) == 1  # the bow tie


def test_every_kind_of_parcel_occurs(county):
    parcels = frame(county, "parcels/parcels")
    units = parcels[parcels["kind"] == "unit"]

    assert set(parcels["kind"]) == {"lot", "unit", "park", "right_of_way", "common"}
    assert (units.groupby(units.geometry.to_wkb())["id"].count() >= 3).all()
    assert units["address"].str.contains(" Unit ").all()
    assert (parcels.geom_type == "MultiPolygon").sum() >= 2
    assert parcels["id"].str.fullmatch(r"\d\d[A-Z]\d{6}").all()
    assert parcels["id"].str.startswith("0").any()
    assert parcels["old_id"].nunique() == parcels["old_id"].notna().sum() > 100
    slim = parcels.geometry.area / parcels.geometry.length
    assert (slim < 0.2).any()  # a sliver


def test_an_address_stands_once_in_its_town(county):
    addresses = pd.DataFrame(rows(county, "addresses/addresses"))
    whole = ["town_declared", "number", "frac", "number_sfx", "predir", "street", "suffix", "unit"]

    assert not addresses.duplicated(whole).any()
    assert addresses["frac"].notna().any()
    assert addresses["number_sfx"].notna().any()
    assert addresses["number_hi"].notna().any()
    streets = addresses.groupby(["street", "suffix"])["town_declared"].nunique()
    assert (streets > 1).any()  # the same street in several towns


def test_numbers_are_odd_on_the_left_and_within_the_range_of_their_block(county):
    addresses, streets = frame(county, "addresses/addresses"), frame(county, "streets/streets")
    names = addresses[["predir", "street", "suffix"]].fillna("").agg(" ".join, axis=1).str.strip()
    inside = 0
    for name, spots in addresses.groupby(names):
        lines = streets[streets["name"] == name]
        nearest = [int(np.argmin(shapely.distance(lines.geometry.to_numpy(), p))) for p in spots.geometry]
        block = lines.iloc[nearest]
        left = on_left(block.geometry.to_numpy(), spots.geometry.to_numpy())
        odd = (spots["number"] % 2 == 1).to_numpy()
        assert (odd == left).all(), name
        low = np.where(odd, block["left_from"], block["right_from"])
        high = np.where(odd, block["left_to"], block["right_to"])
        inside += int(((spots["number"] >= low) & (spots["number"] <= high)).sum())

    assert inside > 0.97 * len(addresses)
    assert (streets["left_from"] % 2 == 1).all()
    assert (streets["right_to"] % 2 == 0).all()


def on_left(lines: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Which points lie on the left of their lines."""
    along = shapely.line_locate_point(lines, points)
    here = shapely.get_coordinates(shapely.line_interpolate_point(lines, np.maximum(along - 0.5, 0)))
    there = shapely.get_coordinates(shapely.line_interpolate_point(lines, along + 0.5))
    way, off = there - here, shapely.get_coordinates(points) - here
    return way[:, 0] * off[:, 1] - way[:, 1] * off[:, 0] > 0


def test_each_address_lies_on_its_parcel(county):
    addresses = frame(county, "addresses/addresses").set_index("parcel_id").geometry
    parcels = frame(county, "parcels/parcels").set_index("id").geometry
    parcels = parcels[parcels.is_valid]
    addresses = addresses[addresses.index.isin(parcels.index)]

    assert shapely.intersects(parcels.loc[addresses.index].to_numpy(), addresses.to_numpy()).all()


def test_streets_meet_at_shared_points(county):
    streets = frame(county, "streets/streets").to_crs(4326).geometry
    ends = Counter(end for line in streets for end in (line.coords[0], line.coords[-1]))

    assert sum(count >= 2 for count in ends.values()) > 0.9 * len(ends)


def test_private_fields_name_nobody(county):
    parcels = rows(county, "parcels/parcels")
    inspections = table(county, "inspections/inspections")

    assert all(row["owner"] == f"Owner {row['id']}" for row in parcels)
    assert {row["phone"][:10] for row in inspections} == {"", "314-555-01"}
    assert {row["complainant"].rstrip("0123456789") for row in inspections} == {"", "Complainant "}


def test_columns_are_the_layers_own_fields(county):
    for layer, place in {
        "municipalities": "boundaries/municipalities", "parcels": "parcels/parcels",
        "addresses": "addresses/addresses", "streets": "streets/streets", "trees": "trees/trees",
        "canopy": "canopy/crowns", "landmarks": "landmarks/landmarks", "districts": "districts/wards",
    }.items():  # fmt: skip
        told = set(rows(county, place)[0])
        assert told <= {"id", *(field.name for field in LAYERS[layer].fields)}, layer


# --- trees, canopy, inspections ---------------------------------------------------------------


def test_street_trees_stand_one_to_three_metres_outside_every_lot(county):
    trees, parcels = frame(county, "trees/trees"), frame(county, "parcels/parcels")
    lots = parcels[parcels["kind"] != "right_of_way"].geometry.to_numpy()
    street = trees[trees["location"] == "street"].geometry.to_numpy()

    nearest = shapely.STRtree(lots).query_nearest(street, all_matches=False, return_distance=True)[1]

    assert nearest.min() > 0.97
    assert nearest.max() < 3.03
    assert 0.46 < len(street) / len(trees) <= 0.51


def test_yard_trees_stand_on_lots(county):
    trees, parcels = frame(county, "trees/trees"), frame(county, "parcels/parcels")
    yard = trees[trees["location"].isin(["yard", "park"])].geometry.to_numpy()

    found = shapely.STRtree(parcels[parcels.is_valid].geometry).query(yard, predicate="within")[0]

    assert len(np.unique(found)) > 0.99 * len(yard)  # but for the bow tie's


def test_three_towns_have_no_inventory_though_they_have_crowns(county):
    trees, crowns = frame(county, "trees/trees"), frame(county, "canopy/crowns")
    towns = frame(county, "boundaries/municipalities")
    towns = towns[towns["valid_from"].isna()].geometry.to_numpy()

    def in_towns(layer):
        _, town = shapely.STRtree(towns).query(layer.geometry.centroid, predicate="within")
        return np.bincount(town, minlength=24)

    assert (in_towns(trees) == 0).sum() == 3
    assert (in_towns(crowns) > 3).all()


def test_crowns_overlap_and_the_raster_shows_the_same_canopy(county):
    crowns = frame(county, "canopy/crowns").geometry.to_numpy()
    towns = shapely.union_all(frame(county, "boundaries/municipalities").geometry.to_numpy())
    canopy = shapely.intersection(shapely.union_all(crowns), towns)

    with rasterio.open(county / "canopy-raster/canopy.tif") as file:
        cells = file.read(1)
        assert (file.nodata, file.crs.to_epsg(), file.res) == (255, METRIC, (1.0, 1.0))

    assert shapely.area(crowns).sum() > 1.04 * shapely.area(shapely.union_all(crowns))
    assert (cells == 1).sum() == pytest.approx(canopy.area, rel=0.01)
    assert (cells != 255).sum() == pytest.approx(towns.area, rel=0.001)
    assert {int(n) for n in np.unique(shapely.get_num_coordinates(crowns))} == {13, 15, 17}


def test_inspections_are_placed_in_four_ways_and_end_in_november_2026(county):
    found = table(county, "inspections/inspections")
    crossing = [row for row in found if any(mark in row["address"] for mark in (" & ", " and ", " / "))]

    assert {row["kind"] for row in found} == {"occupancy", "property maintenance", "vegetation"}
    assert sum(bool(row["parcel_key"]) for row in found) > 0.35 * len(found)
    assert sum(bool(row["lon"]) for row in found) > 0.2 * len(found)
    assert sum(bool(row["address"]) and not row["parcel_key"] and not row["lon"] for row in found) > 0.1 * len(found)
    assert len(crossing) > 20
    assert "2026-11-01" < max(row["opened_on"] for row in found) < "2026-11-22"
    assert all(not row["closed_on"] or row["closed_on"] >= row["opened_on"] for row in found)
    still = [row for row in found if row["status"].lower() == "open"]
    assert any(row["due_on"] and "2000" < row["due_on"] < "2026-11-01" for row in still)  # overdue
    assert any(row["due_on"] > "2026-11-22" for row in still)


# --- oddities ---------------------------------------------------------------------------------


def doubled(found: list[dict]) -> int:
    counts = Counter(json.dumps(row, sort_keys=True) for row in found)
    return sum(count - 1 for count in counts.values())


def test_trees_have_the_oddities_of_real_files_in_small_shares(county):
    whole = features(county, "trees/trees")
    trees = [f["properties"] for f in whole]
    places = [tuple(f["geometry"]["coordinates"]) if f["geometry"] else None for f in whole]
    conditions = Counter(row["condition"] for row in trees)
    found = {
        "Remove with a blank": sum(row["maintenance"] == "Remove " for row in trees),
        "N/A": conditions["N/A"],
        "blank": conditions[""],
        "mixed case": sum(bool(c) and c != c.lower() and c != "N/A" for c in conditions.elements()),
        "DBH 0": sum(row["dbh_in"] == 0 for row in trees),
        "DBH 9908": sum(row["dbh_in"] == 9908 for row in trees),
        "1899": sum(row["planted_on"] == "1899-12-30" for row in trees),
        "(0, 0)": places.count((0.0, 0.0)),
        "swapped": sum(bool(p) and p[0] > 30 for p in places),
        "far": places.count((-93.29, 37.21)),
        "empty": places.count(()),
        "null": places.count(None),
        "repeated ids": len(trees) - len({row["id"] for row in trees}) - doubled(whole),
        "coincident": len(places) - len(set(places)) - doubled(whole),
        "doubled": doubled(whole),
    }

    assert min(found.values()) >= 1, found
    assert max(found.values()) <= 0.01 * len(trees), found
    assert conditions[None] > 0
    assert Counter(row["species"] for row in trees).keys() >= {"Vacant", "Stump"}
    assert Counter(row["address"] for row in trees if row["location"] == "park").most_common(1)[0][1] > 50


def test_inspections_have_oddities_too(county):
    found = table(county, "inspections/inspections")
    bare = [r for r in found if not (r["parcel_key"] or r["address"] or r["lon"])]

    assert doubled(found) >= 1
    assert len({row["id"] for row in found}) < len(found)
    assert {row["status"] for row in found} >= {"closed", "CLOSED", "Closed"}
    assert any(row["due_on"] == "1899-12-30" for row in found)
    assert any(row["outcome"] == "NA" for row in found)
    assert any(row["lon"] == "0.0" for row in found)
    assert 1 <= len(bare) < 0.01 * len(found)


def test_parcels_have_oddities_but_all_can_be_admitted(county):
    parcels = rows(county, "parcels/parcels")
    texts = Counter(row["address"] for row in parcels)

    assert texts[None]
    assert texts[""]
    assert texts["N/A"]
    assert 0 < sum(row["year_built"] == 0 for row in parcels) < 0.03 * len(parcels)
    assert 0 < sum(row["area_recorded_m2"] == 0 for row in parcels) < 0.03 * len(parcels)


# --- what is committed ------------------------------------------------------------------------


def test_the_committed_sample_is_the_one_that_its_sources_page_names(tmp_path):
    counts = make_sample(tmp_path, parcels=1200, seed=22)

    there = {
        "parcels": len(rows(DATA, "parcels/parcels")),
        "trees": len(rows(DATA, "trees/trees")),
        "canopy": len(rows(DATA, "canopy/crowns")),
        "inspections": len(table(DATA, "inspections/inspections")),
        "municipalities": len(rows(DATA, "boundaries/municipalities")),
    }
    assert there == {layer: counts[layer] for layer in there}
    told = (DATA / "SOURCES.md").read_text("utf-8")
    assert "lotleaf sample data --parcels 1200 --seed 22" in told
    assert "illustrative" in told.lower()


@pytest.mark.parametrize(
    "name", ["sources.toml", "districts/districts.csv", "districts/known.csv", "aliases/aliases.csv"]
)
def test_the_committed_tables_are_those_that_are_made(tmp_path, name):
    make_sample(tmp_path, parcels=1200, seed=22)

    assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes()


def test_every_committed_file_describes_itself_as_it_is_made(tmp_path):
    make_sample(tmp_path, parcels=1200, seed=22)

    for path in DATA.rglob("*.geojson"):
        made = tmp_path / path.relative_to(DATA)
        assert path.read_text("utf-8").partition("\n")[0] == made.read_text("utf-8").partition("\n")[0], path


def test_every_committed_file_says_that_it_is_illustrative_and_all_are_small():
    for path in DATA.rglob("*.geojson"):
        assert "Illustrative, not surveyed" in path.read_text("utf-8")[:300], path
    assert sum(path.stat().st_size for path in DATA.rglob("*") if path.is_file()) < 5_000_000
