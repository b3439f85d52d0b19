"""The web of lotleaf: pages, maps, API, and the command line. Importing it does nothing."""

from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from geo.store.protocol import Store
    from webmap.settings import Settings

__version__ = version("lotleaf")


def create_app(settings: "Settings", store: "Store") -> "Flask":
    """Make the app that serves a store. Reads neither environment nor clock."""
    from webmap.app import assemble  # noqa: PLC0415 - the command line must not load the web

    return assemble(settings, store)
