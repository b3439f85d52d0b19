"""Doubles: a file under a second source's name, and whatever it tells of counted twice."""

from dataclasses import asdict, dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.layers import Layer
from geo.naming import bare_ids
from geo.sources.reading import Reading
from geo.store.protocol import OPERATOR, Reader

MOST = 0.5  # of a file's rows: with more of them in another source, it tells of the same things
STEP = 1e-6  # degrees, some 0.1 m: formats and coordinate systems round


@dataclass(frozen=True, slots=True)
class Double:
    """A source that tells of what a file tells: how many `of` its `rows`, or that it is the `same_file`."""

    source: str
    rows: int
    of: int
    same_file: bool

    def to_json(self) -> dict[str, Any]:
        """Give it as a load's report has it."""
        return asdict(self)


def doubles(reader: Reader, layer: Layer, reading: Reading, source: str) -> list[Double]:
    """Name the other sources of a layer that have a file of the reading's, or most of its rows.

    A row is told of twice where its id and its place are equal, and every text without which the
    layer takes no row; without a place, where all that the file says of it is equal. `source` is the name under which the reading
    is to be kept: what that holds already will be replaced, so it is no double. Rows that a file of
    another layer made (the sites of trees) are none either.
    """
    told = reader.status()["layers"][layer.name]["sources"]
    others = {
        one["name"]: _files(one) for one in told if one["name"] != source and "made_from" not in one
    }
    if not others:
        return []
    again = _again(reader, layer, reading.frame)
    files = _files(reading.provenance)
    found = [
        Double(name, again.get(name, 0), len(reading.frame), bool(files & theirs))
        for name, theirs in others.items()
    ]
    return [one for one in found if one.same_file or one.rows > MOST * one.of]


def _files(provenance: Any) -> set[str]:
    return {file["sha256"] for file in provenance.get("files") or [] if "sha256" in file}


def _again(reader: Reader, layer: Layer, frame: gpd.GeoDataFrame) -> dict[str, int]:
    """Count for each source the rows of a frame that it has too."""
    there = reader.frame(layer.name, actor=OPERATOR)
    known, mine = _marks(there, layer), _marks(frame, layer)
    groups = known.groupby(there["source"].to_numpy())
    return {str(name): int(mine.isin(marks).sum()) for name, marks in groups}


def _marks(frame: gpd.GeoDataFrame, layer: Layer) -> pd.Series:
    """Give for each row a number that is equal where two rows tell of the same thing."""
    table = (frame.geometry.bounds / STEP).round().fillna(0).astype("int64")
    table["id"] = bare_ids(frame["id"])
    table["raw"] = frame["raw"].where(frame.geometry.isna(), "")
    for field in layer.fields:
        if field.required and field.kind == "text":
            table[field.name] = frame[field.name]
    return pd.util.hash_pandas_object(table.reset_index(drop=True), index=False)
