"""What a whole workspace is asked: addresses, and records by number, towns by name, parcels by a place in degrees."""

from contextlib import closing
from datetime import date

import pytest

from geo.geocode.gazetteer.from_store import build_index
from geo.geocode.workspace_search import WorkspaceSearch
from geo.store import open_store
from geo.store.records import PUBLIC, Query

TODAY = date(2024, 7, 1)


@pytest.fixture
def register(small_town):
    with closing(open_store(small_town)) as store, store.snapshot() as reader:
        yield WorkspaceSearch.from_reader(reader, build_index(reader))


@pytest.fixture
def lot(register):
    """Give a parcel and a place inside it."""
    import shapely

    record = next(iter(register.reader.query("parcels", Query(limit=1), actor=PUBLIC)))
    return record, shapely.point_on_surface(shapely.from_wkb(record.wkb))


def found(register, query, **more):
    answer = register.find(query, today=TODAY, **more)
    return answer.status, [(one.kind, one.id or one.parcel_id) for one in answer.candidates]


@pytest.mark.parametrize("words", ["", "tree ", "Tree no. ", "#"])
def test_a_trees_number_is_found_with_or_without_words_for_it(register, words):
    tree = next(iter(register.reader.query("trees", Query(limit=1), actor=PUBLIC))).id

    assert found(register, f"{words}{tree}") == ("exact", [("tree", tree)])


@pytest.mark.parametrize("name", ["Bel-Nor", "bel nor", "BELNOR"])
def test_a_town_is_found_by_its_name(register, name):
    status, candidates = found(register, name)

    assert (status, candidates[0]) == ("exact", ("town", "bel-nor"))


def test_a_place_in_degrees_is_answered_with_the_parcel_there_in_either_order(register, lot):
    record, point = lot
    place, swapped = f"{point.x:.7f},{point.y:.7f}", f"{point.y:.7f}, {point.x:.7f}"

    assert found(register, place) == ("exact", [("parcel", record.id)])
    assert found(register, swapped) == ("exact", [("parcel", record.id)])


def test_a_place_beside_all_parcels_says_so(register):
    answer = register.find("-91.5,38.1", today=TODAY)

    assert answer.status == "none"
    assert "No parcel is at this location" in answer.reason


def test_a_number_that_no_parcel_has_is_its_records_alone(register):
    tree = next(iter(register.reader.query("trees", Query(limit=1), actor=PUBLIC))).id
    lots = register.index.parcel_index.ids

    status, candidates = found(register, tree)

    assert tree not in lots.to_array()
    assert (status, len(candidates)) == ("exact", 1)


@pytest.mark.parametrize("query", ["", "\0", "x" * 10_000, "tree", "'; DROP TABLE trees;--", "1 %", "#"])
def test_odd_queries_are_none_with_a_reason(register, query):
    answer = register.find(query, today=TODAY)

    assert answer.status in ("none", "prefix")
    assert answer.candidates or answer.reason
