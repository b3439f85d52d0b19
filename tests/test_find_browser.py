"""The search that a browser does without a server answers as the server does: status, changes and rank."""

import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from nodes import node
from property_examples import SHARE
from pseudo_words import outside_brackets

from benchmarks.find.absent import ABSENT_KINDS
from benchmarks.find.kinds import KINDS
from benchmarks.find.lists import make_address_list
from benchmarks.find.queries import make_queries
from geo.crs import LonLat
from geo.geocode import AddressIndex, find
from geo.geocode.gazetteer.from_store import build_index
from geo.geocode.gazetteer.offline_index import encode_index, encode_intersections, encode_town, offline_towns
from geo.identifiers import slugify
from geo.ingest.ingest_request import IngestRequest
from geo.ingest.read_source import read_source
from geo.language.catalog import PSEUDO_TAG, load_language
from geo.language.translate import use_language
from geo.store import open_store
from geo.store.records import PUBLIC

ROOT = Path(__file__).parents[1]
ANSWERS = ROOT / "webmap" / "frontend" / "answers.js"
ODD = (
    "", " ", "7201", "-90.3, 38.7", "&", "a & b", "4900;DROP TABLE", "4900 Natural Bridge\u200b Rd", "\uff14\uff19\uff10\uff10 Natural Bridge Rd", "4900 NATÜRAL BRIDGE", "½", "4900½ natural bridge",
    "שלום", "مرحبا", "🌳", "4900 🌳 Rd", "x" * 201, "١٢ Oak", "4900\tNatural\nBridge Rd", "4900 constructor", "4900 __proto__ Rd", "toString", "4900 Natural Bridge Rd, constructor, MO",
    "forty nine hundred constructor", "1 hasOwnProperty & valueOf", "MO-115", "4900 MO 115", "4900 Hwy 115", "st", "N", "0 Oak St", "000000 Oak", "999999 Oak St", "1234567 Oak St",
)  # fmt: skip
DISTRICT_WORDS = (
    "police", "Police", "court", "courts", "hub", "ncpc", "N.C.P.C.", "n c p c", "NCP", "coop", "county police", "saint louis police", "st louis",
    "Wellston police", "police, Wellston", "St. John police", "police saint john", "illustrative", "(illustrative)", "ward", "ward 1", "ward one", "inspection",
    "code inspection bel-nor", "public works", "North County", "N County Police Coop", "co", "po", "the police", "court hub 1", "court-hub one", "slcp",
)  # fmt: skip


