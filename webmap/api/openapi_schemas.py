"""JSON Schemas of what the API sends and takes, besides the layers.

`webmap.api.openapi` puts `all_schemas` into the components of the API's description. Codes, limits and
names come from the modules that define them.
"""

from typing import get_args

from geo.fields import FieldKind
from geo.forestry.work_orders import WORK_TYPES
from geo.geocode.match.geocode_result import STATUSES
from geo.geocode.workspace_search import RECORD_KINDS
from geo.mapped_area import MAX_FAR_RECORDS
from geo.reverse_geocode import MatchType
from geo.schema import LAYERS
from geo.store.edit_validation import MAX_TEXT_LENGTH
from geo.store.note import NOTE_LAYERS
from geo.tilesets import TILESETS
from webmap.api.edit_service import MAX_EDITS, MAX_FIELDS
from webmap.api.openapi_layers import (
    POSITION,
    JsonSchema,
    array_of,
    component,
    geometry_schemas,
    layer_schemas,
    object_schema,
)

TEXT: JsonSchema = {"type": "string"}
TEXT_OR_NULL: JsonSchema = {"type": ["string", "null"]}
COUNT: JsonSchema = {"type": "integer", "minimum": 0}
FLAG: JsonSchema = {"type": "boolean"}
MOMENT: JsonSchema = {"type": "string", "format": "date-time"}
NUMBER: JsonSchema = {"type": "number"}
# One value of any field.
SCALAR: JsonSchema = {"type": ["string", "number", "boolean", "null"]}
VALUES: JsonSchema = {"type": "object", "additionalProperties": SCALAR, "description": "Values by field name."}
VERSION: JsonSchema = {**COUNT, "description": "The version of the workspace. It increases with every change."}
KEY: JsonSchema = {**TEXT, "format": "uuid", "description": "The idempotency key: a new UUID for each edit."}
TILESET_NAMES = (*TILESETS, "blocks")
CANDIDATE_KINDS = ("address", "parcel", "intersection", "landmark", "district", *RECORD_KINDS.values(), "town")
LAYER_NAME: JsonSchema = {"enum": list(LAYERS)}
BBOX_OR_NULL: JsonSchema = {
    "type": ["array", "null"],
    "items": {"type": "number"},
    "minItems": 4,
    "maxItems": 4,
    "description": "West, south, east and north, in degrees, of the records near the towns.",
}
NOTE_LAYER: JsonSchema = {"enum": list(NOTE_LAYERS)}
ANY_GEOMETRY: JsonSchema = {"anyOf": [*map(component, geometry_schemas()), {"type": "null"}]}


def all_schemas() -> dict[str, JsonSchema]:
    """Return all schemas by name.

    >>> "TreesCollection" in all_schemas() and "Edit" in all_schemas()
    True
    """
    groups = (_general_schemas, _lookup_schemas, _tile_schemas, _change_schemas, _edit_schemas, _edit_result_schemas)
    general = {name: schema for group in groups for name, schema in group().items()}
    return general | geometry_schemas() | layer_schemas()


def _general_schemas() -> dict[str, JsonSchema]:
    problem = {"type": TEXT, "title": TEXT, "status": {"type": "integer"}, "detail": TEXT}
    source = {"name": TEXT, "rows": COUNT, "description": TEXT, "date": TEXT, "licence": TEXT, "method": TEXT}
    source |= {"covers": array_of(TEXT)}
    source |= {"year": {"type": "integer"}, "profile": TEXT, "loaded_at": MOMENT, "illustrative": FLAG}
    field = {"name": TEXT, "kind": {"enum": list(get_args(FieldKind))}, "description": TEXT, "unit": TEXT}
    field |= {
        "codes": array_of(TEXT),
        "filter": {"const": True, "description": "The layer can be filtered by this field."},
    }
    summary = {"layer": LAYER_NAME, "title": TEXT, "version": VERSION, "date": TEXT_OR_NULL}
    summary |= {"sources": array_of(component("Source"))}
    entry = {name: schema for name, schema in summary.items() if name != "version"}
    entry |= {"bbox": BBOX_OR_NULL, "far_from_towns": component("FarFromTowns")}
    entry |= {"description": TEXT, "rows": COUNT, "filters": array_of(TEXT), "fields": array_of(component("Field"))}
    fields_text = "The field dictionary: the public fields of a layer, in order."
    return {
        "Problem": object_schema(problem, text="Why there is no result, as problem details (RFC 9457)."),
        "Version": object_schema({"version": VERSION}),
        "Health": object_schema({"status": {"const": "ok"}, "version": VERSION}),
        "LonLat": object_schema({"lon": NUMBER, "lat": NUMBER}),
        "Source": object_schema(source, optional=source.keys() - {"name"}, text="The source of rows."),
        "Field": object_schema(field, optional=["unit", "codes", "filter"]),
        "LayerSummary": object_schema(summary),
        "LayerEntry": object_schema(entry),
        "FarFromTowns": _far_from_towns_schema(),
        "LayerList": object_schema({"version": VERSION, "layers": array_of(component("LayerEntry"))}),
        "FieldList": object_schema({"layer": LAYER_NAME, "fields": array_of(component("Field"))}, text=fields_text),
        "FeatureCount": object_schema({"layer": LAYER_NAME, "count": COUNT, "version": VERSION}),
        "TownOutlines": _town_outlines_schema(),
    }


