"""Files that hold several layers, formats of other map programs, and refusals that name the cure."""

import gzip
import json
import shutil
import struct
import subprocess
import zipfile
from contextlib import suppress
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from geo.errors import BadFile, BadInput, NeedsOption
from geo.ingest.ingest_request import IngestRequest, IngestResult
from geo.ingest.read_source import read_source
from geo.ingest.readers.fixed_width import find_column_spans
from webmap.cli.main import run_command_line

LOTS = gpd.GeoDataFrame(
    {"parcel_id": ["01A", "02B"], "address": ["1 Elm Ave", "3 Peña St"], "zip": ["63121", None]},
    geometry=[shapely.box(-90.31, 38.70, -90.30, 38.71), shapely.box(-90.30, 38.70, -90.29, 38.71)],
    crs=4326,
)
TREES = gpd.GeoDataFrame(
    {"tree_id": ["1", "2"], "common": ["Oak", "Elm"]},
    geometry=[shapely.Point(-90.31, 38.70), shapely.Point(-90.30, 38.70)],
    crs=4326,
)


def read_file(path: Path, layer: str = "parcels", **told) -> IngestResult:
    return read_source(IngestRequest(layer, (path,), **told))


def screen(monkeypatch, capfd, *words) -> str:
    monkeypatch.setattr("sys.argv", ["lotleaf", *map(str, words)])
    assert run_command_line() == 0
    return " ".join(capfd.readouterr().err.split())


def zip_folder(folder: Path, path: Path, prefix: str = "") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, prefix + str(file.relative_to(folder)))
    return path


def geodatabase(folder: Path, **layers: gpd.GeoDataFrame) -> Path:
    path = folder / "town.gdb"
    for name, frame in layers.items():
        kind = "Point" if len(frame) == 0 else None
        pyogrio.write_dataframe(frame, path, layer=name, driver="OpenFileGDB", append=path.exists(), geometry_type=kind)
    return path


def file_geodatabase(folder: Path) -> Path:
    return geodatabase(folder, lots=LOTS.to_crs("ESRI:102696"))


def zipped_geodatabase(folder: Path) -> Path:
    return zip_folder(file_geodatabase(folder), folder / "lots.zip", "Town/town.gdb/")


def bare_geodatabase(folder: Path) -> Path:
    return zip_folder(file_geodatabase(folder), folder / "lots.gdb.zip")


def esri_json(folder: Path) -> Path:
    features = [
        {
            "attributes": {"parcel_id": lot.parcel_id, "address": lot.address, "zip": lot.zip},
            "geometry": {"rings": [list(map(list, lot.geometry.exterior.coords))[::-1]]},
        }
        for lot in LOTS.itertuples()
    ]
    fields = [{"name": name, "type": "esriFieldTypeString", "alias": name} for name in ("parcel_id", "address", "zip")]
    told = {"displayFieldName": "", "geometryType": "esriGeometryPolygon", "spatialReference": {"wkid": 4326}, "fields": fields, "features": features}  # fmt: skip
    path = folder / "lots.json"
    path.write_text(json.dumps(told).replace("NaN", "null"), "utf-8")
    return path


def convert(folder: Path, driver: str, name: str) -> Path:
    """Convert the lots with ogr2ogr into a folder of their own."""
    LOTS.to_file(folder / "source.geojson")
    (folder / "made").mkdir()
    path = folder / "made" / name
    subprocess.run(
        ["ogr2ogr", "-f", driver, str(path), str(folder / "source.geojson")], check=True, capture_output=True
    )
    return path


def mapinfo_table(folder: Path) -> Path:
    return convert(folder, "MapInfo File", "lots.tab")


def zipped_mapinfo_table(folder: Path) -> Path:
    return zip_folder(mapinfo_table(folder).parent, folder / "lots.zip", "MapInfo/")


def mapinfo_interchange(folder: Path) -> Path:
    return convert(folder, "MapInfo File", "lots.mif")


def zipped_interchange(folder: Path) -> Path:
    return zip_folder(mapinfo_interchange(folder).parent, folder / "lots.zip")


