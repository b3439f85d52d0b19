"""The content of a map file: the public records of some towns, and what can be left out to save room.

`webmap.cli.map_command` calls `read_content`. `webmap.maps.file_map` draws it.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from geo.store.protocol import Reader
from geo.store.records import PUBLIC, Query, Record
from webmap.maps.map_definitions import MapView
from webmap.maps.palette import Mark, find_mark, inspection_mark
from webmap.state.town_list import towns_in_force
from webmap.wording import format_count

QUIET_CODES = {"maintenance": ("none",), "inspections": ("closed", "cancelled")}  # what is left out last
QUIET_NOUNS = {"maintenance": "known to need no work", "inspections": "closed or cancelled"}
SURVEY_FIELDS = {"maintenance": "trees", "inspections": "inspections_open"}  # unknown where nobody surveyed
FIGURE_FIELDS = {
    "coverage": ("canopy_pct",),
    "maintenance": ("trees", "need_stump", "need_plant"),
    "inspections": ("inspections_open", "inspections_closed"),
}


@dataclass(frozen=True, slots=True)
class FileContent:
    """What one map file holds. `records` are the sites or inspections, none for coverage.

    `left_out` has one phrase for each part that is left out to save room.
    """

    view: MapView
    today: date
    towns: Sequence[Record]
    parcels: Sequence[Record]  # ground parcels with a shape
    records: Sequence[Record]
    streets: Sequence[Record]
    stacked_count: int  # units that share a ground parcel, which is drawn once
    unplaced_count: int  # records that no map can show
    left_out: tuple[str, ...] = ()

    @property
    def placed_records(self) -> list[Record]:
        """The records that the map shows."""
        return [record for record in self.records if record.wkb is not None]

    def mark_of(self, record: Record) -> Mark:
        """Return the mark of a site or an inspection."""
        if self.view.mark_field == "status":
            return inspection_mark(record.values, self.today.isoformat())
        return find_mark(self.view.marks, record.values.get(self.view.mark_field or ""))

    def is_unsurveyed(self, area: Record) -> bool:
        """Return whether nobody surveyed a town or parcel for this map, so that its figures are unknown and not 0."""
        field_name = SURVEY_FIELDS.get(self.view.name)
        return field_name is not None and area.values.get(field_name) is None

    def count_marks(self, town: str | None = None) -> Counter[str]:
        """Count the records by the code of their mark, of one town or of all."""
        return Counter(
            self.mark_of(record).code for record in self.records if town is None or record.values.get("town") == town
        )


def read_content(reader: Reader, view: MapView, town_names: Sequence[str], today: date) -> FileContent:
    """Read the records of some towns, or all records if none is named. Only public fields are read."""
    query = Query(where={"town": tuple(town_names)}) if town_names else Query()

    def read_records(layer: str) -> list[Record]:
        return list(reader.query(layer, query, actor=PUBLIC))

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
    query = Query(where={"town": tuple(town_names)}) if town_names else Query()
    return reader.count(view.layer, query, actor=PUBLIC)


def smaller_contents(content: FileContent) -> Iterator[FileContent]:
    """Iterate over less and less content. Each says what it leaves out, compared to the whole."""
    for leave_out in (_without_streets, _without_empty_parcels, _without_parcels, _without_quiet_records):
        smaller = leave_out(content)
        if smaller is not None:
            content = smaller
            yield content


def has_figure(view: MapView, values: Mapping[str, Any]) -> bool:
    """Return whether a parcel has something to tell on a map: a canopy share, or a tree, site or inspection."""
    figures = [values.get(name) for name in FIGURE_FIELDS[view.name]]
    return any(figure is not None if view.name == "coverage" else bool(figure) for figure in figures)


def _without_streets(content: FileContent) -> FileContent | None:
    return _leave_out(content, "streets", lambda _: False, lambda n: format_count(n, "street"))


def _without_empty_parcels(content: FileContent) -> FileContent | None:
    return _leave_out(
        content,
        "parcels",
        lambda parcel: has_figure(content.view, parcel.values),
        lambda n: f"{format_count(n, 'parcel')} without a figure",
    )


def _without_parcels(content: FileContent) -> FileContent | None:
    if content.view.layer == "parcels":
        return None
    return _leave_out(content, "parcels", lambda _: False, lambda n: f"all other parcels ({n:,})")


def _without_quiet_records(content: FileContent) -> FileContent | None:
    quiet_codes = QUIET_CODES.get(content.view.name, ())
    return _leave_out(
        content,
        "records",
        lambda record: content.mark_of(record).code not in quiet_codes,
        lambda n: f"{n:,} {content.view.noun} {QUIET_NOUNS[content.view.name]}",
    )


def _leave_out(
    content: FileContent, part: str, is_kept: Callable[[Record], bool], phrase: Callable[[int], str]
) -> FileContent | None:
    """Return the content with fewer records in one part. None if all of them stay."""
    records = getattr(content, part)
    kept = [record for record in records if is_kept(record)]
    if len(kept) == len(records):
        return None
    changes: dict[str, Any] = {part: kept, "left_out": (*content.left_out, phrase(len(records) - len(kept)))}
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
    """Count the records without a place, of these towns or of none that is known."""
    if not view.marks:
        return 0
    where: dict[str, tuple[str, ...]] = {"placed_by": ("none",)}
    if town_names:
        where["town"] = (*town_names, "")
    return reader.count(view.layer, Query(where=where), actor=PUBLIC)