def _far_from_towns_schema() -> JsonSchema:
    complete = {**FLAG, "description": f"False if there are more than {MAX_FAR_RECORDS:,}, which are not all counted."}
    far = {"count": COUNT, "is_complete": complete, "ids": array_of(TEXT)}
    return object_schema(far, text="The records more than 10 km from every town boundary. `ids` has the first 20.")


def _town_outlines_schema() -> JsonSchema:
    members = {
        "type": {"const": "FeatureCollection"},
        "name": {"const": "municipalities"},
        "lotleaf": component("LayerSummary"),
        "label_points": {
            "type": "object",
            "additionalProperties": POSITION,
            "description": "The label point of each town, by the town's id.",
        },
        "features": array_of(component("MunicipalitiesFeature")),
    }
    return object_schema(members)


def _lookup_schemas() -> dict[str, JsonSchema]:
    degrees = {"type": ["number", "null"]}
    candidate = {"parcel_id": TEXT_OR_NULL, "address": TEXT_OR_NULL, "town": TEXT_OR_NULL}
    candidate |= {"lon": degrees, "lat": degrees, "status": {"enum": list(STATUSES)}}
    candidate |= {
        "changes": {**array_of(TEXT), "description": "One sentence for each part of the query that was changed."}
    }
    candidate |= {"kind": {"enum": list(CANDIDATE_KINDS)}, "zip": TEXT_OR_NULL, "id": TEXT_OR_NULL}
    result = {"query": TEXT, "status": {"enum": list(STATUSES)}, "candidates": array_of(component("Candidate"))}
    result |= {"reason": {**TEXT, "description": "Why there is no candidate."}}
    under = {"lon": NUMBER, "lat": NUMBER, "how": {"enum": list(get_args(MatchType))}, "town": TEXT_OR_NULL}
    under |= {
        "distance_m": {"type": ["number", "null"], "description": "Distance to the parcel in meters. 0 inside it."}
    }
    under |= {"parcel": {"anyOf": [component("ParcelsCard"), {"type": "null"}]}}
    under |= {"units": array_of(object_schema({"id": TEXT, "page": TEXT}))}
    return {
        "Candidate": object_schema(candidate),
        "GeocodeResult": object_schema(result, optional=["reason"], text="The candidates, the best one first."),
        "ReverseGeocodeResult": object_schema(under),
    }


def _tile_schemas() -> dict[str, JsonSchema]:
    address = {**TEXT_OR_NULL, "description": "The address of the tiles. Append `/Z/X/Y`."}
    tileset = object_schema({"tiles": {**address, "type": "string"}, "values": address, "version": VERSION})
    tilesets = object_schema(dict.fromkeys(TILESET_NAMES, component("Tileset")))
    workspace_id = {**TEXT, "description": "Identifies the workspace."}
    values = {"numbers": array_of(COUNT), "id": component("Column")}
    values |= {"fields": {"type": "object", "additionalProperties": component("Column")}}
    text = "The values of the features in a tile. `numbers` are the differences from one feature's number to the next."
    return {
        "Tileset": tileset,
        "TilesetList": object_schema({"version": VERSION, "workspace_id": workspace_id, "tilesets": tilesets}),
        "TileValues": object_schema(values, text=text),
        "Column": _column_schema(),
    }


def _column_schema() -> JsonSchema:
    """Return the forms of a column, as `geo.tilesets.value_columns` defines them."""
    places = array_of(COUNT)
    forms = [
        array_of(SCALAR),
        object_schema({"of": array_of(SCALAR), "at": places}),
        object_schema({"of": array_of(TEXT), "at": places, "steps": array_of({"type": "integer"})}),
        object_schema({"of": array_of(SCALAR), "by": TEXT}),
        object_schema({"from": {**TEXT, "format": "date"}, "days": array_of({"type": ["integer", "null"]})}),
        object_schema({"at": places, "else": array_of(SCALAR)}),
    ]
    return {"anyOf": forms, "description": "A list of values, or a shorter form of it."}


