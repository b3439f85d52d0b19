"""The rows of a request: its files one after another, or a table joined to shapes."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from geo.errors import BadInput
from geo.sources.columns import origin_text, raw_json, text_of, wkb_of
from geo.sources.profile import Origin, Profile
from geo.sources.raws import RawTable

LOOSE = {"CSV", "XLSX"}  # formats that write nothing as a blank


@dataclass(frozen=True)
class Rows:
    """Every row of a request in reading order.

    `wkb` is the geometry as the file has it, `raw` its attributes as JSON text, `numbers` its
    number in its file, `files` which file that is; `drawn` tells whether the files have geometry at
    all. `facts` are those of the first file; the files agree about their coordinate system.
    """

    columns: dict[str, pa.ChunkedArray]
    wkb: np.ndarray
    raw: pd.Series
    numbers: np.ndarray
    files: np.ndarray
    drawn: bool
    facts: dict[str, Any]

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.numbers)

    @property
    def loose(self) -> bool:
        """Tell whether the format writes nothing as a blank."""
        return self.facts["driver"] in LOOSE

    def shapes(self) -> tuple[np.ndarray, np.ndarray]:
        """Give the geometry as shapes, and mark what cannot be read."""
        return read_wkb(self.wkb)

    def text(self, origin: Origin) -> pd.Series:
        """Give what an origin names as text."""
        return origin_text(origin, self.columns, len(self)).reset_index(drop=True)


def stacked(tables: list[RawTable]) -> Rows:
    """Put the rows of several files one after another; raises BadInput when their CRS differ."""
    systems = {one.facts.get("crs") for one in tables}
    if len(systems) > 1:
        raise BadInput(
            f"the files are in different coordinate systems ({', '.join(sorted(map(str, systems)))[:200]}); load them one by one"
        )
    sizes = [_length(one) for one in tables]
    names = list(dict.fromkeys(name for one in tables for name in one.names))
    return Rows(
        columns={name: _column(name, tables, sizes) for name in names},
        wkb=np.concatenate(
            [wkb_of(one.wkb, size) for one, size in zip(tables, sizes, strict=True)]
        ),
        raw=pd.concat(
            [
                raw_json(one.names, one.columns, size)
                for one, size in zip(tables, sizes, strict=True)
            ],
            ignore_index=True,
        ),
        numbers=np.concatenate(
            [_numbers(one, size) for one, size in zip(tables, sizes, strict=True)]
        ),
        files=np.repeat([one.facts["file"] for one in tables], sizes),
        drawn=any(one.wkb is not None for one in tables),
        facts=tables[0].facts,
    )


def joined(shapes: RawTable, table: RawTable, profile: Profile) -> tuple[RawTable, dict[str, Any]]:
    """Give each shape the values of the first table row that has its key.

    Returns the wider table, and what the report tells: how many rows of the table there are, how
    many have a shape, how many shapes have several rows or none.
    """
    key, table_key = profile.join["key"], profile.join["table_key"]
    left = text_of(shapes.columns[shapes.names.index(key)]).str.strip()
    right = text_of(table.columns[table.names.index(table_key)]).str.strip()
    first = pd.Series(np.arange(len(right)), index=right).groupby(level=0).first()
    at = left.map(first)
    take = pa.array(at.astype("float64"), from_pandas=True).cast(pa.int64())
    added = [name for name in table.names if name not in shapes.names]
    columns = [table.columns[table.names.index(name)].take(take) for name in added]
    several = left.map(right.value_counts()).fillna(0)
    told = {
        "rows": len(right),
        "rows_with_a_shape": int(right.isin(left).sum()),
        "shapes_without_a_row": int(at.isna().sum()),
        "several": (several > 1).to_numpy(),
    }
    wider = replace(shapes, names=[*shapes.names, *added], columns=[*shapes.columns, *columns])
    return wider, told


def read_wkb(wkb: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Turn WKB into shapes; marks those that cannot be read (and gives None for them)."""
    with np.errstate(all="ignore"):  # a coordinate that is no number is told elsewhere
        shapes = shapely.from_wkb(wkb, on_invalid="ignore")
    held = np.array([one is not None for one in wkb], dtype=bool)
    return shapes, held & shapely.is_missing(shapes)


def _length(table: RawTable) -> int:
    return (
        len(table.columns[0]) if table.columns else len(table.wkb if table.wkb is not None else ())
    )


def _numbers(table: RawTable, size: int) -> np.ndarray:
    return np.arange(1, size + 1) if table.numbers is None else table.numbers.to_numpy()


def _column(name: str, tables: list[RawTable], sizes: list[int]) -> pa.ChunkedArray:
    """Put one column's parts together: as text where the files' types differ, null where absent."""
    held = [one.columns[one.names.index(name)] if name in one.names else None for one in tables]
    types = {one.type for one in held if one is not None}
    kind = types.pop() if len(types) == 1 else pa.string()
    chunks: list[pa.Array] = []
    for part, size in zip(held, sizes, strict=True):
        if part is None:
            chunks.append(pa.nulls(size, kind))
        else:
            same = (
                part
                if part.type == kind
                else pa.chunked_array([pa.array(text_of(part), kind, from_pandas=True)])
            )
            chunks += same.chunks
    return pa.chunked_array(chunks, kind)
