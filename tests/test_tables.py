"""Layers out as tables: CSV and workbooks hold what GeoJSON holds, and nothing in them runs."""

import csv
import io
import json
import logging
import os
import re
import subprocess
import sys
import zipfile
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from math import nan

import openpyxl
import pandas as pd
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from geo.errors import BadInput
from geo.formats import xlsx_table
from geo.formats.csv_table import escape_formula, format_row, stream_csv, unescape_formula
from geo.formats.export_file import EXPORT_FORMATS, format_of_file, write_export_file
from geo.formats.geojson import field_dictionary, layer_summary, stream_geojson
from geo.formats.table_rows import table_columns
from geo.formats.xlsx_table import Sheet, require_sheet_rows, stream_workbook, stream_xlsx
from geo.schema import LAYERS
from geo.store import open_store
from geo.store.records import OPERATOR, PUBLIC, Query, Record
from webmap import create_app
from webmap.settings import Settings
from webmap.state.app_state import MAX_WORKBOOKS

TREES = LAYERS["trees"]
SUMMARY = {"version": 7, "sources": []}
EACH_LAYER = pytest.mark.parametrize("layer", LAYERS.values(), ids=lambda layer: layer.name)
LATER = datetime(2024, 7, 1, 12, tzinfo=UTC)
XLSX_TYPE = EXPORT_FORMATS["xlsx"].media_type


def csv_rows(text):
    """Read CSV as programs do: each row by the names of its columns, every cell as text."""
    return [*csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline=""))]


def workbook(chunks):
    return openpyxl.load_workbook(io.BytesIO(b"".join(chunks)))


@contextmanager
def reading(path):
    """Read a workspace, and close it."""
    with closing(open_store(path)) as store, store.snapshot() as reader:
        yield reader


def sheet_rows(sheet):
    """Read a sheet: each row by the names of its columns."""
    names, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(names, row, strict=True)) for row in rows]


def from_cell(field, cell):
    """Say what a cell of the CSV means."""
    if cell == "":
        return None
    if field.kind in {"integer", "real"}:
        return float(cell)
    if field.kind == "flag":
        return {"true": True, "false": False}[cell]
    return unescape_formula(cell)