def gml(folder: Path) -> Path:
    return convert(folder, "GML", "lots.gml")


def packed_geojson(folder: Path) -> Path:
    LOTS.to_file(folder / "source.geojson")
    path = folder / "lots.geojson.gz"
    path.write_bytes(gzip.compress((folder / "source.geojson").read_bytes()))
    return path


def packed_csv(folder: Path) -> Path:
    path = folder / "lots.csv.gz"
    text = LOTS.assign(wkt=LOTS.geometry.to_wkt()).drop(columns="geometry").to_csv(index=False)
    path.write_bytes(gzip.compress(text.encode()))
    return path


def zip_in_a_zip(folder: Path) -> Path:
    inner = zip_folder(geodatabase(folder, lots=LOTS), folder / "inner.zip", "town.gdb/")
    path = folder / "lots.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(inner, "download/inner.zip")
        archive.writestr("readme.txt", "Ask the clerk")
    return path


def kmz(folder: Path) -> Path:
    rows = "".join(
        f"<Placemark><name>{lot.parcel_id}</name><description><![CDATA[<html><body><table><tr><td>{lot.parcel_id}</td></tr>"
        f"<tr><td><table><tr><td>parcel_id</td><td>{lot.parcel_id}</td></tr><tr bgcolor='#D4E4F3'><td>address</td><td>{lot.address}</td></tr>"
        f"<tr><td>zip</td><td>{lot.zip if isinstance(lot.zip, str) else '&lt;Null&gt;'}</td></tr></table></td></tr></table></body></html>]]></description>"
        f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{' '.join(f'{x},{y},0' for x, y in lot.geometry.exterior.coords)}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
        for lot in LOTS.itertuples()
    )
    path = folder / "lots.kmz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("doc.kml", f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder><name>Lots</name>{rows}</Folder></Document></kml>')  # fmt: skip
        archive.writestr("files/legend.png", b"\x89PNG")
    return path


FORMATS = [file_geodatabase, zipped_geodatabase, bare_geodatabase, esri_json, mapinfo_table, zipped_mapinfo_table, mapinfo_interchange, zipped_interchange, gml, packed_geojson, packed_csv, zip_in_a_zip, kmz]  # fmt: skip


@pytest.mark.parametrize("make", FORMATS)
def test_the_formats_of_other_map_programs_give_the_same_parcels(tmp_path, make):
    reading = read_file(make(tmp_path))

    frame = reading.frame.sort_values("id", ignore_index=True)
    assert frame["id"].tolist() == ["01A", "02B"]
    assert frame["address"].tolist() == ["1 Elm Ave", "3 Peña St"]
    assert frame["zip"].isna().tolist() == [False, True]
    # MapInfo keeps coordinates as whole numbers of a grid, and a geodatabase has other first points.
    differences = shapely.symmetric_difference(frame.geometry.to_numpy(), LOTS.geometry.to_numpy())
    assert shapely.area(differences).max() < 1e-6
    assert len(reading.provenance["files"][0]["sha256"]) == 64


def test_a_gpx_gives_its_waypoints_and_names_its_tracks(tmp_path):
    path = tmp_path / "trees.gpx"
    path.write_text(
        '<?xml version="1.0"?><gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">'
        '<wpt lat="38.70" lon="-90.31"><name>Oak</name><desc>tall</desc></wpt><wpt lat="38.71" lon="-90.30"><name>Elm</name></wpt>'
        '<trk><name>walk</name><trkseg><trkpt lat="38.70" lon="-90.31"/><trkpt lat="38.71" lon="-90.30"/></trkseg></trk></gpx>'
    )

    reading = read_file(path, "trees", column_mapping={"common": "name"})

    assert reading.frame["common"].tolist() == ["Oak", "Elm"]
    assert [point.x for point in reading.frame.geometry] == [-90.31, -90.30]
    assert reading.report.to_json()["left_out"] == [{"name": "tracks", "kind": "layer", "rows": 1, "file": "trees.gpx"}]


