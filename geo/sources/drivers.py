"""Which of GDAL's drivers may open a stranger's file.

GDAL reads `GDAL_SKIP` and `OGR_SKIP` once, when it is loaded; set later they do nothing. So the cage
puts these names into the child's environment, and the child makes sure that nothing else is left
before it opens anything: a driver that is new in a later GDAL is added, and the child starts anew.
"""

from pathlib import Path

ALLOWED = frozenset(
    {"GeoJSON", "GeoJSONSeq", "TopoJSON", "GPKG", "ESRI Shapefile", "FlatGeobuf", "GTiff"}
)
# Always there, and harmless: MEM and Memory open no file.
HARMLESS = frozenset({"MEM", "Memory"})

# Every other driver of GDAL 3.10 to 3.12. One that is missing here costs the child a second start.
SKIPPED = Path(__file__).with_name("drivers.txt").read_text("utf-8").splitlines()


def skipping(names: list[str]) -> dict[str, str]:
    """Give the environment that makes GDAL leave out the drivers of these names."""
    return {"GDAL_SKIP": ",".join(names), "OGR_SKIP": ",".join(names)}


def strangers(registered: set[str]) -> list[str]:
    """Name the drivers that GDAL has registered though they are not allowed."""
    return sorted(registered - ALLOWED - HARMLESS)
