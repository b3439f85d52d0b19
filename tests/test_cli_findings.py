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


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("need", "write it as FIELD=VALUE"),
        ("need=", "write it as FIELD=VALUE"),
        ("=prune", "write it as FIELD=VALUE"),
        ("foo=1", "there is no field foo; fields to filter by are"),
        ("dbh_in=12", "nothing is filtered by dbh_in; fields to filter by are"),
        ("limit=1", "there is no field limit; fields to filter by are"),
    ],
)
def test_half_a_filter_or_a_misspelt_one_never_widens_an_export(lotleaf, small_town, where, told):
    done = lotleaf("export", "trees", "-o", "-", "--where", where, "-w", small_town, code=2)

    assert done.stdout == ""
    assert f"--where {where}: " in done.stderr
    assert told in done.stderr
    assert ("condition" in done.stderr) == ("fields" in told)
