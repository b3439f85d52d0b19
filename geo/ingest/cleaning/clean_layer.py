"""Cleaning of one layer: fields are cleaned, rows are located or refused, and every row gets a stable id.

`geo.ingest.read_source` calls `clean_layer`.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import WGS84
from geo.errors import BadFile, BadLayer, NeedsOption
from geo.fields import Field
from geo.identifiers import slugify
from geo.ingest.cleaning import species, tree_columns
from geo.ingest.cleaning.field_values import FieldCleaner
from geo.ingest.cleaning.geometries import CleanGeometries, clean_geometries
from geo.ingest.cleaning.numbers import split_house_numbers
from geo.ingest.cleaning.row_ids import RowTraits, assign_ids
from geo.ingest.ingest_request import IngestRequest, display_name
from geo.ingest.mapping.coordinates import read_geometries
from geo.ingest.mapping.crs_detection import CrsHints, DetectedCrs
from geo.ingest.mapping.map_rows import SourceRows
from geo.ingest.mapping.profile import Profile, field_code_words, profile_choices_text
from geo.ingest.row_notes import RowNotes
from geo.schema import Layer, cast_columns


@dataclass(frozen=True)
class CleanedLayer:
    """The admitted rows of a request as a frame.

    `frame` is indexed by row position as read. `site_status` is the status of each row's planting
    site in a tree inventory, and None for other layers. `detected_crs` is None without geometries.
    """

    frame: gpd.GeoDataFrame
    site_status: pd.Series | None
    detected_crs: DetectedCrs | None
    notes: RowNotes


def clean_layer(
    rows: SourceRows, profile: Profile, request: IngestRequest, layer: Layer, notes: RowNotes
) -> CleanedLayer:
    """Return a layer's frame of rows. Refused rows are left out and get a note.

    Raises BadFile for a file without rows. Raises NeedsOption where the CRS, a location or a
    required field is missing in every row. Raises BadLayer where no row can be admitted.
    """
    if not len(rows):
        raise BadFile(f"{_request_label(request)}: the file has no rows of data; check the export")
    raw_texts = {name: rows.origin_text(origin) for name, origin in profile.columns.items()}
    texts = split_house_numbers(raw_texts, notes) if layer.name == "addresses" else raw_texts
    cleaner = FieldCleaner(notes, is_untyped=rows.is_untyped)
    site_status = tree_columns.site_status_of_rows(texts, profile, len(rows), notes) if layer.name == "trees" else None
    columns = {field.name: _clean_field(field, texts, raw_texts, profile, cleaner, layer) for field in layer.fields}
    raw_geometries, geometry_origin = read_geometries(rows, profile, notes)
    geometries = _clean_row_geometries(raw_geometries, geometry_origin, rows, profile, request, layer, notes)
    frame = pd.DataFrame(columns) if columns else pd.DataFrame(index=range(len(rows)))
    frame["raw"], frame["source"], frame["geometry"] = rows.raw, "", geometries.geometries
    _fill_derived_fields(frame, layer, texts, site_status, notes)
    is_admitted = _admission_mask(frame, rows, geometries, geometry_origin, layer, request, notes)
    frame["id"] = _assign_row_ids(frame, texts, rows, raw_geometries, cleaner, is_admitted)
    admitted = gpd.GeoDataFrame(frame[is_admitted], geometry="geometry", crs=WGS84)
    return CleanedLayer(cast_columns(admitted, layer), site_status, geometries.detected_crs, notes)


def _clean_field(
    field: Field,
    texts: dict[str, pd.Series],
    raw_texts: dict[str, pd.Series],
    profile: Profile,
    cleaner: FieldCleaner,
    layer: Layer,
) -> pd.Series:
    """Return one field's cleaned values. A field that the file does not have is unknown in every row."""
    row_count = cleaner.notes.row_count
    if field.name not in texts:
        fill_value = "unknown" if "unknown" in field.codes else None
        return pd.Series([fill_value] * row_count, dtype=field.dtype)
    code_by_word = field_code_words(profile, field.name, field.codes)
    if layer.name == "trees" and field.name == "condition":
        code_by_word |= dict.fromkeys(tree_columns.STATUS_BY_NO_TREE_WORD, "unknown")  # the site status says it already
    return cleaner.clean_field(
        field,
        texts[field.name],
        code_by_word=code_by_word,
        factor=profile.factors.get(field.name, 1.0),
        unknown_words=profile.unknown_words.get(field.name, ()),
        raw_text=raw_texts.get(field.name, pd.Series("", index=range(row_count), dtype="str")),
    )


