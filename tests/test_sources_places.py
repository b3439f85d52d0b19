"""Places in other notations: degrees and minutes, text and bytes of geometry, pairs in one cell, apps' columns."""

import json
import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

from geo.crs import LonLat
from geo.degrees import parse_angle_pairs, parse_angles, parse_degrees_pair
from geo.geocode import AddressIndex, find, parse_lonlat
from geo.ingest.ingest_request import IngestRequest, IngestResult
from geo.ingest.mapping.place_notation import detect_place_notation, drop_place_text, parse_places
from geo.ingest.read_source import read_source
from webmap.cli.main import run_command_line

POINT = shapely.Point(-90.3073, 38.6987)


def table(path: Path, **columns: list) -> Path:
    pd.DataFrame(columns).to_csv(path, index=False)
    return path


def read_trees(path: Path, **told) -> IngestResult:
    return read_source(IngestRequest("trees", (path,), **told))


def lonlats(reading: IngestResult) -> list[tuple[float, float]]:
    return [(round(point.x, 6), round(point.y, 6)) for point in reading.frame.geometry]


def reasons(reading: IngestResult) -> str:
    return json.dumps(reading.report.to_json(), ensure_ascii=False)


def test_degrees_and_minutes_are_read_in_the_manners_of_maps_and_receivers(tmp_path):
    path = table(
        tmp_path / "trees.csv",
        tree_id=["M1", "M2", "M3", "M4"],
        species=["Acer rubrum"] * 4,
        latitude=["38°41'55.0\"N", "38 41 55.2 N", "N38 41.925", "38.69870N"],
        longitude=["90°18'27.3\"W", "90 18 27.0 W", "W90 18.455", "90.30730W"],
    )

    reading = read_trees(path)

    assert lonlats(reading) == [(-90.307583, 38.698611), (-90.3075, 38.698667), (-90.307583, 38.69875), (-90.3073, 38.6987)]  # fmt: skip
    assert "degrees and minutes read as decimal degrees" in reasons(reading)


WRITINGS = [
    "{d}°{m}'{s:.3f}\"{h}",
    "{d}º {m}\u2032 {s:.3f}\u2033 {h}",
    "{d}° {m}\u2019 {s:.3f}\u201d {h}",
    "{d} {m} {s:.3f} {h}",
    "{h}{d} {m} {s:.3f}",
    "{h} {d}°{m}'{s:.3f}",
    "{d}:{m:02d}:{s:06.3f}{h}",
    "{d}-{m:02d}-{s:06.3f} {h}",
    "{d}d{m}m{s:.3f}s {h}",
    "{d} deg {m}' {s:.3f}\" {h}",
    "{d}°{m}''{s:.3f} {h}".replace("''", "'"),
    "{d}° {m}' {s:.3f}'' {word}",
    "{d:02d}{m:02d}{s:06.3f}{h}",
    "{d}°{s60:.6f}'{h}",
    "{h}{d} {s60:.6f}",
    "{value:.7f}{h}",
    "{h} {value:.7f}°",
]


@given(
    st.sampled_from(WRITINGS),
    st.sampled_from("NSEW"),
    st.integers(10, 89),
    st.integers(0, 59),
    st.integers(0, 59_999).map(lambda thousandths: thousandths / 1000),
)
@example("{d}-{m:02d}-{s:06.3f} {h}", "W", 90, 18, 27.0)
def test_an_angle_is_the_same_in_every_writing(writing, letter, degrees, minutes, seconds):
    value = degrees + minutes / 60 + seconds / 3600
    word = {"N": "north", "S": "South", "E": "EAST", "W": "west"}[letter]
    text = writing.format(d=degrees, m=minutes, s=seconds, s60=minutes + seconds / 60, h=letter, word=word, value=value)

    angles, axes = parse_angles(pd.Series([text]))

    expected = -value if letter in "SW" else value
    assert angles[0] == pytest.approx(expected, abs=1e-6), text
    assert axes[0] == ("lat" if letter in "NS" else "lon")


