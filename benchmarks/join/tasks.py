"""What is asked, and of whom. The tasks are the same for every engine.

trees
    Each tree's parcel: the one that it is in or on the edge of, else the nearest within `NEAR_M`;
    of several the lowest id. Columns `tree`, `parcel`.
canopy
    The m² of each parcel under crowns that were dissolved beforehand. Columns `parcel`, `m2`.
towns
    The share of each parcel's area in each town. Columns `parcel`, `town`, `share`.
inspections
    Each inspection's parcel: the one whose id it names, else the one that its point is in; of
    several the lowest id. Columns `inspection`, `parcel`.
raster
    The canopy cells of each parcel as a share of its known cells. Columns `parcel`, `share`.
dissolve
    Crowns dissolved into pieces that share no ground. Column `m2`, one row for each piece.
frontage, whole, edit
    Each tree's parcel by the rules of frontage; everything joined; one edit joined. Ours alone,
    nothing to hold them against.

What belongs to no parcel, and parcels with nothing, may be left out of an answer.
"""

from collections.abc import Callable
from typing import Any

from benchmarks.join.files import Files

NEAR_M = 15.0

# Whatever pyarrow makes a table of: a frame, an Arrow table, a dict of arrays.
Task = Callable[[Files], Any]


OURS = ("lotleaf", "lotleaf-columns")
DATABASES = ("duckdb", "sedonadb", "postgis")
ENGINES = {
    "trees": (*OURS, "geopandas", *DATABASES),
    "canopy": (*OURS, "geopandas", *DATABASES),
    "towns": (*OURS, "geopandas", *DATABASES),
    "inspections": (*OURS, "geopandas", *DATABASES),
    "raster": (*OURS, "exactextract", "rasterstats"),
    "frontage": ("lotleaf",),
    "dissolve": ("lotleaf",),
    "whole": OURS,
    "edit": ("lotleaf-columns",),
}
REFERENCE = {
    "trees": "geopandas",
    "canopy": "geopandas",
    "towns": "geopandas",
    "inspections": "geopandas",
    "raster": "exactextract",
}
# Where each engine's tasks stand: the module, and its table of functions.
TABLES = {
    "lotleaf": ("ours", "TASKS"),
    "lotleaf-columns": ("columns", "TASKS"),
    "geopandas": ("geopandas_", "TASKS"),
    "duckdb": ("duckdb_", "TASKS"),
    "sedonadb": ("sedonadb_", "TASKS"),
    "postgis": ("postgis_", "TASKS"),
    "exactextract": ("raster", "EXACTEXTRACT"),
    "rasterstats": ("raster", "RASTERSTATS"),
}
