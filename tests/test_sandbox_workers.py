"""Each file is read in a worker of its own, forked from one prepared process that may itself be lost."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from geo.errors import BadFile
from geo.ingest.ingest_request import IngestRequest
from geo.ingest.read_source import read_source
from geo.ingest.sandbox import worker_process


@pytest.fixture
def trees(tmp_path) -> Path:
    path = tmp_path / "trees.csv"
    path.write_text("id,common,lon,lat\n1,Oak,-90.3,38.7\n")
    return path


def fork_server() -> int:
    return worker_process._servers[os.getpid()].process.pid


def count_trees(path: Path, **options: object) -> int:
    return len(read_source(IngestRequest("trees", (path,), **options)).frame)


def test_files_are_read_in_workers_of_one_prepared_process(trees):
    assert count_trees(trees) == 1
    server = fork_server()

    assert count_trees(trees) == 1

    assert fork_server() == server
    assert Path(f"/proc/{server}/task/{server}/children").read_text() == ""  # no worker is left behind


def test_the_prepared_process_inherits_no_variable_of_ours(trees, monkeypatch):
    worker_process._stop(None)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary")

    count_trees(trees)

    assert b"canary" not in Path(f"/proc/{fork_server()}/environ").read_bytes()


def test_after_a_lost_process_the_next_file_is_read_all_the_same(trees):
    count_trees(trees)
    lost = worker_process._servers[os.getpid()].process
    lost.send_signal(signal.SIGKILL)
    lost.wait()

    assert count_trees(trees) == 1
    assert fork_server() != lost.pid


def test_a_worker_that_takes_too_long_ends_with_all_that_it_started(trees):
    count_trees(trees)
    server = fork_server()

    with pytest.raises(BadFile, match="took more than 0 seconds"):
        count_trees(trees, timeout_s=0)

    with pytest.raises(ProcessLookupError):
        os.kill(server, 0)
    assert count_trees(trees) == 1


def test_a_forked_process_of_ours_has_a_prepared_process_of_its_own(trees):
    count_trees(trees)
    server = fork_server()
    child = os.fork()
    if child == 0:
        is_own = count_trees(trees) == 1 and fork_server() != server
        worker_process._stop(None)
        os._exit(0 if is_own else 1)

    _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 0
    assert count_trees(trees) == 1


def test_no_process_is_left_when_ours_is_killed(trees):
    code = (
        "import sys, time; from pathlib import Path; from test_sandbox_workers import count_trees, fork_server\n"
        "count_trees(Path(sys.argv[1])); print(fork_server(), flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(trees)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent
    ) as ours:
        server = int(ours.stdout.readline())
        ours.kill()

    for _ in range(100):
        if not Path(f"/proc/{server}").exists():
            break
        time.sleep(0.05)
    assert not Path(f"/proc/{server}").exists()


@pytest.mark.parametrize("planted", ["link", "pipe", "folder", "nothing"])
def test_a_worker_that_leaves_something_else_than_its_answer_is_refused(trees, tmp_path, monkeypatch, planted):
    secret = tmp_path / "secret.json"
    secret.write_text('{"tables": [], "walls": [], "error": null, "secret": true}')

    def broken_worker(task, **_):
        answer = Path(task["folder"]) / "response.json"
        if planted == "link":
            answer.symlink_to(secret)
        elif planted == "pipe":
            os.mkfifo(answer)
        elif planted == "folder":
            answer.mkdir()
        return 0

    monkeypatch.setattr("geo.ingest.sandbox.sandbox.run_worker", broken_worker)

    with pytest.raises(BadFile, match=r"response\.json: the worker left no"):
        count_trees(trees)
