"""The address index of a store, with the towns that the join found.

`load_or_build_index` is the entry point for the web application and the command line. The join calls
`index_from_layers`. This module is separate from the join, so that a search server does not import it.
"""

import fcntl
import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from geo.geocode.gazetteer.address_index import AddressIndex
from geo.geocode.gazetteer.index_cache import FORMAT_VERSION, read_index, write_index
from geo.geocode.gazetteer.town_boundaries import TownBoundaries
from geo.identifiers import SOURCE_SEPARATOR, original_ids, qualify_names
from geo.key_repair import strip_separators
from geo.store.protocol import Reader
from geo.store.records import PUBLIC, Query

INDEXED_LAYERS = ("parcels", "addresses", "streets", "landmarks", "aliases")
SEARCHED_LAYERS = (*INDEXED_LAYERS, "districts", "municipalities")  # districts are found, but place no address


def load_or_build_index(reader: Reader, cache_dir: Path) -> AddressIndex:
    """Return the index of a store from its cache file. Build and write it if the file is out of date.

    A lock makes one process build for all. A folder that is not writable is no error.
    """
    path, fingerprint = cache_dir / "address-index.arrow", _index_fingerprint(reader)
    boundaries = _town_boundaries(reader)
    if (cached := read_index(path, fingerprint, boundaries)) is not None:
        return cached
    try:
        with _exclusive_lock(cache_dir / "addresses.lock"):
            if (cached := read_index(path, fingerprint, boundaries)) is not None:
                return cached
            built = build_index(reader)
            write_index(built, path, fingerprint)
    except OSError:  # the folder is full or not writable, and geocoding works without it
        return build_index(reader)
    return read_index(path, fingerprint, boundaries) or built


def _index_fingerprint(reader: Reader) -> bytes:
    """Return a hash of the indexed layers, the last join, and the layers written since that join."""
    join_info, layers = reader.join_info(), {*SEARCHED_LAYERS}
    unjoined_layers = None if join_info["at"] is None else reader.layers_written_since(join_info["version"]) & layers
    layer_etags = [reader.layer_etag(name) for name in SEARCHED_LAYERS]
    payload = json.dumps(
        [
            FORMAT_VERSION,
            join_info.get("as_of"),
            unjoined_layers if unjoined_layers is None else sorted(unjoined_layers),
            *layer_etags,
        ]
    )
    return hashlib.sha256(payload.encode()).hexdigest().encode()


def _town_boundaries(reader: Reader) -> TownBoundaries:
    towns = reader.read_layer("municipalities", actor=PUBLIC)
    return TownBoundaries.build(None if towns.empty else towns, reader.join_info().get("as_of"))


@contextmanager
def _exclusive_lock(path: Path) -> Iterator[None]:
    """Hold a file lock that excludes other processes. Raises OSError if the file cannot be locked."""
    path.parent.mkdir(exist_ok=True)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def build_index(reader: Reader) -> AddressIndex:
    """Return an index of every address, parcel, street, landmark, district and alias of a store, with its town."""
    layers = {
        name: reader.read_layer(name, actor=PUBLIC)
        for name in SEARCHED_LAYERS
        if reader.count(name, Query(limit=1), actor=PUBLIC)
    }
    layers_with_town = [name for name in ("parcels", "addresses", "landmarks") if name in layers]
    towns = {str(name): _joined_towns(reader, name) for name in layers_with_town}
    if "parcels" in layers and "addresses" in layers:
        addresses = layers["addresses"]
        living_ids = living_parcel_ids(addresses["parcel_id"], layers["parcels"])
        layers["addresses"] = addresses.assign(parcel_id=living_ids)
    return index_from_layers(layers, towns, reader.join_info().get("as_of"))


