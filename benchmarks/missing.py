"""What a measurement may find missing."""


class Missing(Exception):
    """An engine that is not here."""
