"""The error for an engine that is not installed."""


class MissingEngine(Exception):
    """An engine that is not installed here."""