def test_the_layers_of_a_geodatabase_are_asked_about_with_their_rows(tmp_path):
    path = geodatabase(tmp_path, lots=LOTS, old_lots=LOTS.iloc[:1], trees=TREES)

    with pytest.raises(NeedsOption, match=r"--table: 'lots' \(2 rows\), 'old_lots' \(1 row\), 'trees' \(2 rows\)"):
        read_file(path)
    chosen = read_file(path, table="old_lots")
    assert chosen.frame["id"].tolist() == ["01A"]
    assert [part["name"] for part in chosen.report.to_json()["left_out"]] == ["lots", "trees"]


def test_the_one_layer_that_fits_is_read_and_the_others_are_named(tmp_path, monkeypatch, capfd):
    path = geodatabase(tmp_path, lots=LOTS, trees=TREES, empty=TREES.iloc[:0])

    told = screen(monkeypatch, capfd, "load", "trees", path, "-w", tmp_path / "w.gpkg")

    assert "2 read, 2 admitted" in told
    assert "not read: layer lots of town.gdb, 2 rows; load it with --table lots" in told
    assert "empty" not in told


def test_a_geodatabase_keeps_its_objectid(tmp_path):
    reading = read_file(geodatabase(tmp_path, trees=TREES.drop(columns="tree_id")), "trees")

    assert json.loads(reading.frame["raw"].iloc[0])["OBJECTID"] == 1


def test_a_table_is_told_for_a_file_without_tables(tmp_path):
    LOTS.to_file(tmp_path / "lots.geojson")

    with pytest.raises(BadInput, match=r"--table x: lots\.geojson has one layer and no tables; leave --table out"):
        read_file(tmp_path / "lots.geojson", table="x")


def test_folders_of_a_kml_are_chosen_by_name(tmp_path):
    places = "".join(
        f"<Folder><name>{name}</name><Placemark><name>{name} oak</name><Point><coordinates>-90.3,38.7</coordinates></Point></Placemark></Folder>"
        for name in ("Ward 1", "Ward 2")
    )
    path = tmp_path / "trees.kml"
    path.write_text(f"<kml><Document>{places}</Document></kml>")

    assert read_file(path, "trees", column_mapping={"common": "name"}).report.read == 2
    chosen = read_file(path, "trees", table="Ward 2", column_mapping={"common": "name"})
    assert chosen.report.read == 1
    assert chosen.report.to_json()["left_out"] == [{"name": "Ward 1", "kind": "folder", "rows": 1, "file": "trees.kml"}]
    with pytest.raises(NeedsOption, match=r"'Ward 1' \(1 rows\)"):
        read_file(path, "trees", table="Ward 9")


def test_the_other_files_of_a_zip_are_named_with_their_rows(tmp_path, monkeypatch, capfd):
    (tmp_path / "parts").mkdir()
    LOTS.to_file(tmp_path / "parts" / "lots.shp")
    (tmp_path / "parts" / "owners.csv").write_text("ML,kind\n1,x\n2,y\n3,z\n")
    (tmp_path / "parts" / "readme.txt").write_text("Ask the clerk\n")
    path = zip_folder(tmp_path / "parts", tmp_path / "lots.zip")

    told = screen(monkeypatch, capfd, "load", "parcels", path, "-w", tmp_path / "w.gpkg")

    assert "not read: file owners.csv of lots.zip, 3 rows; load it with --table owners.csv" in told
    assert "readme" not in told


def test_members_of_a_zip_are_asked_about_with_their_rows(tmp_path):
    (tmp_path / "parts").mkdir()
    LOTS.to_file(tmp_path / "parts" / "north.shp")
    LOTS.iloc[:1].to_file(tmp_path / "parts" / "south.shp")
    path = zip_folder(tmp_path / "parts", tmp_path / "lots.zip")

    with pytest.raises(NeedsOption, match=r"--table: 'north' \(2 rows\), 'south' \(1 rows\)"):
        read_file(path)
    assert len(read_file(path, table="south").frame) == 1


