"""What is asked of `read_source`, and what it gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd

from geo.places import Bbox
from geo.rasters import Raster


def called(path: Path) -> str:
    r"""Tell a file's name as text: bytes that are no UTF-8 are read as Windows-1252, what cannot be shown is �.

    >>> called(Path("r\udce9sum\udce9\x1b.csv"))
    'résumé�.csv'
    """
    name = path.name
    if not name.isprintable():
        name = "".join(map(_shown, name))
    return name


def _shown(sign: str) -> str:
    if "\udc80" <= sign <= "\udcff":  # how Python keeps a byte of a name that is no UTF-8
        sign = bytes([ord(sign) - 0xDC00]).decode("windows-1252", "replace")
    return sign if sign.isprintable() else "\ufffd"


@dataclass(frozen=True)
class Request:
    """Which files to read as which layer, and what their reader was told about them.

    `maps` gives for a field the column that holds it (`dbh_in` → `DIAM`), several columns joined by
    a blank (`address` → `NUM+STREET`), or a constant (`status` → `=open`; on the command line
    `--map status==open`). Besides the layer's fields it takes `id`, `lon`, `lat`, `x`, `y`, `wkt`
    and, for trees, `status` and `removed_on`. `around` is where the workspace's towns lie, in
    degrees: by it swapped axes and wrong units are recognised. `classes` are the raster values
    that are canopy, both ends included. `licence` and `dated` (a day as ISO text) are what files
    do not say of themselves.
    """

    layer: str
    files: tuple[Path, ...]
    profile: str | None = None
    maps: Mapping[str, str] = field(default_factory=dict)
    crs: str | None = None
    encoding: str | None = None
    table: str | None = None
    town: str | None = None
    around: Bbox | None = None
    classes: tuple[tuple[int, int], ...] = ()
    nodata: float | None = None
    method: str | None = None
    year: int | None = None
    licence: str | None = None
    dated: str | None = None
    max_at_address: int = 50
    seconds: int = 600
    memory_mb: int = 8192


@dataclass(frozen=True)
class Report:
    """What a load made of each row. `read` = `admitted` + `refused`; `mended` is among the admitted."""

    layer: str
    read: int
    admitted: int
    mended: int
    refused: int
    rows: list[dict[str, Any]]
    summary: list[dict[str, Any]]
    more: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Give the report as it is written: the counts, the rows, the summary, what was found."""
        counts = ("layer", "read", "admitted", "mended", "refused", "rows", "summary")
        return {name: getattr(self, name) for name in counts} | dict(self.more)


@dataclass(frozen=True)
class Reading:
    """Files read as a layer: admitted rows, what else they made, and how it went.

    `frame` keeps every promise of its layer, its ids unique within the source and stable. `also`
    holds the tree sites that a tree inventory makes. A raster has an empty `frame`. `source` is the
    name that the source gets unless it is told another.
    """

    frame: gpd.GeoDataFrame
    also: Mapping[str, gpd.GeoDataFrame]
    raster: Raster | None
    source: str
    provenance: dict[str, Any]
    report: Report
