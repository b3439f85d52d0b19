"""Notes about rows: the outcome of each row and its reason, from which the load report is made.

`read_source` creates one `RowNotes` for each request. All cleaning steps add to it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from geo.ingest.report_text import clip_values, format_row_spans

RowOutcome = Literal["mended", "refused", "noted"]

# The most rows that a report lists for one note. Refused rows are all listed, and the summary counts every row.
# Without a limit, a file of a million padded names makes a report of a gigabyte.
MAX_LISTED_ROWS = {"mended": 10_000, "noted": 1_000}
ABSENT_VALUES = ("blank", "null")  # a cell without content; a row has one report line for each


@dataclass(frozen=True)
class RowNote:
    """One kind of outcome and the rows that have it.

    `positions` are row positions in the table as read, counted from 0. `reasons` has one text for
    each position, or is None where `kind` is the whole reason. Rows of a note that is not
    `is_listed` appear in the report as ranges only.
    """

    outcome: RowOutcome
    kind: str
    positions: np.ndarray
    reasons: Sequence[str] | None  # one for each position, or None
    is_listed: bool = True


@dataclass(frozen=True)
class UnknownValues:
    """The rows that lack a value of one field for one reason.

    `file_value` is the cell's content: one of `ABSENT_VALUES`, or a word for nothing in quotes.
    `positions` are row positions, counted from 0.
    """

    field_name: str
    file_value: str
    positions: np.ndarray


@dataclass
class RowNotes:
    """The notes about the rows of one table. Positions count from 0 in the order of reading.

    >>> notes = RowNotes(3)
    >>> notes.add_note("mended", [False, True, True], "zip: extra spaces removed")
    >>> notes.report_lines(np.array([1, 2, 3]), None)[0]
    {'row': 2, 'outcome': 'mended', 'reason': 'zip: extra spaces removed'}
    """

    row_count: int
    entries: list[RowNote] = field(default_factory=list)
    unknown_values: list[UnknownValues] = field(default_factory=list)
    column_note_kinds: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)  # sentences for the screen, with ids or row numbers

    def add_note(
        self, outcome: RowOutcome, mask: Any, kind: str, reasons: Any = None, *, is_listed: bool = True
    ) -> None:
        """Add a note on the rows where `mask` is true, with one text in `reasons` for each of them.

        >>> notes = RowNotes(2)
        >>> notes.add_note("refused", [True, False], "cannot be placed: no geometry")
        >>> notes.rows_with_outcome("refused").tolist()
        [True, False]
        """
        positions = np.flatnonzero(np.asarray(mask, dtype=bool))
        if len(positions):
            reason_list = None if reasons is None else list(reasons)
            self.entries.append(RowNote(outcome, kind, positions, reason_list, is_listed))

    def note_changed_values(self, field_name: str, change: str, before: pd.Series, after: pd.Series) -> None:
        """Add a note that values of a field were repaired, with both values, where `before` and `after` differ.

        >>> notes = RowNotes(2)
        >>> before = pd.Series(["Good ", "Fair"], dtype="str")
        >>> notes.note_changed_values("condition", "extra spaces removed", before, before.str.strip())
        >>> notes.entries[0].reasons
        ["condition: 'Good ' became 'Good'"]
        """
        has_value = before.notna()
        is_same = (before == after).fillna(value=False) | (after.isna() & before.isna())
        is_changed = has_value & ~is_same.astype(bool)
        if not is_changed.any():
            return
        old, new = before[is_changed], after[is_changed].fillna("unknown").astype("str")
        reasons = field_name + ": '" + clip_values(old) + "' became '" + clip_values(new) + "'"
        self.add_note("mended", is_changed, f"{field_name}: {change}", reasons)

    def note_emptied_values(self, field_name: str, problem: str, mask: pd.Series, values: pd.Series) -> None:
        """Add a note that the field's values in `mask` became unknown, with each value.

        >>> notes = RowNotes(2)
        >>> notes.note_emptied_values("dbh_in", "is not a number", pd.Series([True, False]), pd.Series(["big", "12"]))
        >>> notes.entries[0].reasons
        ["dbh_in: 'big' is not a number; now unknown"]
        """
        if not np.asarray(mask, dtype=bool).any():
            return
        reasons = field_name + ": '" + clip_values(values[mask]) + f"' {problem}; now unknown"
        self.add_note("mended", mask, f"{field_name}: {problem}; now unknown", reasons)

    def note_column(self, field_name: str, remark: str, mask: Any) -> None:
        """Add a note about how a whole column was read, with the rows that it concerns. The screen shows it.

        >>> notes = RowNotes(2)
        >>> notes.note_column("opened_on", "the day comes before the month", [True, True])
        >>> notes.column_notes(np.arange(1, 3), None)
        [{'reason': 'opened_on: the day comes before the month', 'count': 2, 'rows': '1-2'}]
        """
        kind = f"{field_name}: {remark}"
        self.add_note("noted", mask, kind, is_listed=False)
        self.column_note_kinds.append(kind)

    def column_notes(self, row_numbers: np.ndarray, row_file_names: np.ndarray | None) -> list[dict[str, Any]]:
        """Return each note of `note_column`, with the count and the ranges of its rows."""
        lines = self.unlisted_rows(row_numbers, row_file_names)
        return [{"reason": kind, **lines[kind]} for kind in dict.fromkeys(self.column_note_kinds) if kind in lines]

    def note_unknown_values(self, field_name: str, file_value: str, mask: Any) -> None:
        """Record the rows without a value of a field, by the cell's content.

        A blank or null cell is only noted. A word for nothing, such as 'N/A', counts as repaired.
        """
        positions = np.flatnonzero(np.asarray(mask, dtype=bool))
        if len(positions):
            self.unknown_values.append(UnknownValues(field_name, file_value, positions))
        if file_value not in ABSENT_VALUES:
            self.add_note("mended", mask, f"{field_name}: {file_value}, so unknown")

    def merge_notes(self, other: "RowNotes", positions: np.ndarray) -> None:
        """Add the notes of a part of the rows. `positions` `(n,)` are the positions of the part in this table.

        >>> notes, part = RowNotes(4), RowNotes(2)
        >>> part.add_note("noted", [False, True], "geometry: empty")
        >>> notes.merge_notes(part, np.array([1, 3]))
        >>> notes.entries[0].positions.tolist()
        [3]
        """
        for note in other.entries:
            self.entries.append(
                RowNote(note.outcome, note.kind, positions[note.positions], note.reasons, note.is_listed)
            )

    def merge_value_notes(self, other: "RowNotes", value_codes: np.ndarray, positions: np.ndarray) -> None:
        """Add the notes of distinct values to all rows that have them.

        `positions` `(m,)` are the positions of rows in this table, and `value_codes` `(m,)` the position of each
        row's value in the other.

        >>> notes, values = RowNotes(4), RowNotes(2)
        >>> values.add_note("noted", [False, True], "no tree", ["'stump' is no tree"])
        >>> notes.merge_value_notes(values, np.array([1, 0, 1]), np.array([0, 1, 3]))
        >>> notes.entries[0].positions.tolist(), notes.entries[0].reasons
        ([0, 3], ["'stump' is no tree", "'stump' is no tree"])
        """
        for unknown in other.unknown_values:
            has_value = np.isin(value_codes, unknown.positions)
            self.unknown_values.append(UnknownValues(unknown.field_name, unknown.file_value, positions[has_value]))
        for note in other.entries:
            place_of_value = np.full(other.row_count, -1)
            place_of_value[note.positions] = np.arange(len(note.positions))
            places = place_of_value[value_codes]
            has_note = places >= 0
            reasons = None if note.reasons is None else [note.reasons[place] for place in places[has_note]]
            self.entries.append(RowNote(note.outcome, note.kind, positions[has_note], reasons, note.is_listed))

    def rows_with_outcome(self, outcome: RowOutcome) -> np.ndarray:
        """Return a mask `(row_count,)` of the rows with at least one note of that outcome."""
        mask = np.zeros(self.row_count, dtype=bool)
        for note in self.entries:
            if note.outcome == outcome:
                mask[note.positions] = True
        return mask

    def summary(self) -> list[dict[str, Any]]:
        """Return the number of rows for each kind of note: refused, mended, noted, each by falling count.

        Blank and null cells come last, because most files have many of them.

        >>> notes = RowNotes(3)
        >>> notes.add_note("noted", [True, True, True], "geometry: empty")
        >>> notes.add_note("refused", [True, False, False], "equal to another row in every field")
        >>> [(line["outcome"], line["rows"]) for line in notes.summary()]
        [('refused', 1), ('noted', 3)]
        """
        order = {"refused": 0, "mended": 1, "noted": 2}
        row_counts: dict[tuple[str, str], int] = {}
        for entry in self.entries:
            row_counts[entry.outcome, entry.kind] = row_counts.get((entry.outcome, entry.kind), 0) + len(
                entry.positions
            )
        ranked = sorted(row_counts.items(), key=lambda item: (order[item[0][0]], -item[1], item[0][1]))
        summary_lines = [
            {"outcome": outcome, "reason": kind, "rows": row_count} for (outcome, kind), row_count in ranked
        ]
        absent_values = [entry for entry in self.unknown_values if entry.file_value in ABSENT_VALUES]
        absent_values.sort(key=lambda entry: (-len(entry.positions), entry.field_name, entry.file_value))
        return summary_lines + [
            {
                "outcome": "noted",
                "reason": f"{entry.field_name}: {entry.file_value}, so unknown",
                "rows": len(entry.positions),
            }
            for entry in absent_values
        ]

    def unknown_rows_by_field(
        self, row_numbers: np.ndarray, row_file_names: np.ndarray | None
    ) -> dict[str, dict[str, dict[str, Any]]]:
        """Return, by field and by the cell's content, the count and the ranges of rows with unknown values.

        >>> notes = RowNotes(4)
        >>> notes.note_unknown_values("dbh_in", "blank", [True, True, False, True])
        >>> notes.unknown_rows_by_field(np.arange(1, 5), None)
        {'dbh_in': {'blank': {'count': 3, 'rows': '1-2, 4'}}}
        """
        rows_by_field: dict[str, dict[str, dict[str, Any]]] = {}
        for unknown in self.unknown_values:
            file_names = None if row_file_names is None else row_file_names[unknown.positions]
            row_spans = format_row_spans(row_numbers[unknown.positions], file_names)
            rows_by_field.setdefault(unknown.field_name, {})[unknown.file_value] = {
                "count": len(unknown.positions),
                "rows": row_spans,
            }
        return rows_by_field

    def unlisted_rows(self, row_numbers: np.ndarray, row_file_names: np.ndarray | None) -> dict[str, dict[str, Any]]:
        """Return the count and the ranges of rows for each note that is not listed row by row.

        >>> notes = RowNotes(4)
        >>> notes.add_note("noted", [True, True, False, True], "height left out", is_listed=False)
        >>> notes.unlisted_rows(np.arange(1, 5), None)
        {'height left out': {'count': 3, 'rows': '1-2, 4'}}
        """
        return {
            note.kind: {
                "count": len(note.positions),
                "rows": format_row_spans(
                    row_numbers[note.positions], None if row_file_names is None else row_file_names[note.positions]
                ),
            }
            for note in self.entries
            if not note.is_listed
        }

    def report_lines(self, row_numbers: np.ndarray, row_file_names: np.ndarray | None) -> list[dict[str, Any]]:
        """Return one dict for each row and note, in row order.

        `row_numbers` are the rows' numbers in their files. `row_file_names` puts the file's name
        before each reason.
        """
        lines = sorted([*self._note_lines(), *self._absent_lines()], key=lambda line: line[0])
        return [
            {
                "row": int(row_numbers[position]),
                "outcome": outcome,
                "reason": reason if row_file_names is None else f"{row_file_names[position]}: {reason}",
            }
            for position, outcome, reason in lines
        ]

    def _absent_lines(self) -> Iterator[tuple[int, str, str]]:
        """Yield for each row one line that lists its blank fields, and one that lists its null fields."""
        for file_value in ABSENT_VALUES:
            unknowns = [unknown for unknown in self.unknown_values if unknown.file_value == file_value]
            mask = np.zeros(self.row_count, dtype=bool)
            for unknown in unknowns:
                mask[unknown.positions] = True
            fields_by_position: dict[int, list[str]] = {
                int(position): [] for position in np.flatnonzero(mask)[: MAX_LISTED_ROWS["mended"]]
            }
            for unknown in unknowns:
                for position in unknown.positions[: MAX_LISTED_ROWS["mended"]].tolist():
                    if position in fields_by_position:
                        fields_by_position[position].append(unknown.field_name)
            for position, field_names in fields_by_position.items():
                yield position, "noted", f"{file_value}, so unknown: {', '.join(field_names)}"

    def _note_lines(self) -> Iterator[tuple[int, str, str]]:
        for note in self.entries:
            if not note.is_listed:
                continue
            limit = MAX_LISTED_ROWS.get(note.outcome, len(note.positions))
            reasons = note.reasons or [note.kind] * min(len(note.positions), limit)
            for position, reason in zip(note.positions[:limit], reasons[:limit], strict=False):
                yield int(position), note.outcome, reason