def _change_schemas() -> dict[str, JsonSchema]:
    record = {"id": TEXT, "values": VALUES, "geometry": ANY_GEOMETRY}
    resync = {
        **FLAG,
        "description": "True if more than single records may have changed. Then request `/api/v1/tiles` again.",
    }
    changes = {"since": VERSION, "version": VERSION, "resync": resync}
    changes |= {"changed": array_of(component("ChangedRecord")), "deleted": array_of(TEXT)}
    values = {"type": ["object", "null"], "additionalProperties": NUMBER}
    hexagon = {"zoom": COUNT, "number": COUNT, "values": values, "geometry": component("Polygon")}
    return {
        "ChangedRecord": object_schema(record, optional=["geometry"]),
        "RecordChanges": object_schema(changes),
        "ChangedHexagon": object_schema(hexagon, optional=["geometry"]),
        "HexagonChanges": object_schema(
            {"version": VERSION, "since": VERSION, "changed": array_of(component("ChangedHexagon"))}
        ),
    }


def _edit_schemas() -> dict[str, JsonSchema]:
    names = array_of(TEXT)
    work = {"work": TEXT, "layer": NOTE_LAYER, "needs": names, "description": TEXT, "clear_words": names}
    work |= {"clear_fields": names, "accepts": names, "site_status": names, "deletes": FLAG, "creates": FLAG}
    limits = dict.fromkeys(("edits", "photo_bytes", "body_bytes", "text"), COUNT)
    options = {"allowed": FLAG, "why": TEXT_OR_NULL, "fields": object_schema(dict.fromkeys(NOTE_LAYERS, names))}
    options |= {"work": array_of(component("WorkOrder")), "limits": object_schema(limits)}
    edits = {"edits": array_of(component("Edit"), minItems=1, maxItems=MAX_EDITS)}
    note = {"number": COUNT, "at": MOMENT, "made_at": {**MOMENT, "type": ["string", "null"]}}
    note |= dict.fromkeys(("work", "text", "photo"), TEXT_OR_NULL)
    return {
        "WorkOrder": object_schema(work, text="A kind of work that can be reported, and what it changes."),
        "EditOptions": object_schema(options, optional=["fields", "work", "limits"]),
        "EditRequest": object_schema(edits),
        "Edit": _edit_schema(),
        "Note": object_schema(note),
        "NoteList": object_schema({"layer": NOTE_LAYER, "id": TEXT, "notes": array_of(component("Note"))}),
    }


def _edit_schema() -> JsonSchema:
    fields = {**VALUES, "maxProperties": MAX_FIELDS}
    edit = {
        "key": KEY,
        "layer": NOTE_LAYER,
        "id": {**TEXT, "description": "The id of the record."},
        "was": {**fields, "description": "The values that the user saw, by field."},
        "set": {**fields, "description": "The values to set, by field. null is unknown."},
        "work": {"enum": list(dict.fromkeys(work for work, _ in WORK_TYPES)), "description": "Work that was done."},
        "note": {**TEXT, "maxLength": MAX_TEXT_LENGTH},
        "photo": {**TEXT, "contentEncoding": "base64", "description": "A JPEG or PNG."},
        "made_at": {**MOMENT, "description": "When the edit was made, by the device's clock."},
    }
    return {**object_schema(edit, optional=edit.keys() - {"key", "layer", "id"}), "additionalProperties": False}


def _edit_result_schemas() -> dict[str, JsonSchema]:
    field = {"field": TEXT, "was": SCALAR, "is": SCALAR, "yours": SCALAR}
    done = {"key": KEY, "status": {"const": "done"}, "note": COUNT, "photo": COUNT}
    done |= {"made": object_schema({"layer": {"const": "trees"}, "id": TEXT}, text="The tree that was planted.")}
    conflict = {"key": KEY, "status": {"const": "conflict"}, **field}
    conflict |= {"others": {**array_of(component("ConflictingField")), "description": "Further fields."}}
    refused = {"key": {**KEY, "type": ["string", "null"]}, "status": {"enum": ["refused", "failed"]}, "reason": TEXT}
    results = {"joined": FLAG, "edits": array_of(component("EditResult"))}
    text = "One result for each edit, in the same order."
    return {
        "ConflictingField": object_schema(field),
        "EditDone": object_schema(done, optional=["note", "photo", "made"]),
        "EditConflict": object_schema(conflict, optional=["others"]),
        "EditRefused": object_schema(refused),
        "EditResult": {"oneOf": [component(name) for name in ("EditDone", "EditConflict", "EditRefused")]},
        "EditResponse": object_schema(results, text=text),
    }
