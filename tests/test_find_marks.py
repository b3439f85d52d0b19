"""What must hold of finding addresses, on a real list and kinds of query that people type and hear."""

from collections import Counter

import pytest
from property_examples import SHARE

from benchmarks.find.absent import ABSENT_KINDS
from benchmarks.find.kinds import KINDS
from benchmarks.find.lists import make_address_list
from benchmarks.find.queries import make_queries
from geo.geocode import AddressIndex, find
from geo.identifiers import slugify
from geo.ingest.ingest_request import IngestRequest
from geo.ingest.read_source import read_source

pytestmark = pytest.mark.realdata

EACH, SEED = 40, 7


@pytest.fixture(scope="module")
def frame(realdata):
    path = realdata / "addresses" / "stl_20k" / "addresses.csv"
    return read_source(IngestRequest(layer="addresses", files=(path,))).frame


@pytest.fixture(scope="module")
def county(frame):
    return AddressIndex.build(addresses=frame)


@pytest.fixture(scope="module")
def addresses(frame):
    return make_address_list(frame)


@pytest.fixture(scope="module")
def asked(county, addresses):
    queries = make_queries(KINDS, addresses, per_kind=EACH, seed=SEED)
    return [(one, find(county, one.text, town=one.asker_town and slugify(one.asker_town))) for one in queries]


def test_every_kind_makes_queries(asked):
    kinds = Counter(query.kind for query, _ in asked)

    assert len(KINDS) >= 50
    assert set(kinds) == set(KINDS)
    assert min(kinds.values()) == EACH


def test_the_right_parcel_comes_first(asked):
    wrong = [
        (query.kind, query.text)
        for query, answer in asked
        if not answer.candidates or answer.candidates[0].parcel_id not in query.right_parcels
    ]

    assert len(wrong) <= 0.002 * len(asked), wrong


def test_the_right_parcel_is_among_the_first_five(asked):
    found = [(query, [one.parcel_id for one in answer.candidates[:5]]) for query, answer in asked]
    wrong = [
        (query.kind, query.text)
        for query, first in found
        if query.own_parcel not in first and len(set(first) & set(query.right_parcels)) < 5
    ]

    assert len(wrong) <= 0.001 * len(asked), wrong


def test_no_change_is_untold_and_every_status_is_one_that_may_be(asked):
    """Exact only where every typed part stands in the table; whatever was changed is a sentence of its own."""
    untold = [
        (query.kind, query.text, answer.status)
        for query, answer in asked
        if query.allowed_statuses and answer.status not in query.allowed_statuses
    ]
    silent = [
        (query.kind, query.text)
        for query, answer in asked
        for one in answer.candidates
        if one.status in ("corrected", "nearest") and not one.changes
    ]

    assert len(untold) <= 0.002 * len(asked), untold
    assert not [one for one in untold if one[2] == "exact"]
    assert not silent


def test_no_address_that_does_not_exist_is_exact(county, addresses):
    queries = make_queries(ABSENT_KINDS, addresses, per_kind=10 * EACH // SHARE, seed=SEED)
    answers = ((query, find(county, query.text)) for query in queries)

    assert len(ABSENT_KINDS) >= 10
    assert len(queries) > 7_000 // SHARE
    assert not [(query.kind, query.text) for query, answer in answers if answer.status == "exact"]
