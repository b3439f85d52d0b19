"""Names of trees: one taxon for all spellings, and "Red Maple" is a common name in whatever column it stands."""

import csv
import json

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geo.forestry.taxa.match_taxon import match_taxa, match_taxon
from geo.forestry.taxa.roster import common_key, load_roster
from geo.ingest.cleaning.tree_names.species import clean_tree_names, genus_of_species
from geo.ingest.ingest_request import IngestRequest
from geo.ingest.read_source import read_source
from geo.ingest.row_notes import RowNotes

SPECIES = [entry for genus in load_roster().species.values() for entry in genus.values() if entry.epithet]
BY_NAME = {entry.name: entry for entry in SPECIES}
WITH_COMMON_NAME = [
    entry for entry in BY_NAME.values() if entry.common and load_roster().common[common_key(entry.common)] == {entry}
]
HYBRID_SIGNS = ("×", "x", "X", "× ", "x ")
CULTIVARS = ["October Glory", "Skyline", "Shade Master", "Green Vase", "Prairifire"]
AUTHORS = ["", " L.", " (L.) Mill.", " Marshall", " Thunb.", " (Siebold & Zucc.) Makino"]
LOWER_RANKS = ["", " var. inermis", " subsp. maritima", " f. pendula", " ssp. glabra", " var. alba"]


def read_trees(tmp_path, text):
    (tmp_path / "trees.csv").write_text(text, "utf-8")
    reading = read_source(IngestRequest("trees", (tmp_path / "trees.csv",)))
    said = {line["reason"]: line["rows"] for line in reading.report.summary}
    names = reading.frame[["species", "common", "genus"]].astype(object)
    return names.where(names.notna(), None).to_numpy().tolist(), said, reading


def clean_names(*rows, fields=("species", "common", "genus")):
    """Clean rows of (species, common, genus, family, cultivar); return the fields, and what was said."""
    columns = pd.DataFrame([(*row, *[None] * (5 - len(row))) for row in rows], columns=["species", "common", "genus", "family", "cultivar"])  # fmt: skip
    notes = RowNotes(len(rows))
    frame = columns.replace("", None).astype("str")
    table = clean_tree_names(frame, pd.Series(data=True, index=frame.index), notes)[list(fields)].astype(object)
    said = {line["reason"]: line["rows"] for line in notes.summary()}
    return table.where(table.notna(), None).to_numpy().tolist(), said


def test_a_common_name_in_the_column_of_species_finds_the_species(tmp_path):
    names, said, reading = read_trees(
        tmp_path, "id,lon,lat,SPECIES\n1,-90.3,38.7,Red Maple\n2,-90.31,38.7,Acer rubrum\n"
    )

    assert names == [["Acer rubrum", "Red Maple", "Acer"], ["Acer rubrum", "Red maple", "Acer"]]
    assert said["species: does not begin with a genus; used as the common name, and the species found by it"] == 1
    assert reading.report.mended == 1
    assert json.loads(reading.frame["raw"].iloc[0])["SPECIES"] == "Red Maple"


def test_an_unknown_common_name_in_the_column_of_species_makes_no_genus():
    names, said = clean_names(["Locust"], ["Red Wonder"])

    assert names == [[None, "Locust", None], [None, "Red Wonder", None]]
    assert said["species: does not begin with a genus; used as the common name, species and genus now unknown"] == 2
    assert said["species: not in the roster"] == 2


@pytest.mark.parametrize(
    ("species", "common", "kept"),
    [
        ("Mangolia x soulangeana", "Saucer magnolia", ["Magnolia × soulangeana", "Saucer magnolia", "Magnolia"]),
        ("Mangolium x soulangium", "Saucer magnolia", ["Mangolium x soulangium", "Saucer magnolia", None]),
        ("red maple", "Red Maple", ["Acer rubrum", "Red Maple", "Acer"]),
        ("Acer rubrum", "Acer rubrum", ["Acer rubrum", "Red maple", "Acer"]),
        ("Red Maple", "Acer rubrum", ["Acer rubrum", "Red Maple", "Acer"]),
        ("", "Acer rubrum", ["Acer rubrum", "Red maple", "Acer"]),
        ("", "Maple, Norway", ["Acer platanoides", "Maple, Norway", "Acer"]),
        ("ACPL", "Norway maple", ["Acer platanoides", "Norway maple", "Acer"]),
        ("Acer", "Norway maple", ["Acer platanoides", "Norway maple", "Acer"]),
        ("Acer sp.", "Norway maple", ["Acer", "Norway maple", "Acer"]),
        ("Quercus spp", "", ["Quercus", "Oak", "Quercus"]),
        ("Oak", "", [None, "Oak", "Quercus"]),
        ("", "Oak", [None, "Oak", "Quercus"]),
        ("Acer rubrum", "Norway spruce", ["Acer rubrum", "Norway spruce", "Acer"]),
        ("Unknown", "", [None, None, None]),
        ("QUERCUS ALBA", "White oak", ["Quercus alba", "White oak", "Quercus"]),
        ("Quercus zzyzxia", "", ["Quercus zzyzxia", "Oak", "Quercus"]),
    ],
)  # fmt: skip
def test_names_end_in_their_fields(species, common, kept):
    names, said = clean_names([species, common])

    assert names == [kept]
    is_as_written = (species, common) == tuple(kept[:2]) and kept[2] and "spruce" not in common
    assert any(reason.startswith(("species: ", "common: ")) for reason in said) != bool(is_as_written)


