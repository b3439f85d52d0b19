"""How long work tells how far it is: in words, and with the share done where that is known."""

from collections.abc import Callable

Progress = Callable[[str, float | None], None]


def quiet(_what: str, _share: float | None) -> None:
    """Tell nobody."""
