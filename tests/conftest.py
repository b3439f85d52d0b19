"""What tests share: the real files where there are any, and the command line as people run it."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from forked_command import start_fork_server, write_command
from hypothesis import settings
from property_examples import examples

from geo.crs import WGS84
from geo.fields import Field
from geo.schema import LAYERS, Layer, admit, cast_columns
from geo.store.protocol import Store
from geo.store.records import OPERATOR, Load

# How long an example takes says nothing on a machine with other work.
settings.register_profile("house", deadline=None, max_examples=examples(100))
settings.load_profile("house")
ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def realdata() -> Path:
    """Name the folder of real municipal files; a test that needs it is left out without."""
    folder = Path(os.environ.get("LOTLEAF_REALDATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no real files: {folder} does not exist (LOTLEAF_REALDATA names another)")
    return folder


@pytest.fixture(scope="session")
def forked_lotleaf(tmp_path_factory) -> Iterator[Path]:
    """Give a `lotleaf` that starts at once, for tests of what it does and not of how it starts."""
    folder = tmp_path_factory.mktemp("command")
    server = start_fork_server(folder)
    yield write_command(folder)
    assert server.stdin is not None
    server.stdin.close()
    server.wait(timeout=20)


@pytest.fixture(scope="session")
def lotleaf(forked_lotleaf) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command line; `code` is the exit code that is expected, 0 unless told."""

    def run(*words: object, code: int = 0, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [str(forked_lotleaf), *map(str, words)],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == code, f"{words}: exit {done.returncode}\n{done.stderr}"
        return done

    return run


@pytest.fixture(scope="session")
def loaded_sample(tmp_path_factory, lotleaf) -> Path:
    """Load the sample as `make demo` does; nobody changes it. `make test` has it built once for all its parts."""
    workspace = tmp_path_factory.mktemp("loaded") / "sample.gpkg"
    if built := os.environ.get("LOTLEAF_TEST_SAMPLE"):
        return Path(shutil.copy(built, workspace))
    lotleaf("load", "--all", ROOT / "data", "-w", workspace)
    return workspace


# Bel-Nor in the tests: a square town of three lots in a row, a tree in front of each, and one row
# of every other layer. Each private value and each raw row is a canary that no stranger may see.
LOTS = [("0p1", -90.3190), ("0p2", -90.3180), ("0p3", -90.3170)]
SHAPES = {
    "municipalities": [shapely.box(-90.32, 38.70, -90.31, 38.71)],
    "districts": [shapely.box(-90.32, 38.70, -90.31, 38.71)],
    "parcels": [shapely.box(west, 38.7010, west + 0.0009, 38.7020) for _, west in LOTS],
    "streets": [shapely.LineString([(-90.32, 38.7008), (-90.31, 38.7008)])],
    "canopy": [shapely.box(-90.3189, 38.7011, -90.3187, 38.7013)],
    "aliases": [None],
}
SPOTS = [shapely.Point(west + 0.0004, 38.7009) for _, west in LOTS]
AT = datetime(2024, 6, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def bel_nor(tmp_path_factory) -> Path:
    """Make a workspace of Bel-Nor, every layer and every joined figure in it; nobody changes it."""
    from geo.store import open_store

    path = tmp_path_factory.mktemp("town") / "bel-nor.gpkg"
    store = open_store(path, create=True)
    fill(store)
    store.close()
    return path


@pytest.fixture
def small_town(bel_nor, tmp_path) -> Path:
    """Give a workspace of Bel-Nor to do anything with."""
    return Path(shutil.copy(bel_nor, tmp_path / "bel-nor.gpkg"))


@pytest.fixture
def store(small_town) -> Iterator[Store]:
    """Open a workspace of Bel-Nor to do anything with."""
    from geo.store import open_store

    store = open_store(small_town)
    yield store
    store.close()


@pytest.fixture(scope="session")
def sample_workspace(tmp_path_factory) -> Path:
    """Load and join the sample that stands in the repository; nobody changes it."""
    from geo.data_folder import requests_from_folder
    from geo.store import open_store
    from geo.workspace import join_workspace, load_source, read_files

    path = tmp_path_factory.mktemp("sample") / "sample.gpkg"
    store = open_store(path, create=True)
    for source, request in requests_from_folder(ROOT / "data"):
        load_source(store, request.layer, read_files(store, request), source=source, actor=OPERATOR, at=AT)
    join_workspace(store, actor=OPERATOR, at=AT, today=AT.date())
    store.close()
    return path


@pytest.fixture(scope="session")
def crewed_county(tmp_path_factory) -> Path:
    """Make a joined county that crews work in; nobody changes it."""
    from crewed import make_county

    return make_county(tmp_path_factory.mktemp("crewed"))


def fill(store: Store) -> None:
    """Load every layer, and write every joined table."""
    loads = [Load(name, "town", rows_of(layer), PROVENANCE) for name, layer in LAYERS.items()]
    store.load(*loads, actor=OPERATOR, at=AT)
    tables = {}
    for name, layer in ((name, layer) for name, layer in LAYERS.items() if layer.joined_fields):
        ids = store.read_layer(name, actor=OPERATOR)["id"].tolist()
        columns = {field.name: [value(layer, field, id_) for id_ in ids] for field in layer.joined_fields}
        table = pd.DataFrame({"id": ids, **columns})
        tables[name] = table.astype({"id": "str"} | {f.name: f.dtype for f in layer.joined_fields})
    store.write_joined_tables(tables, actor=OPERATOR, at=AT, join_info={})


PROVENANCE = {
    "licence": "CC0-1.0",
    "date": "2024-05-01",
    "method": "walked",
    "files": [{"path": "/home/canary-provenance-clerk/town.csv", "sha256": "0" * 64}],
}


def rows_of(layer: Layer) -> gpd.GeoDataFrame:
    """Make the rows of a layer: three where it has three shapes."""
    shapes = SHAPES.get(layer.name, SPOTS)
    ids = [id_ for id_, _ in LOTS] if layer.name == "parcels" else [f"{layer.name}-{i}" for i in range(len(shapes))]
    columns: dict[str, Any] = {"id": ids, "source": "town"}
    columns["raw"] = [json.dumps({"WHO": f"canary-{layer.name}-raw"}) for _ in ids]
    columns |= {field.name: [value(layer, field, id_) for id_ in ids] for field in layer.fields}
    frame = gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(shapes, crs=WGS84), crs=WGS84)
    return admit(cast_columns(frame, layer)[list(layer.columns)], layer)


def value(layer: Layer, field: Field, id_: str) -> Any:
    """Make up what a field holds: a canary where it is private."""
    if field.private:
        return f"canary-{layer.name}-{field.name}"
    if field.name.endswith(("parcel_id", "ground_id", "parcel_key")) or field.name == "parcel_id":
        return LOTS[int(id_[-1]) % 3][0]
    known = {"town": "Bel-Nor", "name": "Bel-Nor", "slug": "bel-nor", "valid_to": None, "town_declared": "Bel-Nor"}
    known |= {
        "tree_id": "trees-0",
        "site_id": "sites-0",
        "street": "Natural Bridge",
        "address": f"{id_[-1]} Oak Ave",
        "lon": (spot := SPOTS[int(id_[-1]) % 3]).x,
        "lat": spot.y,
    }
    if field.name in known:
        return known[field.name]
    by_kind = {"integer": int(field.low or 3), "real": float(field.low or 1.5), "date": "2024-05-01", "flag": True}
    return field.codes[0] if field.codes else by_kind.get(field.kind, f"{layer.name} {field.name}")
