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
ABSENT = ("blank", "null")  # how a file says nothing; a row's fields of each stand in one line


@dataclass(frozen=True)
class Remark:
    """One kind of thing that happened to rows: `where` are positions in the table as read."""

    outcome: Outcome
    kind: str
    where: np.ndarray
    reasons: Sequence[str] | None  # one for each position; None: `kind` says it all
    listed: bool = True


@dataclass(frozen=True)
class Unknown:
    """What a file said where a field is unknown: nothing (`ABSENT`), or a word for it in quotes."""

    field: str
    said: str
    where: np.ndarray


@dataclass
class Notes:
    """Collects remarks about the rows of one table; positions count from 0 in reading order."""

    rows: int
    remarks: list[Remark] = field(default_factory=list)
    unknowns: list[Unknown] = field(default_factory=list)

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

    def unknown(self, field_name: str, said: str, where: Any) -> None:
        """Remark where a field is unknown by what the file said there.

        Nothing said is noted; a word for nothing is a value that became unknown, so mended.
        """
        at = np.flatnonzero(np.asarray(where, dtype=bool))
        if len(at):
            self.unknowns.append(Unknown(field_name, said, at))
        if said not in ABSENT:
            self.add("mended", where, f"{field_name}: {said}, so unknown")

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
        """Count each kind of remark: refused first, then mended, then noted, the most first.

        Where nothing stands comes last: it is what most files have most of.
        """
        order = {"refused": 0, "mended": 1, "noted": 2}
        counts: dict[tuple[str, str], int] = {}
        for one in self.remarks:
            counts[one.outcome, one.kind] = counts.get((one.outcome, one.kind), 0) + len(one.where)
        ranked = sorted(counts.items(), key=lambda item: (order[item[0][0]], -item[1], item[0][1]))
        told = [{"outcome": o, "reason": k, "rows": n} for (o, k), n in ranked]
        absent = [one for one in self.unknowns if one.said in ABSENT]
        absent.sort(key=lambda one: (-len(one.where), one.field, one.said))
        return told + [
            {
                "outcome": "noted",
                "reason": f"{one.field}: {one.said}, so unknown",
                "rows": len(one.where),
            }
            for one in absent
        ]

    def unknown_rows(
        self, numbers: np.ndarray, prefix: np.ndarray | None
    ) -> dict[str, dict[str, dict[str, Any]]]:
        """Tell for each field and what the file said there how many rows say so, and all of them.

        >>> notes = Notes(4)
        >>> notes.unknown("dbh_in", "blank", [True, True, False, True])
        >>> notes.unknown_rows(np.arange(1, 5), None)
        {'dbh_in': {'blank': {'count': 3, 'rows': '1-2, 4'}}}
        """
        told: dict[str, dict[str, dict[str, Any]]] = {}
        for one in self.unknowns:
            files = None if prefix is None else prefix[one.where]
            rows = spans(numbers[one.where], files)
            told.setdefault(one.field, {})[one.said] = {"count": len(one.where), "rows": rows}
        return told

    def in_short(self, numbers: np.ndarray, prefix: np.ndarray | None) -> dict[str, dict[str, Any]]:
        """Tell all rows of each remark that is not listed row by row.

        >>> notes = Notes(4)
        >>> notes.add("noted", [True, True, False, True], "height left out", listed=False)
        >>> notes.in_short(np.arange(1, 5), None)
        {'height left out': {'count': 3, 'rows': '1-2, 4'}}
        """
        return {
            one.kind: {
                "count": len(one.where),
                "rows": spans(numbers[one.where], None if prefix is None else prefix[one.where]),
            }
            for one in self.remarks
            if not one.listed
        }

    def lines(self, numbers: np.ndarray, prefix: np.ndarray | None) -> list[dict[str, Any]]:
        """List what happened row by row; `numbers` are the rows' numbers in their files."""
        told = sorted([*self._lines(), *self._absent_lines()], key=lambda line: line[0])
        return [
            {
                "row": int(numbers[at]),
                "outcome": outcome,
                "reason": reason if prefix is None else f"{prefix[at]}: {reason}",
            }
            for at, outcome, reason in told
        ]

    def _absent_lines(self) -> Iterator[tuple[int, str, str]]:
        """Say in one line which of a row's fields are blank, and in one which are null."""
        for said in ABSENT:
            alike = [one for one in self.unknowns if one.said == said]
            mask = np.zeros(self.rows, dtype=bool)
            for one in alike:
                mask[one.where] = True
            names: dict[int, list[str]] = {
                int(at): [] for at in np.flatnonzero(mask)[: LISTED["mended"]]
            }
            for one in alike:
                for at in one.where[: LISTED["mended"]].tolist():
                    if at in names:
                        names[at].append(one.field)
            for at, fields in names.items():
                yield at, "noted", f"{said}, so unknown: {', '.join(fields)}"

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


def spans(numbers: np.ndarray, files: np.ndarray | None = None) -> str:
    """Write rows' numbers in short, file by file where `files` names theirs.

    >>> spans(np.array([1, 2, 3, 7, 9, 10]))
    '1-3, 7, 9-10'
    >>> spans(np.array([1, 2, 1]), np.array(["a.csv", "a.csv", "b.csv"]))
    'a.csv: 1-2; b.csv: 1'
    """
    if files is not None:
        names = dict.fromkeys(files)
        return "; ".join(f"{name}: {spans(numbers[files == name])}" for name in names)
    starts = np.flatnonzero(np.diff(numbers, prepend=numbers[0] - 2) != 1)
    ends = np.append(starts[1:], len(numbers)) - 1
    pairs = zip(numbers[starts].tolist(), numbers[ends].tolist(), strict=True)
    return ", ".join(str(low) if low == high else f"{low}-{high}" for low, high in pairs)
