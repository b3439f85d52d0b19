"""The tasks of the join benchmark, and the engines of each task. Tasks are the same for every engine.

trees
    The parcel that each tree is in or on the edge of, else the nearest within `NEAR_M`.
    The lowest id of several. Columns `tree`, `parcel`.
canopy
    The m² of each parcel under dissolved crowns. Columns `parcel`, `m2`.
towns
    The share of each parcel's area in each town. Columns `parcel`, `town`, `share`.
inspections
    The parcel that each inspection names, else the one that contains its point.
    The lowest id of several. Columns `inspection`, `parcel`.
raster
    The canopy cells of each parcel as a share of its known cells. Columns `parcel`, `share`.
dissolve
    Crowns dissolved into pieces that do not overlap. Column `m2`, one row for each piece.
frontage, whole, edit
    The frontage of each tree, the full join, and the join of one edit.
    Only lotleaf does these, so there is no reference.

A result may leave out records without a parcel, and parcels without anything.
"""

from collections.abc import Callable
from typing import Any

from benchmarks.join.files import CountyFiles

NEAR_M = 15.0

# The result is a frame, an Arrow table or a dict of arrays.
Task = Callable[[CountyFiles], Any]


LOTLEAF_ENGINES = ("lotleaf", "lotleaf-columns")
DATABASES = ("duckdb", "sedonadb", "postgis")
ENGINES_BY_TASK = {
    "trees": (*LOTLEAF_ENGINES, "geopandas", *DATABASES),
    "canopy": (*LOTLEAF_ENGINES, "geopandas", *DATABASES),
    "towns": (*LOTLEAF_ENGINES, "geopandas", *DATABASES),
    "inspections": (*LOTLEAF_ENGINES, "geopandas", *DATABASES),
    "raster": (*LOTLEAF_ENGINES, "exactextract", "rasterstats"),
    "frontage": ("lotleaf",),
    "dissolve": ("lotleaf",),
    "whole": LOTLEAF_ENGINES,
    "edit": ("lotleaf-columns",),
}
REFERENCE_BY_TASK = {
    "trees": "geopandas",
    "canopy": "geopandas",
    "towns": "geopandas",
    "inspections": "geopandas",
    "raster": "exactextract",
}
# The module of each engine, and its table of functions.
TASK_TABLES = {
    "lotleaf": ("ours", "TASKS"),
    "lotleaf-columns": ("columns", "TASKS"),
    "geopandas": ("geopandas_", "TASKS"),
    "duckdb": ("duckdb_", "TASKS"),
    "sedonadb": ("sedonadb_", "TASKS"),
    "postgis": ("postgis_", "TASKS"),
    "exactextract": ("raster", "EXACTEXTRACT"),
    "rasterstats": ("raster", "RASTERSTATS"),
}
