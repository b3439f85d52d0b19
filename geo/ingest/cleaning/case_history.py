"""The history of cases: of several rows of one case and violation, the latest says how the case stands.

`geo.ingest.read_source` calls `fold_case_history` for inspections. See docs/decisions/0032-case-history.md.
"""

from typing import Any

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geo.ingest.row_notes import RowNotes

EARLIER_ROW_NOTE = "case: an earlier row of its case, kept as its history"
TIE_NOTE = "case: rows of the latest day differ in status; now unknown"
UNDATED_NOTE = "case: no day says which of its rows is the latest; each stays an inspection"
MAX_HISTORY_CHARACTERS = 4000
# Types that name a visit and not a violation. They do not part the rows of a case.
VISIT_PATTERN = (
    r"(?i)(?:initial|first|second|third|final|follow[ -]?up|re-?|routine|compliance|site|\d+(?:st|nd|rd|th))?"
    r"[ -]*(?:inspections?|reinspections?|visits?|re-?check|follow[ -]?up)"
)
FIELDS_OF_A_CASE = ("opened_on", "kind", "code", "address", "parcel_key")  # where the latest row has none
HOUSE_NUMBER_PATTERN = r"^\s*(\d+)\b"


def fold_case_history(frame: GeoDataFrame, notes: RowNotes) -> GeoDataFrame:
    """Return the inspections with one row for each violation of a case, and the earlier rows in `history`.

    The row of the latest day says how the case stands. It takes the id of the earliest, so that a case
    keeps its id when a visit is added. If rows of the latest day differ in status, the status is unknown.
    Rows without a day stay by themselves. `frame` is indexed by row position. Each row that becomes
    history gets a note.
    """
    rows = _rows_of_cases(frame)
    rows = rows[rows.groupby("group")["group"].transform("size") > 1]
    if rows.empty:
        return frame
    undated = rows["day"].isna()
    has_undated = undated.groupby(rows["group"]).transform("any")
    _note(notes, rows.index[has_undated & undated], UNDATED_NOTE)
    dated = rows[~undated].sort_values(["group", "day", "id"], kind="stable")
    dated = dated[dated.groupby("group")["group"].transform("size") > 1]
    return _fold(frame, dated, notes) if len(dated) else frame


def _fold(frame: GeoDataFrame, rows: pd.DataFrame, notes: RowNotes) -> GeoDataFrame:
    """Return the frame with each group of `rows` as one row. `rows` are sorted by group, day and id."""
    by_group = rows.groupby("group")
    latest = rows.loc[by_group.tail(1).index]
    earlier = rows.drop(index=latest.index)
    is_last_day = rows["day"] == by_group["day"].transform("max")
    code_count = rows[is_last_day].groupby("group")["status"].nunique()
    tied = latest[(latest["group"].map(code_count) > 1).to_numpy()]
    folded = frame.copy()
    for name in FIELDS_OF_A_CASE:
        folded.loc[latest.index, name] = frame.loc[latest.index, name].fillna(_first_value(frame, rows, name))
    folded.loc[latest.index, "id"] = _stable_ids(rows)
    folded.loc[latest.index, "history"] = latest["group"].map(_history_texts(earlier))
    folded.loc[latest.index, "raw"] = _raw_with_history(latest, earlier)
    folded.loc[tied.index, "status"] = "unknown"
    _note(notes, earlier.index, EARLIER_ROW_NOTE, "case " + earlier["case"] + ": an earlier row, kept as its history")
    _note(
        notes,
        tied.index,
        TIE_NOTE,
        "case " + tied["case"] + ": its rows of " + tied["day"] + " differ in status; now unknown",
    )
    return folded.drop(index=earlier.index)


def _stable_ids(rows: pd.DataFrame) -> np.ndarray:
    """Return an id for each group, by group: that of its earliest row, without a suffix that only tells rows apart.

    >>> rows = pd.DataFrame({"group": [0, 0, 1, 1], "id": ["h1-2", "h1", "I-7", "I-9"]})
    >>> _stable_ids(rows).tolist()
    ['h1', 'I-7']
    """
    first = rows.groupby("group")["id"].first()
    base = first.str.replace(r"-\d+$", "", regex=True)
    known = pd.MultiIndex.from_frame(rows[["group", "id"]])
    is_known = pd.MultiIndex.from_arrays([base.index, base]).isin(known)
    return np.where(is_known, base, first)


