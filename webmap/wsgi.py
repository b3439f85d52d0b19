"""The WSGI entry point: `granian --interface wsgi --factory webmap.wsgi:app`."""

import os

from flask import Flask

from webmap.server import open_app
from webmap.settings import Settings


def app() -> Flask:
    """Return the app for the settings in the environment."""
    return open_app(Settings.from_env(os.environ))
