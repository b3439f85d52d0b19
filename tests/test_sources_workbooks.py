"""Workbooks of every kind: sheets read together or named, merged cells, dates, epochs, and files made to harm."""

import datetime as dt
import json
import zipfile
from contextlib import suppress
from pathlib import Path

import openpyxl
import pytest
import workbook_files
import xlwt

from geo.errors import BadFile, NeedsOption
from geo.ingest.ingest_request import IngestRequest, IngestResult
from geo.ingest.read_source import read_source
from webmap.cli.main import run_command_line

HEADER = ["tree_id", "common", "dbh", "address"]
TREES = [HEADER, ["007", "Pin Oak", 12.5, "1 Elm Ave"], ["008", "Redbud", 3, "3 Elm Ave"]]


def xlsx(path: Path, sheets: dict[str, list], *merged: str, epoch: dt.datetime | None = None) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        for cells in merged:
            sheet.merge_cells(cells)
    book.epoch = epoch or book.epoch
    book.save(path)
    return path


def xls(path: Path, sheets: dict[str, list]) -> Path:
    book = xlwt.Workbook()
    for title, rows in sheets.items():
        sheet = book.add_sheet(title)
        for row_index, row in enumerate(rows):
            for column, value in enumerate(row):
                sheet.write(row_index, column, value)
    book.save(str(path))
    return path


WRITERS = {"xlsx": xlsx, "xls": xls, "ods": workbook_files.write_ods, "xlsb": workbook_files.write_xlsb}


def read_trees(path: Path, **told) -> IngestResult:
    return read_source(IngestRequest("trees", (path,), **told))


def screen(monkeypatch, capfd, *words) -> str:
    monkeypatch.setattr("sys.argv", ["lotleaf", *map(str, words)])
    assert run_command_line() == 0
    return " ".join(capfd.readouterr().err.split())


@pytest.mark.parametrize("kind", WRITERS)
def test_every_kind_of_workbook_gives_the_same_trees(tmp_path, kind):
    reading = read_trees(WRITERS[kind](tmp_path / f"trees.{kind}", {"Trees": TREES}))

    assert reading.frame["id"].tolist() == ["007", "008"]
    assert reading.frame["common"].tolist() == ["Pin Oak", "Redbud"]
    assert reading.frame["dbh_in"].tolist() == [12.5, 3.0]
    assert json.loads(reading.frame["raw"][0])["dbh"] == 12.5
    assert reading.provenance["driver"] == kind.upper()


@pytest.mark.parametrize("kind", WRITERS)
def test_sheets_with_the_same_columns_are_read_together(tmp_path, kind):
    others = [["TREE_ID", "Common", "dbh", "address"], ["009", "Elm", 7, "5 Elm Ave"]]
    path = WRITERS[kind](tmp_path / f"trees.{kind}", {"Ward 1": TREES, "Ward 2": others})

    reading = read_trees(path)

    assert reading.frame["id"].tolist() == ["007", "008", "009"]
    assert reading.report.to_json()["parts"] == {"Ward 1": 2, "Ward 2": 1}
    assert reading.report.to_json().get("left_out") is None
    only = read_trees(path, table="Ward 2")
    assert only.frame["id"].tolist() == ["009"]
    assert only.report.to_json()["left_out"] == [
        {"name": "Ward 1", "kind": "sheet", "rows": 2, "file": f"trees.{kind}"}
    ]


def test_the_report_names_the_sheet_of_each_row(tmp_path):
    path = xlsx(tmp_path / "trees.xlsx", {"Ward 1": TREES, "Ward 2": [HEADER, ["009", "Elm", "big", "5 Elm Ave"]]})

    lines = read_trees(path).report.rows

    assert {"row": 1, "outcome": "mended", "reason": "Ward 2: dbh_in: 'big' is not a number; now unknown"} in lines


def test_sheets_of_two_workbooks_are_named_with_their_files(tmp_path):
    first = xlsx(tmp_path / "north.xlsx", {"Ward 1": TREES, "Ward 2": [HEADER, ["009", "Elm", 1, "5 Elm Ave"]]})
    second = xlsx(tmp_path / "south.xlsx", {"Ward 3": [HEADER, ["010", "Elm", 2, "7 Elm Ave"]]})

    reading = read_source(IngestRequest("trees", (first, second)))

    assert reading.report.to_json()["parts"] == {"north.xlsx: Ward 1": 2, "north.xlsx: Ward 2": 1, "south.xlsx": 1}