def in_browser(town, queries, folder):
    """Answer queries by the front end's module over the files that it takes along."""
    (folder / "index.bin").write_bytes(encode_index(town))
    (folder / "corners.bin").write_bytes(encode_intersections(town))
    for nth, name in enumerate(offline_towns(town)):
        (folder / f"town-{nth:03d}.bin").write_bytes(encode_town(town, name))
    (folder / "queries.json").write_text(json.dumps(queries))
    done = subprocess.run([node(), str(ANSWERS), str(folder)], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def on_server(town, query, options):
    near = LonLat(*options["near"]) if "near" in options else None
    leaning = slugify(options["town"]) if "town" in options else None
    answer = find(town, query, town=leaning, near=near, limit=options.get("limit", 10))
    return json.loads(json.dumps(answer.to_json()))


def comparable_answer(answer):
    """What must be equal: everything but places, which the browser's files round."""
    names = ("parcel_id", "address", "town", "status", "changes", "kind", "zip", "id")
    candidates = [{name: one.get(name) for name in names} for one in answer["candidates"]]
    return (answer["status"], candidates, answer.get("reason") or "")


def compared(town, queries, folder):
    """Give the queries that are answered otherwise, and how often each status was."""
    answers = in_browser(town, queries, folder)
    assert len(answers) == len(queries)
    server = [on_server(town, *query) for query in queries]
    pairs = zip(queries, server, answers, strict=True)
    wrong = [(query, one, other) for query, one, other in pairs if comparable_answer(one) != comparable_answer(other)]
    return wrong, Counter(one["status"] for one in server)


def asked(addresses, *, each, seed):
    """Make queries of every kind, and beginnings of them."""
    rng = Random(seed)  # noqa: S311 - to be the same each time
    every = make_queries(KINDS, addresses, per_kind=each, seed=seed, tries=60)
    every += make_queries(ABSENT_KINDS, addresses, per_kind=each, seed=seed, tries=60)
    queries = [(one.text, {"town": one.asker_town} if one.asker_town else {}) for one in every]
    queries += [(text[: rng.randint(1, len(text))], how) for text, how in queries[::3]]
    return queries + [(text, {"limit": 3}) for text, _ in queries[::40]] + [(odd, {}) for odd in ODD]


@pytest.mark.realdata
def test_thousands_of_queries_of_a_real_list_are_answered_alike(realdata, tmp_path):
    path = realdata / "addresses" / "stl_20k" / "addresses.csv"
    frame = read_source(IngestRequest(layer="addresses", files=(path,))).frame
    town = AddressIndex.build(addresses=frame)
    queries = asked(make_address_list(frame), each=85 // SHARE, seed=5)

    wrong, statuses = compared(town, queries, tmp_path)

    assert len(queries) > 9_000 // SHARE
    assert not wrong[:5]
    assert min(statuses.values()) > 20 // SHARE
    assert set(statuses) == {"exact", "corrected", "ambiguous", "nearest", "block", "prefix", "none"}


def test_crossings_landmarks_districts_other_names_and_parcels_are_answered_alike(loaded_sample, tmp_path):
    store = open_store(shutil.copy(loaded_sample, tmp_path / "county.gpkg"))
    with store.snapshot() as reader:
        county = build_index(reader)
    rng = Random(8)  # noqa: S311 - to be the same each time
    streets, lots = county.intersections.street_labels, county.parcel_index.ids.to_array()
    queries = asked(make_address_list(store.read_layer("addresses", actor=PUBLIC)), each=24 // SHARE, seed=6)
    queries += [(f"{rng.choice(streets)} {join} {rng.choice(streets)}", {}) for join in ("&", "and", "at", "@") * 100]
    met = [
        (a, b)
        for a in range(len(streets))
        for b in range(a)
        if county.intersections.nodes_by_street[a] & county.intersections.nodes_by_street[b]
    ]
    queries += [(f"{streets[a][:6]} & {streets[b]}", {}) for a, b in rng.sample(met, 150)]
    queries += [(f"corner of {streets[a].lower()} and {streets[b]}", {}) for a, b in rng.sample(met, 150)]
    marks = [one.name for found in county.landmarks.by_name.values() for one in found]
    queries += [(name, {}) for name in marks]
    queries += [(name[: rng.randint(2, len(name))], {}) for name in marks]
    districts = county.districts.districts
    queries += [(one.name, {}) for one in districts] + [(one.plain_name.lower(), {}) for one in districts]
    queries += [(one.initials[: rng.randint(1, 9)], {}) for one in districts]
    queries += [(one.name[: rng.randint(2, len(one.name))], {"town": rng.choice(one.towns)}) for one in districts]
    queries += [(f"{one.kind} {town}", {"limit": 25}) for one in districts for town in one.towns]
    queries += [(text, {"town": "Wellston", "limit": 25}) for text in DISTRICT_WORDS]
    queries += [(f"{rng.randint(1, 3000)} {alias}", {}) for alias in county.aliases for _ in range(8)]
    queries += [(str(lot), {}) for lot in rng.sample(list(lots), 60)]
    queries += [(f"{rng.randint(1, 60)} {street}", {"near": [-90.3, 38.7]}) for street in streets]

    wrong, statuses = compared(county, queries, tmp_path)
    store.close()

    assert not wrong[:5]
    assert statuses["intersection"] > 100
    assert statuses["exact"] > 100


@pytest.fixture
def pseudo_language():
    """Search in the pseudo-language; gives what scripts look up."""
    language = load_language(PSEUDO_TAG)
    use_language(language)
    yield language.frontend_catalog
    use_language(load_language("en"))


def test_in_another_language_both_say_the_same_and_nothing_in_english(loaded_sample, tmp_path, pseudo_language):
    store = open_store(shutil.copy(loaded_sample, tmp_path / "county.gpkg"))
    with store.snapshot() as reader:
        county = build_index(reader)
    queries = asked(make_address_list(store.read_layer("addresses", actor=PUBLIC)), each=2, seed=7)
    queries += [
        (text, {}) for text in ("6200 block of Nowhere", "parcel no 10E100010", "Hanley & Oakk", *DISTRICT_WORDS)
    ]
    store.close()
    (tmp_path / "catalog.json").write_text(json.dumps(pseudo_language))

    wrong, statuses = compared(county, queries, tmp_path)
    answers = [on_server(county, *query) for query in queries]
    sentences = [text for one in answers for candidate in one["candidates"] for text in candidate["changes"]]
    sentences += [one["reason"] for one in answers if "reason" in one]

    assert not wrong[:5]
    assert {"corrected", "nearest", "prefix", "none"} <= set(statuses)
    assert len({sentence.partition("“")[0] for sentence in sentences}) > 15
    assert [sentence for sentence in sentences if outside_brackets(sentence)] == []