def _first_value(frame: GeoDataFrame, rows: pd.DataFrame, name: str) -> pd.Series:
    """Return the first known value of a field in each row's group, indexed as `rows`."""
    return frame.loc[rows.index, name].groupby(rows["group"]).transform("first")


def _rows_of_cases(frame: GeoDataFrame) -> pd.DataFrame:
    """Return the rows that name a case: their group, day, status and texts, indexed as `frame`."""
    case = frame["case_id"].str.strip().str.casefold()
    named = frame[case.notna() & (case != "")]
    parts = pd.DataFrame({"case": case[named.index]})
    parts["kind"] = (
        named["kind"].str.casefold().mask(named["kind"].str.fullmatch(VISIT_PATTERN).fillna(value=False).astype(bool))
    )
    parts["code"] = named["code"].str.casefold()
    parts["place"] = _places(named)
    for name in ("place", "kind", "code"):
        parts[name] = _fill_single_value(parts["case"], parts[name])
    day = named["inspected_on"].fillna(named["closed_on"]).fillna(named["opened_on"])
    table = named[["id", "status", "status_word", "outcome", "raw"]].assign(
        case=named["case_id"].astype("str"), day=day.astype("object").where(day.notna(), None)
    )
    table["group"] = parts.groupby(list(parts), dropna=False, sort=False).ngroup()
    return table


def _places(frame: GeoDataFrame) -> pd.Series:
    """Return what tells the places of a case apart: its parcel, or else the house number of its address."""
    number = frame["address"].str.extract(HOUSE_NUMBER_PATTERN, expand=False)
    return frame["parcel_key"].str.casefold().fillna(number)


def _fill_single_value(case: pd.Series, values: pd.Series) -> pd.Series:
    """Return the values with gaps filled where all other rows of the case have one value.

    >>> case = pd.Series(["1", "1", "2", "2", "2"])
    >>> _fill_single_value(case, pd.Series(["weeds", None, "weeds", "trash", None])).fillna("").tolist()
    ['weeds', 'weeds', 'weeds', 'trash', '']
    """
    groups = values.groupby(case)
    is_single = groups.transform("nunique") == 1
    return values.where(values.notna() | ~is_single, groups.transform("first"))


def _history_texts(earlier: pd.DataFrame) -> pd.Series:
    """Return the earlier rows of each group as text, the first one first: "2026-03-02 Open; 2026-03-09 Notice sent"."""
    words = earlier["status_word"].fillna(earlier["status"]).str.replace(";", ",")
    outcomes = (" (" + earlier["outcome"].str.replace(";", ",") + ")").fillna("")
    texts = (earlier["day"] + " " + words + outcomes).groupby(earlier["group"]).agg("; ".join)
    return texts.where(texts.str.len() <= MAX_HISTORY_CHARACTERS, "\u2026 " + texts.str[-MAX_HISTORY_CHARACTERS:])


def _raw_with_history(latest: pd.DataFrame, earlier: pd.DataFrame) -> pd.Series:
    """Return the raw row of each case as JSON: the latest row, with the others under "earlier rows"."""
    others = latest["group"].map(earlier.groupby("group")["raw"].agg(", ".join))
    own = latest["raw"].str.rstrip().str[:-1]
    return own + np.where(own == "{", "", ", ") + '"earlier rows": [' + others + "]}"


def case_history_summary(row_count: int, frame: GeoDataFrame, notes: RowNotes) -> dict[str, Any]:
    """Return how many rows are the history of how many inspections, and the rows of ties, counted from 0."""
    ties = [note.positions.tolist() for note in notes.entries if note.kind == TIE_NOTE]
    return {
        "rows": row_count - len(frame),
        "inspections": int(frame["history"].notna().sum()),
        "unclear_cases": [frame.loc[position, "case_id"] for positions in ties for position in positions],
    }


def _note(notes: RowNotes, positions: pd.Index, kind: str, reasons: pd.Series | None = None) -> None:
    mask = np.zeros(notes.row_count, dtype=bool)
    mask[positions.to_numpy()] = True
    notes.add_note("noted", mask, kind, None if reasons is None else reasons.sort_index())
