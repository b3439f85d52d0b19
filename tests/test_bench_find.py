"""The queries that are held back tell the truth about the list they are made from."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROADS = [("N", "Florissant", "Rd", "Ferguson"), ("", "Mount Olive", "St", "Overland")]


@pytest.fixture
def town(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    from benchmarks.find.lists import AddressList, AddressRow

    def row(at, number, road, unit):
        way, name, suffix, place = road
        parcel = f"{number}{name[0]}{unit}"
        house = (parcel, number, 0, "", "", way, name, suffix, "", unit)
        return AddressRow(*house, place, f"6313{at}", "Saint Louis")

    numbers = range(100, 140, 2)
    return AddressList(tuple(row(at, n, road, u) for at, road in enumerate(ROADS) for n in numbers for u in ("", "2")))


def test_every_kind_held_back_asks_for_parcels_that_exist(town):
    from benchmarks.find.held import HELD_KINDS
    from benchmarks.find.queries import make_queries

    queries = make_queries(HELD_KINDS, town, per_kind=5, seed=1)

    there = {row.parcel for row in town.rows}
    assert {query.kind for query in queries} == set(HELD_KINDS)
    assert all(query.own_parcel in query.right_parcels and there >= set(query.right_parcels) for query in queries)
    assert not any(query.may_be_exact and len(query.right_parcels) > 1 for query in queries)


def test_what_is_held_back_as_absent_names_no_number_of_the_list(town):
    from benchmarks.find.held import HELD_ABSENT_KINDS
    from benchmarks.find.queries import make_queries

    queries = make_queries(HELD_ABSENT_KINDS, town, per_kind=5, seed=1)

    numbers = {str(row.number) for row in town.rows}
    assert {query.kind for query in queries} == set(HELD_ABSENT_KINDS)
    assert not any(query.right_parcels or query.may_be_exact for query in queries)
    assert not any(numbers & set(query.text.replace("#", " ").split()) for query in queries)


def test_the_runner_counts_right_answers_and_false_exacts(town):
    from benchmarks.find.held import HELD_ABSENT_KINDS, HELD_KINDS
    from benchmarks.find.measure import query_statistics
    from benchmarks.find.queries import make_queries
    from benchmarks.find.said import EngineResult

    truth = {one.text: list(one.right_parcels) for one in make_queries(HELD_KINDS, town, per_kind=5, seed=1)}
    there, absent = (make_queries(kinds, town, per_kind=5, seed=1) for kinds in (HELD_KINDS, HELD_ABSENT_KINDS))

    right = query_statistics(there, lambda text, _: EngineResult(truth[text], "corrected"))
    wrong = query_statistics(absent, lambda *_: EngineResult(["lot"], "exact"))

    assert (right["first"], right["five"], right["false_exact"]) == (1, 1, 0)
    assert (wrong["queries"], wrong["false_exact"]) == (20, 20)
    assert wrong["first"] is None
