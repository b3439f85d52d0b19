"""Files that are broken, hostile or not what they say: each is refused, with its name and a remedy."""

import io
import json
import os
import socket
import stat
import struct
import threading
import zipfile
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from geo.crs import Bbox
from geo.errors import BadFile, BadInput, NeedsOption
from geo.ingest.ingest_request import IngestRequest
from geo.ingest.read_source import read_source
from geo.ingest.sandbox.sandbox import read_in_sandbox

SECRET = "the-mayor's-password"  # noqa: S105 - a canary: no answer may hold it
LOT = shapely.box(-90.31, 38.70, -90.30, 38.71)
TOWNS = Bbox(-90.35, 38.66, -90.24, 38.74)


@pytest.fixture
def secret(tmp_path) -> Path:
    """Put a file on the machine that no input may read."""
    path = tmp_path / "secret.geojson"
    feature = {"type": "Feature", "properties": {"told": SECRET}, "geometry": {"type": "Point", "coordinates": [1, 2]}}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return path


def refused(path: Path, layer: str = "parcels", kind: type = BadInput, **told) -> str:
    """Read a file that must be refused; returns what is said, which names the file."""
    with pytest.raises(kind) as caught:
        read_source(IngestRequest(layer=layer, files=(path,), **told))
    said = str(caught.value)
    assert path.name in said
    assert SECRET not in said
    return said


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def shapefile(tmp_path: Path, frame: gpd.GeoDataFrame | None = None) -> dict[str, bytes]:
    """Make the parts of a Shapefile, as a zip's members."""
    lots = gpd.GeoDataFrame({"ID": ["01A"]}, geometry=[LOT], crs=4326) if frame is None else frame
    folder = tmp_path / "made"
    folder.mkdir()
    lots.to_file(folder / "lots.shp")
    return {one.name: one.read_bytes() for one in folder.iterdir()}


def vrt(of: Path) -> str:
    return f'<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>{of}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'


def gdalg(of: Path) -> str:
    return json.dumps(
        {"type": "gdal_streamed_alg", "command_line": f"gdal vector pipeline ! read {of} ! write - --of=stream"}
    )


def test_a_vrt_named_geojson_reads_no_other_file(tmp_path, secret):
    path = tmp_path / "parcels.geojson"
    path.write_text(vrt(secret))

    assert "refers to other data" in refused(path, kind=BadFile)


def test_a_gdalg_document_named_geojson_runs_nothing(tmp_path, secret):
    path = tmp_path / "parcels.geojson"
    path.write_text(gdalg(secret))

    assert "export the layer itself" in refused(path, kind=BadFile)


def test_a_gdalg_document_with_a_long_preface_runs_nothing(tmp_path, secret):
    path = tmp_path / "parcels.geojson"
    told = {"pad": " " * 10_000, "type": "gdal_streamed_alg", "command_line": f"gdal vector pipeline ! read {secret}"}
    path.write_text(json.dumps(told))

    refused(path, kind=BadFile)


@pytest.mark.parametrize("make", [vrt, gdalg])
def test_a_program_in_the_place_of_a_shapefile_in_a_zip_is_refused(tmp_path, secret, make):
    path = zipped(tmp_path / "lots.zip", {"lots.shp": make(secret).encode()})

    refused(path, kind=BadFile)


@pytest.mark.parametrize(
    "document",
    [
        "<OGRWFSDataSource><URL>http://127.0.0.1:{port}/</URL></OGRWFSDataSource>",
        '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/vsicurl/http://127.0.0.1:{port}/x.geojson</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>',
        '<GDAL_WMS><Service name="TMS"><ServerUrl>http://127.0.0.1:{port}/</ServerUrl></Service></GDAL_WMS>',
        '{{"type": "FeatureCollection", "xlink": "http://127.0.0.1:{port}/"}}',
        '<?xml version="1.0"?><!DOCTYPE kml SYSTEM "http://127.0.0.1:{port}/x.dtd"><kml></kml>',
        "<kml><NetworkLink><Link><href>http://127.0.0.1:{port}/x.kml</href></Link></NetworkLink></kml>",
    ],
)
def test_no_document_makes_the_reader_call_anybody(tmp_path, document):
    calls = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30)
        threading.Thread(target=lambda: calls.append(_accept(server)), daemon=True).start()
        path = tmp_path / "parcels.geojson"
        path.write_text(document.format(port=server.getsockname()[1]))

        refused(path)

    assert calls in ([], [None])