def test_esri_json_keeps_dates_and_tells_an_answer_that_was_cut_short(tmp_path):
    path = tmp_path / "trees.json"
    fields = [{"name": "OBJECTID", "type": "esriFieldTypeOID"}, {"name": "common", "type": "esriFieldTypeString"}, {"name": "planted_on", "type": "esriFieldTypeDate"}]  # fmt: skip
    feature = {"attributes": {"OBJECTID": 7, "common": "Oak", "planted_on": 1585699200000}, "geometry": {"x": -90.3, "y": 38.7}}  # fmt: skip
    path.write_text(json.dumps({"objectIdFieldName": "OBJECTID", "geometryType": "esriGeometryPoint", "spatialReference": {"wkid": 4326}, "exceededTransferLimit": True, "fields": fields, "features": [feature]}))  # fmt: skip

    reading = read_file(path, "trees")

    assert reading.frame["id"].tolist() == ["7"]
    assert reading.frame["planted_on"].tolist() == ["2020-04-01"]
    assert "exceededTransferLimit" in reading.report.to_json()["warnings"][0]


FIXED = """CITY OF PAGEDALE
ID   COMMON NAME     DBH ADDRESS
1    Pin Oak        12.5 1 Elm Ave
20   Eastern Redbud    3 33 Elm Ave
300  Elm             101 5 Elm Ave
"""
RULED = """ID   COMMON     DBH ADDRESS
---- ---------- --- -------------
1    Pin Oak     12 1 Elm Ave
2    Redbud       3 33 Elm Ave
"""


@pytest.mark.parametrize(("text", "dbh"), [(FIXED, [12.5, 3.0, 101.0]), (RULED, [12.0, 3.0])])
def test_fixed_width_text_is_read_and_told(tmp_path, text, dbh):
    path = tmp_path / "trees.txt"
    path.write_text(text)

    reading = read_file(path, "trees")

    assert reading.frame["dbh_in"].tolist() == dbh
    assert reading.frame["common"].tolist()[0] == "Pin Oak"
    assert "fixed-width text: its columns begin at the characters 1, 6," in reading.report.to_json()["warnings"][0]


def test_words_with_a_blank_at_one_place_stay_one_column():
    lines = ["COMMON   DBH", "Pin Oak   12", "Red Oak    3", "Bur Oak    9"]

    assert len(find_column_spans(lines).spans) == 2


@pytest.mark.parametrize("text", ["species\nPin Oak\nRed Oak\nBur Oak\n", "note\nAsk the clerk, please\n"])
def test_a_list_of_words_is_no_table_of_fixed_width(text):
    assert find_column_spans(text.splitlines()) is None


def shapefile(folder: Path, text: str, encoding: str, cpg: str | None) -> Path:
    made = folder / "made"
    made.mkdir()
    frame = gpd.GeoDataFrame({"tree_id": ["1"], "common": [text]}, geometry=[shapely.Point(-90.3, 38.7)], crs=4326)
    frame.to_file(made / "trees.shp", encoding=encoding)
    (made / "trees.cpg").unlink(missing_ok=True)
    if cpg:
        (made / "trees.cpg").write_text(cpg)
    return zip_folder(made, folder / "trees.zip")


@pytest.mark.parametrize(
    ("encoding", "cpg", "told"),
    [
        ("UTF-8", "ISO-8859-1", True),
        ("UTF-8", "1252", True),
        ("UTF-8", "UTF-8", False),
        ("ISO-8859-1", "ISO-8859-1", False),
        ("CP1252", None, False),
        ("CP1252", "UTF-8", True),
    ],
)
def test_text_goes_before_what_a_sidecar_claims(tmp_path, encoding, cpg, told):
    text = "Érable d\u2019été" if encoding != "ISO-8859-1" else "Érable d'été"

    reading = read_file(shapefile(tmp_path, text, encoding, cpg), "trees")

    assert reading.frame["common"].tolist() == [text]
    assert bool(reading.report.to_json().get("warnings")) == told


