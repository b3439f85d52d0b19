"""Cleaning of one layer: fields are cleaned, rows are located or refused, and every row gets a stable id.

`geo.ingest.read_source` calls `clean_layer`.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.crs import WGS84
from geo.errors import BadFile
from geo.fields import Field
from geo.identifiers import slugify
from geo.ingest.cleaning import measured_fields, tree_columns
from geo.ingest.cleaning.admission import admission_mask
from geo.ingest.cleaning.field_values import FieldCleaner
from geo.ingest.cleaning.match_parcel_keys import KEY_FIELD_BY_LAYER, match_parcel_keys
from geo.ingest.cleaning.numbers import repair_house_numbers, split_house_numbers
from geo.ingest.cleaning.places.compare_places import note_contradicting_columns
from geo.ingest.cleaning.places.geometries import CleanGeometries, clean_geometries
from geo.ingest.cleaning.row_ids import RowTraits, assign_ids, unify_guid_writings
from geo.ingest.cleaning.summary_rows import refuse_summary_rows
from geo.ingest.cleaning.tree_names import species
from geo.ingest.date_text.date_settings import DateSettings
from geo.ingest.ingest_request import IngestRequest, request_label
from geo.ingest.lots.lot_parts import merge_lot_parts
from geo.ingest.lots.rights_of_way import mark_rights_of_way
from geo.ingest.mapping.coordinates import read_geometries
from geo.ingest.mapping.crs_detection import CrsHints, DetectedCrs
from geo.ingest.mapping.map_rows import SourceRows
from geo.ingest.mapping.place_notation import drop_place_text
from geo.ingest.mapping.profile import Profile, field_code_words
from geo.ingest.row_notes import RowNotes
from geo.ingest.words.case_words import add_head_words
from geo.schema import Layer, cast_columns


@dataclass(frozen=True)
class CleanedLayer:
    """The admitted rows of a request as a frame.

    `frame` is indexed by row position as read. `site_status` is the status of each row's planting
    site in a tree inventory, and None for other layers. `detected_crs` is None without geometries.
    `merged_count` rows are admitted as parts of another row's lot.
    """

    frame: gpd.GeoDataFrame
    site_status: pd.Series | None
    detected_crs: DetectedCrs | None
    notes: RowNotes
    merged_count: int = 0


def clean_layer(
    rows: SourceRows, profile: Profile, request: IngestRequest, layer: Layer, notes: RowNotes
) -> CleanedLayer:
    """Return a layer's frame of rows. Refused rows are left out and get a note.

    Raises BadFile for a file without rows. Raises NeedsOption where the CRS, a location or a
    required field is missing in every row. Raises BadLayer where no row can be admitted.
    """
    if not len(rows):
        raise BadFile(f"{request_label(request)}: the file has no rows of data; check the export")
    raw_texts = _origin_texts(rows, profile)
    texts = repair_house_numbers(raw_texts, notes)
    texts = split_house_numbers(texts, notes) if layer.name == "addresses" else texts
    cleaner = _make_cleaner(rows, profile, request, notes)
    site_status = tree_columns.site_status_of_rows(texts, profile, len(rows), notes) if layer.name == "trees" else None
    columns = {field.name: _clean_field(field, texts, raw_texts, profile, cleaner, layer) for field in layer.fields}
    columns = measured_fields.fill_diameter_fields(columns, cleaner.measures.get("dbh_in"), notes)
    raw_geometries, geometry_origin = read_geometries(rows, profile, notes, place_by=request.place_by)
    geometries = _clean_row_geometries(raw_geometries, geometry_origin, rows, profile, request, layer, notes)
    if geometry_origin == "geometry":
        note_contradicting_columns(geometries.geometries, rows, notes)
    frame = pd.DataFrame(columns, index=range(len(rows)))
    frame["raw"], frame["source"], frame["geometry"] = rows.raw, "", geometries.geometries
    _fill_derived_fields(frame, layer, texts, site_status, notes)
    file_ids = _clean_file_ids(texts, len(rows), cleaner)
    is_no_record = refuse_summary_rows(rows, file_ids, notes)
    is_admitted = admission_mask(frame, rows, geometries, geometry_origin, layer, request, notes, is_no_record)
    is_merged = _merge_lots(frame, file_ids, rows, profile, is_admitted, notes)
    is_admitted &= ~is_merged
    frame["id"] = _assign_row_ids(frame, file_ids, rows, raw_geometries, cleaner, is_admitted)
    if key_field := KEY_FIELD_BY_LAYER.get(layer.name):  # after the ids, which depend on no parcels
        frame[key_field] = match_parcel_keys(frame[key_field], request, notes)
    admitted = gpd.GeoDataFrame(frame[is_admitted], geometry="geometry", crs=WGS84)
    return CleanedLayer(
        cast_columns(admitted, layer), site_status, geometries.detected_crs, notes, int(is_merged.sum())
    )


def _merge_lots(
    frame: pd.DataFrame,
    file_ids: pd.Series,
    rows: SourceRows,
    profile: Profile,
    is_admitted: np.ndarray,
    notes: RowNotes,
) -> np.ndarray:
    """Mark the parcels that are streets, and return a mask `(n,)` of the rows that became parts of another row's lot."""
    if profile.layer != "parcels":
        return np.zeros(len(rows), dtype=bool)
    mark_rights_of_way(frame, file_ids, rows.columns, profile, is_admitted, rows.row_numbers, notes)
    return merge_lot_parts(frame, file_ids, is_admitted, notes)


