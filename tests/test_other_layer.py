"""A file of another layer is refused with the command that loads it, and columns that contradict each other are told."""

import json

import pytest
from property_examples import SHARE

from benchmarks.recognition.cases import read_cases
from geo.errors import BadLayer
from geo.ingest.ingest_request import IngestRequest
from geo.ingest.read_source import read_source
from geo.ingest.recognition.contents.content_words import RecognitionContext
from geo.ingest.recognition.rank_layers import TELLING_LAYERS, refuse_other_layer
from geo.ingest.recognition.recognize import recognize_columns
from geo.schema import LAYERS

TREES = "id,species,DBH,condition,lat,lon\n" + "".join(
    f"{number},{name},{number + 5},Good,38.70{number:02d},-90.31\n"
    for number, name in enumerate(["Acer rubrum", "Quercus alba", "Tilia cordata", "Ulmus americana"] * 5)
)


@pytest.fixture
def trees(tmp_path):
    path = tmp_path / "trees.csv"
    path.write_text(TREES)
    return path


@pytest.mark.parametrize("layer", [name for name in TELLING_LAYERS if name != "trees"])
def test_trees_are_refused_as_any_other_layer_with_the_command_that_loads_them(trees, layer):
    with pytest.raises(BadLayer, match=f"looks like trees, not {layer}.*lotleaf load trees trees.csv"):
        read_source(IngestRequest(layer, (trees,)))


def test_who_names_a_column_is_believed(trees):
    result = read_source(IngestRequest("landmarks", (trees,), column_mapping={"name": "species"}))

    assert len(result.frame) == 20


def refusal(case, layer):
    recognition = recognize_columns(case.columns, LAYERS[layer], RecognitionContext(), has_geometry=case.has_geometry)
    try:
        refuse_other_layer(recognition, RecognitionContext(), has_geometry=case.has_geometry, file_name="f.csv")
    except BadLayer as error:
        return str(error)
    return None


def test_no_published_file_is_refused_as_what_it_is():
    cases = [case for folder in ("cases", "held_out") for case in read_cases(folder) if case.layer in TELLING_LAYERS]

    assert len(cases) > 130
    assert {case.name: text for case in cases[::SHARE] if (text := refusal(case, case.layer))} == {}


def test_most_inventories_are_refused_as_parcels_and_streets():
    cases = [case for case in read_cases("cases") if case.layer == "trees"]

    refused = [refusal(case, layer) is not None for case in cases[::SHARE] for layer in ("parcels", "streets")]

    assert sum(refused) > 0.8 * len(refused)


def list_warnings(tmp_path, text):
    path = tmp_path / "trees.csv"
    path.write_text(text)
    return read_source(IngestRequest("trees", (path,))).report.to_json().get("look_at") or []


def test_two_columns_of_one_name_are_read_and_their_differences_told(tmp_path):
    result_texts = list_warnings(tmp_path, "id,species,DBH,DBH,lat,lon\n1,Acer rubrum,12,30.5,38.7,-90.31\n2,Acer rubrum,7,7.0,38.71,-90.31\n")  # fmt: skip

    assert result_texts[0] == (
        "DBH and DBH 2 both fit dbh_in and differ in 1 of 2 rows that have both: row 1 has '12' and '30.5'; DBH is used"
    )


def test_two_columns_that_agree_are_no_news(tmp_path):
    assert list_warnings(tmp_path, "id,species,DBH,DBH,lat,lon\n1,Acer rubrum,12,12.0,38.7,-90.31\n2,Acer rubrum,,7,38.71,-90.31\n") == []  # fmt: skip


def test_the_raw_row_keeps_both_columns(tmp_path):
    path = tmp_path / "trees.csv"
    path.write_text("id,species,DBH,DBH,lat,lon\n1,Acer rubrum,12,30.5,38.7,-90.31\n")

    result = read_source(IngestRequest("trees", (path,)))

    assert json.loads(result.frame["raw"].iloc[0])["DBH 2"] == "30.5"
    assert "several columns are named 'DBH'; a later one is read as 'DBH 2'" in result.report.to_json()["warnings"]
