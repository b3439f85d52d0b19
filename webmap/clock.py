"""The clock on the wall: the one place where this house asks what time it is."""

from datetime import UTC, date, datetime


def now() -> datetime:
    """Tell the moment, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Tell the day by this machine's calendar: a due date passes at the town's own midnight."""
    return now().astimezone().date()
