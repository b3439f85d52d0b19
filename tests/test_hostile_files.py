"""Files made to stall the reader, to lead it elsewhere, or to steer the terminal of whoever loads them."""

import json
import os
import struct
from contextlib import closing
from pathlib import Path

import apsw
import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from pyproj import CRS

from geo.errors import BadFile, NeedsOption
from geo.ingest.ingest_request import IngestRequest
from geo.ingest.read_source import read_source
from webmap.cli.main import run_command_line

LOT = shapely.box(-90.3, 38.7, -90.29, 38.71)
ARABIC = {ord("0") + digit: chr(0x0660 + digit) for digit in range(10)}
WHERE = "id,lon,lat,species\n1,-90.3,38.7,oak\n2,-90.31,38.7,elm\n"


def lots(path: Path, *outlines: shapely.Geometry) -> Path:
    features = [
        {"type": "Feature", "properties": {"id": f"L{n}"}, "geometry": shapely.geometry.mapping(one)}
        for n, one in enumerate(outlines)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def parquet(path: Path, columns: dict, shape: bytes | None = None, crs: dict | None = None) -> Path:
    table = pa.table(columns)
    if shape is not None:
        table = table.append_column("geometry", pa.array([shape] * len(table), pa.binary()))
        told = {"encoding": "WKB", "geometry_types": []} | ({"crs": crs} if crs else {})
        geo = {"version": "1.0.0", "primary_column": "geometry", "columns": {"geometry": told}}
        table = table.replace_schema_metadata({"geo": json.dumps(geo)})
    pq.write_table(table, path)
    return path


def lotleaf(monkeypatch, *words) -> int:
    monkeypatch.setattr("sys.argv", ["lotleaf", *map(str, words)])
    return run_command_line()


def test_an_outline_that_crosses_itself_everywhere_is_left_out_within_seconds(tmp_path):
    spots = np.random.default_rng(1).random((3_000, 2)) * 0.01 + [-90.3, 38.7]
    path = lots(tmp_path / "lots.geojson", shapely.box(-90.3, 38.7, -90.29, 38.71), shapely.Polygon(spots))

    reading = read_source(IngestRequest(layer="parcels", files=(path,)))

    assert reading.report.to_json()["refused"] == 1
    assert "crosses itself too often to repair" in json.dumps(reading.report.to_json()["rows"])


def test_an_outline_with_many_crossings_is_mended_within_seconds(tmp_path):
    spots = np.random.default_rng(1).random((300, 2)) * 0.01 + [-90.3, 38.7]
    path = lots(tmp_path / "lots.geojson", shapely.Polygon(spots))

    reading = read_source(IngestRequest(layer="parcels", files=(path,)))

    assert reading.frame.geometry.is_valid.all()
    assert reading.report.to_json()["mended"] == 1


def test_a_shape_with_a_coordinate_that_is_no_number_has_no_place(tmp_path):
    shape = shapely.Polygon([(-90.3, 38.7), (-90.2, 38.7), (-90.2, 38.8)]).wkb
    odd = shape[:-24] + np.float64("nan").tobytes() + shape[-16:]
    path = parquet(tmp_path / "lots.parquet", {"id": ["1"], "address": ["1 Elm St"]}, odd)

    reading = read_source(IngestRequest(layer="parcels", files=(path,)))

    assert reading.frame.geometry.isna().all()
    assert "a coordinate is not a number" in json.dumps(reading.report.to_json()["rows"])


@pytest.mark.parametrize(
    "text", ["+proj=longlat +ellps=clrk66 +nadgrids={}", "+proj=tmerc +lon_0=-90 +nadgrids=@conus,{}"]
)
def test_a_coordinate_system_opens_no_other_file(tmp_path, text):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)  # who opens it waits for ever
    crs = CRS(f"{text.format(pipe)} +type=crs").to_json_dict()
    path = parquet(tmp_path / "trees.parquet", {"species": ["oak"]}, shapely.Point(-90.3, 38.7).wkb, crs)

    with pytest.raises(NeedsOption, match="--crs"):
        read_source(IngestRequest(layer="trees", files=(path,)))


@pytest.mark.parametrize("kind", [4, 5, 6, 7], ids=["points", "lines", "polygons", "collection"])
def test_wkb_without_bottom_is_left_out_and_its_row_told(tmp_path, kind):
    spot = shapely.Point(-90.3, 38.7).wkb
    deep = struct.pack("<BII", 1, kind, 1) * 100_000 + spot
    path = tmp_path / "trees.parquet"
    shapes = {"geometry": pa.array([spot, deep], pa.binary()), "species": ["Quercus", "Ulmus"]}
    pq.write_table(pa.table(shapes), path)

    reading = read_source(IngestRequest(layer="trees", files=(path,)))

    assert reading.report.to_json()["admitted"] == 1
    assert {"row": 2, "outcome": "noted", "reason": "geometry: cannot be read"} in [
        {key: row[key] for key in ("row", "outcome", "reason")} for row in reading.report.rows
    ]