def test_a_text_cut_within_a_letter_is_utf8_all_the_same(tmp_path):
    path = shapefile(tmp_path, "x" * 10, "UTF-8", "ISO-8859-1")
    made = tmp_path / "made" / "trees.dbf"
    data = made.read_bytes()
    at = data.index(b"x" * 10)
    width = data[32 + 32 + 16]
    cell = ("É" * width).encode()[: width - 1] + b"\xc3" if width % 2 else ("xÉ" + "É" * width).encode()[:width]
    made.write_bytes(data[:at] + cell + data[at + width :])
    zip_folder(tmp_path / "made", path)

    assert "É" in read_file(path, "trees").frame["common"].iloc[0]


GUIDE = [
    (b"%PDF-1.7\n", "trees.pdf", "a PDF; ask for the data"),
    (b"7z\xbc\xaf'\x1c", "trees.7z", "7z x trees.7z"),
    (b"Rar!\x1a\x07\0", "trees.rar", "unrar x trees.rar"),
    (b"\0\x01\0\0Standard Jet DB\0", "trees.mdb", "mdb-export trees.mdb TABLE > trees.csv"),
    (b"AC1032\0\0", "trees.dwg", "AutoCAD drawing"),
    (b"0\r\nSECTION\r\n2\r\nHEADER\r\n", "trees.dxf", "ogr2ogr -f GPKG trees.gpkg trees.dxf"),
    (b"LASF\0\0", "trees.laz", "point cloud"),
    (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 9\n",
        "trees.csv",
        "git lfs pull --include trees.csv",
    ),
    (b"<!DOCTYPE html><html><body><form><input type='password'></form></body></html>", "trees.csv", "asks for a login"),
    (b"<html><head><title>Map viewer</title></head></html>", "trees.geojson", "a web page, not data"),
    (b'{"error": {"code": 499, "message": "Token Required"}}', "trees.json", "499: Token Required"),
    (
        b'{"currentVersion": 10.9, "fields": [], "type": "Feature Layer"}',
        "trees.json",
        "query?where=1=1&outFields=*&f=geojson",
    ),
    (b'{"objectIdFieldName": "OBJECTID", "objectIds": [1, 2]}', "trees.json", "a list of ids"),
    (
        b"<?xml version='1.0'?><ows:ExceptionReport><ServiceExceptionReport/></ows:ExceptionReport>",
        "trees.gml",
        "error of a map service",
    ),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "town.mxd", "Data > Export Features"),
    (b"PK\x03\x04" + bytes(30), "town.qgz", "a QGIS project"),
    (b"<!DOCTYPE qgis PUBLIC 'x'><qgis/>", "town.qgs", "a QGIS project"),
    (b"\xd0\xcf\x11\xe0" + "WordDocument".encode("utf-16-le") + bytes(90), "trees.doc", "a Word document"),
    (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le") + bytes(90), "trees.xlsx", "with a password"),
    (b"BZh91AY", "trees.csv.bz2", "bunzip2 trees.csv.bz2"),
    (b"\x03\x7a\x01\x01" + bytes(90), "trees.dbf", "load the .shp beside it"),
    (b"\xff\xd8\xff\xe0", "trees.jpg", "a picture"),
]


@pytest.mark.parametrize(("data", "name", "cure"), GUIDE, ids=[f"{name}-{number}" for number, (_, name, _) in enumerate(GUIDE)])  # fmt: skip
def test_a_refusal_says_what_the_file_is_and_its_cure(tmp_path, data, name, cure):
    path = tmp_path / name
    path.write_bytes(data)

    with pytest.raises(BadFile) as refusal:
        read_file(path, "trees")
    assert str(refusal.value).startswith(f"{name}: ")
    assert cure in str(refusal.value)


def test_two_levels_of_archives_are_refused(tmp_path):
    inner = zip_in_a_zip(tmp_path)
    path = tmp_path / "outer.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(inner, "lots.zip")

    with pytest.raises(BadFile, match="archive itself"):
        read_file(path)


