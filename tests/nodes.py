"""Finds the Node that the tests run the front end's modules with."""

import shutil
import sys
from pathlib import Path


def node() -> str:
    """Find Node: the system's, or the one that the setup brought."""
    beside = str(Path(sys.executable).parent)
    found = shutil.which("node", path=beside) or shutil.which("node")
    assert found, "no Node; make setup brings it"
    return found