def test_a_coordinate_system_that_leads_nowhere_asks_for_another(tmp_path):
    crs = CRS('ENGCRS["board",EDATUM["board"],CS[Cartesian,2],AXIS["x",east],AXIS["y",north],LENGTHUNIT["metre",1]]')
    path = parquet(tmp_path / "trees.parquet", {"species": ["oak"]}, shapely.Point(1e5, 2e5).wkb, crs.to_json_dict())

    with pytest.raises(NeedsOption, match="--crs"):
        read_source(IngestRequest(layer="trees", files=(path,)))


def test_kilobytes_that_unpack_to_millions_of_rows_are_refused(tmp_path):
    path = parquet(tmp_path / "trees.parquet", {"id": pa.nulls(9_000_000, pa.string())})

    with pytest.raises(BadFile, match="not safe to read"):
        read_source(IngestRequest(layer="trees", files=(path,)))


def geopackage(path: Path, *sql: str) -> Path:
    """Make a GeoPackage of one lot, and run `sql` in it."""
    frame = gpd.GeoDataFrame({"parcel_id": ["1"]}, geometry=[LOT], crs="EPSG:4326")
    frame.to_file(path, layer="lots")
    with closing(apsw.Connection(str(path))) as connection:
        for one in sql:
            connection.execute(one)
    return path


ENDLESS = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS fid, x AS parcel_id FROM n"
VAST = "SELECT fid, hex(zeroblob(400000000)) AS parcel_id FROM lots"
LISTED = "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('v', 'attributes', 'v', 4326)"


@pytest.mark.parametrize("view", [ENDLESS, VAST])
def test_a_view_is_no_layer(tmp_path, view):
    path = geopackage(tmp_path / "lots.gpkg", f"CREATE VIEW v AS {view}", LISTED)

    with pytest.raises(BadFile, match=r"lots.gpkg: 'v' is a view, .*; export it as a table"):
        read_source(IngestRequest(layer="parcels", files=(path,), table="v"))
    assert read_source(IngestRequest(layer="parcels", files=(path,))).frame["id"].tolist() == ["1"]


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("ALTER TABLE lots ADD COLUMN big TEXT AS (hex(zeroblob(400000000)))", "'big' of 'lots' is computed"),
        ("CREATE VIRTUAL TABLE words USING fts5(said)", "virtual table 'words'"),
        (f"DROP TABLE gpkg_contents; CREATE VIEW gpkg_contents AS {ENDLESS}", "cannot be read as GPKG|no layer"),
    ],
)  # fmt: skip
def test_what_computes_its_rows_is_refused(tmp_path, sql, why):
    path = geopackage(tmp_path / "lots.gpkg", sql)

    with pytest.raises(BadFile, match=why):
        read_source(IngestRequest(layer="parcels", files=(path,), timeout_s=20))


def test_arcs_that_are_used_over_and_over_are_refused_before_they_are_drawn(tmp_path):
    lots = [{"type": "MultiLineString", "arcs": [[0] * 200]} for _ in range(2_000)]
    objects = {"lots": {"type": "GeometryCollection", "geometries": lots}}
    topology = {"type": "Topology", "arcs": [[[1, 1]] * 10_001], "objects": objects}
    path = tmp_path / "lots.topojson"
    path.write_text(json.dumps(topology))

    with pytest.raises(BadFile, match=r"lots.topojson: its arcs repeat so often .* not safe to read"):
        read_source(IngestRequest(layer="parcels", files=(path,), timeout_s=20))


def test_a_hundred_thousand_columns_are_refused_at_once(tmp_path):
    wide = {"type": "Feature", "properties": {f"c{at}": at for at in range(100_000)}, "geometry": None}
    path = tmp_path / "wide.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [wide]}))

    with pytest.raises(BadFile, match=r"wide.geojson: 100,000 columns; the limit is 2,000"):
        read_source(IngestRequest(layer="trees", files=(path,), timeout_s=20))


@pytest.mark.parametrize("text", ["GEOMETRYCOLLECTION(" * 100_000, "GeometryCollection(POINT (1 1)," * 100_000])
def test_wkt_without_bottom_is_no_place(tmp_path, text):
    path = tmp_path / "lots.csv"
    good = "POLYGON ((-90.3 38.7, -90.29 38.7, -90.29 38.71, -90.3 38.7))"
    path.write_text(f"parcel_id;wkt\n1;{text}\n2;{good}\n")

    told = read_source(IngestRequest(layer="parcels", files=(path,))).report.to_json()

    assert (told["admitted"], told["refused"]) == (1, 1)
    assert "1;" not in json.dumps(told)
    assert "WKT with more than 32 nested collections is not supported" in json.dumps(told["rows"])