def _accept(server: socket.socket) -> object:
    try:
        return server.accept()[1]
    except OSError:
        return None


def test_the_cage_itself_can_neither_call_nor_look_around(tmp_path, secret):
    """Take the checks away: even a driver that runs wild finds walls."""
    probe = tmp_path / "probe.py"
    probe.write_text(
        "import ctypes, json, os, sys\n"
        "from pathlib import Path\n"
        "from geo.ingest.sandbox.sandbox_limits import confine_to_folder, limit_resources\n"
        "limit_resources(seconds=20, memory_mb=2048)\n"
        "walls = confine_to_folder(Path(sys.argv[1]))\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "told = {'walls': walls, 'socket': libc.socket(2, 1, 0), 'file': libc.open(sys.argv[2].encode(), 0)}\n"
        "print(json.dumps(told))\n"
    )
    room = tmp_path / "room"
    room.mkdir()
    import subprocess
    import sys

    done = subprocess.run([sys.executable, "-I", probe, room, secret], capture_output=True, text=True, check=True)

    told = json.loads(done.stdout)
    if "seccomp" in told["walls"]:
        assert told["socket"] == -1
    if "landlock" in told["walls"]:
        assert told["file"] == -1
    assert {"drivers", "limits", "audit"} <= set(told["walls"])


def test_the_reader_has_only_the_allowed_drivers():
    import subprocess
    import sys

    from geo.ingest.sandbox.gdal_drivers import (
        ALLOWED_DRIVERS,
        HARMLESS_DRIVERS,
        SKIPPED_DRIVERS,
        disallowed_drivers,
        gdal_skip_environment,
    )

    code = "import pyogrio, rasterio, json\nwith rasterio.Env() as e: print(json.dumps([*pyogrio.list_drivers(), *e.drivers()]))"
    done = subprocess.run(
        [sys.executable, "-I", "-c", code],
        env=gdal_skip_environment(SKIPPED_DRIVERS),
        capture_output=True,
        text=True,
        check=True,
    )

    assert disallowed_drivers(set(json.loads(done.stdout))) == []
    assert not {"OGR_VRT", "VRT", "GDALG", "WFS", "HTTP", "CSV"} & (ALLOWED_DRIVERS | HARMLESS_DRIVERS)


def test_an_environment_variable_of_ours_does_not_reach_the_reader(tmp_path, monkeypatch):
    monkeypatch.setenv("OGR_SKIP", "")
    monkeypatch.setenv("GDAL_SKIP", "")
    monkeypatch.setenv("GDAL_DRIVER_PATH", str(tmp_path))
    path = tmp_path / "lots.geojson"
    gpd.GeoDataFrame({"id": ["1"]}, geometry=[LOT], crs=4326).to_file(path)

    assert len(read_source(IngestRequest("parcels", (path,))).frame) == 1


