"""What addresses were found to name is kept, and taken only as what it was made of."""

import pandas as pd
import pytest
import shapely
from addresses_town import address_layer, layer

from geo.geocode import AddressIndex, make_intersection_finder, make_parcel_finder
from geo.geocode.batch_cache import GeocodeCache

LOTS = """
parcel_id number number_hi street suffix unit town_declared
A 10 . Oak Ave . Normandy
B 10 . Oak Ave . Wellston
C 12 16 Elm St . Normandy
"""
ASKED = pd.Series(["10 Oak Av", "10 Oak Av", "12-16 Elm St", "9 Elm St", None, "10 Oak Av"])
TOWNS = pd.Series(["Normandy", "Wellston", None, None, None, "St. Louis"])
CORNERS = pd.Series(["Elm St & Oak Ave", "Elm St & Yew Ln", None])


@pytest.fixture(scope="module")
def index():
    lines = [
        {"name": "Elm St", "geometry": shapely.LineString([(-90.31, 38.7), (-90.29, 38.7)])},
        {"name": "Oak Ave", "geometry": shapely.LineString([(-90.31, 38.69), (-90.31, 38.7)])},
    ]
    return AddressIndex.build(addresses=address_layer(LOTS), streets=layer("streets", lines))


def ask(found):
    parcels = found.find_parcels(ASKED.astype("str"), TOWNS.astype("str"))
    return parcels.fillna("").tolist(), [*found.find_intersection_points(CORNERS.astype("str"))]


def kept(index, folder, stamps=("1", "2")):
    first = GeocodeCache(folder, stamps, lambda: index)
    told = ask(first)
    first.write_cache()
    return told


def test_it_says_what_the_index_says(index, tmp_path):
    parcels, crossings = kept(index, tmp_path)

    own = make_parcel_finder(index)(ASKED.astype("str"), TOWNS.astype("str"))
    assert parcels == own.fillna("").tolist() == ["A", "B", "C", "", "", ""]
    assert crossings == [*make_intersection_finder(index)(CORNERS.astype("str"))]
    assert [one and one.wkt for one in crossings] == ["POINT (-90.31 38.7)", None, None]


def test_what_was_asked_before_needs_no_index(index, tmp_path):
    told = kept(index, tmp_path)

    assert ask(GeocodeCache(tmp_path, ("1", "2"), pytest.fail)) == told


def test_only_what_is_new_is_asked_and_is_kept_too(index, tmp_path):
    kept(index, tmp_path)
    again = GeocodeCache(tmp_path, ("1", "2"), lambda: index)
    new = pd.Series(["14 Elm St", "12 Elm St"], dtype="str")
    nowhere = pd.Series([None, None], dtype="str")
    told = again.find_parcels(new, nowhere).fillna("").tolist()
    again.write_cache()

    third = GeocodeCache(tmp_path, ("1", "2"), pytest.fail)
    assert third.find_parcels(new, nowhere).fillna("").tolist() == told == ["", "C"]
    assert ask(third) == kept(index, tmp_path)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-300]),
    ],
)
def test_a_file_that_is_not_whole_is_not_taken(index, tmp_path, spoil):
    told = kept(index, tmp_path)
    spoil(tmp_path / "found.arrow")
    built = []

    assert ask(GeocodeCache(tmp_path, ("1", "2"), lambda: built.append(1) or index)) == told
    assert built == [1]


def test_another_state_of_the_layers_is_asked_anew(index, tmp_path):
    kept(index, tmp_path)
    built = []

    ask(GeocodeCache(tmp_path, ("1", "3"), lambda: built.append(1) or index))

    assert built == [1]


def test_where_nothing_can_be_written_nothing_is_kept(index, tmp_path):
    (tmp_path / "file").write_text("no folder")

    assert kept(index, tmp_path / "file") == kept(index, tmp_path)
