"""A case stands as its head word says, and its latest row decides; what is not sure is told and stays in sight."""

import csv
import io
import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from geopandas import GeoDataFrame
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from geo.ingest.cleaning.case_history import EARLIER_ROW_NOTE, TIE_NOTE, UNDATED_NOTE, fold_case_history
from geo.ingest.mapping.profile import Profile, field_code_words
from geo.ingest.row_notes import RowNotes
from geo.ingest.words.case_words import add_head_words, find_case_status, normalize_word
from geo.schema import LAYERS
from webmap.params import parse_query

PHRASES = list(
    csv.DictReader(
        (Path(__file__).parent / "cases" / "words" / "status_phrases.csv").read_text("utf-8").splitlines(True)
    )
)
BOM = "\ufeff"  # CSV files begin with it
STATUSES = ("open", "closed", "cancelled", "unknown")
REASONS = [
    "duplicate",
    "not in compliance",
    "no violation found",
    "lien filed",
    "voluntary compliance",
    "court",
    "3/18",
]
FIELDS = ("id", "case_id", "kind", "code", "status", "status_word", "outcome", "address", "parcel_key", "opened_on",
          "inspected_on", "closed_on", "history", "raw")  # fmt: skip


def read_status(phrase: str) -> str:
    table = add_head_words(field_code_words(Profile("", "inspections"), "status", STATUSES), [phrase])
    return {normalize_word(word): code for word, code in table.items()}.get(normalize_word(phrase), "unknown")


def test_every_phrase_is_read_as_a_clerk_reads_it():
    wrong = {row["phrase"]: found for row in PHRASES if (found := read_status(row["phrase"])) != row["status"]}

    assert len(PHRASES) >= 150
    assert wrong == {}
    assert [row for row in PHRASES if row["before"] not in ("unknown", row["status"])] == []


@given(st.sampled_from(["closed", "Closed", "CLOSED", "case closed"]), st.sampled_from(REASONS), st.sampled_from(
    ["{0} - {1}", "{0} ({1})", "{0}: {1}", "{0}, {1}", "{1} - {0}", "{1}, {0}", "{0}; {1}", "{0}/{1}"]))  # fmt: skip
def test_a_reason_before_or_behind_leaves_it_closed(word, reason, manner):
    assert find_case_status(manner.format(word, reason)) == "closed"


@given(st.sampled_from(["not {}", "never {}", "not yet {}", "isn't {}", "has not been {}", "cannot be {}", "to be {}",
                        "un{}", "pending - not {}", "not {} - lien filed", "partially {}"]),
       st.sampled_from(["closed", "resolved", "corrected", "complied", "abated"]), st.sampled_from([str.upper, str.title, str]))  # fmt: skip
def test_a_denied_end_is_never_closed(denial, word, dress):
    assert find_case_status(dress(denial.format(word))) in ("open", None)


@given(st.sampled_from(["{}?", "{} if paid", "probably {}", "may be {}", "{} unless appealed", "road {}", "presumed {}"]),
       st.sampled_from(["closed", "resolved"]))  # fmt: skip
def test_what_is_not_sure_is_unknown(doubt, word):
    if (doubt, word) != ("road {}", "resolved"):
        assert find_case_status(doubt.format(word)) is None


@given(
    st.lists(
        st.sampled_from(
            [
                "closed",
                "not",
                "open",
                "reopened",
                "violation",
                "void",
                "-",
                "(",
                ")",
                ",",
                "if",
                "complied",
                "lien",
                "?",
            ]
        ),
        max_size=8,
    )
)
def test_a_text_is_read_in_any_case(words):
    text = " ".join(words)

    assert find_case_status(text) == find_case_status(text.upper())
    assert find_case_status(text) in ("open", "closed", "cancelled", None)


# Rows of one case


def cases(*rows: dict) -> GeoDataFrame:
    """A frame of inspections; a row that does not say otherwise is an open one of case 1 at 6209 Hanley Rd."""
    usual = dict.fromkeys(FIELDS) | {
        "case_id": "CF-1",
        "status": "open",
        "address": "6209 Hanley Rd",
        "kind": "tall grass",
    }
    table = pd.DataFrame(
        [usual | {"id": f"r{n}", "raw": json.dumps({"n": n})} | row for n, row in enumerate(rows)], dtype="str"
    )
    return GeoDataFrame(table.astype("str").where(table.notna()), geometry=[None] * len(rows), crs="EPSG:4326")


def fold(*rows: dict) -> tuple[GeoDataFrame, dict[str, list[int]]]:
    notes = RowNotes(len(rows))
    folded = fold_case_history(cases(*rows), notes)
    return folded, {note.kind: note.positions.tolist() for note in notes.entries}


OPENED = {"inspected_on": "2026-03-02", "status": "open", "status_word": "open"}
CLOSED = {"inspected_on": "2026-03-18", "status": "closed", "status_word": "closed"}


@pytest.mark.parametrize("rows", [(OPENED, CLOSED), (CLOSED, OPENED)])
def test_the_latest_row_of_a_case_says_how_it_stands_in_whatever_order(rows):
    folded, notes = fold(*rows)

    (one,) = folded.to_dict("records")
    assert (one["status"], one["history"], one["id"]) == ("closed", "2026-03-02 open", f"r{rows.index(OPENED)}")
    assert json.loads(one["raw"])["earlier rows"] == [{"n": rows.index(OPENED)}]
    assert notes == {EARLIER_ROW_NOTE: [rows.index(OPENED)]}