def test_a_truncated_zip_is_refused(tmp_path):
    whole = zipped(tmp_path / "whole.zip", shapefile(tmp_path)).read_bytes()
    path = tmp_path / "lots.zip"
    path.write_bytes(whole[: len(whole) // 2])

    assert "not a complete zip archive" in refused(path, kind=BadFile)


def test_a_zip_with_a_damaged_member_is_refused(tmp_path):
    data = bytearray(zipped(tmp_path / "whole.zip", shapefile(tmp_path)).read_bytes())
    data[60:90] = bytes(30)
    path = tmp_path / "lots.zip"
    path.write_bytes(data)

    refused(path, kind=BadFile)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = zipped(tmp_path / "bomb.zip", {"lots.shp": bytes(60 * 2**20)})

    assert "not safe to read" in refused(path, kind=BadFile)


def test_an_archive_within_an_archive_within_an_archive_is_refused(tmp_path):
    inner = zipped(tmp_path / "inner.zip", {"lots.shp": b"x"}).read_bytes()
    middle = zipped(tmp_path / "middle.zip", {"lots.zip": inner}).read_bytes()
    path = zipped(tmp_path / "outer.zip", {"town.zip": middle})  # one level deep is read

    assert "archive itself" in refused(path, kind=BadFile)


def test_an_archive_hidden_as_a_layer_is_refused(tmp_path):
    inner = zipped(tmp_path / "inner.zip", {"lots.shp": b"x"}).read_bytes()
    path = zipped(tmp_path / "outer.zip", {"lots.geojson": inner})

    refused(path, kind=BadFile)


@pytest.mark.parametrize("name", ["../../etc/lots.shp", "/etc/lots.shp", "a/../../lots.shp", "C:\\lots.shp"])
def test_a_member_that_leads_outside_is_refused(tmp_path, name):
    path = zipped(tmp_path / "lots.zip", {name: b"x"})

    assert "outside the archive" in refused(path, kind=BadFile)


def test_a_link_in_a_zip_is_refused(tmp_path, secret):
    path = tmp_path / "lots.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("lots.geojson")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, str(secret))

    assert "link" in refused(path, kind=BadFile)


def test_a_zip_of_many_files_is_refused(tmp_path):
    path = zipped(tmp_path / "lots.zip", {f"{at}.txt": b"" for at in range(5_001)})

    assert "the limit is 5,000. Zip only one layer" in refused(path, kind=BadFile)


def test_several_layers_in_a_zip_are_asked_about(tmp_path):
    parts = shapefile(tmp_path)
    path = zipped(tmp_path / "two.zip", {f"{name}{one}": data for one, data in parts.items() for name in "ab"})

    assert "--table" in refused(path, kind=NeedsOption)
    assert len(read_source(IngestRequest("parcels", (path,), table="alots")).frame) == 1


def test_a_shapefile_next_to_a_linked_table_does_not_read_it(tmp_path, secret):
    for name, data in shapefile(tmp_path).items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "lots.dbf").unlink()
    (tmp_path / "lots.dbf").symlink_to(secret)

    with pytest.raises(BadFile, match=r"lots\.dbf"):
        read_source(IngestRequest("parcels", (tmp_path / "lots.shp",)))


@pytest.mark.parametrize("name", ["parcels.geojson", "parcels.zip", "parcels.csv", "parcels.gpkg"])
def test_an_empty_file_is_refused(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"")

    assert "empty" in refused(path, kind=BadFile)


def test_a_file_of_blanks_is_refused(tmp_path):
    path = tmp_path / "parcels.csv"
    path.write_bytes(b"\r\n  \r\n\r\n")

    assert "empty" in refused(path, kind=BadFile)


def test_a_header_without_rows_is_refused(tmp_path):
    path = tmp_path / "trees.csv"
    path.write_text("id,lon,lat\n")

    assert "no row" in refused(path, "trees")


def test_ten_megabytes_in_one_field_are_refused_with_their_line(tmp_path):
    path = tmp_path / "trees.csv"
    path.write_text("id,common,lon,lat\n1,Oak,-90.3,38.7\n2," + "x" * 10_000_000 + ",-90.3,38.7\n")

    assert "line 3" in refused(path, "trees", BadFile)


@pytest.mark.parametrize(("size", "word"), [(6_000_000, "'said' of row 2"), (10_000_000, "row 2")])
def test_megabytes_in_one_property_are_refused_with_their_row(tmp_path, size, word):
    path = tmp_path / "lots.geojson"
    said = {"id": ["1", "2"], "said": ["x", "y" * size]}
    gpd.GeoDataFrame(said, geometry=[LOT, LOT], crs=4326).to_file(path)

    assert word in refused(path, kind=BadFile)


def test_two_columns_of_one_name_are_read_and_told(tmp_path):
    path = tmp_path / "trees.csv"
    path.write_text("id,owner,lon,lat,owner\n1,a,-90.3,38.7,b\n")

    result = read_source(IngestRequest("trees", (path,)))

    assert json.loads(result.frame["raw"].iloc[0]) == {
        "id": "1",
        "owner": "a",
        "lon": "-90.3",
        "lat": "38.7",
        "owner 2": "b",
    }
    assert result.report.to_json()["warnings"] == [
        "several columns are named 'owner'; a later one is read as 'owner 2'"
    ]


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        ("parcels", shapely.Point(-90.3, 38.7)),
        ("trees", LOT),
        ("streets", LOT),
        ("municipalities", shapely.LineString([(-90.3, 38.7), (-90.2, 38.7)])),
    ],
)
def test_a_layer_of_the_wrong_kind_is_refused(tmp_path, layer, shape):
    path = tmp_path / "things.geojson"
    gpd.GeoDataFrame({"name": ["x"]}, geometry=[shape], crs=4326).to_file(path)

    assert "another layer" in refused(path, layer)


def test_metres_that_are_said_to_be_feet_are_told_with_the_system_that_fits(tmp_path):
    path = tmp_path / "lots.gpkg"
    lots = gpd.GeoDataFrame({"id": ["1"]}, geometry=[LOT], crs=4326).to_crs(26996)
    lots.set_crs("ESRI:102696", allow_override=True).to_file(path)

    assert "--crs EPSG:26996" in refused(path, kind=NeedsOption, towns_bbox=TOWNS)


