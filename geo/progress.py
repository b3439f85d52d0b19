"""Progress reports of long work: a message, and the share done (0 to 1) or None if unknown.

Loads, joins and batch geocoding call a `Progress`. The command line draws a bar from it.
"""

from collections.abc import Callable

Progress = Callable[[str, float | None], None]


def ignore_progress(_message: str, _share: float | None) -> None:
    """Discard a progress report.

    >>> ignore_progress("joining", 0.5)
    """
