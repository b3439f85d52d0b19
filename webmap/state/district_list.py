"""The list of districts: police bodies, court hubs and others, with the towns that each serves on a day.

The pages of towns and districts call `read_districts` and `find_services`. A district is all rows of its
layer with one `district_id`. A drawn row serves the towns that it covers, a listed row the town that it names.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer

from geo.crs import WGS84, Bbox
from geo.errors import NoSuchRecord
from geo.identifiers import district_id, slugify
from geo.in_force import is_in_force
from geo.store.protocol import Reader
from geo.store.records import PUBLIC, Query, Record

Transform = Callable[..., Any]  # from degrees to meters, as Shapely calls it
MIN_TOWN_SHARE = 0.01  # a smaller part of a town is where two boundaries from different sources overlap


@dataclass(frozen=True)
class DistrictRows:
    """A district with its rows, the lowest id first. `kind` and `name` are those of the first row."""

    id: str
    rows: tuple[Record, ...]

    @cached_property
    def kind(self) -> str:
        """The kind, as police or court."""
        return str(self.rows[0].values["kind"])

    @cached_property
    def name(self) -> str:
        """The name, as its file has it."""
        return str(self.rows[0].values["name"])

    def rows_on(self, day: date) -> list[Record]:
        """Return the rows in force on a day."""
        return [row for row in self.rows if is_in_force(row, day)]

    def bbox_on(self, day: date) -> Bbox | None:
        """Return the bounding box of the rows that are drawn and in force on a day, in degrees."""
        geometries = [geometry for geometry in map(_outline, self.rows_on(day)) if geometry is not None]
        return Bbox(*shapely.total_bounds(geometries).tolist()) if geometries else None


@dataclass(frozen=True, slots=True)
class Service:
    """A district that serves a town, or a part of it. `row` is the record that says so."""

    district: DistrictRows
    town: str
    row: Record


def read_districts(reader: Reader) -> Mapping[str, DistrictRows]:
    """Return all districts of a workspace by id, ended ones included."""
    rows_by_id: dict[str, list[Record]] = {}
    for row in reader.query("districts", Query(), actor=PUBLIC):
        rows_by_id.setdefault(district_id(row.values["kind"], row.values["name"]), []).append(row)
    return {id_: DistrictRows(id_, tuple(rows)) for id_, rows in sorted(rows_by_id.items())}


def find_district(districts: Mapping[str, DistrictRows], id_: str) -> DistrictRows:
    """Return the district with an id, or the one that a row with this id belongs to. Raises NoSuchRecord."""
    if id_ in districts:
        return districts[id_]
    for district in districts.values():
        if any(row.id == id_ for row in district.rows):
            return district
    raise NoSuchRecord(f"no district has the id {id_!r}; search for its name to find it")


def find_services(
    reader: Reader, districts: Iterable[DistrictRows], kind: str, day: date, *, town: str | None = None
) -> list[Service]:
    """Return which districts of a kind serve which towns on a day: by town, then by district.

    `town` limits the towns to one name. A town that is split among drawn districts has a service for each.
    A district that lists a town serves it where no drawn district does, as in the join.
    """
    rows = [
        (district, row)
        for district in districts
        if slugify(district.kind) == slugify(kind)
        for row in district.rows_on(day)
    ]
    drawn = [(district, row, outline) for district, row in rows if (outline := _outline(row)) is not None]
    listed = [(district, row) for district, row in rows if _outline(row) is None]
    to_metric = _metric_transform(reader) if drawn else None
    services = []
    for name, boundary in _town_boundaries(reader, day, town).items():
        cover = TownCover(boundary, to_metric)
        parts = [(district, row) for district, row, outline in drawn if _may_serve(row, name) and cover.add(outline)]
        rest = [] if cover.is_complete else [(district, row) for district, row in listed if _lists(row, name)]
        services += [Service(district, name, row) for district, row in (*parts, *rest)]
    return _unique_services(services)


class TownCover:
    """The part of a town that districts cover. `boundary` and outlines are in degrees.

    `to_metric` brings degrees into the metric CRS of the workspace, where areas are measured.

    >>> cover = TownCover(shapely.box(0, 0, 2, 1), None)
    >>> cover.add(shapely.box(0, 0, 1, 1)), cover.is_complete, cover.add(shapely.box(5, 0, 6, 1))
    (True, False, False)
    """

    def __init__(self, boundary: shapely.Geometry | None, to_metric: Transform | None) -> None:
        self._boundary, self._to_metric = boundary, to_metric
        self._covered: list[shapely.Geometry] = []

    def add(self, outline: shapely.Geometry) -> bool:
        """Return whether an outline covers more of the town than noise. If so, add it to the covered part."""
        if self._boundary is None or not shapely.intersects(self._boundary, outline):
            return False
        part = shapely.intersection(self._boundary, outline)
        if self._area_of(part) < MIN_TOWN_SHARE * self._area_of(self._boundary):
            return False
        self._covered.append(part)
        return True

    @property
    def is_complete(self) -> bool:
        """Return whether the added outlines cover the whole town, but for noise."""
        if not self._covered:
            return False
        covered = self._area_of(shapely.union_all(self._covered))
        return covered >= (1 - MIN_TOWN_SHARE) * self._area_of(self._boundary)

    def _area_of(self, geometry: shapely.Geometry | None) -> float:
        metric = shapely.transform(geometry, self._to_metric, interleaved=False) if self._to_metric else geometry
        return float(shapely.area(metric))


def _metric_transform(reader: Reader) -> Transform | None:
    """Return the transformation from degrees to the metric CRS, None without one."""
    crs = reader.settings().get("crs")
    return Transformer.from_crs(WGS84, crs, always_xy=True).transform if crs else None


def _outline(row: Record) -> shapely.Geometry | None:
    """Return the outline of a drawn row in degrees, None for a listed one."""
    geometry = shapely.from_wkb(row.wkb) if row.wkb else None
    return geometry if geometry is not None and shapely.get_dimensions(geometry) == 2 else None


def _town_boundaries(reader: Reader, day: date, only: str | None) -> Mapping[str, shapely.Geometry | None]:
    """Return the towns in force on a day by name, each with its boundary, None where it has none."""
    geometries: dict[str, list[shapely.Geometry]] = {}
    for town in reader.query("municipalities", Query(), actor=PUBLIC):
        name = str(town.values["name"])
        is_wanted = only is None or slugify(only) == slugify(name)
        if is_wanted and is_in_force(town, day):
            geometries.setdefault(name, []).append(shapely.from_wkb(town.wkb) if town.wkb else None)
    return {name: _union(np.array(parts, dtype=object)) for name, parts in sorted(geometries.items())}


def _union(parts: np.ndarray) -> shapely.Geometry | None:
    known_parts = parts[~shapely.is_missing(parts)]
    union = shapely.union_all(known_parts) if len(known_parts) else None
    return None if union is None or union.is_empty else union


def _lists(row: Record, town: str) -> bool:
    named_town = row.values.get("town")
    return bool(named_town) and slugify(str(named_town)) == slugify(town)


def _may_serve(row: Record, town: str) -> bool:
    """Return whether a drawn row is of no town in particular, or of this one."""
    return not row.values.get("town") or _lists(row, town)


def _unique_services(services: list[Service]) -> list[Service]:
    """Return each district once for each town, with its lowest row."""
    unique: dict[tuple[str, str], Service] = {}
    for service in services:
        unique.setdefault((service.town, service.district.id), service)
    return sorted(unique.values(), key=lambda service: (service.town, service.district.id))
