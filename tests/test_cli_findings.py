"""What people who met lotleaf for the first time stumbled over, and what it says to them now."""

import pytest


@pytest.mark.parametrize("name", ["trees.shp", "trees.CSV", "bel-nor.gpkg"])
def test_an_export_under_another_formats_name_is_refused_and_names_ogr2ogr(
    lotleaf, small_town, name
):
    file = small_town.with_name(name)
    before = file.read_bytes() if file.exists() else None

    done = lotleaf("export", "trees", "-o", file, "-w", small_town, code=2)

    plain = file.with_suffix(".geojson")
    assert f"ogr2ogr {file} {plain}" in done.stderr
    assert not plain.exists()
    assert (file.read_bytes() if file.exists() else None) == before
