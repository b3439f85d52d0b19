"""Rows to a frame: each field cleaned, each row placed or refused, each with an id that stays."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import BadFile, BadLayer, NeedsOption
from geo.fields import Field
from geo.layers import Layer, typed
from geo.naming import slug
from geo.places import WEB
from geo.sources import species, trees
from geo.sources.coordinates import geometry
from geo.sources.ids import Traits, allot
from geo.sources.notes import Notes
from geo.sources.numbers import house_numbers
from geo.sources.profile import Profile, offered, words_for
from geo.sources.reading import Request, called
from geo.sources.rows import Rows
from geo.sources.shapes import Shapes, place
from geo.sources.systems import Clues, System
from geo.sources.values import Cleaner


@dataclass(frozen=True)
class Cleaned:
    """Rows made into a frame: `frame` is indexed by position among the rows as read.

    `state` tells for tree inventories what stands at each row.
    """

    frame: gpd.GeoDataFrame
    state: pd.Series | None
    system: System | None
    notes: Notes


def clean(rows: Rows, profile: Profile, request: Request, layer: Layer, notes: Notes) -> Cleaned:
    """Make a layer's frame of rows; refused rows are left out of it and remarked.

    Raises NeedsOption where a coordinate system, a place or a required field is missing altogether,
    BadLayer where no row can be admitted.
    """
    if not len(rows):
        raise BadFile(f"{_name(request)}: holds no row of data")
    given = {name: rows.text(origin) for name, origin in profile.columns.items()}
    texts = house_numbers(given, notes) if layer.name == "addresses" else given
    cleaner = Cleaner(notes, loose=rows.loose)
    state = trees.states(texts, profile, len(rows), notes) if layer.name == "trees" else None
    values = {f.name: _values(f, texts, given, profile, cleaner, layer) for f in layer.fields}
    read, found = geometry(rows, profile, notes)
    placed = _placed(read, found, rows, profile, request, layer, notes)
    frame = pd.DataFrame(values) if values else pd.DataFrame(index=range(len(rows)))
    frame["raw"], frame["source"], frame["geometry"] = rows.raw, "", placed.shapes
    _derive(frame, layer, texts, state, notes)
    kept = _admissible(frame, rows, placed, found, layer, request, notes)
    frame["id"] = _ids(frame, texts, rows, read, cleaner, kept)
    made = gpd.GeoDataFrame(frame[kept], geometry="geometry", crs=WEB)
    return Cleaned(typed(made, layer), state, placed.system, notes)


def _values(
    field: Field,
    texts: dict[str, pd.Series],
    given: dict[str, pd.Series],
    profile: Profile,
    cleaner: Cleaner,
    layer: Layer,
) -> pd.Series:
    """Clean one field; one that the file has not is unknown in every row."""
    rows = cleaner.notes.rows
    if field.name not in texts:
        fill = "unknown" if "unknown" in field.codes else None
        return pd.Series([fill] * rows, dtype=field.dtype)
    words = words_for(profile, field.name, field.codes)
    if layer.name == "trees" and field.name == "condition":
        words |= dict.fromkeys(trees.NO_TREE, "unknown")  # told already: no tree stands there
    return cleaner.field(
        field,
        texts[field.name],
        words=words,
        factor=profile.factor.get(field.name, 1.0),
        unknown=profile.unknown.get(field.name, ()),
        given=given.get(field.name, pd.Series("", index=range(rows), dtype="str")),
    )


def _placed(
    read: np.ndarray,
    found: str | None,
    rows: Rows,
    profile: Profile,
    request: Request,
    layer: Layer,
    notes: Notes,
) -> Shapes:
    if not layer.geometry:
        return Shapes(np.full(len(rows), None, dtype=object), np.zeros(len(rows), bool), None)
    if rows.drawn and found in (None, "geometry"):
        notes.unknown("geometry", "null", [one is None for one in rows.wkb])
    clues = Clues(
        told=request.crs,
        file=rows.facts.get("crs") if found == "geometry" else _degrees_by_name(found),
        profile=profile.crs,
        driver=rows.facts["driver"] if found == "geometry" else "GeoJSON",
        name=_name(request),
        around=request.around,
    )
    return place(read, clues, layer, notes)


def _degrees_by_name(found: str | None) -> str | None:
    """Columns called longitude and latitude say what they hold, unless the numbers contradict."""
    return "EPSG:4326" if found == "lon/lat" else None


def _derive(
    frame: pd.DataFrame,
    layer: Layer,
    texts: dict[str, pd.Series],
    state: pd.Series | None,
    notes: Notes,
) -> None:
    """Fill in what follows from other fields: a town's slug, a street's whole name, a tree's names."""
    if layer.name == "municipalities":
        made = frame["name"].map(slug, na_action="ignore")
        frame["slug"] = frame["slug"].fillna(made).astype("str")
    if layer.name == "streets":
        parts = frame[["predir", "street", "suffix", "postdir"]].fillna("")
        whole = parts.agg(" ".join, axis=1).str.replace(r"\s+", " ", regex=True).str.strip()
        frame["name"] = frame["name"].fillna(whole.where(frame["street"].notna())).astype("str")
    if layer.name == "trees" and state is not None:
        names = species.named(frame, state == "planted", notes)
        frame[list(names)] = names
        dead = trees.dead(texts, len(frame)) & (frame["condition"] == "unknown")
        frame["condition"] = frame["condition"].mask(dead, "dead").astype("str")


