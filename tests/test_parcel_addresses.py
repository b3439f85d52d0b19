"""A case without an address shows that of its lot, wherever people see it."""

import pytest

from geo.store import open_store
from geo.store.records import PUBLIC, Query
from geo.tilesets import TILESETS, TilesetSnapshot
from webmap import create_app
from webmap.settings import Settings


@pytest.fixture
def sample(sample_workspace):
    store = open_store(sample_workspace)
    yield store
    store.close()


def cases(store):
    """The cases of the sample that have no address and belong to a parcel."""
    records = store.query("inspections", Query(), actor=PUBLIC)
    return [case for case in records if case.values["address"] is None and case.values["parcel_id"]]


def test_every_case_of_the_sample_has_an_address_if_its_lot_has_one(sample):
    borrowed = cases(sample)

    assert len(borrowed) > 200
    for case in borrowed:
        parcel = sample.get("parcels", case.values["parcel_id"], actor=PUBLIC)
        assert case.values["parcel_address"] == parcel.values["address"] is not None


def test_it_reaches_tiles_packs_cards_exports_and_pages(sample, sample_workspace, tmp_path):
    case = cases(sample)[0]
    address = case.values["parcel_address"]
    web = create_app(Settings(workspace=sample_workspace), sample).test_client()

    with sample.snapshot() as reader:
        columns = TilesetSnapshot.load(tmp_path, reader).layers["inspections"].columns
    assert "parcel_address" in TILESETS["inspections"].value_fields
    assert address in columns["parcel_address"].to_pylist()
    assert web.get(f"/api/v1/card/inspections/{case.id}").get_json()["properties"]["parcel_address"] == address
    assert address in web.get(f"/api/v1/inspections.csv?fields=parcel_address&after={case.id[:-1]}&limit=20").text
    page = web.get(f"/inspections/{case.id}").text
    assert f"<p>{address}</p>" in page
    assert "Address of the lot" in page
