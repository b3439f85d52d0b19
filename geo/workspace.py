"""A workspace kept up: files in and joined. Read `keep` and `rejoin`: the whole house."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely
from pyproj import CRS

from geo.addresses import AddressIndex
from geo.addresses.finding.remembered import Remembered
from geo.addresses.gazetteer.stored import ADDRESSED, index_of
from geo.errors import BadInput
from geo.join import JoinSettings, join_measured
from geo.join.kept import Shelf
from geo.join.measured import Measured
from geo.layers import LAYERS
from geo.naming import OF_TOWN, bare_ids
from geo.places import Bbox
from geo.progress import Progress, quiet
from geo.sources.read import read_source
from geo.sources.reading import Reading, Request, called
from geo.store.protocol import OPERATOR, PUBLIC, Actor, Load, Loaded, Query, Reader, Store

SAME_PLACE = 0.0001  # degrees, some 10 m: a site that two files draw

# Folders of a town's data directory that are not called as their layer is.
FOLDERS = {"boundaries": "municipalities", "canopy-raster": "canopy"}
# What `sources.toml` may tell of a file: the options of `load`.
TOLD = {"profile", "town", "crs", "encoding", "table", "licence", "date", "method", "year"}
# What a folder may hold besides data, and what is no file of its own.
ASIDE = {".md", ".txt", ".toml", ".pdf", ".prj", ".cpg", ".dbf", ".shx", ".tfw", ".xml", ".vat"}


def read(reader: Reader | None, request: Request, *, progress: Progress | None = None) -> Reading:
    """Read files and admit their rows; a workspace tells where its towns lie, to judge points by.

    Writes nothing. Raises BadInput and its kin, with the file, the row and the remedy.
    """
    if reader is not None and request.around is None:
        request = replace(request, around=extent(reader))
    return read_source(request, progress=progress)


def keep(
    store: Store, layer: str, reading: Reading, *, source: str | None, actor: Actor, at: datetime
) -> tuple[Loaded, ...]:
    """Put what was read in the place of what its source held before, all in one transaction.

    Trees bring their sites along, but for those that a file of sites already tells of. The source is
    the one named, else the reading's own.
    """
    name = source or reading.source
    return store.load(*_loads(store, reading, layer, name), actor=actor, at=at)


def take_out(store: Store, layer: str, source: str, *, actor: Actor, at: datetime) -> int:
    """Take a source out, and the sites that its trees had made; returns the layer's rows."""
    made = [
        (name, one["name"])
        for name, told in store.status()["layers"].items()
        for one in told["sources"]
        if one["name"] in {source, _aside(source, layer)} and one.get("made_from") == layer
    ]
    rows = store.unload(layer, source, actor=actor, at=at)
    for name, kept_as in made:
        store.unload(name, kept_as, actor=actor, at=at)
    return rows


def rejoin(
    store: Store,
    *,
    actor: Actor,
    at: datetime,
    today: date,
    settings: JoinSettings | None = None,
    progress: Progress | None = None,
) -> dict[str, int]:
    """Join whatever layers are present, as the towns stand on `today`, and keep the tables.

    Returns the rows of each table. Reads one snapshot and writes one transaction.
    """
    chosen = settings or JoinSettings()
    with store.snapshot() as reader:
        crs = reader.settings().get("crs")
        if crs is None:
            return {}
        made = {"as_of": today.isoformat(), "crs": crs, "version": reader.version}
        shelf = Shelf(store.beside, CRS.from_user_input(crs))
        layers = measured(reader, shelf)
        rasters = reader.rasters()
        stamps = [reader.stamp(name) for name in ADDRESSED]
    found = Remembered(store.beside, stamps, partial(_index_of, layers))
    tables = join_measured(
        layers,
        rasters,
        work=shelf.work,
        today=today,
        settings=chosen,
        parcel_of_address=found.parcels,
        place_of_crossing=found.crossings,
        progress=progress,
        rest=shelf.rest,
    )
    store.write_joined(tables, actor=actor, at=at, made={**made, **chosen.told()})
    found.keep()
    (progress or quiet)("joined", 1.0)
    return {name: len(layer) for name, layer in layers.items()}


def measured(reader: Reader, shelf: Shelf) -> dict[str, Measured]:
    """Give the layers that hold anything, measured, from the shelf where it has them as they are.

    The join looks at no private field.
    """
    return {
        name: shelf.layer(layer, reader.stamp(name), partial(reader.frame, name, actor=PUBLIC))
        for name, layer in LAYERS.items()
        if reader.count(name, Query(limit=1), actor=PUBLIC)
    }


