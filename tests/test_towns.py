"""A town stands from its first day to its last, wherever it is asked for."""

from datetime import date

import pytest
from conftest import AT, PROVENANCE, rows_of

from geo.layers import LAYERS
from geo.places import LonLat
from geo.store import open_store
from geo.store.protocol import OPERATOR, Load
from webmap.spot import parcel_at
from webmap.towns import standing

BEL_NOR = LonLat(-90.318, 38.705)


@pytest.fixture
def to_merge(tmp_path):
    """Make a workspace of a town from May 2024 whose merger in 2031 is voted already."""
    store = open_store(tmp_path / "w.gpkg", create=True)
    town = rows_of(LAYERS["municipalities"]).assign(valid_to="2030-12-31")
    town["valid_to"] = town["valid_to"].astype("str")
    store.load(Load("municipalities", "town", town, PROVENANCE), actor=OPERATOR, at=AT)
    yield store
    store.close()


@pytest.mark.parametrize(
    ("today", "there"),
    [("2024-04-30", False), ("2024-05-01", True), ("2030-12-31", True), ("2031-01-01", False)],
)
def test_a_town_stands_from_its_first_day_to_its_last(to_merge, today, there):
    day = date.fromisoformat(today)

    names = [town.values["name"] for town in standing(to_merge, day)]
    under = parcel_at(to_merge, BEL_NOR, near_m=15, today=day)

    assert names == (["Bel-Nor"] if there else [])
    assert (under.how, under.town) == (("town", "Bel-Nor") if there else ("none", None))