def _clean_row_geometries(
    raw_geometries: np.ndarray,
    geometry_origin: str | None,
    rows: SourceRows,
    profile: Profile,
    request: IngestRequest,
    layer: Layer,
    notes: RowNotes,
) -> CleanGeometries:
    if not layer.geometry_types:
        return CleanGeometries(np.full(len(rows), None, dtype=object), np.zeros(len(rows), bool), None)
    if rows.has_geometry and geometry_origin in (None, "geometry"):
        notes.note_unknown_values("geometry", "null", [wkb is None for wkb in rows.wkb])
    hints = CrsHints(
        requested_crs=request.crs,
        file_crs=rows.metadata.get("crs") if geometry_origin == "geometry" else _crs_of_column_names(geometry_origin),
        profile_crs=profile.crs,
        driver=rows.metadata["driver"] if geometry_origin == "geometry" else "GeoJSON",
        file_name=_request_label(request),
        towns_bbox=request.towns_bbox,
        mapped_area=request.mapped_area,
    )
    return clean_geometries(raw_geometries, hints, layer, notes)


def _crs_of_column_names(geometry_origin: str | None) -> str | None:
    """Return WGS 84 for columns called lon and lat, else None.

    >>> _crs_of_column_names("lon/lat"), _crs_of_column_names("x/y")
    ('EPSG:4326', None)
    """
    return "EPSG:4326" if geometry_origin == "lon/lat" else None


def _fill_derived_fields(
    frame: pd.DataFrame, layer: Layer, texts: dict[str, pd.Series], site_status: pd.Series | None, notes: RowNotes
) -> None:
    """Fill in the fields that follow from others: a town's slug, a street's full name, a tree's names."""
    if layer.name == "municipalities":
        slugs = frame["name"].map(slugify, na_action="ignore")
        frame["slug"] = frame["slug"].fillna(slugs).astype("str")
    if layer.name == "streets":
        name_parts = frame[["predir", "street", "suffix", "postdir"]].fillna("")
        full_names = name_parts.agg(" ".join, axis=1).str.replace(r"\s+", " ", regex=True).str.strip()
        frame["name"] = frame["name"].fillna(full_names.where(frame["street"].notna())).astype("str")
    if layer.name == "trees" and site_status is not None:
        tree_names = species.clean_tree_names(frame, site_status == "planted", notes)
        frame[list(tree_names)] = tree_names
        is_dead = tree_columns.dead_tree_mask(texts, len(frame)) & (frame["condition"] == "unknown")
        frame["condition"] = frame["condition"].mask(is_dead, "dead").astype("str")


def _admission_mask(
    frame: pd.DataFrame,
    rows: SourceRows,
    geometries: CleanGeometries,
    geometry_origin: str | None,
    layer: Layer,
    request: IngestRequest,
    notes: RowNotes,
) -> np.ndarray:
    """Return a mask `(n,)` of the rows to admit. The other rows get a note with the reason."""
    has_no_location = ~_has_location(frame, layer)
    if has_no_location.all():
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
    is_duplicate = _duplicate_mask(rows, has_no_location)
    notes.add_note("refused", is_duplicate, "the same as another row in every column")
    _fill_required_fields(frame, layer, request, notes, ~has_no_location & ~is_duplicate)
    return ~has_no_location & ~is_duplicate


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
    name, accepted_kinds = _request_label(request), " or ".join(layer.geometry_types)
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
    raise BadLayer(f"{name}: none of its {len(rows):,} rows can be placed ({reason or _missing_location_text(layer)})")


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
                f"{_request_label(request)}: {layer.name} need {field.name} ({field.description}) Name its column with --map {field.name}=COLUMN, or set it for all rows with --map {field.name}==WORD. Or name a profile with --profile: {profile_choices_text(layer)}"
            )
        fill_value = "unknown" if field.kind == "code" else "(unnamed)"
        notes.add_note("mended", missing, f"{field.name}: missing; set to '{fill_value}'")
        frame[field.name] = frame[field.name].mask(missing, fill_value)


def _assign_row_ids(
    frame: pd.DataFrame,
    texts: dict[str, pd.Series],
    rows: SourceRows,
    raw_geometries: np.ndarray,
    cleaner: FieldCleaner,
    is_admitted: np.ndarray,
) -> pd.Series:
    no_ids = pd.Series([None] * len(rows), dtype="str")
    file_ids = cleaner.clean_text(texts["id"], "id") if "id" in texts else no_ids
    file_ids, admitted_fields, content = (
        column[is_admitted].reset_index(drop=True) for column in (file_ids, frame, rows.raw)
    )
    id_notes = RowNotes(int(is_admitted.sum()))
    row_ids = assign_ids(file_ids, RowTraits(raw_geometries[is_admitted], admitted_fields, content), id_notes)
    cleaner.notes.merge_notes(id_notes, np.flatnonzero(is_admitted))
    return pd.Series(row_ids.to_numpy(), index=np.flatnonzero(is_admitted)).reindex(range(len(rows))).astype("str")


def _request_label(request: IngestRequest) -> str:
    first_name = display_name(request.files[0])
    return first_name if len(request.files) == 1 else f"{first_name} and {len(request.files) - 1} more"