def test_digits_of_other_scripts_are_no_date_and_no_number(tmp_path):
    path = tmp_path / "cases.csv"
    path.write_text(
        "case_no,address,opened,due_on\n1,7200 Natural Bridge,{},{}\n2,7201 Natural Bridge,1/2/2020,{}\n".format(
            *(day.translate(ARABIC) for day in ("1/2/2020", "20200102", "43831"))
        ),
        "utf-8",
    )

    reading = read_source(IngestRequest(layer="inspections", files=(path,)))

    assert reading.report.to_json()["admitted"] == 2
    assert reading.frame["due_on"].isna().all()


def test_text_that_is_no_text_is_refused(tmp_path):
    ends = pa.py_buffer(np.array([0, 2], "int32").tobytes())
    words = pa.Array.from_buffers(pa.string(), 1, [None, ends, pa.py_buffer(b"\xff\xfe")])
    path = parquet(tmp_path / "trees.parquet", {"species": words, "lon": [-90.3], "lat": [38.7]})

    with pytest.raises(BadFile, match=r"trees\.parquet: .*damaged"):
        read_source(IngestRequest(layer="trees", files=(path,)))


def test_a_name_that_is_no_utf8_is_a_name(tmp_path, monkeypatch, capfd):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.csv"))
    path.write_text(WHERE)

    done = lotleaf(monkeypatch, "load", "trees", path, "-w", tmp_path / "w.gpkg", "--report", tmp_path / "r.json")

    assert done == 0
    assert json.loads((tmp_path / "r.json").read_text("utf-8"))["files"][0]["name"] == "café.csv"
    assert "trees from café" in capfd.readouterr().err


@pytest.mark.parametrize("text", [WHERE, "id,\x1b[31mcol\x07\n1,2\n", "\0junk"])
def test_a_file_steers_no_terminal(tmp_path, monkeypatch, capfd, text):
    path = tmp_path / "\x1b]0;mine\x07\x9b31m.csv"
    path.write_text(text.replace("oak", "\x1b[31moak"))

    assert lotleaf(monkeypatch, "load", "trees", path, "-w", tmp_path / "w.gpkg") in (0, 2)

    told = capfd.readouterr()
    assert not {"\x1b", "\x07", "\x9b"} & set(told.err + told.out)


def test_a_height_is_no_place_and_a_year_no_number_of_twenty_figures(tmp_path, monkeypatch, capfd):
    path = tmp_path / "trees.csv"
    path.write_text(WHERE)
    load = ("load", "trees", path, "-w", tmp_path / "w.gpkg")

    assert lotleaf(monkeypatch, *load, "--crs", "EPSG:5703") == 2
    assert lotleaf(monkeypatch, *load, "--year", "9" * 20) == 2

    told = capfd.readouterr().err
    assert "--crs EPSG:5703" in told
    assert "--year" in told


@pytest.mark.parametrize(
    ("further", "why"),
    [
        ("," * 4_000_000 + "x\n", "row 4 from the top has 4,000,001 cells"),
        ('"a\n",' * 3_000_000 + "\n", "a row of more than 10 MB"),
        ("x" * 60_000_000, "line 4: a row of more than 10 MB"),
        ("3,-90.3,38.7,oak" + "," * 1_900 + "x\n" + "4,-90.3,38.7,oak\n" * 120_000, "columns and"),
    ],
    ids=["commas", "lines in quotes", "one line", "a wide row among many"],
)
def test_a_row_beyond_all_width_is_refused_before_it_fills_the_memory(tmp_path, further, why):
    path = tmp_path / "trees.csv"
    path.write_text(WHERE + further)

    with pytest.raises(BadFile, match=why):
        read_source(IngestRequest(layer="trees", files=(path,), memory_mb=2_048))


def test_blank_cells_beyond_the_header_make_no_columns(tmp_path):
    path = tmp_path / "trees.csv"
    path.write_text(WHERE + "3,-90.32,38.7," + "," * 16_000 + "\n" + "," * 4_000_000 + "\n")

    reading = read_source(IngestRequest(layer="trees", files=(path,)))

    assert len(reading.frame) == 3
    assert reading.report.to_json()["unused"] == []
    assert reading.report.to_json()["unknowns"] == {"species": {"blank": {"count": 1, "rows": "3"}}}
