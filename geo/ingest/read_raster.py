"""A canopy raster made from the cells that the sandbox returned.

`read_source` calls `ingest_raster` for a GeoTIFF.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from geo.crs import Bbox
from geo.errors import BadInput, NeedsOption
from geo.identifiers import make_source_name
from geo.ingest.ingest_request import IngestReport, IngestRequest, IngestResult, display_name
from geo.ingest.mapping.crs_detection import CrsHints, DetectedCrs, detect_crs, is_near_bbox, transform_to_degrees
from geo.ingest.mapping.profile import Profile
from geo.ingest.sandbox.sandbox import SandboxResult
from geo.raster import Raster
from geo.schema import LAYERS, empty_frame

FULL_COVER_SHARE = 0.995  # share of the towns' bounding box from which it counts as covered


def ingest_raster(request: IngestRequest, sandbox_result: SandboxResult) -> IngestResult:
    """Return the result for a canopy raster: no rows, and the raster beside the empty frame.

    Raises NeedsOption when the CRS is missing or places the raster far from the towns. Raises
    BadInput when other files come with it.
    """
    if len(sandbox_result.tables) != 1 or sandbox_result.cells is None:
        raise BadInput(f"{display_name(request.files[0])}: a raster must be loaded alone; load the files one at a time")
    metadata = sandbox_result.tables[0].metadata["raster"]
    cells = sandbox_result.cells[:: -1 if metadata["flip_y"] else 1, :: -1 if metadata["flip_x"] else 1]
    detected_crs, covered_share = _locate_raster(metadata, cells.shape, request)
    source = make_source_name(request.town, display_name(request.files[0]).split(".")[0])
    raster = Raster(
        cells=np.ascontiguousarray(cells),
        crs=detected_crs.crs,
        west=metadata["west"],
        north=metadata["north"],
        cell_x=metadata["cell_x"],
        cell_y=metadata["cell_y"],
        source=source,
        method=request.method,
        year=request.year,
    )
    report = _raster_report(metadata, detected_crs, covered_share, sandbox_result, request)
    return IngestResult(
        empty_frame(LAYERS["canopy"]),
        {},
        raster,
        source,
        _raster_provenance(report, request),
        report,
        Profile("", "canopy"),
    )


def _raster_provenance(report: IngestReport, request: IngestRequest) -> dict[str, Any]:
    report_json = report.to_json()
    return {
        **{key: report_json[key] for key in ("files", "crs", "raster")},
        "driver": "GTiff",
        "licence": request.licence,
        "date": request.dated,
        "method": request.method,
        "year": request.year,
        "town": request.town,
        "counts": {"read": 0, "admitted": 0, "mended": 0, "refused": 0},
    }


def _locate_raster(
    metadata: dict[str, Any], shape: tuple[int, ...], request: IngestRequest
) -> tuple[DetectedCrs, float]:
    """Return the raster's CRS, and the share of the towns' bounding box that the raster covers, 0 to 1."""
    east = metadata["west"] + shape[1] * metadata["cell_x"]
    south = metadata["north"] - shape[0] * metadata["cell_y"]
    x, y = np.array([metadata["west"], east]), np.array([south, metadata["north"]])
    name = display_name(request.files[0])
    hints = CrsHints(request.crs, metadata["crs"], None, "GTiff", name, request.towns_bbox)
    detected_crs = detect_crs(hints, x, y)
    lon, lat = transform_to_degrees(detected_crs.crs, x, y)
    if not (np.isfinite(lon).all() and np.isfinite(lat).all()):
        raise NeedsOption(
            f"{name}: in {detected_crs} it is not a location on Earth; name its coordinate system with --crs"
        )
    if request.towns_bbox is not None and not _is_at_bbox(request.towns_bbox, lon, lat):
        raise NeedsOption(
            f"{name}: in {detected_crs} it covers {lon[0]:.2f}, {lat[0]:.2f} to {lon[1]:.2f}, {lat[1]:.2f} and does not touch the towns; if that system is wrong, name the right one with --crs"
        )
    return detected_crs, 1.0 if request.towns_bbox is None else _covered_share(request.towns_bbox, lon, lat)


def _is_at_bbox(bbox: Bbox, lon: np.ndarray, lat: np.ndarray) -> bool:
    return _covered_share(bbox, lon, lat) > 0 or bool(is_near_bbox(bbox, lon, lat).any())


def _covered_share(bbox: Bbox, lon: np.ndarray, lat: np.ndarray) -> float:
    """Return the share of a bbox that the raster covers, 0 to 1, as if its sides ran north and east.

    `lon` and `lat` are the raster's two outer corners in degrees, south-west first.

    >>> towns = Bbox(-90.4, 38.6, -90.2, 38.8)
    >>> round(_covered_share(towns, np.array([-90.3, -90.1]), np.array([38.5, 39.0])), 6)
    0.5
    >>> _covered_share(towns, np.array([-91.0, -90.9]), np.array([38.5, 39.0]))
    0.0
    """
    width = min(lon[1], bbox.east) - max(lon[0], bbox.west)
    height = min(lat[1], bbox.north) - max(lat[0], bbox.south)
    bbox_area = (bbox.east - bbox.west) * (bbox.north - bbox.south)
    return float(max(0.0, width) * max(0.0, height) / bbox_area)


def _raster_report(
    metadata: dict[str, Any],
    detected_crs: DetectedCrs,
    covered_share: float,
    sandbox_result: SandboxResult,
    request: IngestRequest,
) -> IngestReport:
    sentences = _describe_cells(metadata, covered_share)
    summary: list[dict[str, Any]] = [{"outcome": "noted", "reason": sentence, "rows": 0} for sentence in sentences]
    raster_json = {**metadata, "classes": [list(value_range) for value_range in request.canopy_ranges]}
    warning = _all_canopy_warning(metadata)
    details: dict[str, Any] = {
        "files": sandbox_result.files,
        "warnings": [warning] if warning else [],
        "crs": str(detected_crs),
        "encoding": None,
        "profile": "a raster",
        "mapping": {},
        "raster": raster_json,
    }
    return IngestReport("canopy", 0, 0, 0, 0, [], summary, details)


def _all_canopy_warning(metadata: dict[str, Any]) -> str | None:
    """Return a warning if no cell is known to be without canopy, as in a mask whose other cells are called unknown.

    >>> cells = {"canopy": 30, "none": 0, "unknown": 70}
    >>> _all_canopy_warning({"cells": cells, "nodata": 0, "values": [1]})
    'every known cell is canopy, so that no ground is known to be without it. If the cells of the value 0 are ground without canopy, load it with --nodata 255'
    >>> _all_canopy_warning({"cells": {"canopy": 30, "none": 60, "unknown": 10}, "nodata": 255, "values": [0, 1]}) is None
    True
    """
    if metadata["cells"]["none"] or not metadata["cells"]["canopy"]:
        return None
    told = "every known cell is canopy, so that no ground is known to be without it"
    if metadata["nodata"] is None:
        return f"{told}; check the file, or name the values that are canopy with --classes"
    unused_value = next(
        value for value in (255, 254, -9999, *range(253)) if value not in {*metadata["values"], metadata["nodata"]}
    )
    return f"{told}. If the cells of the value {metadata['nodata']:g} are ground without canopy, load it with --nodata {unused_value}"


def _describe_cells(metadata: dict[str, Any], covered_share: float) -> Iterator[str]:
    """Yield sentences about the cells: their shares, unknown values, coverage and unread bands.

    >>> cells = {"canopy": 30, "none": 60, "unknown": 10}
    >>> list(_describe_cells({"cells": cells, "nodata": 255, "bands": 1}, 1.0))
    ['100 cells: 30.0% canopy, 60.0% none, 10.0% unknown']
    """
    counts = metadata["cells"]
    total = sum(counts.values()) or 1
    yield f"{total:,} cells: {counts['canopy'] / total:.1%} canopy, {counts['none'] / total:.1%} none, {counts['unknown'] / total:.1%} unknown"
    if metadata["nodata"] is None:
        yield "no value means unknown, because neither the file nor --nodata names one"
    if covered_share < FULL_COVER_SHARE:
        yield f"covers about {covered_share:.0%} of the towns' bounding box; elsewhere canopy is unknown"
    if metadata["bands"] > 1:
        yield f"only the first of {metadata['bands']} bands is read"