def index_from_layers(
    layers: Mapping[str, gpd.GeoDataFrame], towns: Mapping[str, Mapping[str, str]], as_of: str | None = None
) -> AddressIndex:
    """Return an index of layers given as frames. `towns` maps layer names to the town of each id on the day `as_of`.

    Parcels may come without geometry. They then have no point in the index.

    >>> parcels = pd.DataFrame({"id": ["10E1"], "address": ["4021 Oak Ave"], "town_declared": ["Bel-Nor"]})
    >>> parcels = parcels.assign(old_id="", postal_city="", zip="", source="assessor")
    >>> len(index_from_layers({"parcels": parcels}, {"parcels": {"10E1": "Bel-Nor"}}))
    1
    """
    parcels, addresses = layers.get("parcels"), layers.get("addresses")
    if parcels is not None and addresses is not None:
        parcel_ids = local_parcel_ids(addresses["parcel_id"], addresses["source"], parcels)
        addresses = addresses.assign(parcel_id=parcel_ids)
    return AddressIndex.build(
        addresses=addresses,
        parcels=parcels,
        streets=layers.get("streets"),
        landmarks=layers.get("landmarks"),
        districts=layers.get("districts"),
        aliases=layers.get("aliases"),
        parcel_towns=towns.get("parcels", {}),
        address_towns=towns.get("addresses", {}),
        landmark_towns=towns.get("landmarks", {}),
        label_points=label_points(parcels),
        towns=layers.get("municipalities"),
        as_of=as_of,
    )


def living_parcel_ids(keys: pd.Series, parcels: pd.DataFrame) -> pd.Series:
    """Return parcel keys with each former number replaced by the id of the parcel that has it now.

    A key that is an id stays. A former number of several parcels names none of them for sure, and becomes NA.

    >>> parcels = pd.DataFrame({"id": ["10E2", "10E3", "10E4"], "old_id": ["9-1", "9-2", "9-2"]})
    >>> living_parcel_ids(pd.Series(["10E3", "9 1", "9-2", "77"]), parcels).fillna("NA").tolist()
    ['10E3', '10E2', 'NA', '77']
    """
    with_old_id = parcels[parcels["old_id"].fillna("") != ""]
    if with_old_id.empty:
        return keys
    texts = keys.astype("object")
    number_keys = texts.where(texts.notna(), "").map(strip_separators)
    is_id = number_keys.isin(
        [*map(strip_separators, parcels["id"]), *map(strip_separators, original_ids(parcels["id"]))]
    )
    old_keys = with_old_id["old_id"].map(strip_separators)
    is_unique = ~old_keys.duplicated(keep=False)
    id_by_old_key = dict(zip(old_keys[is_unique], with_old_id["id"][is_unique], strict=True))
    is_former = number_keys.isin(set(old_keys)) & ~is_id
    return texts.where(~is_former, number_keys.map(id_by_old_key)).astype("str")


def local_parcel_ids(keys: pd.Series, sources: pd.Series, parcels: pd.DataFrame) -> pd.Series:
    """Return parcel keys as ids of this workspace, where a source of the same town brought the parcel.

    >>> parcels = pd.DataFrame({"id": ["7~beta-lots", "7"], "source": ["beta/lots", "alpha/lots"]})
    >>> local_parcel_ids(pd.Series(["7", "7"]), pd.Series(["beta/addresses", "alpha/addresses"]), parcels).tolist()
    ['7~beta-lots', '7']
    """
    if not parcels["id"].str.contains(SOURCE_SEPARATOR, regex=False).any():
        return keys  # no parcel id is used by two sources
    town_keys = qualify_names(original_ids(parcels["id"]), parcels["source"])
    id_by_town_key = pd.Series(parcels["id"].to_numpy(object), index=town_keys.to_numpy(object))
    id_by_town_key = id_by_town_key[~id_by_town_key.index.duplicated()]
    return qualify_names(keys, sources).astype(object).map(id_by_town_key).fillna(keys).astype("str")


def label_points(parcels: gpd.GeoDataFrame | None) -> pd.DataFrame | None:
    """Return a representative point of each parcel: `id`, `lon` and `lat` in degrees. None without geometry.

    >>> square = gpd.GeoSeries.from_wkt(["POLYGON ((0 0, 2 0, 2 2, 0 2, 0 0))"])
    >>> label_points(gpd.GeoDataFrame({"id": ["10E1"]}, geometry=square)).to_numpy().tolist()
    [['10E1', 1.0, 1.0]]
    """
    if parcels is None or "geometry" not in parcels:
        return None
    with_geometry = parcels[parcels.geometry.notna()]
    points = shapely.point_on_surface(with_geometry.geometry.to_numpy())
    return pd.DataFrame(
        {"id": with_geometry["id"].to_numpy(), "lon": shapely.get_x(points), "lat": shapely.get_y(points)}
    )


def _joined_towns(reader: Reader, layer: str) -> Mapping[str, str]:
    table = reader.read_joined_values(layer)
    towns: dict[str, str] = table.dropna(subset=["town"]).set_index("id")["town"].to_dict()
    return towns