@pytest.mark.parametrize("kind", WRITERS)
def test_other_sheets_are_named_and_those_without_a_table_disturb_nobody(tmp_path, monkeypatch, capfd, kind):
    sheets = {"Read me": [["Ask the clerk"]], "Trees": TREES, "Crews": [["crew", "phone"], ["A", "x"], ["B", "y"]], "Empty": []}  # fmt: skip
    path = WRITERS[kind](tmp_path / f"trees.{kind}", sheets)

    told = screen(monkeypatch, capfd, "load", "trees", path, "-w", tmp_path / "w.gpkg")

    assert f"not read: sheet Crews of trees.{kind}, 2 rows; load it with --table Crews" in told
    assert "Read me" not in told
    assert "Empty" not in told
    assert read_trees(path).report.to_json()["table"] == "Trees"


def test_a_sheet_is_chosen_on_the_command_line(tmp_path, monkeypatch, capfd):
    path = xlsx(tmp_path / "trees.xlsx", {"Ward 1": TREES, "Ward 2": [HEADER, ["009", "Elm", 7, "5 Elm Ave"]]})

    told = screen(monkeypatch, capfd, "load", "trees", path, "--table", "Ward 2", "-w", tmp_path / "w.gpkg")

    assert "1 read, 1 admitted" in told
    assert "not read: sheet Ward 1 of trees.xlsx, 2 rows; load it with --table 'Ward 1'" in told
    with pytest.raises(NeedsOption, match=r"no sheet 'Ward 9'; .*'Ward 1', 'Ward 2'"):
        read_trees(path, table="Ward 9")


def test_a_merged_cell_holds_for_all_its_rows_and_is_told(tmp_path):
    rows = [["tree_id", "address", "common"], ["1", "6209 Hanley Rd", "Oak"], ["2", None, "Elm"], ["3", None, "Ash"], ["4", "6211 Hanley Rd", "Fir"]]  # fmt: skip
    path = xlsx(tmp_path / "trees.xlsx", {"Trees": rows}, "B2:B4")

    reading = read_trees(path)

    assert reading.frame["address"].tolist() == ["6209 Hanley Rd"] * 3 + ["6211 Hanley Rd"]
    lines = [line for line in reading.report.rows if "merged" in line["reason"]]
    assert [line["row"] for line in lines] == [1, 2, 3]
    assert lines[0]["reason"] == "cells B2:B4 are merged; the value holds for each of their rows"


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_merged_cells_of_old_and_open_workbooks_hold_for_their_rows_too(tmp_path, kind):
    rows = [["tree_id", "address"], ["1", "6209 Hanley Rd"], ["2", None], ["3", "6211 Hanley Rd"]]
    path = tmp_path / f"trees.{kind}"
    if kind == "ods":
        workbook_files.write_ods(path, {"Trees": rows}, merged=(1, 1, 2))
    else:
        book = xlwt.Workbook()
        sheet = book.add_sheet("Trees")
        for row_index, row in enumerate(rows):
            sheet.write(row_index, 0, row[0])
        sheet.write(0, 1, "address")
        sheet.write_merge(1, 2, 1, 1, "6209 Hanley Rd")
        sheet.write(3, 1, "6211 Hanley Rd")
        book.save(str(path))

    assert read_trees(path).frame["address"].tolist() == ["6209 Hanley Rd"] * 2 + ["6211 Hanley Rd"]


def test_a_merged_title_and_a_merged_cell_beside_nothing_make_no_rows(tmp_path):
    rows = [["Trees of Pagedale", None, None], ["tree_id", "address", "common"], ["1", "6209 Hanley Rd", "Oak"], [None, None, None]]  # fmt: skip
    path = xlsx(tmp_path / "trees.xlsx", {"Trees": rows}, "A1:C1", "B3:B4")

    assert read_trees(path).frame["address"].tolist() == ["6209 Hanley Rd"]


def test_dates_are_days_in_either_epoch_and_the_epoch_is_told(tmp_path):
    rows = [["tree_id", "common", "planted_on", "address"], ["1", "Oak", dt.date(2020, 4, 1), "1 Elm Ave"]]
    for epoch, year in ((openpyxl.utils.datetime.WINDOWS_EPOCH, 1900), (openpyxl.utils.datetime.MAC_EPOCH, 1904)):
        reading = read_trees(xlsx(tmp_path / f"{year}.xlsx", {"Trees": rows}, epoch=epoch))

        assert reading.frame["planted_on"].tolist() == ["2020-04-01"]
        assert reading.report.to_json()["date_epoch"] == year


