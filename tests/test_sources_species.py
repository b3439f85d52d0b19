"""Names of trees: "Red Maple" is a common name in whatever column it stands, and "Red" is no genus."""

import json

import pandas as pd
import pytest

from geo.ingest.cleaning.species import genus_of_species
from geo.ingest.ingest_request import IngestRequest
from geo.ingest.read_source import read_source


def read_trees(tmp_path, text):
    (tmp_path / "trees.csv").write_text(text)
    reading = read_source(IngestRequest("trees", (tmp_path / "trees.csv",)))
    said = {line["reason"]: line["rows"] for line in reading.report.summary}
    names = reading.frame[["species", "common", "genus"]].astype(object)
    return names.where(names.notna(), None).to_numpy().tolist(), said, reading


def test_a_common_name_in_the_column_of_species_makes_no_genus(tmp_path):
    names, said, reading = read_trees(
        tmp_path, "id,lon,lat,SPECIES\n1,-90.3,38.7,Red Maple\n2,-90.31,38.7,Acer rubrum\n"
    )

    assert names == [[None, "Red Maple", None], ["Acer rubrum", None, "Acer"]]
    assert said["species: does not begin with a genus; used as the common name, species and genus now unknown"] == 1  # fmt: skip
    assert reading.report.mended == 1
    assert json.loads(reading.frame["raw"].iloc[0])["SPECIES"] == "Red Maple"


@pytest.mark.parametrize(
    ("species", "common", "kept"),
    [
        ("Mangolia x soulangeana", "Saucer magnolia", ["Mangolia x soulangeana", "Saucer magnolia", None]),
        ("red maple", "Red Maple", [None, "red maple", None]),
        ("Unknown", "", [None, None, None]),
        ("QUERCUS ALBA", "White oak", ["QUERCUS ALBA", "White oak", "Quercus"]),
    ],
)  # fmt: skip
def test_a_strange_name_stays_where_the_row_has_a_common_one_besides(tmp_path, species, common, kept):
    names, said, _ = read_trees(tmp_path, f"id,lon,lat,scientific,common\n1,-90.3,38.7,{species},{common}\n")

    assert names == [kept]
    assert any(reason.startswith("species: ") for reason in said) == (kept[2] is None)


def test_a_vacant_site_has_no_name_to_be_doubted(tmp_path):
    _, said, reading = read_trees(tmp_path, "id,lon,lat,species\n1,-90.3,38.7,Vacant\n")

    assert reading.frame.empty
    assert not [reason for reason in said if "genus" in reason]


@pytest.mark.realdata
def test_forest_parks_own_genera_are_those_of_its_names(realdata):
    park = pd.read_parquet(realdata / "trees/stl_forest_park/forest_park_trees.parquet")

    found = genus_of_species(park["Scientific_Name"])

    told = park["Genus"].str.strip()
    differing = told[told.notna() & found.notna() & (told != found)]
    assert (found.notna() & told.notna()).sum() > 14_000
    assert len(differing) == 6  # its own slips, as Liriodendon and a family for a genus