def from_workbook(value):
    """Say what a value of a workbook means, in the words of GeoJSON."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    return unescape(value) if isinstance(value, str) else value


def table_rows_of(features, columns):
    """Give the features as the rows of a table, their display points left out."""
    names = [column.name for column in columns[:-2]]
    return [{name: feature["properties"][name] for name in names} for feature in features]


@EACH_LAYER
@pytest.mark.parametrize("actor", [PUBLIC, OPERATOR], ids=["public", "operator"])
def test_both_tables_hold_the_values_of_geojson(sample_workspace, layer, actor):
    private = actor.sees_private
    columns = table_columns(layer, private=private)
    with reading(sample_workspace) as reader:
        features = json.loads(b"".join(stream_geojson(reader, layer, Query(), actor=actor)))["features"]
        text = b"".join(stream_csv(layer, reader.query(layer.name, Query(), actor=actor), private=private))
        records = reader.query(layer.name, Query(limit=400), actor=actor)
        book = workbook(stream_xlsx(layer, records, SUMMARY, private=private))

    rows = csv_rows(text)
    wanted = table_rows_of(features, columns)
    names = [column.name for column in columns]
    assert features
    assert list(rows[0]) == names
    assert [{c.name: from_cell(c, row[c.name]) for c in columns[:-2]} for row in rows] == wanted
    in_sheet = sheet_rows(book[layer.name])
    assert list(in_sheet[0]) == names
    assert [{name: from_workbook(row[name]) for name in names[:-2]} for row in in_sheet] == wanted[:400]
    for feature, row, sheet_row in zip(features, rows, in_sheet, strict=False):
        place = shapely.from_geojson(json.dumps(feature["geometry"])) if feature["geometry"] else None
        assert (row["lon"] == "") is (sheet_row["lon"] is None) is (place is None)
        if place is not None:
            assert float(row["lon"]), float(row["lat"]) == (sheet_row["lon"], sheet_row["lat"])
            assert place.distance(shapely.Point(sheet_row["lon"], sheet_row["lat"])) < 3e-7


@EACH_LAYER
def test_the_header_is_the_field_dictionary_with_the_display_point_last(layer):
    names = [field["name"] for field in field_dictionary(layer)]
    own = [name for name in names if name not in {"lon", "lat"}]

    assert [column.name for column in table_columns(layer)] == [*own, "lon", "lat"]


def test_pandas_reads_both_with_numbers_as_numbers(small_town):
    with reading(small_town) as reader:
        text = b"".join(stream_csv(TREES, reader.query("trees", Query(), actor=PUBLIC)))
        records = reader.query("trees", Query(), actor=PUBLIC)
        book = b"".join(stream_xlsx(TREES, records, layer_summary(reader.status(), TREES)))

    of_csv = pd.read_csv(io.BytesIO(text), parse_dates=["surveyed_on"])
    of_xlsx = pd.read_excel(io.BytesIO(book), engine="calamine")

    for frame in (of_csv, of_xlsx):
        assert frame["id"].tolist() == ["trees-0", "trees-1", "trees-2"]
        assert frame["dbh_in"].dtype == "float64"
        assert frame["native"].dtype == "bool"
        assert frame["surveyed_on"].tolist() == [pd.Timestamp("2024-05-01")] * 3
        assert frame["lon"].tolist() == pytest.approx([-90.3186, -90.3176, -90.3166])


# CSV


def test_the_text_has_a_mark_for_excel_and_lines_end_as_rfc_4180_has_it():
    text = b"".join(stream_csv(TREES, [Record("1", "s", {"common": "Ré\nd"})], only_fields=["common"]))

    assert text == '\ufeff"id","source","common","town","lon","lat"\r\n"1","s","Ré\nd",,,\r\n'.encode()


def test_unknown_is_an_empty_cell_and_zero_stays_zero():
    values = {"dbh_in": nan, "stems": 0, "native": False, "height_ft": 0.0}
    wanted = ["stems", "dbh_in", "height_ft", "native"]

    (row,) = csv_rows(b"".join(stream_csv(TREES, [Record("1", "s", values)], only_fields=wanted)))
    book = workbook(stream_xlsx(TREES, [Record("1", "s", values)], SUMMARY, only_fields=wanted))

    assert row == {"id": "1", "source": "s", "dbh_in": "", "stems": "0", "height_ft": "0.0", "native": "false",
                   "town": "", "lon": "", "lat": ""}  # fmt: skip
    assert sheet_rows(book["trees"]) == [
        {"id": "1", "source": "s", "dbh_in": None, "stems": 0, "height_ft": 0, "native": False,
         "town": None, "lon": None, "lat": None}
    ]  # fmt: skip


def test_an_empty_layer_is_a_header_alone():
    assert len(b"".join(stream_csv(TREES, [])).splitlines()) == 1
    assert workbook(stream_xlsx(TREES, [], SUMMARY))["trees"].max_row == 1


def test_the_display_point_is_joined_or_lies_in_the_outline():
    ring = shapely.Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(1, 1), (8, 1), (8, 8), (1, 8)]])
    records = [
        Record("borrowed", "s", {"lon": -90.123456789, "lat": 38.7}, None),
        Record("own", "s", {}, shapely.Point(-90.123456789, 38.7).wkb),
        Record("ring", "s", {}, ring.wkb),
        Record("none", "s", {}),
        Record("empty", "s", {}, shapely.Point().wkb),
    ]

    rows = {row["id"]: row for row in csv_rows(b"".join(stream_csv(TREES, records)))}

    assert [rows["borrowed"][name] for name in ("lon", "lat")] == ["-90.1234568", "38.7"]
    assert [rows["own"][name] for name in ("lon", "lat")] == ["-90.1234568", "38.7"]
    assert ring.covers(shapely.Point(float(rows["ring"]["lon"]), float(rows["ring"]["lat"])))
    assert [rows[id_]["lon"] + rows[id_]["lat"] for id_ in ("none", "empty")] == ["", ""]


# What could run

FORMULA_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # noqa: RUF001 - the full-width forms
DANGEROUS = (*FORMULA_SIGNS, "\t", "\r", "\n", "\0")
hostile = st.one_of(
    st.text(max_size=30),
    st.builds(
        str.__add__, st.sampled_from([*DANGEROUS, " =", "  @", '"=', "a;=", ';"=', "a\r\n="]), st.text(max_size=20)
    ),
)


@given(st.lists(hostile, min_size=1, max_size=5))
@example(["=cmd|' /C calc'!A0"])
@example(['x";=1+1', "a;=1+1", "b\r\n=1+1", 'c;"=1+1', "d\n @SUM(1)"])
@example(["@SUM(1)", "-5", "+1 314", "\t=1", "\r=1", " =1", "  =1"])
def test_no_cell_of_a_csv_begins_as_a_formula_and_each_text_comes_back(texts):
    line = format_row(texts)

    (cells,) = csv.reader(io.StringIO(line, newline=""))
    assert not [cell for cell in cells if cell.startswith(DANGEROUS)]
    assert [unescape_formula(cell) for cell in cells] == texts
    # Where lists are separated by semicolons, quotes within a line do not hold a cell together.
    pieces = [piece.lstrip('"') for piece in re.split(r"[;\t\r\n]", line)[1:]]
    assert not [piece for piece in pieces if piece.startswith(FORMULA_SIGNS)]


@given(st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False)))
def test_a_number_is_never_changed(number):
    assert float(format_row([number])) == float(number)


def test_texts_alone_are_escaped():
    assert format_row([-90.3, "-90.3", True, None, 0]) == '-90.3," -90.3",true,,0\r\n'
    assert escape_formula("6209 Hanley") == "6209 Hanley"


@given(st.lists(hostile, min_size=1, max_size=8))
@example(["=1+1", "{=1+1}", "http://evil.example", "mailto:a@evil.example", "internal:Sheet1!A1", "12"])
@example(["<r><t>a</t></r>", "<r></t></is></c><c r='B9'><f>1+1</f></c><c><is><t></r>", "_x0041_", "a\x01b\ufffe"])
def test_no_cell_of_a_workbook_is_a_formula_or_a_link(texts):
    records = [Record(str(n), text, {"common": text}) for n, text in enumerate(texts)]
    filters = [("species", text) for text in texts]

    content = b"".join(stream_xlsx(TREES, records, SUMMARY, filters=filters, only_fields=["common"]))

    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not [name for name in archive.namelist() if "_rels/sheet" in name]  # links are kept there
    rows = sheet_rows(book["trees"])
    assert [from_workbook(row["common"]) for row in rows] == [
        text or None for text in texts
    ]  # an empty text is an empty cell


# Workbooks


def test_the_data_sheet_is_ready_for_work():
    values = {"native": True, "planted_on": "2020-04-03", "surveyed_on": "1850-04-03", "dbh_in": 12.5, "stems": 2}
    book = workbook(stream_xlsx(TREES, [Record("007", "s", values)], SUMMARY))
    sheet = book["trees"]
    cells = {cell.value: sheet.cell(2, cell.column) for cell in sheet[1]}

    assert book.sheetnames == ["trees", "Fields", "About"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:{sheet.cell(2, sheet.max_column).coordinate}"
    assert all(sheet[1][n].font.bold for n in range(3))
    assert sheet.column_dimensions["A"].width > 10
    assert (cells["id"].value, cells["id"].data_type) == ("007", "s")
    assert (cells["native"].value, cells["native"].data_type) == (True, "b")
    assert cells["planted_on"].value == datetime(2020, 4, 3)  # noqa: DTZ001 - Excel's dates have no zone
    assert cells["planted_on"].number_format == "yyyy-mm-dd"
    assert cells["surveyed_on"].value == "1850-04-03"  # before Excel's first day
    assert (cells["dbh_in"].value, cells["stems"].value) == (12.5, 2)


def test_the_other_sheets_say_what_the_fields_mean_and_where_the_data_are_from(small_town):
    with reading(small_town) as reader:
        summary = layer_summary(reader.status(), TREES)
        records = reader.query("trees", Query(), actor=PUBLIC)
        book = workbook(stream_xlsx(TREES, records, summary, filters=[("town", "bel-nor"), ("need", "remove")]))
    fields = {row["name"]: row for row in sheet_rows(book["Fields"])}
    about = {row["about"]: row["value"] for row in sheet_rows(book["About"])}

    assert list(fields) == [column.name for column in table_columns(TREES)]
    assert (fields["dbh_in"]["unit"], fields["dbh_in"]["kind"]) == ("in", "real")
    assert fields["condition"]["codes"].startswith("excellent, very_good, good")
    assert all(row["description"] for row in fields.values())
    assert about["Layer"] == "Trees (trees)"
    assert about["Rows"] == 3
    assert about["Filters"] == "town = bel-nor; need = remove"
    assert about["Version of the workspace"] == summary["version"]
    assert about["Source town: date of the data"] == "2024-05-01"
    assert about["Source town: license"] == "CC0-1.0"
    assert "7 decimals" in about["lon, lat"]
    assert "Private fields" not in about
    assert book.properties.created == datetime(2024, 6, 1, 12)  # noqa: DTZ001 - the last load, in UTC


def test_the_same_version_makes_the_same_workbook():
    record = Record("1", "s", {"dbh_in": 12.0})

    assert b"".join(stream_xlsx(TREES, [record], SUMMARY)) == b"".join(stream_xlsx(TREES, [record], SUMMARY))


def test_a_text_longer_than_a_cell_is_cut_in_the_workbook_and_whole_in_csv():
    record = Record("1", "s", {"common": "x" * 40_000})

    book = workbook(stream_xlsx(TREES, [record], SUMMARY, only_fields=["common"]))
    (row,) = csv_rows(b"".join(stream_csv(TREES, [record], only_fields=["common"])))

    assert book["trees"]["C2"].value == "x" * 32_767
    assert len(row["common"]) == 40_000


def test_more_rows_than_a_sheet_holds_are_refused_and_sent_to_csv(monkeypatch):
    require_sheet_rows(1_048_575, "trees")
    with pytest.raises(BadInput, match="these are 1,048,576 rows, and an Excel sheet holds 1,048,575; export CSV"):
        require_sheet_rows(1_048_576, "trees")

    monkeypatch.setattr(xlsx_table, "MAX_ROWS", 2)
    with pytest.raises(BadInput, match="export CSV"):
        b"".join(stream_xlsx(TREES, [Record(str(n), "s", {}) for n in range(3)], SUMMARY))


def test_a_workbook_that_fails_or_is_left_leaves_nothing_behind(tmp_path, monkeypatch):
    def rows():
        yield ["1"]
        raise RuntimeError("the store is gone")

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    columns = table_columns(TREES)[:1]
    with pytest.raises(RuntimeError):
        b"".join(stream_workbook([Sheet("trees", columns, rows())]))
    begun = stream_workbook([Sheet("trees", columns, [["1"]])])
    next(begun)
    assert list(tmp_path.iterdir())
    begun.close()

    assert list(tmp_path.iterdir()) == []


PEAK = """
import resource, sys
import shapely
from geo.formats.csv_table import stream_csv
from geo.formats.xlsx_table import stream_xlsx
from geo.schema import LAYERS
from geo.store.records import Record

