"""A canopy raster out of the cage."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from geo.errors import BadInput, NeedsOption
from geo.layers import LAYERS, empty
from geo.naming import source_of
from geo.places import Bbox
from geo.rasters import Raster
from geo.sources.cage import Caught
from geo.sources.reading import Reading, Report, Request, called
from geo.sources.systems import Clues, System, find_system, near, to_degrees

WHOLE = 0.995  # of the towns' box: what rounds to all of it


def raster_reading(request: Request, caught: Caught) -> Reading:
    """Make a reading of a canopy raster: no rows, its cells beside.

    Raises NeedsOption when its coordinate system is missing or cannot be right.
    """
    if len(caught.tables) != 1 or caught.cells is None:
        raise BadInput(
            f"{called(request.files[0])}: a raster is loaded alone; load the files one by one"
        )
    facts = caught.tables[0].facts["raster"]
    cells = caught.cells[:: -1 if facts["flip_y"] else 1, :: -1 if facts["flip_x"] else 1]
    system, share = _lies(facts, cells.shape, request)
    source = source_of(request.town, called(request.files[0]).split(".")[0])
    raster = Raster(
        cells=np.ascontiguousarray(cells),
        crs=system.crs,
        west=facts["west"],
        north=facts["north"],
        cell_x=facts["cell_x"],
        cell_y=facts["cell_y"],
        source=source,
        method=request.method,
        year=request.year,
    )
    report = _report(facts, system, share, caught, request)
    return Reading(
        empty(LAYERS["canopy"]), {}, raster, source, _provenance(report, request), report
    )


def _provenance(report: Report, request: Request) -> dict[str, Any]:
    told = report.to_json()
    return {
        **{key: told[key] for key in ("files", "crs", "raster")},
        "driver": "GTiff",
        "licence": request.licence,
        "date": request.dated,
        "method": request.method,
        "year": request.year,
        "town": request.town,
        "counts": {"read": 0, "admitted": 0, "mended": 0, "refused": 0},
    }


def _lies(facts: dict[str, Any], shape: tuple[int, ...], request: Request) -> tuple[System, float]:
    """Find the raster's system, and how much of the towns' box it covers by that."""
    east = facts["west"] + shape[1] * facts["cell_x"]
    south = facts["north"] - shape[0] * facts["cell_y"]
    x, y = np.array([facts["west"], east]), np.array([south, facts["north"]])
    name = called(request.files[0])
    clues = Clues(request.crs, facts["crs"], None, "GTiff", name, request.around)
    system = find_system(clues, x, y)
    lon, lat = to_degrees(system.crs, x, y)
    if not (np.isfinite(lon).all() and np.isfinite(lat).all()):
        raise NeedsOption(
            f"{name}: by {system} it lies nowhere on Earth; name its system with --crs"
        )
    if request.around is not None and not _meets(request.around, lon, lat):
        raise NeedsOption(
            f"{name}: by {system} it covers {lon[0]:.2f}, {lat[0]:.2f} to {lon[1]:.2f}, {lat[1]:.2f} and does not touch the towns; if its system is another, name it with --crs"
        )
    return system, 1.0 if request.around is None else _share(request.around, lon, lat)


def _meets(box: Bbox, lon: np.ndarray, lat: np.ndarray) -> bool:
    return _share(box, lon, lat) > 0 or bool(near(box, lon, lat).any())


def _share(box: Bbox, lon: np.ndarray, lat: np.ndarray) -> float:
    """Tell how much of a box the raster covers, about: its sides are taken to run north and east."""
    wide = min(lon[1], box.east) - max(lon[0], box.west)
    high = min(lat[1], box.north) - max(lat[0], box.south)
    whole = (box.east - box.west) * (box.north - box.south)
    return float(max(0.0, wide) * max(0.0, high) / whole)


def _report(
    facts: dict[str, Any], system: System, share: float, caught: Caught, request: Request
) -> Report:
    said = _said(facts, share)
    summary: list[dict[str, Any]] = [{"outcome": "noted", "reason": one, "rows": 0} for one in said]
    grid = {**facts, "classes": [list(ends) for ends in request.classes]}
    more = {
        "files": caught.files,
        "crs": str(system),
        "encoding": None,
        "profile": "a raster",
        "mapping": {},
        "raster": grid,
    }
    return Report("canopy", 0, 0, 0, 0, [], summary, more)


def _said(facts: dict[str, Any], share: float) -> Iterator[str]:
    """Tell what the cells are, and what to know of them."""
    counts = facts["cells"]
    total = sum(counts.values()) or 1
    yield f"{total:,} cells: {counts['canopy'] / total:.1%} canopy, {counts['none'] / total:.1%} none, {counts['unknown'] / total:.1%} unknown"
    if facts["nodata"] is None:
        yield "no value means unknown: the file names none, and no --nodata was given"
    if share < WHOLE:
        yield f"covers about {share:.0%} of the box around the towns; beyond it canopy is unknown"
    if facts["bands"] > 1:
        yield f"only the first of {facts['bands']} bands is read"
