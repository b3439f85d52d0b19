"""Texts about inspections: how long one is open or overdue, its dates, and the rows of a table.

`parcel_page` and `record_pages` call these functions. `today` is a date, given by the caller.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from flask import url_for

from geo.language.translate import gettext, ngettext
from geo.store.records import Record
from webmap.maps.palette import Mark, inspection_mark, inspection_status
from webmap.wording import format_date, format_value, inspection_name

LATEST_DAY = date.max.isoformat()  # sorts a case without a due date behind all others


def inspection_rows(records: Iterable[Record], today: date, own_parcel_id: str) -> list[dict[str, Any]]:
    """Return inspections as table rows: overdue, open by due date, those that may be overdue, then the others.

    The others come newest first. The name of another unit's inspection shows that parcel.
    """
    records = list(records)
    open_records = sorted((record for record in records if is_open(record.values)), key=due_key)
    maybe_late = sorted((record for record in records if may_be_overdue(record.values, today)), key=due_key)
    shown = {record.id for record in (*open_records, *maybe_late)}
    other_records = sorted((record for record in records if record.id not in shown), key=_end_key, reverse=True)
    return [_inspection_row(record, today, own_parcel_id) for record in (*open_records, *maybe_late, *other_records)]


def is_open(values: Mapping[str, Any]) -> bool:
    """Return whether a case is open.

    >>> is_open({"status": "open"}), is_open({"status": "cancelled"}), is_open({})
    (True, False, False)
    """
    return values.get("status") == "open"


def may_be_overdue(values: Mapping[str, Any], today: date) -> bool:
    """Return whether a case of unknown status was due before today.

    >>> may_be_overdue({"status": "unknown", "due_on": "2026-11-19"}, date(2026, 11, 20))
    True
    """
    return inspection_status(values, today.isoformat()) == "maybe_overdue"


def due_key(record: Record) -> tuple[str, str, str]:
    """Return a sort key for open inspections: by due date, then the longest open. Those without a due date are last.

    >>> cases = [Record("I-1", "", {}), Record("I-2", "", {"due_on": "2026-11-09"}), Record("I-3", "", {"due_on": "2026-10-01"})]
    >>> [case.id for case in sorted(cases, key=due_key)]
    ['I-3', 'I-2', 'I-1']
    """
    values = record.values
    return values.get("due_on") or LATEST_DAY, values.get("opened_on") or LATEST_DAY, record.id


def _end_key(record: Record) -> tuple[str, str]:
    return record.values.get("closed_on") or record.values.get("opened_on") or "", record.id


def aged_mark(values: Mapping[str, Any], today: date) -> Mark:
    """Return the mark of an inspection, with the age of an open case or the day of a closed one as its label.

    >>> aged_mark({"status": "open", "opened_on": "2026-10-01", "due_on": "2026-11-08"}, date(2026, 11, 20)).label
    'Overdue by 12 days'
    >>> aged_mark({"status": "open", "opened_on": "2026-10-17"}, date(2026, 11, 20)).label
    'Open 34 days'
    >>> aged_mark({"status": "closed", "closed_on": "2025-11-03"}, date(2026, 11, 20)).label
    'Closed Nov 3, 2025'
    """
    mark = inspection_mark(values, today.isoformat())
    return replace(mark, label=_age_text(mark.code, values, today) or mark.label)


def _age_text(status: str, values: Mapping[str, Any], today: date) -> str | None:
    days_open, days_overdue = _days_since(values.get("opened_on"), today), _days_since(values.get("due_on"), today)
    if status == "overdue" and days_overdue:
        return ngettext("Overdue by %(count)s day", "Overdue by %(count)s days", days_overdue)
    if status == "maybe_overdue" and days_overdue:
        return ngettext("May be overdue by %(count)s day", "May be overdue by %(count)s days", days_overdue)
    if status == "open" and days_open is not None and days_open >= 0:
        return (
            ngettext("Open %(count)s day", "Open %(count)s days", days_open) if days_open else gettext("Opened today")
        )
    if status == "closed" and values.get("closed_on"):
        return gettext("Closed %(date)s", date=format_date(values["closed_on"]))
    return None


def _days_since(iso_day: str | None, today: date) -> int | None:
    try:
        return (today - date.fromisoformat((iso_day or "")[:10])).days
    except ValueError:
        return None


def closed_text(values: Mapping[str, Any]) -> str:
    """Return the day on which a case was closed. An open case is not closed yet.

    >>> closed_text({"status": "open"}), closed_text({"status": "closed"})
    ('Not closed yet', 'unknown')
    """
    has_ended = values.get("closed_on") or not is_open(values)
    return format_date(values.get("closed_on")) if has_ended else gettext("Not closed yet")


def _inspection_row(record: Record, today: date, own_parcel_id: str) -> dict[str, Any]:
    values = record.values
    is_other_parcel = values.get("parcel_id") not in (None, own_parcel_id)
    name = inspection_name(values)
    return {
        "href": url_for("pages.show_inspection", id_=record.id),
        "name": f"{name} ({values['parcel_id']})" if is_other_parcel else name,
        "mark": aged_mark(values, today),
        "opened": format_date(values.get("opened_on")),
        "due": format_date(values.get("due_on")),
        "closed": closed_text(values),
        "agency": format_value(values.get("agency")),
    }
