"""Edits from files: the records in the files of `edit --put`, compared with the workspace.

`webmap.cli.edit_command` calls `plan_puts`, the entry point. Files are read and admitted as in a
load, but nothing is repaired.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isclose
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

from geo.errors import BadInput, NeedsOption, NoSuchRecord
from geo.ingest.ingest_request import IngestRequest, IngestResult
from geo.ingest.mapping.profile import OWN_PROFILE
from geo.schema import LAYERS, SYSTEM_COLUMNS, Layer
from geo.store.geopackage.metadata import MANUAL_SOURCE
from geo.store.protocol import Reader
from geo.store.record_change import Put
from geo.store.records import OPERATOR, Record
from geo.workspace import read_files

MAX_SHOWN_FAULTS = 5  # faults that an error message lists
GEOMETRY_TOLERANCE_DEG = 1e-7  # degrees, about 1 cm: the rounding of an export
NUMBER_TOLERANCE = 1e-13  # relative: the rounding of an export


@dataclass(frozen=True)
class PlannedPut:
    """A record to put, and the record that it changes. `before` is None for a new record."""

    put: Put
    before: Record | None

    @property
    def has_changes(self) -> bool:
        """Return whether the put changes anything.

        >>> oak = Record("T-1041", "", {"condition": "dead"})
        >>> PlannedPut(Put("trees", Record("T-1041", "", {})), oak).has_changes
        False
        >>> PlannedPut(Put("trees", oak), None).has_changes
        True
        """
        record = self.put.record
        return self.before is None or bool(record.values) or record.wkb is not None


def plan_puts(
    store: Reader, layer: Layer, files: tuple[Path, ...], deleted_ids: Collection[str]
) -> tuple[list[PlannedPut], list[str]]:
    """Read files as records to put. Returns the puts, with the sites of trees, and remarks to print.

    A feature with a known id changes that record. Its absent fields and nulls change nothing, an empty
    text means unknown, and a geometry over 1 cm away moves the record. A feature with another id is
    added, as is one of `deleted_ids`. Raises BadInput for each row that a load would repair or refuse,
    and for changes to the values that a record's own file sets.
    """
    ingest_result = _read_admitted(store, layer, files)
    mapping = ingest_result.report.details["mapping"]
    planned_puts = []
    for row in _to_plain_rows(ingest_result.frame):
        before = None if row["id"] in deleted_ids else _find_record(store, layer, row["id"])
        planned_puts.append(PlannedPut(Put(layer.name, _build_record(layer, row, before, mapping)), before))
    _refuse_file_values(layer, planned_puts)
    site_puts = _plan_site_puts(store, ingest_result, planned_puts) if layer.name == "trees" else []
    noted_lines = [line for line in ingest_result.report.summary if not line["reason"].endswith("so unknown")]
    return planned_puts + site_puts, [f"{line['rows']:,} noted: {line['reason']}" for line in noted_lines]


def _read_admitted(store: Reader, layer: Layer, files: tuple[Path, ...]) -> IngestResult:
    """Read files and return the result. Raises BadInput unless every row is admitted unchanged."""
    file_names = ", ".join(map(str, files))
    try:
        ingest_result = read_files(store, IngestRequest(layer=layer.name, files=files, profile=OWN_PROFILE))
    except NeedsOption as error:
        raise BadInput(
            f"{error}. `lotleaf edit` has no such option. Write the file as `lotleaf export {layer.name}` does: "
            f"in degrees, with lotleaf's field names, and with a geometry in each feature. {_value_edit_hint(layer)}"
        ) from None
    if ingest_result.raster is not None:
        raise BadInput(f"{file_names}: a raster cannot be edited; use `lotleaf load`")
    _refuse_unknown_columns(layer, ingest_result, file_names)
    if faults := list(_row_faults(ingest_result)):
        raise BadInput(
            f"{file_names}: nothing was changed, because some rows are not valid as they are. Fix the file and put it "
            f"again (`lotleaf fields {layer.name}` shows what each field takes). {_value_edit_hint(layer)} "
            f"The faults: {_first_faults(faults)}"
        )
    return ingest_result


def _value_edit_hint(layer: Layer) -> str:
    """Return a hint on how to change values without a geometry."""
    return f"To change only values, use `lotleaf edit {layer.name} ID FIELD=VALUE`."


def _refuse_unknown_columns(layer: Layer, ingest_result: IngestResult, file_names: str) -> None:
    """Raise BadInput for a column that is not a field. Joined fields are ignored."""
    known_names = {*layer.fields_by_name, *SYSTEM_COLUMNS}
    if unknown_names := [name for name in ingest_result.report.details["unused"] if name not in known_names]:
        field_names = ", ".join(("id", *(field.name for field in layer.fields)))
        raise BadInput(
            f"{file_names}: {layer.name} have no field {', '.join(unknown_names[:MAX_SHOWN_FAULTS])}; rename or "
            f"remove every column that is not one of: {field_names}"
        )


def _row_faults(ingest_result: IngestResult) -> Iterator[str]:
    """Iterate over a sentence for each row that is not admitted unchanged, or has no id or no tree."""
    report = ingest_result.report
    if "id" not in report.details["mapping"]:
        yield "its features have no id; give each one the id of the record to change, or a new one"
        return
    for line in report.rows:
        if line["outcome"] != "noted" or line["reason"].startswith("id: "):
            yield f"row {line['row']}: {line['reason']}"
    if "sites" in ingest_result.extra_layers:
        site_ids = ingest_result.extra_layers["sites"]["id"]
        for id_ in site_ids[~site_ids.isin(ingest_result.frame["site_id"])]:
            yield f"{id_}: says that no tree stands there; delete the tree with --delete, and put the site into the layer sites"


def _find_record(store: Reader, layer: Layer, id_: str) -> Record | None:
    """Return the record with an id. None if there is none."""
    try:
        return store.get(layer.name, id_, actor=OPERATOR)
    except NoSuchRecord:
        return None


def _build_record(layer: Layer, row: Mapping[str, Any], before: Record | None, mapping: Mapping[str, str]) -> Record:
    """Return a row as a new record, or as one that holds only the changes of `before`."""
    values = {field.name: row[field.name] for field in layer.fields}
    geometry = row["geometry"]
    if before is None:
        known_values = {name: value for name, value in values.items() if value is not None}
        return Record(row["id"], "", known_values, _to_wkb(geometry))
    raw_values = json.loads(row["raw"])
    file_values = {name: value for name, value in values.items() if _has_file_value(name, value, raw_values, mapping)}
    changed_values = {
        name: value for name, value in file_values.items() if not _is_same_value(before.values[name], value)
    }
    moved_wkb = None if _is_same_geometry(before, geometry) else _to_wkb(geometry)
    return Record(row["id"], before.source, changed_values, moved_wkb)


def _has_file_value(name: str, value: Any, raw_values: Mapping[str, Any], mapping: Mapping[str, str]) -> bool:
    """Return whether a row has a value for a field, in its own column or derived from others.

    >>> _has_file_value("condition", "dead", {"COND": "dead"}, {"condition": "COND"})
    True
    >>> _has_file_value("need", "unknown", {}, {})
    False
    """
    if name in mapping:
        return raw_values.get(mapping[name]) is not None
    return value not in (None, "unknown") and name != "site_id"  # a load sets the site id from the tree id


def _is_same_value(before: Any, after: Any) -> bool:
    if isinstance(before, float) and isinstance(after, float):
        return isclose(before, after, rel_tol=NUMBER_TOLERANCE)
    return bool(before == after)


def _is_same_geometry(before: Record, geometry: shapely.Geometry | None) -> bool:
    """Return whether a geometry equals a record's, up to export rounding. None counts as equal.

    >>> oak = Record("T-1041", "", {}, shapely.to_wkb(shapely.Point(-90.305, 38.682)))
    >>> [_is_same_geometry(oak, shapely.Point(lon, 38.682)) for lon in (-90.30500001, -90.306)]
    [True, False]
    """
    if geometry is None or before.wkb is None:
        return geometry is None
    return bool(shapely.hausdorff_distance(shapely.from_wkb(before.wkb), geometry) <= GEOMETRY_TOLERANCE_DEG)


def _refuse_file_values(layer: Layer, planned_puts: Sequence[PlannedPut]) -> None:
    """Raise BadInput for changes to records of files, except in editable fields."""
    editable_names = [field.name for field in layer.fields if field.editable]
    faults = []
    for planned_put in planned_puts:
        if planned_put.before is not None and planned_put.before.source != MANUAL_SOURCE:
            record = planned_put.put.record
            refused_names = [name for name in record.values if name not in editable_names]
            refused_names += ["its geometry"] * (record.wkb is not None)
            if refused_names:
                faults.append(f"{record.id} ({', '.join(refused_names)})")
    if faults:
        raise BadInput(
            f"{layer.name}: in records from a file, the fields to edit are: "
            f"{', '.join(editable_names) or 'none'}. Leave the others as they are, or replace the record "
            f"with --delete ID in the same command. Refused: {_first_faults(faults)}"
        )


def _plan_site_puts(store: Reader, ingest_result: IngestResult, planned_puts: Sequence[PlannedPut]) -> list[PlannedPut]:
    """Return the puts of sites that belong to trees: new ones, and those that move with their tree."""
    layer, site_puts = LAYERS["sites"], []
    tree_put_by_site = dict(zip(ingest_result.frame["site_id"], planned_puts, strict=True))
    for row in _to_plain_rows(ingest_result.extra_layers["sites"]):
        site, tree_put = _find_record(store, layer, row["id"]), tree_put_by_site[row["id"]]
        if site is None and tree_put.before is None:
            site_puts.append(PlannedPut(Put("sites", _build_record(layer, row, None, {})), None))
        elif site is not None and site.source == MANUAL_SOURCE and tree_put.put.record.id == site.id:
            geometry = None if _is_same_geometry(site, row["geometry"]) else _to_wkb(row["geometry"])
            site_puts.append(PlannedPut(Put("sites", Record(site.id, MANUAL_SOURCE, {}, geometry)), site))
    return [site_put for site_put in site_puts if site_put.has_changes]


def _to_plain_rows(frame: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Return the rows as dicts of plain Python values. None means unknown.

    >>> _to_plain_rows(gpd.GeoDataFrame({"id": ["T-1041"], "dbh_in": [float("nan")]}))
    [{'id': 'T-1041', 'dbh_in': None}]
    """
    rows: list[dict[str, Any]] = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return rows


def _to_wkb(geometry: shapely.Geometry | None) -> bytes | None:
    return None if geometry is None else bytes(shapely.to_wkb(geometry, output_dimension=2, byte_order=1))


def _first_faults(faults: Sequence[str]) -> str:
    """Return the first faults as text, and the number of further ones.

    >>> _first_faults(["row 1: no id", "row 2: no id"])
    'row 1: no id; row 2: no id'
    """
    more_text = f"; and {len(faults) - MAX_SHOWN_FAULTS:,} more" if len(faults) > MAX_SHOWN_FAULTS else ""
    return "; ".join(faults[:MAX_SHOWN_FAULTS]) + more_text
