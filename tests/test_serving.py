"""The server as people start it: its workers, its end, its certificate."""

import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

import pandas as pd
import pytest

from geo.errors import BadInput, NeedsOption, NoWorkspace
from geo.schema import LAYERS
from geo.store import open_store
from geo.store.records import OPERATOR, Load
from webmap.server import greeting_lines, serve
from webmap.settings import Settings

AT = datetime(2024, 7, 1, tzinfo=UTC)
LOTLEAF = Path(sys.executable).with_name("lotleaf")


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture
def wide_town(small_town):
    """Bel-Nor with more trees than the system's buffers hold of an answer."""
    store = open_store(small_town)
    one = store.read_layer("trees", actor=OPERATOR).iloc[:1]
    many = pd.concat([one] * 20_000, ignore_index=True)
    many["id"] = [f"t{at}" for at in range(len(many))]
    many = many[list(LAYERS["trees"].columns)]
    store.load(Load("trees", "town", many, {}), actor=OPERATOR, at=AT)
    store.close()
    return small_town


@contextmanager
def served(workspace, *options, environ=None):
    """Serve a workspace, as `lotleaf serve` does, until the context ends."""
    port = free_port()
    words = [LOTLEAF, "serve", "-w", workspace, "--port", str(port), *options]
    server = subprocess.Popen(
        [str(word) for word in words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | (environ or {}),
    )
    try:
        yield server, port
    finally:
        if server.poll() is None:
            server.terminate()
        server.communicate(timeout=20)


def healthy(port, *, within=30.0, scheme="http", context=None):
    """Wait until the server answers; gives the seconds that it took."""
    started = time.monotonic()
    while time.monotonic() - started < within:
        try:
            url = f"{scheme}://127.0.0.1:{port}/healthz"
            with urllib.request.urlopen(url, timeout=5, context=context) as answer:  # noqa: S310 - our own server
                assert answer.status == 200
                return time.monotonic() - started
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise AssertionError(f"no answer within {within} s")


def workers(server):
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
    return [int(pid) for pid in children.read_text().split()]


def started(server, count, *, within=30.0):
    """Wait until there are so many workers, which may be far from answering yet."""
    began = time.monotonic()
    while len(workers(server)) < count:
        assert time.monotonic() - began < within
        time.sleep(0.01)
    return workers(server)


def soon(happens, *, within=20.0):
    """Wait until something is so; False where it is not in time."""
    began = time.monotonic()
    while time.monotonic() - began < within:
        if happens():
            return True
        time.sleep(0.1)
    return False


def ended(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1].startswith("Z")
    except FileNotFoundError:
        return True


def gone(pid):
    return soon(lambda: ended(pid))


def test_it_says_where_it_is_and_ends_when_told(small_town):
    with served(small_town) as (server, port):
        healthy(port)
        time.sleep(0.5)  # the line is written when the answer has gone
        server.terminate()
        out, err = server.communicate(timeout=20)

    assert server.returncode == 0
    assert out == ""
    assert f"http://127.0.0.1:{port}/" in err
    assert "Warning" not in err
    assert '"path": "/healthz"' in err


def test_a_worker_that_dies_is_started_again(small_town):
    with served(small_town, "--workers", "2") as (server, port):
        healthy(port)
        before = workers(server)

        os.kill(before[0], signal.SIGKILL)
        assert gone(before[0])

        assert soon(lambda: len(set(workers(server)) - {before[0]}) == 2)
        assert server.poll() is None
        healthy(port)
        assert before[0] not in workers(server)


@pytest.mark.parametrize("while_", ["starting", "serving"])
def test_workers_do_not_outlive_the_server(small_town, while_):
    with served(small_town, "--workers", "2") as (server, port):
        left = started(server, 2)
        if while_ == "serving":
            healthy(port)

        server.kill()
        server.wait(timeout=10)

        assert all(gone(pid) for pid in left)


def test_a_worker_loads_nothing_of_what_reads_and_joins_files(small_town):
    look = (
        "import sys; from pathlib import Path; from webmap.server import open_app;"
        "from webmap.settings import Settings;"
        "app = open_app(Settings(workspace=Path(sys.argv[1])));"
        "app.extensions['lotleaf'].warm_caches();"
        "app.test_client().get('/api/v1/find?q=1+oak+ave').json['candidates'][0];"
        "print(*(name for name in sys.modules if name.startswith('geo.')))"
    )
    done = subprocess.run([sys.executable, "-c", look, str(small_town)], capture_output=True, text=True, check=True)

    rooms = {name.split(".")[1] for name in done.stdout.split()}
    assert "geocode" in rooms
    assert not rooms & {"join", "sources", "workspace", "engine"}


def test_a_taken_port_is_refused_and_not_shared(small_town):
    with served(small_town) as (_, port):
        healthy(port)

        done = subprocess.run(
            [str(LOTLEAF), "serve", "-w", str(small_town), "--port", str(port)],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )

    assert done.returncode == 2
    assert f"127.0.0.1:{port}" in done.stderr
    assert "--port" in done.stderr


def test_a_certificate_of_the_towns_own_brings_https(small_town, tmp_path):
    cert, key = tmp_path / "town.crt", tmp_path / "town.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-keyout", str(key), "-out", str(cert), "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.create_default_context(cafile=str(cert))

    with served(small_town, "--tls-cert", cert, "--tls-key", key) as (_, port):
        healthy(port, scheme="https", context=context)


def test_half_a_certificate_names_the_option_that_is_missing(small_town, tmp_path):
    with pytest.raises(NeedsOption, match="--tls-key"):
        serve(Settings(workspace=small_town, tls_cert=tmp_path / "town.crt", port=free_port()))


def test_a_workspace_that_is_not_there_is_told_before_anything_listens(tmp_path):
    with pytest.raises(NoWorkspace):
        serve(Settings(workspace=tmp_path / "none.gpkg", port=free_port()))


def test_an_address_that_is_not_ours_is_refused(small_town):
    with pytest.raises(BadInput, match="--host"):
        serve(Settings(workspace=small_town, host="192.0.2.1", port=free_port()))


def test_who_opens_the_door_is_told_that_there_are_no_accounts():
    inside = list(greeting_lines(Settings()))
    outside = list(greeting_lines(Settings(host="0.0.0.0")))  # noqa: S104 - what is warned of

    assert not [line for line in inside if "Warning" in line]
    assert [line for line in outside if "no accounts" in line]


def test_endless_headers_and_methods_that_write_are_refused(small_town):
    with served(small_town) as (_, port):
        healthy(port)

        assert status(port, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n") == 200
        assert status(port, b"POST /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n") == 405
        assert status(port, b"GET /healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n") == 400
        long = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 100_000 + b"\r\n\r\n"
        assert status(port, long) in {None, 400, 431}
        healthy(port)


def test_answers_on_one_connection_do_not_wait_for_each_other(small_town):
    with served(small_town) as (_, port):
        healthy(port)
        took = []
        with closing(HTTPConnection("127.0.0.1", port)) as connection:
            for _ in range(40):
                begin = time.perf_counter()
                connection.request("GET", "/api/v1/find?q=7201")
                assert connection.getresponse().read()
                took.append(time.perf_counter() - begin)

    assert median(took) < 0.02  # where the head's acknowledgement is waited for, it is 0.04


def test_a_client_that_does_not_read_gives_its_place_back(wide_town):
    few = {"LOTLEAF_STALL_S": "2", "LOTLEAF_DOWNLOADS": "1"}
    with served(wide_town, "--workers", "1", environ=few) as (_, port):
        healthy(port)
        asked = b"GET /api/v1/trees.geojson HTTP/1.1\r\nHost: localhost\r\n\r\n"
        with stalled(port, asked):
            time.sleep(0.5)
            assert status(port, asked) == 429

            assert soon(lambda: status(port, asked) == 200, within=6)


@contextmanager
def stalled(port, asked):
    """Ask, and read nothing."""
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.connect(("127.0.0.1", port))
        line.sendall(asked)
        yield


def status(port, asked):
    """Give the status of the answer to raw bytes; None when the connection is just closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        try:
            line.sendall(asked)
            head = line.recv(4096)
        except ConnectionError:
            return None
    return int(head.split()[1]) if head else None