lots = [shapely.box(x, 38.7, x + 0.0009, 38.701).wkb for x in (-90.31, -90.32, -90.33)]
values = {field.name: "some text" for field in LAYERS["parcels"].public_fields if field.kind == "text"}
records = (Record(str(i), "town", dict(values), lots[i % 3]) for i in range(int(sys.argv[2])))
make = {"csv": stream_csv, "xlsx": lambda layer, rows: stream_xlsx(layer, rows, {"version": 1, "sources": []})}
sent = sum(len(piece) for piece in make[sys.argv[1]](LAYERS["parcels"], records))
print(sent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.parametrize(("name", "count"), [("csv", 10_000), ("xlsx", 2_000)])
def test_ten_times_the_parcels_take_no_more_memory(name, count):
    small, large = (peak(name, rows) for rows in (count, 10 * count))

    assert large[0] > 9 * small[0] > 100_000
    assert large[1] - small[1] < 8_000  # kB


def peak(name, count):
    words = [sys.executable, "-c", PEAK, name, str(count)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return tuple(map(int, done.stdout.split()))


# The command


def test_the_name_of_the_file_tells_the_format(lotleaf, small_town, tmp_path):
    for name in ("trees.csv", "trees.XLSX", "trees.geojson", "trees.json"):
        lotleaf("export", "trees", "-o", tmp_path / name, "-w", small_town)

    assert (tmp_path / "trees.csv").read_bytes().startswith(b'\xef\xbb\xbf"id","source",')
    assert workbook([(tmp_path / "trees.XLSX").read_bytes()]).sheetnames[0] == "trees"
    for name in ("trees.geojson", "trees.json"):
        assert len(json.loads((tmp_path / name).read_text())["features"]) == 3
    assert format_of_file(tmp_path / "trees").name == "geojson"


def test_the_format_may_be_said_and_filters_hold(lotleaf, small_town, tmp_path):
    asked = ("export", "trees", "-o", "-", "--format", "csv", "-w", small_town)

    all_rows = csv_rows(lotleaf(*asked).stdout.encode())
    none = csv_rows(lotleaf(*asked, "--where", "need=prune").stdout.encode())
    some = csv_rows(lotleaf(*asked, "--town", "bel-nor", "--where", "need=remove", "--limit", "2").stdout.encode())
    file = tmp_path / "work.xlsx"
    done = lotleaf("export", "trees", "-o", file, "--town", "bel-nor", "--where", "need=remove", "-w", small_town)

    assert (len(all_rows), len(none), len(some)) == (3, 0, 2)
    about = {row["about"]: row["value"] for row in sheet_rows(openpyxl.load_workbook(file)["About"])}
    assert about["Filters"] == "town = bel-nor; need = remove"
    assert "work.xlsx: 3 trees" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-o", "-", "--format", "xlsx"], "a workbook can only go to a file"),
        (["-o", "trees.csv", "--format", "xlsx"], "the name ends with csv, but the format is xlsx"),
        (["-o", "trees.geojson", "--format", "csv"], "the name ends with geojson, but the format is csv"),
        (["-o", "trees.xls"], "the name ends with xls, but the format is geojson"),
        (["-o", "trees.shp", "--format", "csv"], "ogr2ogr"),
        (["-o", "trees.ods", "--format", "ods"], "'ods' is not one of"),
        (["-o", "/nowhere/trees.csv"], "its folder does not exist"),
    ],
)
def test_what_cannot_be_exported_is_refused_in_a_sentence(lotleaf, small_town, words, said):
    done = lotleaf("export", "trees", *words, "-w", small_town, code=2)

    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_private_fields_are_columns_only_when_told(lotleaf, small_town, tmp_path):
    for name in ("parcels.csv", "parcels.xlsx"):
        lotleaf("export", "parcels", "-o", tmp_path / name, "-w", small_town)
        lotleaf("export", "parcels", "-o", tmp_path / f"private-{name}", "--private", "-w", small_town)

    names = [column.name for column in table_columns(LAYERS["parcels"], private=True)]
    assert names[:3] == ["id", "source", "raw"]
    assert {"owner", "owner_address", "notes"} <= set(names)
    public, private = ((tmp_path / name).read_text("utf-8-sig") for name in ("parcels.csv", "private-parcels.csv"))
    assert "canary" not in public
    assert csv_rows(private.encode())[0]["owner"] == "canary-parcels-owner"
    public, private = (openpyxl.load_workbook(tmp_path / name) for name in ("parcels.xlsx", "private-parcels.xlsx"))
    assert "canary" not in str([[*sheet.values] for sheet in public])
    assert list(sheet_rows(private["parcels"])[0]) == names
    assert "Do not publish" in str([*private["About"].values])


