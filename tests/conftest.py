"""What tests share: the real files where there are any, and the command line as people run it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOTLEAF = Path(sys.executable).with_name("lotleaf")


@pytest.fixture(scope="session")
def realdata() -> Path:
    """Name the folder of real municipal files; a test that needs it is left out without."""
    folder = Path(os.environ.get("LOTLEAF_REALDATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no real files: {folder} does not exist (LOTLEAF_REALDATA names another)")
    return folder


@pytest.fixture(scope="session")
def lotleaf() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command line; `code` is the exit code that is expected, 0 unless told."""

    def run(
        *words: object, code: int = 0, stdin: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [str(LOTLEAF), *map(str, words)],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == code, f"{words}: exit {done.returncode}\n{done.stderr}"
        return done

    return run