def _origin_texts(rows: SourceRows, profile: Profile) -> dict[str, pd.Series]:
    """Return the text of each field's columns. An address loses the coordinates behind it."""
    texts = {name: rows.origin_text(origin) for name, origin in profile.columns.items()}
    return texts | ({"address": drop_place_text(texts["address"])} if "address" in texts else {})


def _make_cleaner(rows: SourceRows, profile: Profile, request: IngestRequest, notes: RowNotes) -> FieldCleaner:
    date_settings = DateSettings(request.timezone, request.towns_bbox, rows.epoch_years, profile.date_formats)
    delimiter = rows.metadata.get("delimiter")
    return FieldCleaner(notes, is_untyped=rows.is_untyped, date_settings=date_settings, delimiter=delimiter)


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
    if layer.name == "trees" and field.name == "condition":  # words for a site are in the site status already
        code_by_word |= dict.fromkeys(tree_columns.site_words_of(texts["condition"]), "unknown")
    if layer.name == "inspections" and field.name == "status":
        code_by_word = add_head_words(code_by_word, texts["status"].dropna().unique())
    return cleaner.clean_field(
        field,
        texts[field.name],
        code_by_word=code_by_word,
        factor=profile.factors.get(field.name, 1.0),
        unknown_words=profile.unknown_words.get(field.name, ()),
        raw_text=raw_texts.get(field.name, pd.Series("", index=range(row_count), dtype="str")),
        evidence=measured_fields.unit_evidence(field, profile) if field.unit else None,
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
        file_name=request_label(request),
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
    if layer.name == "inspections" and "status" in texts:
        words = texts["status"].str.replace(r"\s+", " ", regex=True).str.strip()
        frame["status_word"] = frame["status_word"].fillna(words.mask(words == "")).astype("str")
    if layer.name == "trees" and site_status is not None:
        tree_names = species.clean_tree_names(frame, site_status == "planted", notes)
        frame[list(tree_names)] = tree_names
        is_dead = tree_columns.dead_tree_mask(texts, len(frame)) & (frame["condition"] == "unknown")
        frame["condition"] = frame["condition"].mask(is_dead, "dead").astype("str")


def _clean_file_ids(texts: dict[str, pd.Series], row_count: int, cleaner: FieldCleaner) -> pd.Series:
    """Return the ids of the file. Two writings of one GUID are one id."""
    if "id" not in texts:
        return pd.Series([None] * row_count, dtype="str")
    return unify_guid_writings(cleaner.clean_text(texts["id"], "id"))


def _assign_row_ids(
    frame: pd.DataFrame,
    file_ids: pd.Series,
    rows: SourceRows,
    raw_geometries: np.ndarray,
    cleaner: FieldCleaner,
    is_admitted: np.ndarray,
) -> pd.Series:
    file_ids, admitted_fields, content = (
        column[is_admitted].reset_index(drop=True) for column in (file_ids, frame, rows.raw)
    )
    id_notes = RowNotes(int(is_admitted.sum()))
    row_ids = assign_ids(file_ids, RowTraits(raw_geometries[is_admitted], admitted_fields, content), id_notes)
    cleaner.notes.merge_notes(id_notes, np.flatnonzero(is_admitted))
    return pd.Series(row_ids.to_numpy(), index=np.flatnonzero(is_admitted)).reindex(range(len(rows))).astype("str")
