"""kill -9 at any moment of a load or a join leaves the old whole or the new whole."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROUNDS = int(os.environ.get("LOTLEAF_CRASH_ROUNDS", "3"))


@pytest.fixture(scope="module")
def county(lotleaf, tmp_path_factory):
    folder = tmp_path_factory.mktemp("county")
    lotleaf("sample", folder / "old", "--parcels", "1500", "--seed", "1")
    lotleaf("sample", folder / "new", "--parcels", "3000", "--seed", "2")
    lotleaf("load", "--all", folder / "old", "-w", folder / "w.gpkg")
    return folder


@pytest.mark.slow
def test_kill_9_during_load_and_join_never_leaves_half_a_layer(lotleaf, county):
    workspace = county / "w.gpkg"
    old = rows(lotleaf, workspace)
    lotleaf("load", "--all", county / "new", "-w", workspace)
    new = rows(lotleaf, workspace)
    whole = {name: {old[name], new[name]} for name in ("parcels", "trees")}

    for turn in range(ROUNDS):
        folder = ("old", "new")[turn % 2]
        killed = subprocess.Popen(
            [Path(sys.executable).with_name("lotleaf"), "load", "--all", county / folder, "-w", workspace],
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(0.6 + turn % 9 * 0.9)
        os.killpg(killed.pid, signal.SIGKILL)
        killed.wait()

        lotleaf("check", "-w", workspace)
        now = rows(lotleaf, workspace)
        assert {name: now[name] in counts for name, counts in whole.items()} == dict.fromkeys(whole, True)

    lotleaf("join", "-w", workspace)
    lotleaf("check", "-w", workspace)


def rows(lotleaf, workspace):
    told = json.loads(lotleaf("status", "--json", "-w", workspace).stdout)
    return {name: layer["rows"] for name, layer in told["layers"].items()}
