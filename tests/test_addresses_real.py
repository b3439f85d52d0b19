"""Real address lists: every address asked as written is found, and none that does not exist."""

import os
from random import Random
from statistics import median
from time import perf_counter

import pandas as pd
import pytest
from addresses_town import layer

from geo.geocode import AddressIndex, find

pytestmark = pytest.mark.realdata

SUFFIXES = {
    "Ave": "Avenue", "St": "Street", "Rd": "Road", "Blvd": "Boulevard", "Pl": "Place",
    "Dr": "Drive", "Ln": "Lane", "Ct": "Court", "Ter": "Terrace", "Pkwy": "Parkway", "": "",
}  # fmt: skip


@pytest.fixture(scope="module")
def rows(realdata):
    path = realdata / "addresses" / "stl_20k" / "addresses.csv"
    return pd.read_csv(path, dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def county(rows):
    table = rows.rename(columns={"city": "town_declared"}).drop(columns="source")
    return AddressIndex.build(addresses=layer("addresses", table.replace("", None).to_dict("records")))


def written(row, *, suffix=True):
    """Write an address as its table has it."""
    number = f"{row.number}-{row.number_hi}" if row.number_hi else row.number
    number += (f" {row.frac}" if row.frac else "") + row.number_sfx
    unit = f"Apt {row.unit}" if row.unit else ""
    street = (row.predir, row.street, row.suffix if suffix else "", row.postdir)
    return " ".join(part for part in (number, *street, unit) if part)


def spelled_out(row):
    return f"{written(row, suffix=False).partition(' Apt')[0]} {SUFFIXES[row.suffix]}" + (
        f" # {row.unit}" if row.unit else ""
    )


def wrong(index, rows, ask):
    """Ask for every row; give the first few whose answer is not exactly their parcel."""
    answers = ((row, find(index, ask(row))) for row in rows.itertuples())
    return [
        (ask(row), answer.status)
        for row, answer in answers
        if answer.status != "exact" or [c.parcel_id for c in answer.candidates] != [row.parcel_id]
    ][:10]


# Each second address is asked in one of three forms, or all are in all of them by `make proof-find`.
EVERY = 1 if "LOTLEAF_EVERY_FORM" in os.environ else 6


@pytest.mark.parametrize("form", [0, 1, 2], ids=["as written", "in small letters", "spelled out"])
def test_every_address_with_its_town_and_zip_is_exact(county, rows, form):
    ask = [
        lambda row: f"{written(row)}, {row.city}, MO {row.zip}",
        lambda row: f"{written(row)} {row.city} {row.zip}".lower(),
        lambda row: f"{spelled_out(row)} {row.city} {row.zip}",
    ][form]

    assert wrong(county, rows.iloc[form % EVERY :: EVERY], ask) == []


@pytest.mark.parametrize("suffix", [True, False])
def test_an_address_alone_is_exact_or_one_of_those_in_several_towns(county, rows, suffix):
    shared = set()
    for row in rows.itertuples():
        answer = find(county, written(row, suffix=suffix))
        if answer.status == "ambiguous":
            shared.add(row.parcel_id)
            assert row.parcel_id in [one.parcel_id for one in answer.candidates[:5]]
        else:
            # Some are written alike but for what was left out; then the one written so is meant.
            assert answer.status == "exact"
            assert suffix is False or answer.candidates[0].parcel_id == row.parcel_id

    # 1,180 of the addresses stand in a second town too: both rows of each are a question.
    assert 2_300 < len(shared) < 2_500


def test_no_address_that_does_not_exist_is_exact(county, rows):
    random = Random(20_240_601)  # noqa: S311 - a seeded test, no secret
    known = {name: set(found) for name, found in rows.groupby("street")["number"]}
    streets = sorted(known)
    asked = set()
    while len(asked) < 2_000:
        row = rows.iloc[random.randrange(len(rows))]
        number, name = str(random.randrange(1, 13_000)), random.choice(streets)
        invented = {
            f"{number} {row.predir} {row.street} {row.suffix}": number not in known[row.street],
            f"{row.number} {name} {row.suffix}": row.number not in known[name],
            f"{row.number}X {row.predir} {row.street} {row.suffix}": True,
            f"{row.number} {row.street} {row.suffix} Apt 99Z": True,
            f"{row.number} {row.predir} {row.street} {row.suffix}, Chesterfield": True,
            f"{row.number} {row.predir} {row.street} {row.suffix} 90210": True,
            f"{row.number} {row.predir} {row.street} Xing": True,
            f"{row.number} {row.predir} {row.street}x {row.suffix}": True,
        }
        asked |= {query for query, absent in invented.items() if absent}

    answers = [find(county, query) for query in sorted(asked)]

    assert [answer.query for answer in answers if answer.status == "exact"] == []
    assert [one for answer in answers for one in answer.candidates if not one.changes] == []


def test_twenty_thousand_addresses_are_indexed_in_two_seconds_and_found_in_a_millisecond(rows):
    table = rows.rename(columns={"city": "town_declared"}).drop(columns="source")
    frame = layer("addresses", table.replace("", None).to_dict("records"))

    start = perf_counter()
    index = AddressIndex.build(addresses=frame)
    built = perf_counter() - start
    taken = []
    for row in rows[::20].itertuples():
        start = perf_counter()
        find(index, written(row))
        taken.append(perf_counter() - start)

    assert built < 2
    assert median(taken) < 0.001


@pytest.mark.parametrize("by", ["components", "text"])
def test_every_cambridge_address_gives_its_map_lots(realdata, by):
    path = next((realdata / "addresses" / "cambridge_ma").glob("*.csv"))
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    names = {"street_number": "number", "street_number_suffix": "number_sfx", "street_name": "street"}
    names |= {"street_suffix": "suffix", "dir_suffix": "postdir"}
    if by == "text":
        names = {"full_address": "address"}
    rows = table[[*names, "MapLot"]].rename(columns={**names, "MapLot": "parcel_id"})
    index = AddressIndex.build(addresses=layer("addresses", rows.replace("", None).to_dict("records")))
    lots = table.groupby("full_address")["MapLot"].agg(set)

    found = {address: find(index, address, limit=30) for address in lots.index[::EVERY]}

    # 57,021 rows are 21,333 different addresses; 139 of them have several lots, all of which are
    # told; some rows have no lot, and their address is still found.
    assert len(lots) == 21_333
    for address, answer in found.items():
        known = {lot or None for lot in lots[address]}
        told = {one.parcel_id for one in answer.candidates}
        assert told in (known, known - {None}), address
        assert answer.status == ("ambiguous" if len(told) > 1 else "exact"), address


def test_every_land_bank_lot_is_found_by_its_padded_situs(realdata):
    table = pd.read_parquet(realdata / "parcels" / "stl_land_bank" / "land_bank_parcels.parquet", columns=["Address"])
    rows = [{"id": f"lot-{n}", "address": text} for n, text in enumerate(table["Address"])]
    index = AddressIndex.build(parcels=layer("parcels", rows))

    found = {row["id"]: find(index, row["address"], limit=50) for row in rows}

    assert {answer.status for answer in found.values()} == {"exact", "ambiguous"}
    assert all(id_ in [c.parcel_id for c in found[id_].candidates] for id_ in found)
    # Lots that share one situs are told together.
    assert sum(answer.status == "ambiguous" for answer in found.values()) == 31