def _admissible(
    frame: pd.DataFrame,
    rows: Rows,
    placed: Shapes,
    found: str | None,
    layer: Layer,
    request: Request,
    notes: Notes,
) -> np.ndarray:
    """Mark the rows to admit; the others are refused, each with its reason."""
    homeless = ~_has_place(frame, layer)
    if homeless.all():
        _refuse_layer(rows, placed, found, layer, request, notes)
    why = np.where(
        placed.unfit,
        "geometry: of a kind that this layer does not take",
        "cannot be placed: " + _wanting(layer),
    )
    for reason in np.unique(why[homeless]):
        notes.add("refused", homeless & (why == reason), str(reason))
    notes.add(
        "noted",
        placed.unfit & ~homeless,
        "geometry: of a kind that this layer does not take; placed otherwise",
    )
    twins = _twins(rows, homeless)
    notes.add("refused", twins, "equal to another row in every field")
    _require(frame, layer, request, notes, ~homeless & ~twins)
    return ~homeless & ~twins


def _has_place(frame: pd.DataFrame, layer: Layer) -> np.ndarray:
    placed = np.zeros(len(frame), dtype=bool)
    for way in layer.placed_by:
        if way == "geometry":
            placed |= ~shapely.is_missing(frame["geometry"].to_numpy())
        elif way == "parcel":
            placed |= (
                frame[{"addresses": "parcel_id"}.get(layer.name, "parcel_key")].notna().to_numpy()
            )
        elif way == "address":
            placed |= frame["address"].notna().to_numpy()
            if "number" in frame:
                placed |= (frame["number"].notna() & frame["street"].notna()).to_numpy()
        elif way == "town":
            placed |= frame["town"].notna().to_numpy()
        else:
            placed[:] = True
    return np.asarray(placed)


def _wanting(layer: Layer) -> str:
    return "no " + " and no ".join(layer.placed_by)


def _refuse_layer(
    rows: Rows,
    placed: Shapes,
    found: str | None,
    layer: Layer,
    request: Request,
    notes: Notes,
) -> None:
    """Say why not one row has a place."""
    name, takes = _name(request), " or ".join(layer.geometry)
    if placed.unfit.any():
        shapes, _ = rows.shapes()
        kinds = sorted({one.geom_type for one in shapes[placed.unfit][:1000] if one is not None})
        raise BadLayer(
            f"{name}: holds {', '.join(kinds) or 'other shapes'}, and {layer.name} take {takes}; is it another layer?"
        )
    if found is None:
        ways = {
            "geometry": "lon=… and lat=…, or x=… and y=…, or wkt=…",
            "parcel": "parcel_key=…",
            "address": "address=…",
            "town": "town=…",
        }
        told = "; or ".join(ways[way] for way in layer.placed_by if way in ways)
        raise NeedsOption(
            f"{name}: nothing in it says where its rows are. Its columns are {', '.join(list(rows.columns)[:40])}; name those that say it with --map {told}. Or name the file's kind with --profile: {offered(layer)}"
        )
    why = next((one.kind for one in notes.remarks if one.kind.startswith("geometry: ")), None)
    raise BadLayer(
        f"{name}: not one of its {len(rows):,} rows can be placed ({why or _wanting(layer)})"
    )


def _twins(rows: Rows, left_out: np.ndarray) -> np.ndarray:
    """Mark the rows that equal an earlier one in geometry and every attribute."""
    whole = pd.DataFrame({"raw": rows.raw, "wkb": rows.wkb})
    whole["wkb"] = whole["wkb"].map(lambda one: b"" if one is None else one)
    return np.asarray(whole.duplicated()) & ~left_out


def _require(
    frame: pd.DataFrame, layer: Layer, request: Request, notes: Notes, kept: np.ndarray
) -> None:
    """Fill what a layer requires; raises NeedsOption when no row has it."""
    for field in layer.fields:
        missing = frame[field.name].isna().to_numpy() & kept
        if not field.required or not missing.any():
            continue
        if frame.loc[kept, field.name].isna().all():
            raise NeedsOption(
                f"{_name(request)}: {layer.name} need {field.name} ({field.says}) Say where it is: --map {field.name}=COLUMN, or --map {field.name}==WORD for all rows, or name the file's kind with --profile: {offered(layer)}"
            )
        fill = "unknown" if field.kind == "code" else "(unnamed)"
        notes.add("mended", missing, f"{field.name}: missing, now '{fill}'")
        frame[field.name] = frame[field.name].mask(missing, fill)


def _ids(
    frame: pd.DataFrame,
    texts: dict[str, pd.Series],
    rows: Rows,
    read: np.ndarray,
    cleaner: Cleaner,
    kept: np.ndarray,
) -> pd.Series:
    none = pd.Series([None] * len(rows), dtype="str")
    own = cleaner.presentable(texts["id"], "id") if "id" in texts else none
    own, fields, content = (one[kept].reset_index(drop=True) for one in (own, frame, rows.raw))
    notes = Notes(int(kept.sum()))
    made = allot(own, Traits(read[kept], fields, content), notes)
    cleaner.notes.adopt(notes, np.flatnonzero(kept))
    return (
        pd.Series(made.to_numpy(), index=np.flatnonzero(kept))
        .reindex(range(len(rows)))
        .astype("str")
    )


def _name(request: Request) -> str:
    first = called(request.files[0])
    return first if len(request.files) == 1 else f"{first} and {len(request.files) - 1} more"
