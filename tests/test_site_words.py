"""A site without a tree is known by its head word, in whichever column the inventory says it."""

import csv
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.ingest.cleaning.tree_columns import site_status_of_rows
from geo.ingest.mapping.profile import Profile
from geo.ingest.row_notes import RowNotes
from geo.ingest.words.site_words import find_site_status

PHRASES = list(
    csv.DictReader((Path(__file__).parent / "cases" / "words" / "site_phrases.csv").read_text("utf-8").splitlines(True))
)
HEADS = {"stump": "stump", "vacant site": "vacant", "planting site": "vacant", "no tree": "vacant", "paved over": "retired",
         "unsuitable": "retired", "vacant": "vacant", "empty tree pit": "vacant", "proposed site": "proposed"}  # fmt: skip
TAILS = [
    "",
    ", small",
    " - 24in",
    " (wires)",
    ", not accessible",
    " - sidewalk 3 ft wide",
    ' 36"',
    " Large",
    " under wires",
]
NAMES = [
    "Empty Nest maple",
    "Vacant Lot oak",
    "Stumpery fern",
    "Planetree",
    "Acer rubrum 'Vacant'",
    "Quercus alba",
    "Dead",
]


def test_every_phrase_is_read_as_a_forester_reads_it():
    wrong = {
        row["phrase"]: (found, row)
        for row in PHRASES
        if (found := [find_site_status(row["phrase"]), find_site_status(row["phrase"], may_follow_name=False)])
        != [None if row[key] == "tree" else row[key] for key in ("in_a_name", "in_a_condition")]
    }

    assert wrong == {}


@given(st.sampled_from(list(HEADS)), st.sampled_from(TAILS), st.sampled_from([str.upper, str.title, str]),
       st.sampled_from(["species", "common", "genus", "condition", "status", "dbh_in", "cultivar"]))  # fmt: skip
def test_the_head_word_decides_in_every_column(head, tail, dress, column):
    words = dress(head + tail)
    rows = {column: pd.Series([words, None], dtype="str")}

    statuses = site_status_of_rows(rows, Profile("", "trees"), 2, RowNotes(2)).tolist()

    assert statuses == [HEADS[head], "planted"]


@given(st.sampled_from(NAMES), st.sampled_from([str.upper, str.lower, str]))
def test_a_name_in_which_such_a_word_happens_to_stand_is_a_tree(name, dress):
    assert find_site_status(dress(name)) is None


def test_a_name_that_holds_such_a_word_is_told():
    notes = RowNotes(2)

    statuses = site_status_of_rows(
        {"common": pd.Series(["Empty Nest maple", "Elm"], dtype="str")}, Profile("", "trees"), 2, notes
    )

    assert statuses.tolist() == ["planted", "planted"]
    assert [(note.kind, note.positions.tolist()) for note in notes.entries] == [
        ("common: a name with a word for an empty site; taken for a tree", [0])
    ]


@pytest.mark.parametrize("words", ["Stump", "Vacant - was ash", "Dead"])
def test_the_condition_of_a_site_is_no_condition_of_a_tree(lotleaf, tmp_path, words):
    table = pd.DataFrame({"id": [1, 2], "species": ["Acer rubrum"] * 2, "dbh": ["Stump - 24in", "10"], "condition": ["Good", words],
                          "latitude": [38.6986, 38.6987], "longitude": [-90.3075] * 2})  # fmt: skip
    table.to_csv(tmp_path / "t.csv", index=False)

    lotleaf("load", "trees", tmp_path / "t.csv", "-w", tmp_path / "w.gpkg")
    out = lotleaf("export", "trees", "-w", tmp_path / "w.gpkg", "--format", "csv", "-o", "-").stdout

    assert [row["condition"] for row in csv.DictReader(out.splitlines())] == (["dead"] if words == "Dead" else [])
