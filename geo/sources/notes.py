"""What happened to which row, and why: the notes that become a load's report."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

Outcome = Literal["mended", "refused", "noted"]

# A report lists each row of a kind of remark up to these numbers, and every refused one; the summary
# counts them all. A file of a million padded names must not make a report of a gigabyte.
LISTED = {"mended": 10_000, "noted": 1_000}


@dataclass(frozen=True)
class Remark:
    """One kind of thing that happened to rows: `where` are positions in the table as read."""

    outcome: Outcome
    kind: str
    where: np.ndarray
    reasons: Sequence[str] | None  # one for each position; None: `kind` says it all
    listed: bool = True


@dataclass
class Notes:
    """Collects remarks about the rows of one table; positions count from 0 in reading order."""

    rows: int
    remarks: list[Remark] = field(default_factory=list)

    def add(
        self,
        outcome: Outcome,
        where: Any,
        kind: str,
        reasons: Any = None,
        *,
        listed: bool = True,
    ) -> None:
        """Remark on rows: `where` is a mask of all rows, `reasons` a text for each marked one."""
        at = np.flatnonzero(np.asarray(where, dtype=bool))
        if len(at):
            told = None if reasons is None else list(reasons)
            self.remarks.append(Remark(outcome, kind, at, told, listed))

    def changed(self, field_name: str, what: str, before: pd.Series, after: pd.Series) -> None:
        """Remark that values of a field were mended, telling both where they differ."""
        given = before.notna()
        same = (before == after).fillna(value=False) | (after.isna() & before.isna())
        where = given & ~same.astype(bool)
        old, new = before[where], after[where].fillna("unknown").astype("str")
        told = field_name + ": '" + clipped(old) + "' became '" + clipped(new) + "'"
        self.add("mended", where, f"{field_name}: {what}", told)

    def emptied(self, field_name: str, what: str, where: pd.Series, values: pd.Series) -> None:
        """Remark that doubtful values of a field became unknown, telling each."""
        told = field_name + ": '" + clipped(values[where]) + f"' {what}; now unknown"
        self.add("mended", where, f"{field_name}: {what}; now unknown", told)

    def adopt(self, other: "Notes", at: np.ndarray) -> None:
        """Take over the remarks about a part of the rows: `at` are that part's positions here."""
        for one in other.remarks:
            self.remarks.append(
                Remark(one.outcome, one.kind, at[one.where], one.reasons, one.listed)
            )

    def marked(self, outcome: Outcome) -> np.ndarray:
        """Mark the rows that have at least one remark of that outcome."""
        mask = np.zeros(self.rows, dtype=bool)
        for remark in self.remarks:
            if remark.outcome == outcome:
                mask[remark.where] = True
        return mask

    def summary(self) -> list[dict[str, Any]]:
        """Count each kind of remark: refused first, then mended, then noted, the most first."""
        order = {"refused": 0, "mended": 1, "noted": 2}
        counts: dict[tuple[str, str], int] = {}
        for one in self.remarks:
            counts[one.outcome, one.kind] = counts.get((one.outcome, one.kind), 0) + len(one.where)
        ranked = sorted(counts.items(), key=lambda item: (order[item[0][0]], -item[1], item[0][1]))
        return [{"outcome": o, "reason": k, "rows": n} for (o, k), n in ranked]

    def lines(self, numbers: np.ndarray, prefix: np.ndarray | None) -> list[dict[str, Any]]:
        """List what happened row by row; `numbers` are the rows' numbers in their files."""
        told = sorted(self._lines(), key=lambda line: line[0])
        return [
            {
                "row": int(numbers[at]),
                "outcome": outcome,
                "reason": reason if prefix is None else f"{prefix[at]}: {reason}",
            }
            for at, outcome, reason in told
        ]

    def _lines(self) -> Iterator[tuple[int, str, str]]:
        for remark in self.remarks:
            if not remark.listed:
                continue
            most = LISTED.get(remark.outcome, len(remark.where))
            reasons = remark.reasons or [remark.kind] * min(len(remark.where), most)
            for at, reason in zip(remark.where[:most], reasons[:most], strict=False):
                yield int(at), remark.outcome, reason


def clipped(values: pd.Series) -> pd.Series:
    """Shorten long values: a report tells them, it does not carry them."""
    text = values.astype("str")
    return text.str.slice(0, 60).where(text.str.len() <= 60, text.str.slice(0, 57) + "...")