def test_feet_in_a_geojson_are_no_degrees(tmp_path):
    path = tmp_path / "lots.geojson"
    lots = gpd.GeoDataFrame({"id": ["1"]}, geometry=[LOT], crs=4326).to_crs("ESRI:102696")
    lots = lots.set_crs(None, allow_override=True)
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": json.loads(lots.to_json(drop_id=True))["features"]})
    )

    assert "--crs" in refused(path, kind=NeedsOption)


def test_a_system_that_there_is_not_is_refused(tmp_path):
    path = tmp_path / "lots.geojson"
    gpd.GeoDataFrame({"id": ["1"]}, geometry=[LOT], crs=4326).to_file(path)

    with pytest.raises(BadInput, match="--crs EPSG:999999"):
        read_source(IngestRequest("parcels", (path,), crs="EPSG:999999"))


@pytest.mark.parametrize(
    "text",
    [
        '{"type":"FeatureCollection","features":' + "[" * 100_000,
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":' + '{"a":' * 100_000 + "1",
        '{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"GeometryCollection","geometries":['
        + '{"type":"GeometryCollection","geometries":[' * 10_000,
        '{"type":"Topology","objects":{"a":' + "[" * 100_000,
        '{"type":"FeatureCollection","features":[{"type":"Feature","prop',
        '{"hello": "world"}',
        "[1, 2, 3]",
    ],
    ids=["brackets", "properties", "collections", "topology", "cut off", "other json", "a list"],
)
def test_json_that_is_deep_cut_off_or_something_else_is_refused(tmp_path, text):
    path = tmp_path / "lots.geojson"
    path.write_text(text)

    refused(path)


def test_a_broken_line_of_newline_delimited_geojson_is_named(tmp_path):
    good = '{"type":"Feature","properties":{"a":1},"geometry":{"type":"Point","coordinates":[-90.3,38.7]}}'
    path = tmp_path / "trees.geojsonl"
    path.write_text(f"{good}\n{good[:60]}\n{good}\n")

    assert "line 2" in refused(path, "trees")


def test_a_kml_entity_bomb_is_refused(tmp_path):
    lols = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    path = tmp_path / "trees.kml"
    path.write_text(
        f'<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY l0 "lol">{lols}]><kml><Placemark><name>&l9;</name></Placemark></kml>'
    )

    assert "entities" in refused(path, "trees", BadFile)


def test_a_kml_with_an_outer_entity_reads_no_other_file(tmp_path, secret):
    path = tmp_path / "trees.kml"
    path.write_text(
        f'<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY x SYSTEM "file://{secret}">]><kml><Placemark><name>&x;</name><Point><coordinates>-90.3,38.7</coordinates></Point></Placemark></kml>'
    )

    refused(path, "trees", BadFile)


def test_a_kml_may_speak_of_document_types(tmp_path):
    path = tmp_path / "trees.kml"
    path.write_text(
        "<kml><Placemark><name>Oak</name><description><![CDATA[<!DOCTYPE html>]]></description><Point><coordinates>-90.3,38.7</coordinates></Point></Placemark></kml>"
    )

    assert len(read_source(IngestRequest("trees", (path,))).frame) == 1


def workbook(sheet: str) -> dict[str, bytes]:
    """Make the least workbook whose one sheet holds this XML."""
    about = "http://schemas.openxmlformats.org"
    return {
        "[Content_Types].xml": f'<Types xmlns="{about}/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'.encode(),
        "_rels/.rels": f'<Relationships xmlns="{about}/package/2006/relationships"><Relationship Id="r1" Type="{about}/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>'.encode(),
        "xl/workbook.xml": f'<workbook xmlns="{about}/spreadsheetml/2006/main" xmlns:r="{about}/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>'.encode(),
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{about}/package/2006/relationships"><Relationship Id="r1" Type="{about}/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'.encode(),
        "xl/worksheets/sheet1.xml": sheet.encode(),
    }


def test_a_workbook_that_unpacks_to_a_bomb_is_refused(tmp_path):
    path = zipped(tmp_path / "trees.xlsx", workbook("<worksheet>" + " " * 80_000_000 + "</worksheet>"))

    assert "not safe to read" in refused(path, "trees", BadFile)


