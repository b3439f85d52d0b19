"""The clock: the only module that asks for the current time.

Views and commands call `now` and `today`, and pass the result to `geo`.
"""

from datetime import UTC, date, datetime


def now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Return today's date in this machine's time zone: a due date passes at the town's own midnight."""
    return now().astimezone().date()