def extent(reader: Reader) -> Bbox | None:
    """Where the workspace's towns lie, in degrees; None when there are none."""
    if not reader.status()["layers"]["municipalities"]["rows"]:
        return None
    return Bbox(*reader.frame("municipalities", actor=OPERATOR).total_bounds.tolist())


def requests_of(folder: Path) -> Iterator[tuple[str, Request]]:
    """Read a data folder as requests, boundaries first: each sub-folder is a layer, each file a source.

    Yields the source's name, which is the file's, with each. What files do not say of themselves
    (profile, crs, town, licence, date…) stands in the folder's `sources.toml`, by their paths.

    Raises BadInput when nothing in it can be loaded.
    """
    if not folder.is_dir():
        raise BadInput(f"{folder}: no such folder; --all takes a folder as `lotleaf sample` makes")
    told = _told(folder)
    found = [
        (
            called(path).split(".")[0],
            Request(layer=layer, files=(path,), **told.get(f"{name}/{path.name}", {})),
        )
        for layer in LAYERS
        for name in (layer, *(alias for alias, of in FOLDERS.items() if of == layer))
        for path in sorted((folder / name).glob("*"))
        if path.is_file() and path.suffix.lower() not in ASIDE and not path.name.startswith(".")
    ]
    if not found:
        names = ", ".join((*FOLDERS, *LAYERS))
        raise BadInput(f"{folder}: no file to load in its folders; they are called {names}")
    yield from found


def _told(folder: Path) -> dict[str, dict[str, Any]]:
    """Read what `sources.toml` tells of a folder's files: options of `load`, by the file's path."""
    path = folder / "sources.toml"
    try:
        tables = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: cannot be read ({error})") from None
    for name, table in tables.items():
        if not isinstance(table, dict) or (strange := set(table) - TOLD):
            wrong = f"has {sorted(strange)}" if isinstance(table, dict) else "is no table"
            raise BadInput(f"{path}: {name} {wrong}; a file's table takes {sorted(TOLD)}")
    return {name: _options(table) for name, table in tables.items()}


def _options(table: dict[str, Any]) -> dict[str, Any]:
    """Put a file's table as a request has it; TOML may write a day without quotes."""
    texts = {key: str(value) for key, value in table.items() if key not in {"year", "date"}}
    year = {"year": int(table["year"])} if str(table.get("year", "")).isdecimal() else {}
    return texts | year | ({"dated": str(table["date"])} if "date" in table else {})


def _loads(reader: Reader, reading: Reading, layer: str, source: str) -> list[Load]:
    report = reading.report.to_json()
    main = Load(layer, source, reading.frame, reading.provenance, report, reading.raster)
    made = {**reading.provenance, "made_from": layer}
    also = [
        Load(name, *_made(reader, frame, name, (source, layer)), made)
        for name, frame in reading.also.items()
    ]
    return [main, *also]


def _made(
    reader: Reader, made: gpd.GeoDataFrame, name: str, by: tuple[str, str]
) -> tuple[str, gpd.GeoDataFrame]:
    """Tell the source that rows made on the way are kept as, and which: not what a file of theirs tells.

    A row is told of by its own source's file under its id, by another source's under its id at its place.
    """
    source, layer = by
    sources = reader.status()["layers"][name]["sources"]
    filed = {one["name"] for one in sources if "made_from" not in one}
    if not filed:
        return source, made
    there = reader.frame(name, actor=OPERATOR)
    there = there[there["source"].isin(filed)]
    own = bare_ids(there[there["source"] == source]["id"])
    places = there.drop_duplicates("id").set_index("id").geometry.reindex(made["id"])
    near = shapely.dwithin(places.to_numpy(), made.geometry.to_numpy(), SAME_PLACE)
    told = made["id"].isin(own) | near
    return (_aside(source, layer) if source in filed else source), made[~told]


def _aside(source: str, layer: str) -> str:
    return f"{source}{OF_TOWN}{layer}"


def _index_of(layers: Mapping[str, Measured]) -> AddressIndex:
    """Index the addresses of layers, with the towns that the files name: the join has not yet run.

    Nobody asks where parcels lie.
    """
    asked = {name: layers[name].frame for name in ADDRESSED if name in {*layers} - {"parcels"}}
    drawn_nowhere = {"parcels": layers["parcels"].rows} if "parcels" in layers else {}
    return index_of(asked | drawn_nowhere, {})
