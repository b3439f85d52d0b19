"""The queries that are held back tell the truth about the list they are made from."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROADS = [("N", "Florissant", "Rd", "Ferguson"), ("", "Mount Olive", "St", "Overland")]


@pytest.fixture
def town(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    from benchmarks.find.lists import List, Row

    def row(at, number, road, unit):
        way, name, suffix, place = road
        parcel = f"{number}{name[0]}{unit}"
        house = (parcel, number, 0, "", "", way, name, suffix, "", unit)
        return Row(*house, place, f"6313{at}", "Saint Louis")

    numbers = range(100, 140, 2)
    return List(
        tuple(
            row(at, n, road, u) for at, road in enumerate(ROADS) for n in numbers for u in ("", "2")
        )
    )


def test_every_kind_held_back_asks_for_parcels_that_exist(town):
    from benchmarks.find.held import HELD
    from benchmarks.find.queries import made

    queries = made(HELD, town, each=5, seed=1)

    there = {row.parcel for row in town.rows}
    assert {query.kind for query in queries} == set(HELD)
    assert all(query.parcel in query.parcels and there >= set(query.parcels) for query in queries)
    assert not any(query.exact and len(query.parcels) > 1 for query in queries)


def test_what_is_held_back_as_absent_names_no_number_of_the_list(town):
    from benchmarks.find.held import HELD_ABSENT
    from benchmarks.find.queries import made

    queries = made(HELD_ABSENT, town, each=5, seed=1)

    numbers = {str(row.number) for row in town.rows}
    assert {query.kind for query in queries} == set(HELD_ABSENT)
    assert not any(query.parcels or query.exact for query in queries)
    assert not any(numbers & set(query.text.replace("#", " ").split()) for query in queries)


def test_the_runner_counts_right_answers_and_false_exacts(town):
    from benchmarks.find.held import HELD, HELD_ABSENT
    from benchmarks.find.measure import figures
    from benchmarks.find.queries import made
    from benchmarks.find.said import Said

    truth = {one.text: list(one.parcels) for one in made(HELD, town, each=5, seed=1)}
    there, absent = (made(kinds, town, each=5, seed=1) for kinds in (HELD, HELD_ABSENT))

    right = figures(there, lambda text, _: Said(truth[text], "corrected"))
    wrong = figures(absent, lambda *_: Said(["lot"], "exact"))

    assert (right["first"], right["five"], right["false_exact"]) == (1, 1, 0)
    assert (wrong["queries"], wrong["false_exact"]) == (20, 20)
    assert wrong["first"] is None
