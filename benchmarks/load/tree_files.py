"""A large inventory as a town would export it, one table in three formats: GeoJSON, CSV and XLSX."""

from pathlib import Path
from uuid import UUID

import numpy as np
import pandas as pd
import shapely
import xlsxwriter
from pyogrio.raw import write
from pyproj import CRS

from geo.crs import WGS84

FORMATS = ("geojson", "csv", "xlsx")
WEST, SOUTH, EAST, NORTH = -90.36, 38.68, -90.22, 38.78  # North County
SPECIES = (
    ("Acer rubrum", "Maple, Red"), ("Acer saccharinum", "Maple, Silver"), ("Quercus palustris", "Oak, Pin"),
    ("Quercus rubra", "Oak, Northern Red"), ("Pyrus calleryana", "Pear, Callery"), ("Gleditsia triacanthos", "Honeylocust"),
    ("Fraxinus pennsylvanica", "Ash, Green"), ("Liquidambar styraciflua", "Sweetgum"), ("Tilia cordata", "Linden, Littleleaf"),
    ("Cercis canadensis", "Redbud, Eastern"), ("Platanus occidentalis", "Sycamore"), ("Ulmus americana", "Elm, American"),
)  # fmt: skip
STREETS = (
    "Natural Bridge Rd", "Lucas and Hunt Rd", "Carson Rd", "Florissant Rd", "Bermuda Dr", "Jennings Station Rd",
    "Chambers Rd", "Ferguson Ave", "Hanley Rd", "Page Ave", "St Charles Rock Rd", "Goodfellow Blvd",
)  # fmt: skip
CONDITIONS = ("Excellent", "Good", "Fair", "Poor", "Dead")
WORK = ("None", "Prune - Clean", "Prune - Raise", "Remove", "Stump Removal", "Train")
NOTES = (
    "",
    "",
    "",
    "Included bark at the main union, inspect again after the next wind storm",
    "Girdling root on the street side",
)


def write_tree_file(path: Path, rows: int) -> None:
    """Write an inventory of so many trees. The ending of the path names the format."""
    table, points = make_inventory(rows)
    partial = path.with_name(f"partial{path.suffix}")
    if path.suffix == ".geojson":
        columns = [table[name].to_numpy() for name in table]
        wkb = shapely.to_wkb(shapely.points(points))
        crs = CRS(WGS84).to_wkt()
        write(
            partial,
            wkb,
            columns,
            list(table),
            geometry_type="Point",
            crs=crs,
            driver="GeoJSON",
            layer_options={"COORDINATE_PRECISION": "7"},
        )
    else:
        table = table.assign(Longitude=points[:, 0].round(7), Latitude=points[:, 1].round(7))
        if path.suffix == ".csv":
            table.to_csv(partial, index=False)
        else:
            _write_workbook(partial, table)
    partial.rename(path)


def make_inventory(rows: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the columns of an inventory and its points, float `(rows, 2)` as longitude and latitude."""
    chance = np.random.default_rng(24)
    species = chance.integers(0, len(SPECIES), rows)
    streets = chance.integers(0, len(STREETS), rows)
    points = np.column_stack([chance.uniform(WEST, EAST, rows), chance.uniform(SOUTH, NORTH, rows)])
    days = chance.integers(0, 2_500, rows)
    table = pd.DataFrame(
        {
            "OBJECTID": np.arange(1, rows + 1),
            "TREE_ID": [f"NC-{number:07d}" for number in range(1, rows + 1)],
            "BOTANICALN": np.array([latin for latin, _ in SPECIES], object)[species],
            "COMMONNAME": np.array([common for _, common in SPECIES], object)[species],
            "DBH": chance.gamma(3.0, 5.0, rows).round(0).clip(1, 60).astype(int),
            "CONDITION": np.array(CONDITIONS, object)[
                chance.choice(len(CONDITIONS), rows, p=(0.1, 0.5, 0.25, 0.1, 0.05))
            ],
            "ADDRESS": chance.integers(1, 9_900, rows),
            "STREET": np.array(STREETS, object)[streets],
            "SIDE": np.array(["Front", "Side", "Rear", "Median"], object)[chance.integers(0, 4, rows)],
            "PRI_MAINT": np.array(WORK, object)[chance.choice(len(WORK), rows, p=(0.6, 0.15, 0.1, 0.05, 0.05, 0.05))],
            "SURVEYDATE": (np.datetime64("2018-01-01") + days).astype(str),
            "NOTES": np.array(NOTES, object)[chance.integers(0, len(NOTES), rows)],
            "INSPECTOR": chance.integers(1, 9, rows),
            "HEIGHT_RNG": np.array(["0-15 ft", "15-30 ft", "30-45 ft", "45-60 ft"], object)[
                chance.integers(0, 4, rows)
            ],
            "OVERHEADUT": np.array(["No", "Yes", "Yes, conflicting"], object)[chance.integers(0, 3, rows)],
            "GLOBALID": [str(UUID(bytes=chance.bytes(16), version=4)) for _ in range(rows)],
        }
    )
    return table, points


def _write_workbook(path: Path, table: pd.DataFrame) -> None:
    workbook = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = workbook.add_worksheet("Trees")
    sheet.write_row(0, 0, list(table))
    for number, row in enumerate(table.itertuples(index=False, name=None), 1):
        sheet.write_row(number, 0, row)
    workbook.close()
