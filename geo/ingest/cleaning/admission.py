"""Which rows of a file are admitted: those with a location that do not equal another row.

`clean_layer` calls `admission_mask`. Refused rows get a note with the reason.
"""

import numpy as np
import pandas as pd
import shapely

from geo.errors import BadLayer, NeedsOption
from geo.ingest.cleaning.places.geometries import CleanGeometries
from geo.ingest.ingest_request import IngestRequest, request_label
from geo.ingest.mapping.map_rows import SourceRows
from geo.ingest.mapping.profile import profile_choices_text
from geo.ingest.row_notes import RowNotes
from geo.schema import Layer

# The beginnings of the notes that quote a value with which no row can be placed.
LOCATION_NOTES = ("lon: ", "lat: ", "x: ", "y: ", "wkt: ", "address: ", "number: ", "parcel_key: ", "parcel_id: ")
EQUAL_ROW_NOTE = "the same as another row in every column"


def admission_mask(
    frame: pd.DataFrame,
    rows: SourceRows,
    geometries: CleanGeometries,
    geometry_origin: str | None,
    layer: Layer,
    request: IngestRequest,
    notes: RowNotes,
    is_no_record: np.ndarray,
) -> np.ndarray:
    """Return a mask `(n,)` of the rows to admit. The other rows get a note with the reason.

    The rows of `is_no_record` `(n,)` have theirs already.
    """
    has_no_location = ~_has_location(frame, layer) & ~is_no_record
    if (has_no_location | is_no_record).all():
        _refuse_unlocated_layer(rows, geometries, geometry_origin, layer, request, notes)
    refusal_reasons = np.where(
        geometries.is_wrong_kind,
        "geometry: this type does not fit the layer",
        "cannot be placed: " + _missing_location_text(layer),
    )
    for reason in np.unique(refusal_reasons[has_no_location]):
        notes.add_note("refused", has_no_location & (refusal_reasons == reason), str(reason))
    notes.add_note(
        "noted",
        geometries.is_wrong_kind & ~has_no_location,
        "geometry: this type does not fit the layer; placed another way",
    )
    is_duplicate = _duplicate_mask(rows, has_no_location | is_no_record)
    notes.add_note("refused", is_duplicate, EQUAL_ROW_NOTE)
    is_admitted = ~has_no_location & ~is_no_record & ~is_duplicate
    _fill_required_fields(frame, layer, request, notes, is_admitted)
    return is_admitted


def _has_location(frame: pd.DataFrame, layer: Layer) -> np.ndarray:
    is_located = np.zeros(len(frame), dtype=bool)
    for method in layer.placed_by:
        if method == "geometry":
            is_located |= ~shapely.is_missing(frame["geometry"].to_numpy())
        elif method == "parcel":
            is_located |= frame[{"addresses": "parcel_id"}.get(layer.name, "parcel_key")].notna().to_numpy()
        elif method == "address":
            is_located |= frame["address"].notna().to_numpy()
            if "number" in frame:
                is_located |= (frame["number"].notna() & frame["street"].notna()).to_numpy()
        elif method == "town":
            is_located |= frame["town"].notna().to_numpy()
        else:
            is_located[:] = True
    return np.asarray(is_located)


def _missing_location_text(layer: Layer) -> str:
    return "no " + ", no ".join(layer.placed_by)


def _refuse_unlocated_layer(
    rows: SourceRows,
    geometries: CleanGeometries,
    geometry_origin: str | None,
    layer: Layer,
    request: IngestRequest,
    notes: RowNotes,
) -> None:
    """Raise the error that says why no row has a location."""
    name, accepted_kinds = request_label(request), " or ".join(layer.geometry_types)
    if geometries.is_wrong_kind.any():
        raw_geometries, _ = rows.decode_geometries()
        geometry_kinds = sorted(
            {item.geom_type for item in raw_geometries[geometries.is_wrong_kind][:1000] if item is not None}
        )
        raise BadLayer(
            f"{name}: has {', '.join(geometry_kinds) or 'other geometries'}, but {layer.name} take {accepted_kinds}; load it into another layer"
        )
    if geometry_origin is None:
        map_options = {
            "geometry": "lon=… and lat=…, or x=… and y=…, or wkt=…",
            "parcel": "parcel_key=…",
            "address": "address=…",
            "town": "town=…",
        }
        suggestions = "; or ".join(map_options[method] for method in layer.placed_by if method in map_options)
        raise NeedsOption(
            f"{name}: no column says where the rows are. The columns are: {', '.join(list(rows.columns)[:40])}. Name the right ones with --map {suggestions}. Or name a profile with --profile: {profile_choices_text(layer)}"
        )
    reason = next((item.kind for item in notes.entries if item.kind.startswith("geometry: ")), None)
    quoted = next(
        (f"; {item.reasons[0]}" for item in notes.entries if item.reasons and item.kind.startswith(LOCATION_NOTES)), ""
    )
    raise BadLayer(
        f"{name}: none of its {len(rows):,} rows can be placed ({reason or _missing_location_text(layer)}{quoted})"
    )


def _duplicate_mask(rows: SourceRows, is_refused: np.ndarray) -> np.ndarray:
    """Return a mask `(n,)` of the rows that equal an earlier one in geometry and every attribute."""
    row_contents = pd.DataFrame({"raw": rows.raw, "wkb": rows.wkb})
    row_contents["wkb"] = row_contents["wkb"].map(lambda wkb: b"" if wkb is None else wkb)
    return np.asarray(row_contents.duplicated()) & ~is_refused


def _fill_required_fields(
    frame: pd.DataFrame, layer: Layer, request: IngestRequest, notes: RowNotes, is_admitted: np.ndarray
) -> None:
    """Fill missing values of required fields, with a note. Raises NeedsOption when no row has a value."""
    for field in layer.fields:
        missing = frame[field.name].isna().to_numpy() & is_admitted
        if not field.required or not missing.any():
            continue
        if frame.loc[is_admitted, field.name].isna().all():
            raise NeedsOption(
                f"{request_label(request)}: {layer.name} need {field.name} ({field.description}) Name its column with --map {field.name}=COLUMN, or set it for all rows with --map {field.name}==WORD. Or name a profile with --profile: {profile_choices_text(layer)}"
            )
        fill_value = "unknown" if field.kind == "code" else "(unnamed)"
        notes.add_note("mended", missing, f"{field.name}: missing; set to '{fill_value}'")
        frame[field.name] = frame[field.name].mask(missing, fill_value)
