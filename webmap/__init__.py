"""The web side of lotleaf: pages, maps, the HTTP API and the command line.

`create_app` is the application factory. `webmap.server.open_app` and the tests call it.
Importing this package has no side effects.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from geo.store.protocol import Store
    from webmap.settings import Settings


def create_app(settings: "Settings", store: "Store") -> "Flask":
    """Return the Flask app that serves `store`.

    Building it reads neither the environment nor the clock.
    """
    from webmap.app import build_app  # noqa: PLC0415 - the command line must not load Flask

    return build_app(settings, store)
