"""Streets that are drawn as parcels: known by number, land use or address, or by their shape.

`clean_layer` calls `mark_rights_of_way`. A street's trees belong to the lots that they stand in front of, so a
street taken for a lot takes them all. A lot that only holds such a word stays a lot: Row House, Bowling
Alley, Mr. Street. See docs/decisions/0035-identity.md.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa

from geo.ingest.lots.street_shapes import StreetShape, street_shapes
from geo.ingest.lots.street_words import (
    is_class_heading,
    is_street_address,
    is_street_number,
    names_public_street,
    names_street,
)
from geo.ingest.mapping.column_matching import column_as_text
from geo.ingest.mapping.profile import Profile
from geo.ingest.row_notes import RowNotes

MAX_NAMED = 5  # parcels that one sentence on the screen names
USUAL_SHARE = 0.5  # of the rows with a number, above which a row without one is odd
RIGHT_OF_WAY = "right_of_way"


def mark_rights_of_way(
    frame: pd.DataFrame,
    file_ids: pd.Series,
    columns: Mapping[str, pa.ChunkedArray],
    profile: Profile,
    is_admitted: np.ndarray,
    row_numbers: np.ndarray,
    notes: RowNotes,
) -> None:
    """Set `kind` to right_of_way in `frame` for streets drawn as parcels, with a note that says why.

    A kind that the file states stays. Where words and other values contradict each other, or only the shape
    speaks for a street and nothing against it is known, the lot stays and the doubt is told.
    """
    is_open = is_admitted & (frame["kind"].isna() | (frame["kind"] == "unknown")).to_numpy(bool)
    if not is_open.any():
        return
    reasons, is_weak = _reasons_by_words(frame, file_ids, columns, profile)
    is_lot = _lot_mask(frame)
    shapes = street_shapes(frame["geometry"].to_numpy(), is_open)
    says_nothing = frame["land_use"].isna().to_numpy(bool) & ~is_lot
    has_reason = reasons.notna().to_numpy(bool)
    is_street = is_open & (
        (has_reason & ~(is_weak & is_lot)) | (~has_reason & says_nothing & (shapes == StreetShape.STREET))
    )
    may_be_street = has_reason | (says_nothing & ((shapes != StreetShape.LOT) | _lacks_number(frame, file_ids)))
    is_doubtful = is_open & ~is_street & may_be_street
    by_shape = np.where(shapes == StreetShape.LOT, "its missing number", "its shape (long, like a street)")
    why = reasons.fillna(pd.Series(by_shape, index=frame.index)).astype("str")
    frame["kind"] = frame["kind"].mask(is_street, RIGHT_OF_WAY).astype("str")
    kinds = {"kind: a right of way": is_street, "kind: may be a right of way; it stays a lot": is_doubtful}
    for kind, mask in kinds.items():
        notes.add_note("noted", mask, kind, f"{kind}, by " + why[mask])
    names = file_ids.fillna(pd.Series("row " + pd.Series(row_numbers).astype("str").to_numpy(), index=file_ids.index))
    _warn(notes, names, why, is_street, "{} taken for a right of way, so that its trees belong to the lots beside it")
    _warn(notes, names, why, is_doubtful, "{} may be a right of way (kept as a lot)")


def _lacks_number(frame: pd.DataFrame, file_ids: pd.Series) -> np.ndarray:
    """Return a mask of the rows without number and address, in a file whose rows have numbers."""
    has_number = file_ids.fillna("").str.contains(r"[1-9a-zA-Z]", regex=True)
    return np.asarray(~has_number & frame["address"].isna()) & bool(has_number.mean() > USUAL_SHARE)


def _reasons_by_words(
    frame: pd.DataFrame, file_ids: pd.Series, columns: Mapping[str, pa.ChunkedArray], profile: Profile
) -> tuple[pd.Series, np.ndarray]:
    """Return why each row is a street by its words, NA if no word says so, and a mask of the weak reasons.

    A word in a number is weak: a house number or a land use overrules it.
    """
    reasons = pd.Series([None] * len(frame), dtype="str", index=frame.index)
    for name, text in _class_texts(frame, columns, profile):
        reasons = _fill_reasons(reasons, name, text, _map_distinct(text, names_street))
    address = frame["address"]
    reasons = _fill_reasons(reasons, "address", address, _map_distinct(address, is_street_address))
    reasons = _fill_reasons(reasons, "owner", None, _map_distinct(frame["owner"], names_public_street))
    is_known = reasons.notna().to_numpy(bool)
    reasons = _fill_reasons(reasons, "number", file_ids, _map_distinct(file_ids, is_street_number))
    return reasons, ~is_known


def _class_texts(
    frame: pd.DataFrame, columns: Mapping[str, pa.ChunkedArray], profile: Profile
) -> list[tuple[str, pd.Series]]:
    """Return the texts that say what a parcel is: its land use and zoning, and columns with such a heading."""
    texts = [("land use", frame["land_use"]), ("zoning", frame["zoning"])]
    fields = ("land_use", "zoning", "address", "owner", "owner_address", "id")
    used = {column for field in fields if field in profile.columns for column in profile.columns[field].columns}
    for name, column in columns.items():
        if name not in used and is_class_heading(name) and pa.types.is_string(column.type):
            texts.append((name, column_as_text(column).set_axis(frame.index)))
    return texts


def _lot_mask(frame: pd.DataFrame) -> np.ndarray:
    """Return a mask of the rows that something else calls a lot: a house number, a building, or a land use."""
    has_house_number = frame["address"].str.contains(r"^\s*0*[1-9]\d*\w?\s+\S", regex=True).fillna(value=False)
    has_building = frame["year_built"].notna() | (frame["dwellings"].fillna(0) > 0)
    land_use = frame["land_use"]
    has_other_use = land_use.notna() & ~_map_distinct(land_use, names_street)
    return np.asarray(has_house_number.astype(bool) | has_building | has_other_use)


def _map_distinct(texts: pd.Series, condition: object) -> pd.Series:
    """Return a mask of the texts that meet a condition, which is asked once for each distinct text."""
    distinct = texts.dropna().drop_duplicates()
    met = distinct[[bool(condition(text)) for text in distinct]]  # type: ignore[operator]
    return texts.isin(met.tolist()) & texts.notna()


def _fill_reasons(reasons: pd.Series, name: str, text: pd.Series | None, mask: pd.Series) -> pd.Series:
    """Return the reasons with the name and value of a column for the rows of `mask` that have none yet."""
    is_new = mask & reasons.isna()
    values = f"its {name}" if text is None else f"its {name} '" + text.astype("str").str.slice(0, 60) + "'"
    return reasons.mask(is_new, values).astype("str")


def _warn(notes: RowNotes, ids: pd.Series, why: pd.Series, mask: np.ndarray, sentence: str) -> None:
    """Add a sentence for the screen with the ids of the parcels, and the reason of each."""
    positions = np.flatnonzero(mask)
    if not len(positions):
        return
    names = [f"{ids.iloc[nth]} (by {why.iloc[nth]})" for nth in positions[:MAX_NAMED]]
    more = f" and {len(positions) - MAX_NAMED:,} more" if len(positions) > MAX_NAMED else ""
    count = "1 parcel" if len(positions) == 1 else f"{len(positions):,} parcels"
    notes.warnings.append(f"{sentence.format(count)}: {', '.join(names)}{more}")