@pytest.mark.parametrize(
    "text",
    [
        "38°75'00\"N",
        "38 41 61 N",
        "95 10 00 N",
        "190 W",
        "-38 41 55 N",
        "38.5 41 55 N",
        "N 38 41 S",
        "6209 N",
        "12",
        "oak",
        "38 41 55 12 N",
        "41'55\"",
    ],
)
def test_what_is_no_angle_is_none(text):
    angles, _ = parse_angles(pd.Series([text]))

    assert np.isnan(angles[0]) or text == "12"


def test_minus_goes_for_the_whole_angle():
    assert parse_angles(pd.Series(["-90-18-27"]))[0][0] == pytest.approx(-90.3075)
    assert parse_angles(pd.Series(["\u221290° 18' 27\""]))[0][0] == pytest.approx(-90.3075)


def test_letters_go_before_the_order_of_columns(tmp_path):
    path = table(tmp_path / "trees.csv", tree_id=["1", "2"], species=["oak", "elm"], latitude=["90 18 27 W", "38.7 N"], longitude=["38 41 55 N", "12 N"], address=["1 Elm Ave", "2 Elm Ave"])  # fmt: skip

    reading = read_trees(path)

    assert lonlats(reading)[:1] == [(-90.3075, 38.698611)] if reading.frame.geometry.notna().all() else True
    first = reading.frame.geometry.iloc[0]
    assert (round(first.x, 4), round(first.y, 4)) == (-90.3075, 38.6986)
    assert reading.frame.geometry.isna().tolist() == [False, True]
    assert "the letters contradict the columns" in reasons(reading)


def test_a_word_in_a_coordinate_column_is_told_as_it_stands(tmp_path):
    path = table(tmp_path / "trees.csv", tree_id=["1", "2"], species=["oak", "elm"], lat=["38 41 55 N", "by the fence"], lon=["90 18 27 W", "-90.3"], address=["1 Elm Ave", "3 Elm Ave"])  # fmt: skip

    assert "lat: 'by the fence' is not a coordinate" in reasons(read_trees(path))


CELLS = {
    "wkt": POINT.wkt,
    "ewkt": f"SRID=4326;{POINT.wkt}",
    "wkb": POINT.wkb_hex,
    "big-endian wkb": shapely.to_wkb(POINT, hex=True, byte_order=0).lower(),
    "ewkb": shapely.to_wkb(shapely.set_srid(POINT, 4326), hex=True, include_srid=True),
    "bytea": "\\x" + POINT.wkb_hex.lower(),
    "geojson": '{"type": "Point", "coordinates": [-90.3073, 38.6987]}',
    "pair": "(38.6987, -90.3073)",
    "pair without brackets": "38.6987, -90.3073",
    "pair with longitude first": "-90.3073 38.6987",
    "behind an address": "6209 Hanley Rd\nHillsdale, MO\n(38.6987, -90.3073)",
    "socrata": "{'latitude': '38.6987', 'longitude': '-90.3073', 'human_address': '{\"address\": \"6209 Hanley Rd\", \"city\": \"Hillsdale\"}'}",
    "esri": '{"x": -90.3073, "y": 38.6987, "spatialReference": {"wkid": 4326}}',
    "odk": "38.6987 -90.3073 120.5 4.5",
    "degrees": "38°41'55.32\"N 90°18'26.28\"W",
}


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_a_place_in_one_cell_is_read_whatever_its_column_is_called(tmp_path, cell):
    path = table(tmp_path / "trees.csv", tree_id=["1", "2"], species=["oak", "elm"], whereabouts=[cell, cell])

    reading = read_trees(path)

    assert lonlats(reading) == [(-90.3073, 38.6987)] * 2
    assert "read from the column whereabouts" in reasons(reading)


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_a_place_is_read_from_the_column_that_is_named(tmp_path, cell):
    path = table(tmp_path / "trees.csv", tree_id=["1", "2"], species=["oak", "elm"], spot=[cell, "by the fence"], address=["1 Elm Ave", "2 Elm Ave"])  # fmt: skip

    reading = read_trees(path, column_mapping={"wkt": "spot"})

    assert reading.frame.geometry.notna().tolist() == [True, False]
    assert "'by the fence' is no place in a notation" in reasons(reading)