def test_the_epoch_of_other_workbooks_is_told(tmp_path):
    book = xlwt.Workbook()
    book.dates_1904 = True
    sheet = book.add_sheet("Trees")
    for row_index, row in enumerate(TREES):
        for column, value in enumerate(row):
            sheet.write(row_index, column, value)
    book.save(str(tmp_path / "trees.xls"))
    workbook_files.write_xlsb(tmp_path / "trees.xlsb", {"Trees": TREES}, is_1904=True)

    for kind in ("xls", "xlsb"):
        assert read_trees(tmp_path / f"trees.{kind}").report.to_json()["date_epoch"] == 1904
    assert read_trees(xls(tmp_path / "usual.xls", {"Trees": TREES})).report.to_json()["date_epoch"] == 1900


def test_a_formula_gives_its_value(tmp_path):
    import xlsxwriter

    path = tmp_path / "trees.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Trees")
        for row_index, row in enumerate(TREES):
            sheet.write_row(row_index, 0, row)
        sheet.write_formula(1, 2, "=10+2.5", None, 12.5)

    assert read_trees(path).frame["dbh_in"].tolist() == [12.5, 3.0]


def test_a_table_that_begins_further_down_and_right_is_found(tmp_path):
    rows = [[], [], *([None, None, *row] for row in TREES)]

    reading = read_trees(xlsx(tmp_path / "trees.xlsx", {"Trees": rows}))

    assert reading.frame["id"].tolist() == ["007", "008"]
    assert reading.report.to_json()["header_row"] == 3


def test_a_workbook_in_a_zip_is_read(tmp_path):
    inner = xlsx(tmp_path / "trees.xlsx", {"Ward 1": TREES, "Ward 2": [HEADER, ["009", "Elm", 7, "5 Elm Ave"]]})
    path = tmp_path / "town.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(inner, "trees.xlsx")

    assert len(read_trees(path).frame) == 3
    assert read_trees(path, table="Ward 2").frame["id"].tolist() == ["009"]


@pytest.mark.parametrize("part", ["content.xml", "styles.xml"])
def test_an_ods_with_entities_is_refused(tmp_path, part):
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    path = workbook_files.write_ods(
        tmp_path / "trees.ods", {"Trees": TREES}, head=bomb if part == "content.xml" else ""
    )
    if part != "content.xml":
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr(part, f"{bomb}<x>&b;</x>")

    with pytest.raises(BadFile, match=f"{part} has a document type"):
        read_trees(path)


def test_two_cells_at_the_ends_of_the_grid_fill_no_memory(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "tree_id", "x"
    book.save(tmp_path / "trees.xlsx")

    with pytest.raises(BadFile, match=r"trees\.xlsx"):
        read_trees(tmp_path / "trees.xlsx", timeout_s=60)


def test_an_ods_that_repeats_a_cell_without_end_is_refused(tmp_path):
    path = workbook_files.write_ods(tmp_path / "trees.ods", {"Trees": TREES})
    with zipfile.ZipFile(path) as archive:
        content = archive.read("content.xml").decode()
    content = content.replace("<table:table-row>", '<table:table-row table:number-rows-repeated="1000000">').replace('office:value-type="string"', 'table:number-columns-repeated="16000" office:value-type="string"')  # fmt: skip
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", workbook_files.ODS_MIME)
        archive.writestr("content.xml", content)

    with pytest.raises(BadFile, match=r"trees\.ods"):
        read_trees(path, timeout_s=60)


@pytest.mark.parametrize("kind", ["xls", "xlsb", "ods", "xlsx"])
def test_a_damaged_workbook_is_refused(tmp_path, kind):
    path = WRITERS[kind](tmp_path / f"trees.{kind}", {"Trees": TREES})
    data = bytearray(path.read_bytes())
    data[len(data) // 3 : len(data) // 2] = bytes(len(data) // 2 - len(data) // 3)
    path.write_bytes(data)

    with suppress(BadFile):  # the damage may lie beside the cells
        assert len(read_trees(path).frame) <= 2


def test_equal_rows_are_told_one_by_one(tmp_path, monkeypatch, capfd):
    rows = [["common", "address"], ["Oak", "1 Elm Ave"], ["Elm", "2 Elm Ave"], ["Oak", "1 Elm Ave"]]
    path = xlsx(tmp_path / "trees.xlsx", {"Trees": rows})

    told = screen(monkeypatch, capfd, "load", "trees", path, "-w", tmp_path / "w.gpkg")

    assert "left out: 1 row, the same as another in every column: 3" in told
