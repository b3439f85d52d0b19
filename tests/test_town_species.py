"""A town's page and the load tell how many names of trees are in the roster, and which are not."""

import re

import pytest

from geo.forestry.diversity import count_taxa
from geo.store import open_store
from webmap import create_app
from webmap.cli.loading.load_report import print_load_report
from webmap.cli.options import console
from webmap.pages.town_taxa import MAX_STRANGERS, taxa_context
from webmap.settings import Settings

TREES = [
    {"species": "Platanus × acerifolia", "common": "London plane"},
    {"species": "PLATANUS X ACERIFOLIA", "common": "Planetree, London"},
    {"common": "London planetree"},
    {"species": "Platanus occidentalis"},
    {"species": "Platanus", "common": "Sycamore"},
    {"common": "Oak", "genus": "Quercus"},
    {"species": "Quercus zzyzxia", "genus": "Quercus"},
    {"common": "Locust"},
    {"common": "Locust"},
    {"genus": "Acer"},
    {},
]


@pytest.fixture
def app(small_town):
    store = open_store(small_town)
    yield create_app(Settings(workspace=small_town), store)
    store.close()


def test_one_species_counts_once_under_one_name():
    taxa = count_taxa(TREES)

    assert taxa.species.top == (
        ("Platanus × acerifolia (London planetree)", 3),
        ("Locust", 2),
        ("Platanus occidentalis (American sycamore)", 1),
        ("Quercus zzyzxia", 1),
    )
    assert (taxa.species.known_count, taxa.species.unknown_count) == (7, 4)
    assert taxa.genera.top == (("Platanus", 5), ("Quercus", 2), ("Acer", 1))
    assert taxa.rank_counts == {"species": 4, "genus": 4, "none": 2, "unnamed": 1}
    assert sum(taxa.rank_counts.values()) == len(TREES)
    assert taxa.strangers == (("Locust", 2), ("Quercus zzyzxia", 1))


def test_the_page_tells_each_rank_and_offers_its_records(app):
    with app.test_request_context():
        context = taxa_context(count_taxa(TREES), "Bel-Nor", is_known=True)

    assert [(row["label"], row["count"], row["share"]) for row in context["name_ranks"]] == [
        ("Matched to a species", "4", "36.4%"),
        ("Matched to a genus only", "4", "36.4%"),
        ("Not matched", "2", "18.2%"),
        ("No name recorded", "1", "9.1%"),
    ]
    assert "town=bel-nor&taxon_rank=none" in context["name_ranks"][2]["links"][0]["href"]
    assert context["strangers"]["rows"][0] == {"label": "Locust", "count": "2"}


def test_a_long_list_of_names_says_how_many_it_leaves_out(app):
    trees = [{"common": f"Name {number}"} for number in range(MAX_STRANGERS + 7)]

    with app.test_request_context():
        strangers = taxa_context(count_taxa(trees), "Bel-Nor", is_known=True)["strangers"]

    assert len(strangers["rows"]) == MAX_STRANGERS
    assert "Further names: 7, of 7 trees." in strangers["note"]


def test_a_town_without_trees_has_no_table_of_names(app):
    with app.test_request_context():
        context = taxa_context(count_taxa([]), "Bel-Nor", is_known=False)

    assert (context["name_ranks"], context["strangers"]) == ([], None)


def test_the_towns_page_shows_them(app):
    text = app.test_client().get("/towns/bel-nor").text

    assert "Names of trees" in text
    assert re.search(r"Not matched</th><td class=\"number\">3</td>", text)
    assert "Names that are not in the roster" in text


def test_the_load_names_the_most_frequent_ones():
    report = {"layer": "trees", "read": 9, "admitted": 9, "mended": 0, "refused": 0, "doubles": [], "located": {}}
    names = [[f"Name {number}", 9 - number] for number in range(7)]

    with console.capture() as printed:
        print_load_report("town/trees", report | {"names_not_in_roster": names}, {})

    told = " ".join(printed.get().split())
    assert "species: 42 trees of 7 names are not in the roster: Name 0 (9), Name 1 (8)" in told
    assert "Name 4 (5), …" in told
    assert "Name 5" not in told