def test_a_species_and_a_common_name_of_different_trees_are_told():
    _, said = clean_names(["Acer rubrum", "Norway spruce"], ["Acer rubrum", "Silver maple"], ["Acer rubrum", "Maple"])

    assert said == {"species: another tree than the common name says; the species was taken": 2}


def test_genus_and_epithet_in_two_columns_of_capitals():
    fields = ("species", "genus", "family", "cultivar", "taxon_rank")

    names, _ = clean_names(["RUBRUM", None, "ACER", None, "Bowhall"], ["SPP", None, "QUERCUS"], [None, None, "ACER"], fields=fields)  # fmt: skip

    assert names == [
        ["Acer rubrum", "Acer", "Sapindaceae", "Bowhall", "species"],
        ["Quercus", "Quercus", "Fagaceae", None, "genus"],
        [None, "Acer", "Sapindaceae", None, "genus"],
    ]


def test_one_plane_in_many_spellings_and_its_neighbors(tmp_path):
    spellings = ["Platanus × acerifolia", "Platanus x acerifolia", "Platanus X acerifolia", "PLATANUS × ACERIFOLIA",
                 "Platanus Xacerifolia", "Platanus acerifolia 'Bloodgood'", "Platanus occidentalis", "Platanus", "Platanus sp."]  # fmt: skip
    rows = "".join(f"{number},-90.3{number},38.7,{name}\n" for number, name in enumerate(spellings))

    _, said, reading = read_trees(tmp_path, "id,lon,lat,species\n" + rows)

    table = reading.frame[["species", "cultivar", "taxon_rank"]].astype(object)
    assert table.where(table.notna(), None).to_numpy().tolist() == [
        *[["Platanus × acerifolia", None, "species"]] * 5,
        ["Platanus × acerifolia", "Bloodgood", "species"],
        ["Platanus occidentalis", None, "species"],
        *[["Platanus", None, "genus"]] * 2,
    ]
    assert said["species: one spelling for each species"] == 6
    assert json.loads(reading.frame["raw"].iloc[3])["species"] == "PLATANUS × ACERIFOLIA"


def test_the_family_is_that_of_the_roster():
    names, _ = clean_names(
        ["Ginkgo biloba", None, None, "Gingkoaceae"], ["Zzz yyy", None, None, "Own"], fields=("family",)
    )

    assert names == [["Ginkgoaceae"], ["Own"]]


def test_a_vacant_site_has_no_name_to_be_doubted(tmp_path):
    _, said, reading = read_trees(tmp_path, "id,lon,lat,species\n1,-90.3,38.7,Vacant\n")

    assert reading.frame.empty
    assert not [reason for reason in said if "genus" in reason or "roster" in reason]


@st.composite
def spellings(draw, entry):
    """Build a spelling of a species from its parts."""
    case = draw(st.sampled_from([str, str.upper, str.lower, str.title]))
    epithet = entry.epithet.removeprefix("× ")
    if entry.epithet.startswith("×"):
        epithet = draw(st.sampled_from(HYBRID_SIGNS)).replace(" ", draw(st.sampled_from([" ", "  "]))) + epithet
        epithet = draw(st.sampled_from([epithet, entry.epithet.removeprefix("× ")]))
    blank = draw(st.sampled_from([" ", "  ", " ", "\t", "_", ", "]))
    name = case(entry.genus + blank + epithet)
    name += draw(st.sampled_from(AUTHORS)) + draw(st.sampled_from(LOWER_RANKS))
    cultivar = draw(st.sampled_from([None, *CULTIVARS]))
    if cultivar:
        name += draw(st.sampled_from([f" '{cultivar}'", f' "{cultivar}"', f" ‘{cultivar}’", f" cv. {cultivar}", f" {cultivar}", f" '{cultivar}®'"]))  # fmt: skip
    if entry in WITH_COMMON_NAME:
        common, (first, _, last) = entry.common, entry.common.rpartition(" ")
        added = [f" ({common})", f" - {common}", f"::{common}", f" / {common}", f" [{common.upper()}]"]
        added += [f" ({last}, {first})"] if first else []
        name += draw(st.sampled_from(["", *added]))
        name = draw(st.sampled_from([name, f"{common} ({name})" if "(" not in name else name]))
    return draw(st.sampled_from(["", " "])) + name + draw(st.sampled_from(["", " ", "."]))


