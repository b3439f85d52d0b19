"""The content of a map file: the public records of some towns, and what can be left out to save room.

`webmap.cli.map_command` calls `read_content`. `webmap.maps.file_map` draws it.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal, NamedTuple

from geo.store.protocol import Reader
from geo.store.records import PUBLIC, Query, Record
from webmap.maps.map_definitions import MapView
from webmap.maps.palette import inspection_status
from webmap.state.town_list import towns_in_force

QUIET_CODES = {"maintenance": ("none",), "inspections": ("closed", "cancelled")}  # what is left out last
SURVEY_FIELDS = {"maintenance": "trees", "inspections": "inspections_open"}  # unknown where nobody surveyed
FIGURE_FIELDS = {
    "coverage": ("canopy_pct",),
    "maintenance": ("trees", "need_stump", "need_plant"),
    "inspections": ("inspections_open", "inspections_closed"),
}

OmittedPart = Literal["streets", "empty parcels", "other parcels", "quiet records"]


class Omission(NamedTuple):
    """A part that a map leaves out to save room, and how many records that is."""

    part: OmittedPart
    record_count: int


@dataclass(frozen=True, slots=True)
class FileContent:
    """What one map file holds. `records` are the sites or inspections, none for coverage."""

    view: MapView
    today: date
    towns: Sequence[Record]
    parcels: Sequence[Record]  # ground parcels with a shape
    records: Sequence[Record]
    streets: Sequence[Record]
    stacked_count: int  # units that share a ground parcel, which is drawn once
    unplaced_count: int  # records that no map can show
    omissions: tuple[Omission, ...] = ()

    @property
    def placed_records(self) -> list[Record]:
        """The records that the map shows."""
        return [record for record in self.records if record.wkb is not None]

    def mark_code(self, record: Record) -> str:
        """Return the code of the mark of a site or an inspection. The last mark stands for unknown codes."""
        if self.view.mark_field == "status":
            code = inspection_status(record.values, self.today.isoformat())
        else:
            code = record.values.get(self.view.mark_field or "")
        return (
            code
            if code is not None and any(code == mark.code for mark in self.view.marks)
            else self.view.marks[-1].code
        )

    def is_unsurveyed(self, area: Record) -> bool:
        """Return whether nobody surveyed a town or parcel for this map, so that its figures are unknown and not 0."""
        field_name = SURVEY_FIELDS.get(self.view.name)
        return field_name is not None and area.values.get(field_name) is None

    def count_marks(self, town: str | None = None) -> Counter[str]:
        """Count the records by the code of their mark, of one town or of all."""
        return Counter(
            self.mark_code(record) for record in self.records if town is None or record.values.get("town") == town
        )


def read_content(reader: Reader, view: MapView, town_names: Sequence[str], today: date) -> FileContent:
    """Read the records of some towns, or all records if none is named. Only public fields are read."""

    def read_records(layer: str) -> list[Record]:
        return list(reader.query(layer, _query_of_towns(town_names), actor=PUBLIC))

    parcels = read_records("parcels")
    ground = _one_for_each_ground(parcels)
    return FileContent(
        view=view,
        today=today,
        towns=[
            town for town in towns_in_force(reader, today) if not town_names or town.values["name"] in town_names
        ],
        parcels=[parcel for parcel in ground if parcel.wkb is not None],
        records=read_records(view.layer) if view.marks else [],
        streets=[street for street in read_records("streets") if street.wkb is not None],
        stacked_count=len(parcels) - len(ground),
        unplaced_count=_count_unplaced(reader, view, town_names),
    )  # fmt: skip


def count_main_records(reader: Reader, view: MapView, town_names: Sequence[str]) -> int:
    """Count the records of a view's layer, which no map file can leave out."""
    return reader.count(view.layer, _query_of_towns(town_names), actor=PUBLIC)


def smaller_contents(content: FileContent) -> Iterator[FileContent]:
    """Iterate over less and less content. Its `omissions` say what is missing from the whole."""
    for leave_out in (_without_streets, _without_empty_parcels, _without_parcels, _without_quiet_records):
        smaller = leave_out(content)
        if smaller is not None:
            content = smaller
            yield content


def has_figure(view: MapView, values: Mapping[str, Any]) -> bool:
    """Return whether a parcel has something to tell on a map: a canopy share, or a tree, site or inspection."""
    figures = [values.get(name) for name in FIGURE_FIELDS[view.name]]
    return any(figure is not None if view.name == "coverage" else bool(figure) for figure in figures)


def _query_of_towns(town_names: Sequence[str]) -> Query:
    return Query(where={"town": tuple(town_names)}) if town_names else Query()


def _without_streets(content: FileContent) -> FileContent | None:
    return _leave_out(content, "streets", "streets", lambda _: False)


def _without_empty_parcels(content: FileContent) -> FileContent | None:
    return _leave_out(content, "empty parcels", "parcels", lambda parcel: has_figure(content.view, parcel.values))


def _without_parcels(content: FileContent) -> FileContent | None:
    if content.view.layer == "parcels":
        return None
    return _leave_out(content, "other parcels", "parcels", lambda _: False)


def _without_quiet_records(content: FileContent) -> FileContent | None:
    quiet_codes = QUIET_CODES.get(content.view.name, ())
    return _leave_out(content, "quiet records", "records", lambda record: content.mark_code(record) not in quiet_codes)


def _leave_out(
    content: FileContent, part: OmittedPart, field_name: str, is_kept: Callable[[Record], bool]
) -> FileContent | None:
    """Return the content with fewer records in one field. None if all of them stay."""
    records = getattr(content, field_name)
    kept = [record for record in records if is_kept(record)]
    if len(kept) == len(records):
        return None
    omission = Omission(part, len(records) - len(kept))
    changes: dict[str, Any] = {field_name: kept, "omissions": (*content.omissions, omission)}
    return replace(content, **changes)


def _one_for_each_ground(parcels: Sequence[Record]) -> list[Record]:
    """Return the parcels without those that are stacked on another one's ground."""
    parcel_of_ground: dict[str, Record] = {}
    for parcel in parcels:
        ground_id = parcel.values.get("ground_id") or parcel.id
        if ground_id not in parcel_of_ground or parcel.id == ground_id:
            parcel_of_ground[ground_id] = parcel
    return list(parcel_of_ground.values())


def _count_unplaced(reader: Reader, view: MapView, town_names: Sequence[str]) -> int:
    """Count the records without a location, of these towns or of none that is known."""
    if not view.marks:
        return 0
    where: dict[str, tuple[str, ...]] = {"placed_by": ("none",)}
    if town_names:
        where["town"] = (*town_names, "")
    return reader.count(view.layer, Query(where=where), actor=PUBLIC)
