"""How tests start Chromium, and the screens that they look at: some in `make test`, all in `make proof-screens`."""

import os
import shutil
from collections.abc import Sequence
from typing import Any, TypeVar

Case = TypeVar("Case")

# The shell has the same engine without a browser's own windows, which cost more than most of our pages.
CHROMIUM = (
    os.environ.get("LOTLEAF_CHROMIUM")
    or shutil.which("chromium-headless-shell")
    or shutil.which("chromium")
    or "/usr/bin/chromium"
)
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
IS_EVERY_SCREEN = "LOTLEAF_EVERY_SCREEN" in os.environ
SCREENS: dict[str, dict[str, Any]] = {
    "tablet": {"viewport": {"width": 1180, "height": 820}, "has_touch": True},
    "upright": {"viewport": {"width": 820, "height": 1180}, "has_touch": True},
    "upright small": {"viewport": {"width": 768, "height": 1024}, "has_touch": True},
    "small": {"viewport": {"width": 1024, "height": 768}, "has_touch": True},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True},
    "narrow": {"viewport": {"width": 320, "height": 640}, "has_touch": True},
    "desktop": {"viewport": {"width": 1440, "height": 900}},
    "small desktop": {"viewport": {"width": 1280, "height": 800}},
}


def some(cases: Sequence[Case], count: int = 1) -> Sequence[Case]:
    """Return the first of the cases for `make test`, and all of them for `make proof-screens`.

    >>> some(["tablet", "phone"]) in (["tablet"], ["tablet", "phone"])
    True
    """
    return cases if IS_EVERY_SCREEN else cases[:count]