def test_a_table_goes_to_a_pipe_too(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE)

    write_export_file(pipe, stream_csv(TREES, []), EXPORT_FORMATS["csv"])

    assert reader.communicate(timeout=5)[0].startswith(b"\xef\xbb\xbf")


def test_our_own_csv_loads_back(lotleaf, small_town, tmp_path):
    lotleaf("export", "trees", "-o", tmp_path / "trees.csv", "-w", small_town)
    lotleaf("load", "trees", tmp_path / "trees.csv", "-w", tmp_path / "again.gpkg")

    (first, *others) = csv_rows(
        lotleaf("export", "trees", "-o", "-", "--format", "csv", "-w", tmp_path / "again.gpkg").stdout.encode()
    )

    assert len(others) == 2
    assert [first[name] for name in ("dbh_in", "condition", "lon", "lat")] == [
        "0.1",
        "excellent",
        "-90.3186",
        "38.7009",
    ]


# The API and the pages


@pytest.fixture
def client(small_town, store):
    return create_app(Settings(workspace=small_town, max_features=2, downloads=3), store).test_client()


def test_the_api_sends_both_as_files_with_a_good_name(client):
    text = client.get("/api/v1/trees.csv")
    book = client.get("/api/v1/parcels.xlsx?town=bel-nor&need=", buffered=True)

    assert text.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert text.headers["Content-Disposition"] == 'attachment; filename="trees.csv"'
    assert len(csv_rows(text.get_data())) == 3
    assert book.mimetype == XLSX_TYPE
    assert book.headers["Content-Disposition"] == 'attachment; filename="parcels-bel-nor.xlsx"'
    sheets = workbook([book.get_data()])
    assert [row["id"] for row in sheet_rows(sheets["parcels"])] == ["0p1", "0p2", "0p3"]
    assert ("Filters", "town = bel-nor") in sheets["About"].values


