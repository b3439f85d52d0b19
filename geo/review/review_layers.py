"""The layers that a review reads, projected to the metric CRS and cached beside the workspace.

The command line and the page of doubles call `review_trees` and `review_parcels`.
"""

from functools import partial
from pathlib import Path

from pyproj import CRS

from geo.join.layer_cache import LayerCache
from geo.projected_layer import FrameLayer
from geo.review.parcel_overlaps import ParcelOverlap, find_parcel_overlaps
from geo.review.tree_doubles import TreeDouble, find_tree_doubles
from geo.schema import LAYERS
from geo.store.protocol import Reader
from geo.store.records import PUBLIC, Query


def review_trees(reader: Reader, cache_dir: Path, source: str | None = None) -> list[TreeDouble]:
    """Return the possible doubles of trees, or those of one source. Nothing is read if there is one source."""
    sources = reader.status()["layers"]["trees"]["sources"]
    trees = _read_projected(reader, cache_dir, "trees") if len(sources) > 1 else None
    return find_tree_doubles(trees, source) if trees is not None else []


def review_parcels(reader: Reader, cache_dir: Path, source: str | None = None) -> list[ParcelOverlap]:
    """Return the parcels that overlap, or those of one source."""
    parcels = _read_projected(reader, cache_dir, "parcels")
    return find_parcel_overlaps(parcels, source) if parcels is not None else []


def _read_projected(reader: Reader, cache_dir: Path, name: str) -> FrameLayer | None:
    """Return a layer in the metric CRS, None if it has no rows or the workspace has no CRS yet."""
    crs = reader.settings().get("crs")
    if crs is None or not reader.count(name, Query(limit=1), actor=PUBLIC):
        return None
    layer_cache = LayerCache(cache_dir, CRS.from_user_input(crs))
    read_layer = partial(reader.read_layer, name, actor=PUBLIC)
    return layer_cache.load_layer(LAYERS[name], reader.layer_etag(name), read_layer)
