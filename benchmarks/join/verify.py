"""Comparison of an engine's result with the reference.

`benchmarks.join.run` calls `is_in_agreement`.
"""

import geopandas as gpd
import numpy as np
import pandas as pd

from benchmarks.join.files import CountyFiles

RELATIVE_TOLERANCE = 1e-6
# Smaller values are rounding errors of the overlay: 1 mm², or that share of a small parcel.
ABSOLUTE_TOLERANCE = {"canopy": 1e-6, "towns": 1e-8, "raster": 1e-6}
CELL_CENTER_TOLERANCE = 0.03  # largest difference of a share if cells are counted by their centers
MIN_PARCEL_M2 = 100.0  # smaller parcels have too few cells to compare


def is_in_agreement(task: str, engine: str, answer: pd.DataFrame, reference: pd.DataFrame, files: CountyFiles) -> bool:
    """Return whether a result agrees with the reference.

    Every tree and inspection must have the same parcel. Areas and shares must be within 1e-6 of
    each other, and a missing row counts as 0. For dissolved crowns the total area is compared.
    rasterstats counts cells by their centers, so its shares of large parcels may differ by
    `CELL_CENTER_TOLERANCE`.

    >>> from pathlib import Path
    >>> answer = pd.DataFrame({"tree": ["t1", "t2"], "parcel": ["P1", "P2"]})
    >>> is_in_agreement("trees", "duckdb", answer, answer[::-1], CountyFiles(Path("county")))
    True
    """
    if task == "dissolve":
        return bool(np.isclose(answer["m2"].sum(), reference["m2"].sum(), rtol=RELATIVE_TOLERANCE, atol=0))
    if task not in ABSOLUTE_TOLERANCE:
        return _values_by_key(answer).equals(_values_by_key(reference))
    values, expected = _measures_by_key(answer).align(_measures_by_key(reference), fill_value=0.0)
    if engine == "rasterstats":
        return _is_near_by_cells(values, expected, files)
    return bool(np.allclose(values, expected, rtol=RELATIVE_TOLERANCE, atol=ABSOLUTE_TOLERANCE[task]))


def _values_by_key(answer: pd.DataFrame) -> pd.Series:
    """Return the found ids by key, in key order, without missing ones."""
    key, value = answer.columns
    values = answer.astype(object).set_index(key)[value].dropna()
    return values.sort_index()


def _measures_by_key(answer: pd.DataFrame) -> pd.Series:
    """Return a measure by its keys."""
    *key, value = answer.columns
    return answer.astype(dict.fromkeys(key, object)).set_index(key)[value].dropna()


def _is_near_by_cells(values: pd.Series, expected: pd.Series, files: CountyFiles) -> bool:
    """Return whether shares agree within `CELL_CENTER_TOLERANCE` in parcels of at least `MIN_PARCEL_M2`."""
    area = gpd.read_parquet(files.parcels).set_index("id").area
    is_large = area.reindex(expected.index.get_level_values(0)).to_numpy() >= MIN_PARCEL_M2
    return bool((np.abs(values - expected)[is_large] <= CELL_CENTER_TOLERANCE).all())