def test_a_gzip_bomb_is_refused_while_it_is_unpacked(tmp_path):
    path = tmp_path / "trees.csv.gz"
    path.write_bytes(gzip.compress(bytes(60 * 2**20)))

    with pytest.raises(BadFile, match="not safe to read"):
        read_file(path, "trees")


@pytest.fixture
def secret(tmp_path) -> Path:
    path = tmp_path / "secret.csv"
    path.write_text("parcel_id,address\nSECRET,1 Elm Ave\n")
    return path


@pytest.mark.parametrize("kind", ["GPX", "GML"])
def test_xml_with_entities_is_refused(tmp_path, secret, kind):
    head = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file://{secret}">]>'
    root = '<gpx version="1.1"><wpt lat="38.7" lon="-90.3"><name>&a;</name></wpt></gpx>' if kind == "GPX" else '<x xmlns:gml="http://www.opengis.net/gml">&a;</x>'  # fmt: skip
    path = tmp_path / f"trees.{kind.lower()}"
    path.write_text(head + root)

    with pytest.raises(BadFile, match="document type"):
        read_file(path, "trees")


def test_a_gml_reads_no_other_file(tmp_path, secret):
    path = gml(tmp_path)
    text = path.read_text("utf-8")
    path.with_suffix(".xsd").unlink(missing_ok=True)
    path.write_text(text.replace("lots.xsd", str(secret)).replace("<ogr:address>1 Elm Ave</ogr:address>", f'<ogr:address xlink:href="file://{secret}#x" xmlns:xlink="http://www.w3.org/1999/xlink">1 Elm Ave</ogr:address>'), "utf-8")  # fmt: skip

    reading = read_file(path)

    assert "SECRET" not in json.dumps(reading.report.to_json()) + "".join(reading.frame["raw"])


@pytest.mark.parametrize(
    "text",
    [
        '!table\n!version 300\nDefinition Table\n  File "{secret}"\n  Type "RASTER"\n',
        '!table\n!version 700\nDefinition Table\n  Type NATIVE Charset "Neutral"\nbegin_metadata\n"\\IsSeamless" = "TRUE"\nend_metadata\n',
        '!table\n!version 100\nOpen Table "{secret}" Hide\nCreate View x As Select * From secret\n',
        '!table\n!version 300\nDefinition Table\n  File "../secret.dbf"\n  Type DBF\n',
    ],
    ids=["picture", "seamless", "view", "path"],
)
def test_a_mapinfo_table_reads_no_other_file(tmp_path, secret, text):
    path = tmp_path / "lots.tab"
    path.write_text(text.replace("{secret}", str(secret)))

    with pytest.raises(BadFile, match="refers to other files"):
        read_file(path)


def test_a_link_in_a_geodatabase_is_not_followed(tmp_path, secret):
    path = file_geodatabase(tmp_path)
    table = next(path.glob("*.gdbtable"))
    table.unlink()
    table.symlink_to(secret)

    with pytest.raises(BadFile, match="not a regular file"):
        read_file(path)


def test_a_damaged_geodatabase_is_refused(tmp_path):
    path = file_geodatabase(tmp_path)
    for table in path.glob("*.gdbtable"):
        data = bytearray(table.read_bytes())
        data[4:8] = struct.pack("<I", 2_000_000_000)  # the number of rows that the file claims
        table.write_bytes(data)

    with suppress(BadFile):  # GDAL may find the true number in the index
        assert len(read_file(path, timeout_s=60).frame) <= 2


def test_a_folder_that_is_no_geodatabase_is_refused(tmp_path):
    folder = tmp_path / "town.gdb"
    folder.mkdir()
    (folder / "notes.txt").write_text("x")

    with pytest.raises(BadFile, match="not a regular file"):
        read_file(folder)


def test_esri_json_points_to_no_other_data(tmp_path, secret):
    path = tmp_path / "lots.json"
    path.write_text(json.dumps({"geometryType": "esriGeometryPoint", "url": f"file://{secret}", "features": [], "fields": []}))  # fmt: skip

    with pytest.raises(BadInput) as refusal:
        read_file(path)
    assert "SECRET" not in str(refusal.value)


