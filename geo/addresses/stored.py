"""The index of a store: its layers as they stand, with the towns that the join found.

Kept apart from the join, which a server that looks addresses up never needs.
"""

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd
import shapely

from geo.addresses.index import AddressIndex
from geo.naming import OF_SOURCE, bare_ids, of_town
from geo.store.protocol import PUBLIC, Reader

ADDRESSED = ("parcels", "addresses", "streets", "landmarks", "aliases")


def index(reader: Reader) -> AddressIndex:
    """Index every address, parcel, street, landmark and alias of a store, with its town."""
    told = reader.status()
    read = (*ADDRESSED, "municipalities")
    layers = {
        name: reader.frame(name, actor=PUBLIC) for name in read if told["layers"][name]["rows"]
    }
    towned = [name for name in ("parcels", "addresses", "landmarks") if name in layers]
    towns = {str(name): _towns(reader, name) for name in towned}
    return index_of(layers, towns, told["joined"].get("as_of"))


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
