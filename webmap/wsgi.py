"""The door for a WSGI server: `granian --interface wsgi --factory webmap.wsgi:app`."""

import os

from flask import Flask

from webmap.serving import opened
from webmap.settings import Settings


def app() -> Flask:
    """Make the app that the environment describes; the environment is read here and nowhere else."""
    return opened(Settings.from_env(os.environ))