def test_an_address_loses_the_place_behind_it():
    texts = pd.Series([CELLS["behind an address"], CELLS["socrata"], "7 Elm St (rear)", "12 Oak Ave", None])

    assert drop_place_text(texts).fillna("").tolist() == ["6209 Hanley Rd, Hillsdale, MO", "6209 Hanley Rd, Hillsdale", "7 Elm St (rear)", "12 Oak Ave", ""]  # fmt: skip


def test_a_location_of_socrata_gives_place_and_address(tmp_path):
    path = table(tmp_path / "trees.csv", tree_id=["1"], species=["oak"], location_1=["6209 Hanley Rd\nHillsdale, MO\n(38.6987, -90.3073)"])  # fmt: skip

    reading = read_trees(path, column_mapping={"address": "location_1"})

    assert lonlats(reading) == [(-90.3073, 38.6987)]
    assert reading.frame["address"].tolist() == ["6209 Hanley Rd, Hillsdale, MO"]


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        ("_gps_latitude", "_gps_longitude"),
        ("lat_6_Location", "long_6_Location"),
        ("geopoint-Latitude", "geopoint-Longitude"),
        ("TreeLat", "TreeLong"),
    ],
)
def test_the_columns_of_apps_are_coordinates(tmp_path, lat, lon):
    path = table(tmp_path / "trees.csv", tree_id=["1"], species=["oak"], **{lat: [38.6987], lon: [-90.3073]})

    assert lonlats(read_trees(path)) == [(-90.3073, 38.6987)]


@pytest.mark.parametrize(
    ("values", "notation"),
    [
        (["38.7", "38.8"], None),
        (["1-1-05", "2-3-07"], None),
        (["20-11-05", "21-12-05"], None),
        (["6209 Hanley Rd", "7 N Elm St"], None),
        (["12 N", "14 S"], "latitude"),
        (["POINT OF ROCKS", "POINT (1 2)"], None),
        (["0102", "0103"], None),
        (["{}", '{"a": 1}'], None),
        (["Oak (Pin)", "Elm (12, 14)"], None),
        (["38-41-55", "38-41-56"], None),
        (["38:41:55", "38:41:56"], "angle"),
        ([None, ""], None),
    ],
)
def test_what_looks_alike_and_means_something_else(values, notation):
    assert detect_place_notation(pd.Series(values, dtype="str")) == notation


def test_a_typed_point_in_degrees_is_a_point():
    index = AddressIndex.build(parcels=gpd.GeoDataFrame({name: [] for name in ("id", "address", "town_declared", "old_id", "postal_city", "zip")}))  # fmt: skip

    for typed in ("38°41'55.3\"N 90°18'26.3\"W", "N38 41 55.3 W90 18 26.3", "38 41 55.3 N, 90 18 26.3 W", "90.3073W 38.69869N"):  # fmt: skip
        point = parse_lonlat(typed)
        assert point is not None, typed
        assert (round(point.lon, 3), round(point.lat, 3)) == (-90.307, 38.699), typed
        assert find(index, typed).reason == "These are coordinates, not an address."


@given(st.sampled_from(WRITINGS), st.sampled_from([" ", ", ", ",", "; ", "/"]), st.booleans(), st.booleans())
def test_a_typed_pair_is_read_like_the_cell_of_a_table(writing, separator, is_lower, is_lon_first):
    parts = [
        writing.format(d=d, m=m, s=s, s60=m + s / 60, h=h, word=word, value=d + m / 60 + s / 3600)
        for d, m, s, h, word in ((38, 41, 55.3, "N", "north"), (90, 18, 26.3, "W", "west"))
    ]
    text = separator.join(reversed(parts) if is_lon_first else parts)
    text = text.lower() if is_lower else text

    lon, lat = parse_angle_pairs(pd.Series([text], dtype="str"))
    typed = parse_degrees_pair(text)

    assert typed == (LonLat(round(float(lon[0]), 7), round(float(lat[0]), 7)) if np.isfinite(lon[0]) else None)


