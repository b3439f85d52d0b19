"""The index of a store: its layers as they stand, with the towns that the join found.

Kept apart from the join, which a server that looks addresses up never needs.
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

from geo.addresses.gazetteer.filed import FORMAT, keep, taken
from geo.addresses.gazetteer.index import AddressIndex
from geo.addresses.gazetteer.limits import Limits
from geo.naming import OF_SOURCE, bare_ids, of_town
from geo.store.protocol import PUBLIC, Query, Reader

ADDRESSED = ("parcels", "addresses", "streets", "landmarks", "aliases")


def kept_index(reader: Reader, folder: Path) -> AddressIndex:
    """Give the index of a store as it is kept in a folder, or else build it and keep it from now on.

    Where several processes need it at once, one builds it. Where nothing can be written, nothing is kept.
    """
    path, made_of = folder / "addresses.arrow", _made_of(reader)
    limits = _limits(reader)
    if (found := taken(path, made_of, limits)) is not None:
        return found
    try:
        with _alone(folder / "addresses.lock"):
            if (found := taken(path, made_of, limits)) is not None:
                return found
            fresh = index(reader)
            keep(fresh, path, made_of)
    except OSError:  # a folder that is full or not ours: the look-up needs none
        return index(reader)
    return taken(path, made_of, limits) or fresh


def _made_of(reader: Reader) -> bytes:
    """Tell the states of the layers that an index is of, and which of them the join of their towns has not seen."""
    made, layers = reader.join_made(), (*ADDRESSED, "municipalities")
    unseen = None if made["at"] is None else reader.written_since(made["version"]) & {*layers}
    stamps = [reader.stamp(name) for name in layers]
    told = json.dumps(
        [FORMAT, made.get("as_of"), unseen if unseen is None else sorted(unseen), *stamps]
    )
    return hashlib.sha256(told.encode()).hexdigest().encode()


def _limits(reader: Reader) -> Limits:
    towns = reader.frame("municipalities", actor=PUBLIC)
    return Limits.build(None if towns.empty else towns, reader.join_made().get("as_of"))


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold a lock that one process at a time has; raises OSError where it cannot be."""
    path.parent.mkdir(exist_ok=True)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def index(reader: Reader) -> AddressIndex:
    """Index every address, parcel, street, landmark and alias of a store, with its town."""
    layers = {
        name: reader.frame(name, actor=PUBLIC)
        for name in (*ADDRESSED, "municipalities")
        if reader.count(name, Query(limit=1), actor=PUBLIC)
    }
    towned = [name for name in ("parcels", "addresses", "landmarks") if name in layers]
    towns = {str(name): _towns(reader, name) for name in towned}
    return index_of(layers, towns, reader.join_made().get("as_of"))


def index_of(
    layers: Mapping[str, gpd.GeoDataFrame],
    towns: Mapping[str, Mapping[str, str]],
    as_of: str | None = None,
) -> AddressIndex:
    """Index layers as frames; `towns` gives for a layer the town of each of its ids, on the day `as_of`.

    Parcels may come without their shapes: the index then knows no place of theirs.
    """
    parcels, addresses = layers.get("parcels"), layers.get("addresses")
    if parcels is not None and addresses is not None:
        lots = own_parcel(addresses["parcel_id"], addresses["source"], parcels)
        addresses = addresses.assign(parcel_id=lots)
    return AddressIndex.build(
        addresses=addresses,
        parcels=parcels,
        streets=layers.get("streets"),
        landmarks=layers.get("landmarks"),
        aliases=layers.get("aliases"),
        parcel_towns=towns.get("parcels", {}),
        address_towns=towns.get("addresses", {}),
        landmark_towns=towns.get("landmarks", {}),
        places=label_points(parcels),
        towns=layers.get("municipalities"),
        as_of=as_of,
    )


def own_parcel(keys: pd.Series, sources: pd.Series, parcels: pd.DataFrame) -> pd.Series:
    """Call the parcels that keys name by their ids here, where the same town brought both."""
    if not parcels["id"].str.contains(OF_SOURCE, regex=False).any():
        return keys  # no two sources number alike
    names = of_town(bare_ids(parcels["id"]), parcels["source"])
    known = pd.Series(parcels["id"].to_numpy(object), index=names.to_numpy(object))
    known = known[~known.index.duplicated()]
    return of_town(keys, sources).astype(object).map(known).fillna(keys).astype("str")


def label_points(parcels: gpd.GeoDataFrame | None) -> pd.DataFrame | None:
    """Give a point inside each parcel, where its label stands: `id`, `lon`, `lat` in degrees.

    None where parcels come without their shapes.
    """
    if parcels is None or "geometry" not in parcels:
        return None
    drawn = parcels[parcels.geometry.notna()]
    points = shapely.point_on_surface(drawn.geometry.to_numpy())
    return pd.DataFrame(
        {"id": drawn["id"].to_numpy(), "lon": shapely.get_x(points), "lat": shapely.get_y(points)}
    )


def _towns(reader: Reader, layer: str) -> Mapping[str, str]:
    table = reader.joined(layer)
    towns: dict[str, str] = table.dropna(subset=["town"]).set_index("id")["town"].to_dict()
    return towns
