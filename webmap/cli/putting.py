"""What files tell of single records: edits by hand made of them, read and admitted as a load does."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isclose
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

from geo.errors import BadInput, NeedsOption, NoSuchRecord
from geo.layers import LAYERS, SYSTEM, Layer
from geo.live.edit import Put
from geo.sources.profile import OWN
from geo.sources.reading import Reading, Request
from geo.store.protocol import OPERATOR, Reader, Record
from geo.store.state import HAND
from geo.workspace import read

SHOWN = 5  # rows or records that a refusal tells
ALIKE = 1e-7  # degrees, 1 cm: as near as an export writes a shape
NEARLY = 1e-13  # as near as an export writes a number


@dataclass(frozen=True)
class Meant:
    """A record that is to be put, and the one that it changes; None where it is new."""

    put: Put
    before: Record | None

    @property
    def is_news(self) -> bool:
        """Tell whether it says anything that is not so already."""
        record = self.put.record
        return self.before is None or bool(record.values) or record.wkb is not None


def meant_by(
    store: Reader, layer: Layer, files: tuple[Path, ...], ended: Collection[str]
) -> tuple[list[Meant], list[str]]:
    """Read files as records to be put; gives them, with the sites that go with trees, and what is remarked.

    A feature whose id the layer has changes that record: what the feature lacks or has as null stays,
    an empty text makes unknown, a shape farther off than 1 cm moves it. Any other is added. `ended` are
    ids that the same edit ends. Raises BadInput for whatever a load would mend or leave out, since a
    hand says what it means, and where a record from a file would change what its file tells.
    """
    reading = _admitted(store, layer, files)
    columns = reading.report.more["mapping"]
    meant = []
    for row in _rows(reading.frame):
        before = None if row["id"] in ended else _known(store, layer, row["id"])
        meant.append(Meant(Put(layer.name, _record(layer, row, before, columns)), before))
    _refuse_files_own(layer, meant)
    along = _sites(store, reading, meant) if layer.name == "trees" else []
    told = [line for line in reading.report.summary if not line["reason"].endswith("so unknown")]
    return meant + along, [f"{line['rows']:,} noted: {line['reason']}" for line in told]


def _admitted(store: Reader, layer: Layer, files: tuple[Path, ...]) -> Reading:
    """Read files whose every row is admitted as it stands."""
    names = ", ".join(map(str, files))
    try:
        reading = read(store, Request(layer=layer.name, files=files, profile=OWN))
    except NeedsOption as error:
        raise BadInput(
            f"{error}. `lotleaf edit` takes no such option: write the file as `lotleaf export {layer.name}` does, "
            f"in degrees, under its field names and each feature with its place. {_alone(layer)}"
        ) from None
    if reading.raster is not None:
        raise BadInput(f"{names}: cells are not put by hand; `lotleaf load` takes them")
    _refuse_strange(layer, reading, names)
    if faults := list(_faults(reading)):
        raise BadInput(
            f"{names}: nothing was changed, for what is put by hand is taken as it stands or not at all; mend the "
            f"file and put it again (`lotleaf fields {layer.name}` tells what each field takes). {_alone(layer)} "
            f"What a load would say: {_first(faults)}"
        )
    return reading


def _alone(layer: Layer) -> str:
    """Say how values are changed without a place."""
    return f"Values alone are changed by `lotleaf edit {layer.name} ID FIELD=VALUE`."


def _refuse_strange(layer: Layer, reading: Reading, names: str) -> None:
    """Refuse a column that is no field: misspelt, it would say nothing. What the join makes is passed over."""
    known = {*layer.by_name, *SYSTEM}
    if strange := [name for name in reading.report.more["unused"] if name not in known]:
        fields = ", ".join(("id", *(field.name for field in layer.fields)))
        raise BadInput(
            f"{names}: {layer.name} have no field {', '.join(strange[:SHOWN])}; rename or take out "
            f"what is none of {fields}"
        )


def _faults(reading: Reading) -> Iterator[str]:
    """Yield a sentence for each row that is not admitted as it stands, or tells no id or no tree."""
    report = reading.report
    if "id" not in report.more["mapping"]:
        yield "its features have no id; give each one, of its own or that of the record to change"
        return
    for line in report.rows:
        if line["outcome"] != "noted" or line["reason"].startswith("id: "):
            yield f"row {line['row']}: {line['reason']}"
    if "sites" in reading.also:
        made = reading.also["sites"]["id"]
        for id_ in made[~made.isin(reading.frame["site_id"])]:
            yield f"{id_}: says that no tree stands there; end a tree with --delete, and put what is left into sites"


def _known(store: Reader, layer: Layer, id_: str) -> Record | None:
    """Give the record that an id names, if there is one."""
    try:
        return store.get(layer.name, id_, actor=OPERATOR)
    except NoSuchRecord:
        return None


def _record(
    layer: Layer, row: Mapping[str, Any], before: Record | None, columns: Mapping[str, str]
) -> Record:
    """Make of a row a new record, or one that holds what is to change of the record there is."""
    values = {field.name: row[field.name] for field in layer.fields}
    shape = row["geometry"]
    if before is None:
        known = {name: value for name, value in values.items() if value is not None}
        return Record(row["id"], "", known, _wkb(shape))
    said = json.loads(row["raw"])
    told = {name: value for name, value in values.items() if _is_told(name, value, said, columns)}
    changed = {name: value for name, value in told.items() if not _same(before.values[name], value)}
    moved = None if _stays(before, shape) else _wkb(shape)
    return Record(row["id"], before.source, changed, moved)


def _is_told(name: str, value: Any, said: Mapping[str, Any], columns: Mapping[str, str]) -> bool:
    """Tell whether a row says anything of a field: in its column, or by what follows from other columns."""
    if name in columns:
        return said.get(columns[name]) is not None
    return value not in (None, "unknown") and name != "site_id"  # a load calls the site as its tree


def _same(was: Any, value: Any) -> bool:
    if isinstance(was, float) and isinstance(value, float):
        return isclose(was, value, rel_tol=NEARLY)
    return bool(was == value)


def _stays(before: Record, shape: shapely.Geometry | None) -> bool:
    """Tell whether a shape is the one that a record has, as near as an export writes it; none told is no other."""
    if shape is None or before.wkb is None:
        return shape is None
    return bool(shapely.hausdorff_distance(shapely.from_wkb(before.wkb), shape) <= ALIKE)


def _refuse_files_own(layer: Layer, meant: Sequence[Meant]) -> None:
    """Refuse to change what files tell of their records, but for the fields that are edited by hand."""
    open_ = [field.name for field in layer.fields if field.editable]
    faults = []
    for one in meant:
        if one.before is not None and one.before.source != HAND:
            record = one.put.record
            closed = [name for name in record.values if name not in open_]
            closed += ["its shape"] * (record.wkb is not None)
            if closed:
                faults.append(f"{record.id} ({', '.join(closed)})")
    if faults:
        raise BadInput(
            f"{layer.name}: what comes from a file is not changed by hand, but for "
            f"{', '.join(open_) or 'none of its fields'}; leave it as it is, or put another in its place "
            f"with --delete ID in the same command: {_first(faults)}"
        )


def _sites(store: Reader, reading: Reading, meant: Sequence[Meant]) -> list[Meant]:
    """Give the sites that go with trees: a new tree brings its own, and one that is moved takes along what it brought."""
    layer, found = LAYERS["sites"], []
    own = dict(zip(reading.frame["site_id"], meant, strict=True))
    for row in _rows(reading.also["sites"]):
        site, tree = _known(store, layer, row["id"]), own[row["id"]]
        if site is None and tree.before is None:
            found.append(Meant(Put("sites", _record(layer, row, None, {})), None))
        elif site is not None and site.source == HAND and tree.put.record.id == site.id:
            shape = None if _stays(site, row["geometry"]) else _wkb(row["geometry"])
            found.append(Meant(Put("sites", Record(site.id, HAND, {}, shape)), site))
    return [one for one in found if one.is_news]


def _rows(frame: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """List the rows by name, in plain Python values, None where unknown."""
    told: list[dict[str, Any]] = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return told


def _wkb(shape: shapely.Geometry | None) -> bytes | None:
    return None if shape is None else bytes(shapely.to_wkb(shape, output_dimension=2, byte_order=1))


def _first(faults: Sequence[str]) -> str:
    """Tell the first of some faults, and how many more there are.

    >>> _first(["row 1: no id", "row 2: no id"])
    'row 1: no id; row 2: no id'
    """
    more = f"; and {len(faults) - SHOWN:,} more" if len(faults) > SHOWN else ""
    return "; ".join(faults[:SHOWN]) + more