@pytest.mark.parametrize("name", ["csv", "xlsx"])
def test_the_api_filters_pages_and_chooses_fields_as_for_geojson(client, name):
    def ids(response):
        body = response.get_data()
        rows = csv_rows(body) if name == "csv" else sheet_rows(workbook([body])["trees"])
        return [row["id"] for row in rows]

    first = client.get(f"/api/v1/trees.{name}?limit=2&fields=dbh_in&need=remove")
    following = first.headers["Link"].removeprefix("<").partition(">")[0]
    last = client.get(following)

    assert "Content-Length" in first.headers  # a page is sent at once
    assert ids(first) + ids(last) == ["trees-0", "trees-1", "trees-2"]
    assert "Link" not in last.headers
    assert f"/api/v1/trees.{name}?" in following
    if name == "csv":
        assert list(csv_rows(first.get_data())[0]) == ["id", "source", "dbh_in", "town", "lon", "lat"]
    assert ids(client.get(f"/api/v1/trees.{name}?need=prune", buffered=True)) == []


@pytest.mark.parametrize("name", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("path", "status"),
    [("hydrants.{}", 404), ("towns.{}", 404), ("trees.{}?ned=prune", 400), ("trees.{}?fields=notes", 400),
     ("trees.{}?limit=3", 400), ("trees.{}?town=atlantis", 400), ("trees.{}?format=csv", 400)],
)  # fmt: skip
def test_the_api_refuses_as_for_geojson(client, name, path, status):
    answer = client.get("/api/v1/" + path.format(name))

    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json(force=True)["status"] == status
    assert "Content-Disposition" not in answer.headers


