"""Overlaps between sources: a file that is loaded again under another name would count its rows twice.

`lotleaf load` (`webmap/cli/load_commands.py`) calls `find_source_overlaps` before it stores a
result.
"""

from dataclasses import asdict, dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.identifiers import original_ids
from geo.ingest.ingest_request import IngestResult
from geo.schema import Layer
from geo.store.protocol import Reader
from geo.store.records import OPERATOR

MIN_OVERLAP_SHARE = 0.5  # share of a file's rows in another source above which both hold the same things
COORDINATE_STEP_DEG = 1e-6  # about 0.1 m: formats and coordinate systems round


@dataclass(frozen=True, slots=True)
class SourceOverlap:
    """A source that shares `rows` of a file's `of` rows, or that was loaded from the `same_file`."""

    source: str
    rows: int
    of: int
    same_file: bool

    def to_json(self) -> dict[str, Any]:
        """Return the overlap as the load report shows it.

        >>> SourceOverlap("pagedale/trees", 90, 100, False).to_json()
        {'source': 'pagedale/trees', 'rows': 90, 'of': 100, 'same_file': False}
        """
        return asdict(self)


def find_source_overlaps(reader: Reader, layer: Layer, result: IngestResult, source: str) -> list[SourceOverlap]:
    """Find the other sources of a layer that have one of the result's files, or more than half of its rows.

    Two rows match where id, location (within 0.1 m) and every required text are equal. Without a
    location the whole raw row must be equal. `source` is the name under which the result will be
    stored. Its present rows are replaced, so they do not count. Sources that come from a file of
    another layer, such as the sites of trees, do not count either.
    """
    sources = reader.status()["layers"][layer.name]["sources"]
    hashes_by_source = {
        other["name"]: _file_hashes(other) for other in sources if other["name"] != source and "made_from" not in other
    }
    if not hashes_by_source:
        return []
    shared_counts = _count_shared_rows(reader, layer, result.frame)
    hashes = _file_hashes(result.provenance)
    overlaps = [
        SourceOverlap(name, shared_counts.get(name, 0), len(result.frame), bool(hashes & source_hashes))
        for name, source_hashes in hashes_by_source.items()
    ]
    return [other for other in overlaps if other.same_file or other.rows > MIN_OVERLAP_SHARE * other.of]


def _file_hashes(provenance: Any) -> set[str]:
    return {file["sha256"] for file in provenance.get("files") or [] if "sha256" in file}


def _count_shared_rows(reader: Reader, layer: Layer, frame: gpd.GeoDataFrame) -> dict[str, int]:
    """Return by source the number of rows of `frame` that it has too."""
    stored = reader.read_layer(layer.name, actor=OPERATOR)
    stored_keys, frame_keys = _row_match_keys(stored, layer), _row_match_keys(frame, layer)
    keys_by_source = stored_keys.groupby(stored["source"].to_numpy())
    return {str(name): int(frame_keys.isin(keys).sum()) for name, keys in keys_by_source}


def _row_match_keys(frame: gpd.GeoDataFrame, layer: Layer) -> pd.Series:
    """Return for each row a hash that is equal for rows of the same thing."""
    table = (frame.geometry.bounds / COORDINATE_STEP_DEG).round().fillna(0).astype("int64")
    table["id"] = original_ids(frame["id"])
    table["raw"] = frame["raw"].where(frame.geometry.isna(), "")
    for field in layer.fields:
        if field.required and field.kind == "text":
            table[field.name] = frame[field.name]
    return pd.util.hash_pandas_object(table.reset_index(drop=True), index=False)