@given(st.sampled_from(list(BY_NAME.values())).flatmap(lambda entry: st.tuples(st.just(entry), spellings(entry))))
@example((BY_NAME["Acer rubrum"], "ACER RUBRUM  'OCTOBER GLORY'"))
@example((BY_NAME["Acer platanoides"], "maple, Norway (Acer platanoides)"))
@example((BY_NAME["Quercus × bebbiana"], "Quercus xbebbiana"))
@example((BY_NAME["Platanus × acerifolia"], "Platanus Ã— acerifolia"))
@example((BY_NAME["Acer × freemanii"], "Acer rubrum x saccharinum"))
def test_all_spellings_of_a_species_are_one_taxon_and_no_other(pair):
    entry, text = pair

    taxon = match_taxon(text)

    assert taxon is not None
    assert (taxon.species, taxon.rank, taxon.genus) == (entry.name, "species", entry.genus)
    assert taxon.family


@given(st.sampled_from(WITH_COMMON_NAME), st.sampled_from([str, str.upper, str.lower, str.title]))
def test_a_common_name_in_any_order_is_its_species(entry, case):
    first, _, last = entry.common.rpartition(" ")
    orders = [entry.common, f"{last}, {first}", f"{last}-{first}", f"{entry.common} tree"] if first else [entry.common]

    found = {match_taxon(case(order), is_common=True).species for order in orders}

    assert found == {entry.name}


@given(st.sampled_from(list(BY_NAME.values())))
def test_what_was_matched_once_is_matched_again(entry):
    assert match_taxon(entry.name).species == entry.name


@given(st.text(max_size=60))
def test_any_text_is_matched_or_not_and_never_fails(text):
    taxon = match_taxon(text)

    assert taxon is None or match_taxon(taxon.species).species == taxon.species


@given(st.sampled_from(list(BY_NAME.values())), st.data())
def test_one_wrong_letter_is_the_species_or_told_and_never_another(entry, data):
    plain = entry.epithet.removeprefix("× ")
    at = data.draw(st.integers(1, len(plain) - 1))
    letter = data.draw(st.sampled_from("abcdefghilmnoprstuvx"))
    wrong = data.draw(st.sampled_from([plain[:at] + plain[at + 1 :], plain[:at] + letter + plain[at:], plain[:at] + letter + plain[at + 1 :]]))  # fmt: skip
    exact = load_roster().species[entry.genus.casefold()]
    if wrong in exact or f"x {wrong}" in exact:
        return

    taxon = match_taxon(f"{entry.genus} {wrong}")

    assert taxon.genus == entry.genus
    assert taxon.rank == "genus" or taxon.species == entry.name or len(wrong) < len(plain) + 2


@pytest.mark.parametrize(
    ("text", "species", "rank", "cultivar"),
    [
        ("Prunus 'Kwanzan'", "Prunus", "genus", "Kwanzan"), ("Prunus Kwanzan", "Prunus", "genus", "Kwanzan"),
        ("Ulmus x Homestead", "Ulmus", "genus", "Homestead"), ("ULMUS X HOMESTEAD", "Ulmus", "genus", "Homestead"),
        ("Magnolia", "Magnolia", "genus", None), ("Hydrangea", "Hydrangea", "genus", None), ("Ginkgo", "Ginkgo", "genus", None),
        ("Magnolia, Southern", "Magnolia grandiflora", "species", None),
        ("Hydrangea, oakleaf", "Hydrangea quercifolia", "species", None),
        ("Sequoia, giant", "Sequoiadendron giganteum", "species", None),
        ("Platanus x occidentalis", "Platanus × occidentalis", "genus", None),
        ("Quercus alba x", "Quercus", "genus", None), ("Quercus robur x alba", "Quercus × bimundorum", "species", None),
        ("Ulmus americana x pumila", "Ulmus americana × pumila", "genus", None),
        ("Tilia cordata or americana", "Tilia", "genus", None), ("Acer rubrum/saccharinum", "Acer", "genus", None),
        ("Tilia cordata / Tilia americana", "Tilia", "genus", None), ("Cherry/Plum", "Prunus", "genus", None),
        ("Pine taeda", "Pinus taeda", "species", None), ("Betula, nigra", "Betula nigra", "species", None),
        ("Red Oak", "Quercus", "genus", None), ("Northern Red Oak", "Quercus rubra", "species", None),
        ("Mountain Ash", "Sorbus", "genus", None), ("Ash", "Fraxinus", "genus", None), ("Dead Ash", "Fraxinus", "genus", None),
        ("Tulip Poplar", "Liriodendron tulipifera", "species", None), ("Bald Cypress", "Taxodium distichum", "species", None),
        ("Betula nigra Clump", "Betula nigra", "species", None), ("Ilex x 'Nellie R. Stevens'", "Ilex", "genus", "Nellie R. Stevens"),
        ("Crataegus laevigata 'Paul's Scarlet'", "Crataegus laevigata", "species", "Paul's Scarlet"),
        ("× Chitalpa tashkentensis", "Chitalpa tashkentensis", "species", None),
        ("Acer palmatum var. dissectum 'Crimson Queen'", "Acer palmatum", "species", "Crimson Queen"),
        ("Gleditsia triacanthos inermis", "Gleditsia triacanthos", "species", None),
    ],
)  # fmt: skip
def test_neighbors_stay_apart(text, species, rank, cultivar):
    taxon = match_taxon(text)

    assert (taxon.species, taxon.rank, taxon.cultivar) == (species, rank, cultivar)