@pytest.mark.parametrize(
    "difference",
    [
        {"kind": "trash"},
        {"code": "12-5"},
        {"parcel_key": "P2"},
        {"case_id": "CF-2"},
        {"case_id": None},
    ],
)
def test_another_violation_place_or_case_stands_by_itself(difference):
    folded, _ = fold(
        OPENED | {"code": "12-4", "parcel_key": "P1"}, CLOSED | {"code": "12-4", "parcel_key": "P1"} | difference
    )

    assert folded["status"].tolist() == ["open", "closed"]


@pytest.mark.parametrize(
    "gap", [{"kind": None}, {"kind": "Follow-up inspection"}, {"address": "6209 Hanley Road"}, {"address": None}]
)
def test_a_gap_or_another_spelling_is_no_difference(gap):
    folded, _ = fold(OPENED, CLOSED | gap)

    assert folded["status"].tolist() == ["closed"]
    assert folded["kind"].tolist() in (["tall grass"], ["Follow-up inspection"])


def test_another_house_number_is_another_case():
    assert len(fold(OPENED, CLOSED | {"address": "6217 Hanley Rd"})[0]) == 2


def test_rows_without_a_case_are_not_one_case():
    assert len(fold(OPENED | {"case_id": None}, CLOSED | {"case_id": None})[0]) == 2


def test_a_tie_is_unknown_and_told():
    folded, notes = fold(OPENED, CLOSED, CLOSED | {"status": "open"})

    assert folded["status"].tolist() == ["unknown"]
    assert list(notes) == [EARLIER_ROW_NOTE, TIE_NOTE]


def test_rows_without_a_day_stay_and_are_told():
    folded, notes = fold(OPENED, CLOSED, {"status": "open"})

    assert folded["status"].tolist() == ["closed", "open"]
    assert notes[UNDATED_NOTE] == [2]


def visit(row: tuple[str, str, int, str]) -> dict[str, str]:
    case, kind, day, status = row
    return {"case_id": case, "kind": kind, "inspected_on": f"2026-03-0{day}", "status": status}


def how_cases_stand(frame: GeoDataFrame) -> list[tuple[str, str, str]]:
    return sorted(zip(frame["case_id"], frame["kind"], frame["status"], strict=True))


@given(st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from(["weeds", "trash"]), st.integers(1, 9),
                          st.sampled_from(["open", "closed"])), min_size=1, max_size=9), st.randoms())  # fmt: skip
def test_every_row_is_a_case_or_its_history_whatever_the_order(rows, random):
    shuffled = list(rows)
    random.shuffle(shuffled)

    folded, notes = fold(*map(visit, rows))
    other, _ = fold(*map(visit, shuffled))

    assert len(folded) + len(notes.get(EARLIER_ROW_NOTE, [])) == len(rows)
    assert len(folded) == len({row[:2] for row in rows})
    assert how_cases_stand(folded) == how_cases_stand(other)


# The files of the field


@pytest.fixture(scope="module")
def workspace(lotleaf, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("cases")
    (folder / "words.csv").write_text(
        "request id,address,kind,status,opened,due\n"
        "Q1,6209 Hanley Rd,tall grass,Reopened,2026-03-02,2026-03-16\n"
        "Q2,6217 Hanley Rd,tall grass,Not in compliance,2026-03-02,2026-03-14\n"
        "Q3,6217 Hanley Rd,tall grass,Closed (Duplicate),2026-03-02,2026-03-14\n"
        "Q4,6217 Hanley Rd,tall grass,Referred,2026-03-02,2026-03-14\n"
    )
    (folder / "history.csv").write_text(
        "case number,address,violation,status,inspected,due\n"
        "CF-1,6209 Hanley Rd,tall grass,open,2026-03-02,2026-03-16\n"
        "CF-1,6209 Hanley Rd,tall grass,closed,2026-03-18,2026-03-16\n"
    )
    workspace = folder / "w.gpkg"
    lotleaf("load", "inspections", folder / "words.csv", "-w", workspace)
    told = lotleaf("load", "inspections", folder / "history.csv", "--map", "case_id=case number", "-w", workspace)
    assert "2 read, 2 admitted, " in told.stdout + told.stderr
    assert "earlier rows are history" in told.stdout + told.stderr
    return workspace


def export_by_id(lotleaf, workspace: Path, *options: str) -> dict[str, dict[str, str]]:
    out = lotleaf("export", "inspections", "-w", workspace, "--format", "csv", "-o", "-", *options).stdout
    return {row["id"]: row for row in csv.DictReader(io.StringIO(out.removeprefix(BOM)))}


def test_what_is_overdue_and_what_may_be_are_lists_of_their_own(lotleaf, workspace):
    assert set(export_by_id(lotleaf, workspace, "--where", "status=overdue")) == {"Q1", "Q2"}
    assert set(export_by_id(lotleaf, workspace, "--where", "status=maybe_overdue")) == {"Q4"}
    assert set(export_by_id(lotleaf, workspace, "--where", "status=overdue,maybe_overdue")) == {"Q1", "Q2", "Q4"}


def test_the_agencys_own_word_is_kept_and_a_case_is_one_row(lotleaf, workspace):
    rows = export_by_id(lotleaf, workspace)

    assert {id_: rows[id_]["status_word"] for id_ in ("Q1", "Q3", "Q4")} == {
        "Q1": "Reopened",
        "Q3": "Closed (Duplicate)",
        "Q4": "Referred",
    }
    (case,) = [row for row in rows.values() if row["case_id"] == "CF-1"]
    assert (case["status"], case["history"]) == ("closed", "2026-03-02 open")


def test_a_filter_asks_for_both_late_lists_at_once():
    query = parse_query(
        MultiDict({"status": "closed,maybe_overdue,overdue"}),
        LAYERS["inspections"],
        {},
        max_limit=9,
        today=date(2026, 5, 4),
    )

    assert (query.where["status"], query.due_statuses) == (("closed",), ("unknown", "open"))