def test_a_kml_whose_description_is_not_a_table_keeps_it(tmp_path):
    path = tmp_path / "trees.kml"
    path.write_text("<kml><Placemark><name>Oak</name><description>tall &lt;b&gt;tree&lt;/b&gt;</description><Point><coordinates>-90.3,38.7</coordinates></Point></Placemark></kml>")  # fmt: skip

    raw = json.loads(read_file(path, "trees", column_mapping={"common": "name"}).frame["raw"].iloc[0])

    assert raw == {"name": "Oak", "description": "tall <b>tree</b>"}


def test_an_html_bomb_in_a_description_ends(tmp_path):
    path = tmp_path / "trees.kml"
    path.write_text("<kml><Placemark><name>Oak</name><description><![CDATA[" + "<table><tr><td>" * 50_000 + "]]></description><Point><coordinates>-90.3,38.7</coordinates></Point></Placemark></kml>")  # fmt: skip

    assert len(read_file(path, "trees", column_mapping={"common": "name"}, timeout_s=60).frame) == 1


def test_a_tab_without_parts_is_a_text_with_tabs(tmp_path):
    path = tmp_path / "trees.tab"
    path.write_text("tree_id\tcommon\taddress\n1\tOak\t1 Elm Ave\n")
    with zipfile.ZipFile(tmp_path / "trees.zip", "w") as archive:
        archive.write(path, "trees.tab")

    assert read_file(path, "trees").frame["common"].tolist() == ["Oak"]
    assert read_file(tmp_path / "trees.zip", "trees").frame["common"].tolist() == ["Oak"]


def test_a_canopy_mask_in_which_all_is_canopy_is_told_with_its_remedy(tmp_path):
    import numpy as np
    import rasterio

    path = tmp_path / "canopy.tif"
    about = {"driver": "GTiff", "height": 2, "width": 2, "count": 1, "dtype": "uint8", "nodata": 0, "crs": "EPSG:26996"}
    with rasterio.open(path, "w", transform=rasterio.Affine(1, 0, 250_000, 0, -1, 320_000), **about) as raster:
        raster.write(np.array([[1, 0], [0, 1]], dtype="uint8"), 1)

    masked = read_file(path, "canopy")
    mended = read_file(path, "canopy", nodata=255.0)

    assert "load it with --nodata 255" in masked.report.to_json()["warnings"][0]
    assert mended.raster.cells.tolist() == [[1, 0], [0, 1]]
    assert mended.report.to_json()["warnings"] == []


def test_a_packed_table_in_a_zip_is_read(tmp_path):
    with zipfile.ZipFile(tmp_path / "lots.zip", "w") as archive:
        archive.write(packed_csv(tmp_path), "lots.csv.gz")

    assert len(read_file(tmp_path / "lots.zip").frame) == 2


def test_pieces_of_a_shapefile_beside_each_other_in_capitals_are_read(tmp_path):
    LOTS.to_file(tmp_path / "lots.shp")
    for part in tmp_path.glob("lots.*"):
        shutil.move(part, tmp_path / f"LOTS{part.suffix.upper()}")

    assert len(read_file(tmp_path / "LOTS.SHP").frame) == 2


def test_an_id_is_found_as_it_is_stored(tmp_path, monkeypatch, capfd):
    pd.DataFrame({"tree_id": ["A/1 ", "007", "{AB-1}"], "common": ["Oak"] * 3, "lon": [-90.3] * 3, "lat": [38.7, 38.71, 38.72]}).to_csv(tmp_path / "trees.csv", index=False)  # fmt: skip
    workspace = tmp_path / "w.gpkg"
    screen(monkeypatch, capfd, "load", "trees", tmp_path / "trees.csv", "--source", "s", "-w", workspace)

    for id_ in ("A/1", "007", "{AB-1}"):
        assert "trees" in screen(monkeypatch, capfd, "edit", "trees", id_, "condition=good", "-w", workspace)