@pytest.mark.parametrize("typed", ["40 N 100 E", "100 N 200 W", "7201 N Natural Bridge", "12 W 5th St", "N 9th & E 4th", "38.7 elm", "3 N 4 E 5 S"])  # fmt: skip
def test_an_address_with_compass_letters_is_no_point(typed):
    assert parse_degrees_pair(typed) is None


def test_a_pair_that_contradicts_itself_is_none():
    lon, lat = parse_angle_pairs(pd.Series(["38 41 N, 38 42 N", "90 18 W, 90 19 W", "95 10 N, 90 18 W"]))

    assert np.isnan(lon).all()
    assert np.isnan(lat).all()


def test_a_point_typed_twice_is_the_same():
    assert parse_degrees_pair("38.7°N, 90.3°W") == LonLat(-90.3, 38.7)


def test_no_warning_of_a_library_reaches_the_terminal(tmp_path, monkeypatch, capfd):
    path = table(tmp_path / "trees.csv", tree_id=["1", "2", "3"], species=["oak"] * 3, wkt=["POINT (1", "POINT (nan nan)", "(38.6987, -90.3073)"], address=["1 Elm Ave", "2 Elm Ave", "3 Elm Ave"])  # fmt: skip
    monkeypatch.setattr("sys.argv", ["lotleaf", "load", "trees", str(path), "-w", str(tmp_path / "w.gpkg")])

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        assert run_command_line() == 0

    told = capfd.readouterr()
    assert "Warning:" not in told.err + told.out
    assert "ParseException" not in told.err + told.out


@pytest.mark.parametrize(
    "text", ["[" * 10_000, '{"type":"Point","coordinates":' + "[" * 50_000, "GEOMETRYCOLLECTION(" * 5_000]
)
def test_text_without_bottom_is_no_place(text):
    assert parse_places(pd.Series([text])).tolist() == [None]


def spots(path: Path, points: list[tuple[float, float]], columns: list[tuple[float, float]]) -> Path:
    frame = gpd.GeoDataFrame(
        {
            "tree_id": [str(n) for n in range(len(points))],
            "species": ["oak"] * len(points),
            "Latitude": [y for _, y in columns],
            "Longitude": [x for x, _ in columns],
        },
        geometry=[shapely.Point(point) for point in points],
        crs=4326,
    )
    frame.to_file(path)
    return path


def test_geometry_that_contradicts_the_coordinate_columns_is_told_and_taken_only_when_asked(tmp_path):
    geometry = [(-90.3, 38.7), (-90.31, 38.71), (-90.32, 38.72)]
    columns = [(-90.3, 38.7001), (-90.315, 38.71), (-90.32, 38.72)]
    path = spots(tmp_path / "trees.geojson", geometry, columns)

    reading = read_trees(path)
    by_columns = read_trees(path, place_by="columns")

    assert reading.report.to_json()["contradicting_places"] == {"count": 1, "rows": "2"}
    assert "434 m from Latitude and Longitude (38.71000, -90.31500)" in reasons(reading)
    assert lonlats(reading) == geometry
    assert lonlats(by_columns) == columns
    assert "contradicting_places" not in by_columns.report.to_json()


def test_unknown_and_agreeing_columns_contradict_nothing(tmp_path):
    geometry = [(-90.3, 38.7), (-90.31, 38.71)]
    path = spots(tmp_path / "trees.geojson", geometry, [(0.0, 0.0), (-90.31, 38.71)])

    assert "contradicting_places" not in read_trees(path).report.to_json()


def test_the_contradiction_stands_on_the_screen(tmp_path, monkeypatch, capfd):
    path = spots(tmp_path / "trees.geojson", [(-90.3, 38.7)], [(-90.4, 38.7)])
    monkeypatch.setattr(
        "sys.argv", ["lotleaf", "load", "trees", str(path), "-w", str(tmp_path / "w.gpkg"), "--dry-run"]
    )

    assert run_command_line() == 0
    assert "--place-by columns" in " ".join(capfd.readouterr().err.split())
