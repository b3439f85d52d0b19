"""Whether an answer says the same as the reference."""

import geopandas as gpd
import numpy as np
import pandas as pd

from benchmarks.join.files import Files

RELATIVE = 1e-6
# Below these, cutting leaves rounding alone: a mm², and of shares as much of a small lot.
LEAST = {"canopy": 1e-6, "towns": 1e-8, "raster": 1e-6}
MIDDLES = 0.03  # how far a share may be off where cells are counted by their middles…
FEW_CELLS_M2 = 100.0  # …in parcels that are not smaller than this


def agrees(
    task: str, engine: str, answer: pd.DataFrame, reference: pd.DataFrame, files: Files
) -> bool:
    """Compare an answer with the reference.

    Every tree and inspection must have the same parcel, so that all counts are equal; areas and
    shares must be within 1e-6 of each other. What one leaves out is nothing to the other. Of dissolved
    crowns the whole area is compared.
    """
    if task == "dissolve":
        return bool(np.isclose(answer["m2"].sum(), reference["m2"].sum(), rtol=RELATIVE, atol=0))
    if task not in LEAST:
        return _rows(answer).equals(_rows(reference))
    found, right = _measure(answer).align(_measure(reference), fill_value=0.0)
    if engine == "rasterstats":
        return _near(found, right, files)
    return bool(np.allclose(found, right, rtol=RELATIVE, atol=LEAST[task]))


def _rows(answer: pd.DataFrame) -> pd.Series:
    """Give what was found by what was asked for, in order."""
    key, value = answer.columns
    found = answer.astype(object).set_index(key)[value].dropna()
    return found.sort_index()


def _measure(answer: pd.DataFrame) -> pd.Series:
    """Give a measure by what was measured."""
    *key, value = answer.columns
    return answer.astype(dict.fromkeys(key, object)).set_index(key)[value].dropna()


def _near(found: pd.Series, right: pd.Series, files: Files) -> bool:
    """Compare shares of cells where a parcel has enough cells for chance to even out."""
    area = gpd.read_parquet(files.parcels).set_index("id").area
    large = area.reindex(right.index.get_level_values(0)).to_numpy() >= FEW_CELLS_M2
    return bool((np.abs(found - right)[large] <= MIDDLES).all())