@pytest.mark.parametrize("name", ["csv", "xlsx"])
def test_the_same_table_is_not_sent_twice_until_something_changes(client, store, name):
    path = f"/api/v1/trees.{name}"
    mark = client.get(path, buffered=True).headers["ETag"]

    again = client.get(path, headers={"If-None-Match": mark}, buffered=True)
    store.delete("trees", "trees-0", actor=OPERATOR, at=LATER)
    changed = client.get(path, headers={"If-None-Match": mark}, buffered=True)

    assert (again.status_code, again.get_data()) == (304, b"")
    assert changed.status_code == 200
    assert client.head(path).headers["ETag"] == changed.headers["ETag"]


def test_csv_travels_packed_and_a_workbook_is_packed_already(client):
    packed = client.get("/api/v1/trees.csv", headers={"Accept-Encoding": "gzip"}, buffered=True)
    book = client.get("/api/v1/trees.xlsx", headers={"Accept-Encoding": "gzip"}, buffered=True)

    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in book.headers


def test_tables_hold_places_among_the_downloads_and_workbooks_are_few(client):
    running = [client.get("/api/v1/trees.xlsx") for _ in range(MAX_WORKBOOKS)]
    one_too_many = client.get("/api/v1/trees.xlsx")
    text = client.get("/api/v1/trees.csv")
    full = client.get("/api/v1/trees.csv")
    page = client.get("/api/v1/trees.xlsx?limit=1")
    for response in (*running, text):
        response.close()
    again = client.get("/api/v1/trees.xlsx", buffered=True)

    assert (one_too_many.status_code, one_too_many.headers["Retry-After"]) == (429, "30")
    assert (text.status_code, full.status_code) == (200, 429)
    assert (page.status_code, again.status_code) == (200, 200)


