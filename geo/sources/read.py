"""Strangers' files to a layer. Read `read_source`: caught, put together, cleaned, admitted, told."""

from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.errors import BadInput
from geo.layers import LAYERS, Layer, admit, named, typed
from geo.naming import source_of
from geo.places import WEB
from geo.progress import Progress, quiet
from geo.sources import trees
from geo.sources.cage import Caught, catch
from geo.sources.cleaning import Cleaned, clean
from geo.sources.located import LAYERS as LOCATED
from geo.sources.located import located
from geo.sources.notes import Notes, Outcome
from geo.sources.profile import OWN, Profile, choose
from geo.sources.rasters import raster_reading
from geo.sources.raws import RawTable
from geo.sources.reading import Reading, Report, Request, called
from geo.sources.rows import Rows, joined, stacked

# Facts of a table that name rows, and what is remarked on them.
REMARKS: dict[str, tuple[Outcome, str]] = {
    "short_rows": ("noted", "the row has fewer cells than the header; the rest is unknown"),
    "curved_rows": (
        "mended",
        "geometry: arcs drawn as chords of at most 1°, off by at most 0.004 % of the radius",
    ),
}
ALWAYS = {"profile", "crs", "encoding"}  # told in every report, None where there is none


def read_source(request: Request, *, progress: Progress | None = None) -> Reading:
    """Read files as a layer: in a cage, mapped by profile or guess, cleaned with a note for each change.

    `progress` is told what is being done. Raises BadFile for files that cannot be read, BadLayer for
    files that are not this layer, NeedsOption where only the user knows, naming the option.
    """
    layer = named(request.layer)
    tell = progress or quiet
    tell("reading", None)
    caught = catch(request)
    if caught.cells is not None:
        return raster_reading(request, caught)
    tell("cleaning", None)
    rows, profile, table = assembled(caught.tables, request, layer)
    notes = Notes(len(rows))
    if table:
        notes.add(
            "noted",
            table.pop("several"),
            f"{profile.join['key']}: several rows of the table have it; the first is taken",
        )
    _remark_rows(caught.tables, rows, notes)
    cleaned = clean(rows, profile, request, layer, notes)
    tell("admitting", None)
    return _reading(cleaned, rows, profile, request, layer, caught, table)


def _remark_rows(tables: list[RawTable], rows: Rows, notes: Notes) -> None:
    """Remark what the cage found out about single rows."""
    for one in tables:
        for fact, (outcome, what) in REMARKS.items():
            if numbers := one.facts.get(fact):
                here = (rows.files == one.facts["file"]) & np.isin(rows.numbers, numbers)
                notes.add(outcome, here, what)


def assembled(
    tables: list[RawTable], request: Request, layer: Layer
) -> tuple[Rows, Profile, dict[str, Any]]:
    """Put the files' rows together: one after another, or a table joined to shapes."""
    names = list(dict.fromkeys(name for one in tables for name in one.names))
    drawn = [one for one in tables if one.wkb is not None]
    profile = choose(request, layer, names, drawn=bool(drawn))
    lists = [one for one in tables if one.wkb is None]
    if not drawn or not lists:
        return stacked(tables), profile, {}
    if not profile.join or len(drawn) != 1 or len(lists) != 1:
        raise BadInput(
            f"{called(request.files[0])}: some files have shapes and some are tables, and profile {profile.name or '(none)'} does not say how they belong together; load them one by one"
        )
    wide, told = joined(drawn[0], lists[0], profile)
    return stacked([wide]), profile, told


def _reading(
    cleaned: Cleaned,
    rows: Rows,
    profile: Profile,
    request: Request,
    layer: Layer,
    caught: Caught,
    table: dict[str, Any],
) -> Reading:
    source = source_name(request, profile.name)
    frame = cleaned.frame.assign(source=source)
    also: dict[str, gpd.GeoDataFrame] = {}
    if layer.name == "canopy":
        frame = _dated(frame, request)
    kept = frame.index.to_numpy()
    if layer.name == "trees" and cleaned.state is not None:
        frame, also = _with_sites(frame, cleaned.state, request, cleaned.notes)
    admitted = admit(frame, layer)
    report = _report(cleaned, rows, profile, request, caught, len(kept), table)
    if layer.name in LOCATED:
        report = replace(report, more={**report.more, "located": located(admitted)})
    return Reading(
        frame=admitted,
        also=also,
        raster=None,
        source=source,
        provenance=_provenance(profile, request, rows, caught, report),
        report=report,
    )