@pytest.mark.parametrize(
    "text",
    ["Locust", "Cedar", "Cypress", "Red Cedar", "Ironwood", "Poplar", "Euc, Ghost Gum", "Tree", "Evergreen", "Unknown", "ACRU", "6209 Oakleaf Dr",
     "Acer rubrum / Quercus alba", "Maple / Oak", "Oak St", "Ash Ave", "", "x", "×", "'", "A", "1", "Acerola", "Mapleton", "x" * 10_000],
)  # fmt: skip
def test_what_is_not_sure_names_no_taxon(text):
    assert match_taxon(text) is None


def test_every_synonym_leads_to_its_accepted_name():
    path = load_roster.__wrapped__.__globals__["_DATA_FOLDER"] / "species_synonyms.csv"
    rows = list(csv.DictReader(path.read_text("utf-8").splitlines()))

    assert len(rows) > 150
    assert all(row["why"] for row in rows)
    for row in rows:
        assert match_taxon(row["written"]).species == row["accepted"], row


def test_the_roster_has_a_family_for_every_genus_and_names_each_species_once():
    roster = load_roster()

    assert len(BY_NAME) > 1_000
    assert {entry.genus for entry in SPECIES} <= set(roster.families)
    stems = [(entry.genus, entry.epithet.removeprefix("× ")) for entry in BY_NAME.values()]
    assert len(stems) == len(set(stems))


def test_many_rows_are_matched_by_their_distinct_names():
    texts = pd.Series([f"{name.upper()} 'Tower {number % 5}'" for number, name in enumerate([*BY_NAME][:500])] * 500)

    table = match_taxa(texts)

    assert (table["rank"] == "species").all()
    assert table["species"].nunique() == 500
    assert table.index.equals(texts.index)


@pytest.mark.realdata
def test_the_shared_roster_and_its_synonyms_are_known(realdata):
    roster = pd.read_csv(realdata / "forestry/species_roster.csv", dtype="str").dropna(subset="species")
    synonyms = pd.read_csv(realdata / "forestry/species_synonyms.csv", dtype="str").fillna("")
    names = roster["genus"] + " " + roster["species"]

    taxa = match_taxa(names[~names.isin(["Platanus x", "Prunus hally", "Prunus shrubs"])])  # not species

    assert (taxa["rank"] == "species").all()
    for row in synonyms.to_dict("records"):
        taxon = match_taxon(row["raw"])
        assert taxon.genus == row["genus"], row
        assert (taxon.rank == "species") == bool(row["species"]), row


@pytest.mark.realdata
def test_forest_parks_names_are_matched(realdata):
    park = pd.read_parquet(realdata / "trees/stl_forest_park/forest_park_trees.parquet")

    ranks = match_taxa(park["Scientific_Name"].dropna())["rank"].value_counts(normalize=True)

    assert ranks["species"] > 0.91
    assert ranks.get("none", 0) < 0.003


@pytest.mark.realdata
def test_forest_parks_own_genera_are_those_of_its_names(realdata):
    park = pd.read_parquet(realdata / "trees/stl_forest_park/forest_park_trees.parquet")

    found = genus_of_species(park["Scientific_Name"])

    told = park["Genus"].str.strip()
    differing = told[told.notna() & found.notna() & (told != found)]
    assert (found.notna() & told.notna()).sum() > 14_000
    assert len(differing) == 6  # its own slips, as Liriodendon and a family for a genus
