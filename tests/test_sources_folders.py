"""What loads leave in the temporary folder: nothing, even when they are killed."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from geo.ingest.ingest_request import IngestRequest
from geo.ingest.read_source import read_source
from geo.ingest.sandbox.temp_folders import LOCK_FILE, private_temp_folder

DAY = 24 * 3600
LOAD = "import sys; from pathlib import Path; from geo.ingest.read_source import read_source; from geo.ingest.ingest_request import IngestRequest; read_source(IngestRequest('trees', (Path(sys.argv[1]),)))"


@pytest.fixture
def temp(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "temp"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def left(folder: Path, *files: str, days: float = 0) -> Path:
    """Make a folder as a load leaves it that was killed so many days ago."""
    folder.mkdir()
    for name in files:
        (folder / name).write_text("trees")
    then = time.time() - days * DAY
    os.utime(folder, (then, then))
    return folder


def load() -> None:
    with private_temp_folder():
        pass


def test_what_a_killed_load_left_goes_with_the_next_load(tmp_path, temp):
    long, short = tmp_path / "long.csv", tmp_path / "short.csv"
    short.write_text("id,lon,lat\n1,-90.3,38.7\n")
    long.write_text("id,lon,lat\n" + "1,-90.3,38.7\n" * 300_000)
    loading = subprocess.Popen([sys.executable, "-c", LOAD, long], env={**os.environ, "TMPDIR": str(temp)})
    while not list(temp.glob("*/in-0")):
        assert loading.poll() is None
        time.sleep(0.01)
    loading.kill()
    loading.wait()
    assert list(temp.iterdir())

    ends = time.monotonic() + 10  # what the killed load had begun ends a moment after it
    while list(temp.iterdir()) and time.monotonic() < ends:
        read_source(IngestRequest("trees", (short,)))

    assert list(temp.iterdir()) == []


@pytest.mark.usefixtures("temp")
def test_a_folder_in_use_stays():
    with private_temp_folder() as folder:
        os.utime(folder, (0, 0))
        load()

        assert (folder / LOCK_FILE).exists()


@pytest.mark.parametrize(
    ("files", "days", "stays"),
    [
        ((), 0.9, True),
        ((), 1.1, False),
        (("in-0", "0.arrow"), 0.9, True),
        (("in-0", "in-1.shp", "in-1.dbf", "0.arrow", "cells.npy"), 1.1, False),
        (("load.lock.new",), 0.9, True),
        (("load.lock.new",), 1.1, False),
        (("thesis.odt",), 400, True),
    ],
)
def test_a_folder_without_a_lock_goes_when_it_is_ours_and_a_day_old(temp, files, days, stays):
    folder = left(temp / "lotleaf-a2b4c6d8", *files, days=days)

    load()

    assert folder.exists() == stays


@pytest.mark.parametrize("name", ["lotleaf-build-abc123", "lotleaf-Backup_1", "other-a2b4c6d8"])
def test_a_folder_of_another_name_stays(temp, name):
    folder = left(temp / name, "in-0", LOCK_FILE, days=2)

    load()

    assert folder.exists()


def test_a_link_stays_and_so_does_what_it_leads_to(tmp_path, temp):
    kept = left(tmp_path / "kept", "in-0", LOCK_FILE, days=2)
    (temp / "lotleaf-a2b4c6d8").symlink_to(kept)
    inner = left(temp / "lotleaf-b2b4c6d8", LOCK_FILE)
    (inner / "in-0").symlink_to(kept)

    load()

    assert (temp / "lotleaf-a2b4c6d8").is_symlink()
    assert (kept / "in-0").exists()
    assert not inner.exists()


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero")])
def test_a_lock_that_is_a_pipe_or_a_link_holds_no_load_up(temp, make):
    make(left(temp / "lotleaf-a2b4c6d8") / LOCK_FILE)

    load()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a folder away")
def test_a_folder_of_another_owner_stays(temp):
    folder = left(temp / "lotleaf-a2b4c6d8", "in-0", LOCK_FILE)
    os.chown(folder, 65534, 65534)

    load()

    assert (folder / "in-0").exists()


def test_many_loads_at_once_leave_each_other_s_folders_and_nothing_behind(temp):
    left(temp / "lotleaf-a2b4c6d8", LOCK_FILE)
    code = "from geo.ingest.sandbox.temp_folders import private_temp_folder\nfor _ in range(200):\n with private_temp_folder() as folder: (folder / 'in-0').write_text('x'); assert (folder / 'in-0').read_text() == 'x'"
    env = {**os.environ, "TMPDIR": str(temp)}
    loads = [subprocess.Popen([sys.executable, "-c", code], env=env) for _ in range(4)]

    assert [one.wait() for one in loads] == [0] * 4
    assert list(temp.iterdir()) == []