def _with_sites(
    frame: gpd.GeoDataFrame, states: pd.Series, request: Request, notes: Notes
) -> tuple[gpd.GeoDataFrame, dict[str, gpd.GeoDataFrame]]:
    """Part an inventory into the trees that stand and the sites of all."""
    state = states.loc[frame.index]
    site_id = frame["site_id"].fillna(frame["id"]).astype("str")
    layer = LAYERS["sites"]
    made = gpd.GeoDataFrame(trees.sites(frame, state, site_id), geometry="geometry", crs=WEB)
    standing = frame.assign(site_id=site_id)[(state == "planted").to_numpy()]
    trees.remark_crowds(standing, request.max_at_address, notes, standing.index.to_numpy())
    return standing, {"sites": admit(typed(made[list(layer.columns)], layer), layer)}


def _dated(frame: gpd.GeoDataFrame, request: Request) -> gpd.GeoDataFrame:
    """Give canopy the method and year that were told, where the file has none."""
    method = frame["method"].fillna(request.method) if request.method else frame["method"]
    year = frame["year"].fillna(request.year) if request.year else frame["year"]
    return frame.assign(method=method.astype("str"), year=year.astype("Int64"))


def source_name(request: Request, profile: str) -> str:
    """Name the source: its town and profile, as "pagedale/stl-city-trees"; else by its file.

    So next month's file of the same kind takes the place of this month's. Our own columns tell
    nothing of where a file comes from: such a file goes by its name.
    """
    name = profile if profile not in {"", OWN} else called(request.files[0]).split(".")[0]
    return source_of(request.town, name)


def _report(
    cleaned: Cleaned,
    rows: Rows,
    profile: Profile,
    request: Request,
    caught: Caught,
    admitted: int,
    table: dict[str, Any],
) -> Report:
    notes = cleaned.notes
    refused = notes.marked("refused")
    names = np.array([called(path) for path in request.files], dtype=object)
    prefix = names[rows.files] if len(np.unique(rows.files)) > 1 else None
    more: dict[str, Any] = {
        "files": caught.files,
        "profile": profile.told(),
        "mapping": {name: str(origin) for name, origin in profile.columns.items()},
        "unused": _unused(rows, profile),
        "crs": str(cleaned.system) if cleaned.system else None,
        "encoding": rows.facts.get("encoding"),
        "unknowns": notes.unknown_rows(rows.numbers, prefix),
        "in_short": notes.in_short(rows.numbers, prefix) or None,
        "header_row": rows.facts.get("header_row"),
        "table": rows.facts.get("table"),
        "other_tables": rows.facts.get("other_tables"),
        "joined_table": table or None,
    }
    return Report(
        layer=request.layer,
        read=len(rows),
        admitted=admitted,
        mended=int((notes.marked("mended") & ~refused).sum()),
        refused=int(refused.sum()),
        rows=notes.lines(rows.numbers, prefix),
        summary=notes.summary(),
        more={key: told for key, told in more.items() if told is not None or key in ALWAYS},
    )


def _unused(rows: Rows, profile: Profile) -> list[str]:
    used = {column for origin in profile.columns.values() for column in origin.columns}
    return [name for name in rows.columns if name not in used]


def _provenance(
    profile: Profile, request: Request, rows: Rows, caught: Caught, report: Report
) -> dict[str, Any]:
    """Tell where a source came from, as `status` and the exports' page tell it."""
    told = report.to_json()
    return {
        "files": caught.files,
        "driver": rows.facts["driver"],
        "crs": told.get("crs"),
        "encoding": told.get("encoding"),
        "profile": told["profile"],
        "says": rows.facts.get("says") or profile.says or None,
        "licence": request.licence or profile.licence,
        "date": request.dated,
        "mapping": told["mapping"],
        "town": request.town,
        "method": request.method,
        "year": request.year,
        "walls": caught.walls,
        "counts": {key: told[key] for key in ("read", "admitted", "mended", "refused")},
    }