def test_the_api_refuses_a_workbook_that_no_sheet_holds(client, monkeypatch):
    monkeypatch.setattr(xlsx_table, "MAX_ROWS", 2)

    answer = client.get("/api/v1/trees.xlsx")

    assert answer.status_code == 400
    assert "export CSV" in answer.get_json(force=True)["detail"]
    assert client.get("/api/v1/trees.csv", buffered=True).status_code == 200


def test_a_table_leaves_a_line_in_the_log(client, caplog):
    caplog.set_level(logging.INFO, logger="lotleaf.access")

    body = client.get("/api/v1/trees.csv?town=bel-nor", buffered=True).get_data()

    line = json.loads(caplog.records[-1].message)
    assert (line["path"], line["asked"], line["strange"], line["bytes"]) == (
        "/api/v1/trees.csv",
        ["town"],
        0,
        len(body),
    )


def test_pages_offer_each_download_in_three_formats_without_a_script(client):
    labels = [one.label for one in EXPORT_FORMATS.values()]
    texts = {path: client.get(path).text for path in ("/exports", "/map/maintenance?town=bel-nor", "/towns/bel-nor")}

    for path, text in texts.items():
        assert all(f">{label}<" in text for label in labels), path
    assert texts["/exports"].count('name="format" value="xlsx"') == len(LAYERS)
    for name in EXPORT_FORMATS:
        assert f'href="/api/v1/sites.{name}?town=bel-nor&amp;download=1"' in texts["/map/maintenance?town=bel-nor"]
        assert f'href="/api/v1/parcels.{name}?town=bel-nor&amp;download=1"' in texts["/towns/bel-nor"]


def test_the_form_leads_to_the_format_of_its_button(client):
    answer = client.get("/exports/trees?town=bel-nor&need=&format=xlsx")
    unknown = client.get("/exports/trees?format=ods")

    assert answer.headers["Location"] == "/api/v1/trees.xlsx?town=bel-nor&download=1"
    assert unknown.status_code == 400
    assert "geojson, csv, xlsx" in unknown.text