@pytest.mark.parametrize("hidden", ["", f"<!--{' ' * 9_000}-->", f"<?pad {' ' * 2_000_000}?>"])
@pytest.mark.parametrize("coding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.data"])
def test_a_workbook_with_entities_is_refused_wherever_they_hide(tmp_path, secret, hidden, coding, part):
    sheet = f'{hidden}<!DOCTYPE x [<!ENTITY x SYSTEM "file://{secret}">]><worksheet>&x;</worksheet>'
    members = workbook("") | {part: sheet.encode(coding)}
    path = zipped(tmp_path / "trees.xlsx", members)

    assert f"{part} has a document type" in refused(path, "trees", BadFile)


def test_a_workbook_whose_sheet_is_broken_is_refused(tmp_path):
    path = zipped(tmp_path / "trees.xlsx", workbook("<worksheet><sheetData><row><c t='s'><v>99999"))

    refused(path, "trees", BadFile)


def test_a_pipe_a_folder_and_a_device_are_refused_unopened(tmp_path):
    pipe = tmp_path / "parcels.geojson"
    os.mkfifo(pipe)

    assert "not a regular file" in refused(pipe, kind=BadFile)
    assert "not a regular file" in refused(tmp_path, kind=BadFile)
    assert "not a regular file" in refused(Path("/dev/zero"), kind=BadFile)
    assert "cannot be opened" in refused(tmp_path / "absent.csv", kind=BadFile)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "XLSX"),
        (b"%PDF-1.7\n" + bytes(600), "PDF"),
        (b"\x1f\x8b\x08" + bytes(600), "gzip"),
        (b"\x7fELF" + bytes(600), "GeoJSON"),
        (b"SQLite format 3\0" + bytes(600), "complete"),
        (b"PAR1" + bytes(600) + b"PAR1", "export it again"),
        (b"fgb\x03fgb\x00" + bytes(100), "complete"),
        (b"\0\0'\n" + bytes(300), "complete"),
    ],
    ids=["xls", "pdf", "gzip", "program", "gpkg", "parquet", "flatgeobuf", "shp"],
)
def test_other_and_damaged_formats_are_refused_with_a_remedy(tmp_path, data, word):
    path = tmp_path / "parcels.dat"
    path.write_bytes(data)

    assert word in refused(path)


def test_a_geotiff_is_canopy_or_nothing(tmp_path):
    path = tmp_path / "trees.tif"
    path.write_bytes(b"II*\0" + struct.pack("<I", 8) + bytes(100))

    assert "canopy" in refused(path, "trees", BadFile)
    assert "complete" in refused(path, "canopy", BadFile)


def test_reading_ends_when_its_time_is_over(tmp_path):
    path = tmp_path / "trees.csv"
    with path.open("w") as file:
        file.write("id,common,lon,lat\n")
        file.writelines(f"{at},Oak,-90.3,38.7\n" for at in range(1_500_000))

    refused(path, "trees", BadFile, timeout_s=1)


def test_reading_ends_when_its_memory_is_used_up(tmp_path):
    path = tmp_path / "trees.csv"
    with path.open("w") as file:
        file.write("id,common,lon,lat\n")
        file.writelines(f"{at},Oak{at},-90.3,38.7\n" for at in range(1_500_000))
    small = tmp_path / "few.csv"
    small.write_text("id,common,lon,lat\n1,Oak,-90.3,38.7\n")

    refused(path, "trees", BadFile, memory_mb=500)

    assert len(read_source(IngestRequest("trees", (small,), memory_mb=500)).frame) == 1


def test_nothing_stays_behind_after_a_refusal(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temp"))
    (tmp_path / "temp").mkdir()
    path = tmp_path / "parcels.geojson"
    path.write_text('{"type":"FeatureCollection","features":[{')

    refused(path)

    assert list((tmp_path / "temp").iterdir()) == []


def test_a_zip_is_read_when_it_is_harmless(tmp_path):
    path = zipped(tmp_path / "lots.zip", {f"folder/{name}": data for name, data in shapefile(tmp_path).items()})

    caught = read_in_sandbox(IngestRequest("parcels", (path,)))

    assert caught.tables[0].column_names == ["ID"]
    assert caught.files[0]["name"] == "lots.zip"


def test_bytes_of_chance_never_break_the_reader(tmp_path):
    whole = io.BytesIO()
    frame = gpd.GeoDataFrame({"id": ["1"] * 50}, geometry=[LOT] * 50, crs=4326)
    frame.to_parquet(whole)
    data = bytearray(whole.getvalue())
    for at in range(40, len(data) - 40, 97):
        data[at] ^= 0xFF
    path = tmp_path / "lots.parquet"
    path.write_bytes(data)

    refused(path)
