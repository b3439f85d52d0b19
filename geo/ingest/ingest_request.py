"""The request that `read_source` takes, and the result and report that it returns.

The command line (`webmap/cli/load_commands.py`, `webmap/cli/geocode_command.py`) builds an
`IngestRequest`. `geo.workspace` stores the `IngestResult`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd

from geo.crs import Bbox
from geo.ingest.mapping.profile import Profile
from geo.key_repair import ParcelNumbers
from geo.mapped_area import MappedArea
from geo.raster import Raster

SURVEYED_LAYERS = ("trees", "sites", "inspections")  # layers with sources that may cover whole towns


def display_name(path: Path) -> str:
    r"""Return a file's name as printable text.

    Bytes that are not UTF-8 are decoded as Windows-1252. Characters that cannot be printed become
    �.

    >>> display_name(Path("r\udce9sum\udce9\x1b.csv"))
    'résumé�.csv'
    >>> display_name(Path("pagedale/trees 2024.csv"))
    'trees 2024.csv'
    """
    name = path.name
    if not name.isprintable():
        name = "".join(map(_printable_character, name))
    return name


def _printable_character(character: str) -> str:
    if "\udc80" <= character <= "\udcff":  # Python's surrogate for a byte that is not UTF-8
        character = bytes([ord(character) - 0xDC00]).decode("windows-1252", "replace")
    return character if character.isprintable() else "\ufffd"


@dataclass(frozen=True)
class IngestRequest:
    """The files to read as one layer, and the options that the user set for them.

    `column_mapping` maps a field to its origin. An origin is a column (`dbh_in` → `DIAM`), several
    columns joined by a space (`address` → `NUM+STREET`), or a constant (`status` → `=open`, on the
    command line `--map status==open`). Besides the layer's fields it takes `id`, `lon`, `lat`, `x`,
    `y` and `wkt`. For trees it takes `status` and `removed_on` too.

    `towns_bbox` is the bounding box of the workspace's towns in degrees. It serves to detect
    swapped axes and wrong units. Rows outside `mapped_area` get a note. `parcel_numbers` returns the
    numbers of the workspace's parcels. With them a column of parcel numbers is recognized, and its rows are compared. `canopy_ranges` are ranges of raster values that mean canopy, both
    ends included. `covers` names the towns that the files survey as a whole. `licence` and `dated` (ISO date) describe the source where the files do not.
    `timezone` names the zone in which an instant becomes a day, such as America/Chicago. None means the zone of the towns.
    `place_by` says which to take where coordinate columns contradict the geometry: "geometry" (also for None) or "columns".
    `max_at_address` is the number of trees at one address above which they are noted.

    >>> request = IngestRequest("trees", (Path("trees.csv"),), column_mapping={"dbh_in": "DIAM"}, town="Pagedale")
    >>> request.column_mapping["dbh_in"], request.timeout_s, request.towns_bbox
    ('DIAM', 600, None)
    """

    layer: str
    files: tuple[Path, ...]
    profile: str | None = None
    column_mapping: Mapping[str, str] = field(default_factory=dict)
    crs: str | None = None
    encoding: str | None = None
    table: str | None = None
    place_by: str | None = None
    town: str | None = None
    covers: tuple[str, ...] = ()
    towns_bbox: Bbox | None = None
    mapped_area: MappedArea | None = None
    parcel_numbers: Callable[[], ParcelNumbers] | None = None
    canopy_ranges: tuple[tuple[int, int], ...] = ()
    nodata: float | None = None
    method: str | None = None
    year: int | None = None
    licence: str | None = None
    dated: str | None = None
    timezone: str | None = None
    max_at_address: int = 50
    timeout_s: int = 600
    memory_mb: int = 8192


def request_label(request: IngestRequest) -> str:
    """Return the name of a request's files for a message.

    >>> request_label(IngestRequest("trees", (Path("a.csv"), Path("b.csv"))))
    'a.csv and 1 more'
    """
    first_name = display_name(request.files[0])
    return first_name if len(request.files) == 1 else f"{first_name} and {len(request.files) - 1} more"


@dataclass(frozen=True)
class IngestReport:
    """The outcome of every row of a load: `read` = `admitted` + `refused`, and `mended` counts repaired ones.

    A repaired row is among the admitted. `rows` lists row number, outcome and reason. `summary`
    counts the rows of each reason. `details` holds the files, the CRS, the profile and the mapping.
    """

    layer: str
    read: int
    admitted: int
    mended: int
    refused: int
    rows: list[dict[str, Any]]
    summary: list[dict[str, Any]]
    details: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the report as a dict: the counts, the rows, the summary, and the details beside them.

        >>> report = IngestReport("trees", 3, 2, 1, 1, [], [], {"crs": "EPSG:4326"})
        >>> report.to_json()["refused"], report.to_json()["crs"]
        (1, 'EPSG:4326')
        """
        field_names = ("layer", "read", "admitted", "mended", "refused", "rows", "summary")
        return {name: getattr(self, name) for name in field_names} | dict(self.details)


@dataclass(frozen=True)
class IngestResult:
    """Files read as a layer: the admitted rows, any further layers, and the report.

    `frame` meets every requirement of its layer. Its ids are unique within the source and stay the
    same from load to load. `profile` maps its columns. `extra_layers` holds the planting sites of a tree inventory under
    `sites`. For a canopy raster `raster` is set and `frame` is empty. `source` is the source's name
    unless the user sets another.
    """

    frame: gpd.GeoDataFrame
    extra_layers: Mapping[str, gpd.GeoDataFrame]
    raster: Raster | None
    source: str
    provenance: dict[str, Any]
    report: IngestReport
    profile: Profile
