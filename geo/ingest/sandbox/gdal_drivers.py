"""The GDAL drivers that may open an untrusted file.

GDAL reads `GDAL_SKIP` and `OGR_SKIP` once, when it is loaded. `sandbox` puts these names into the
worker's environment. The worker checks that no other driver is left before it opens a file. If a
later GDAL has a new driver, the worker adds its name and starts again.
"""

from pathlib import Path

ALLOWED_DRIVERS = frozenset(
    {
        *("GeoJSON", "GeoJSONSeq", "TopoJSON", "ESRIJSON", "GPKG", "OpenFileGDB", "ESRI Shapefile", "MapInfo File"),
        *("FlatGeobuf", "GPX", "GML", "GTiff"),
    }
)
# GDAL always has these, and they open no file.
HARMLESS_DRIVERS = frozenset({"MEM", "Memory"})

# Every other driver of GDAL 3.10 to 3.12. A driver that is missing here makes the worker start twice.
SKIPPED_DRIVERS = Path(__file__).with_name("drivers.txt").read_text("utf-8").splitlines()


def gdal_skip_environment(driver_names: list[str]) -> dict[str, str]:
    """Return the environment variables that make GDAL skip these drivers.

    >>> gdal_skip_environment(["VRT", "WFS"])
    {'GDAL_SKIP': 'VRT,WFS', 'OGR_SKIP': 'VRT,WFS'}
    """
    return {"GDAL_SKIP": ",".join(driver_names), "OGR_SKIP": ",".join(driver_names)}


def disallowed_drivers(driver_names: set[str]) -> list[str]:
    """Return the names that are not allowed, sorted.

    >>> disallowed_drivers({"GeoJSON", "MEM", "VRT", "WFS"})
    ['VRT', 'WFS']
    """
    return sorted(driver_names - ALLOWED_DRIVERS - HARMLESS_DRIVERS)
