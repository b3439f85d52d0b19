"""The page of the API is true: each of its questions, asked of the sample, is answered as the page shows."""

import json
import re
import shlex
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from geo.store import open_store
from webmap import create_app
from webmap.settings import Settings

PAGE = (Path(__file__).parents[1] / "docs" / "api.md").read_text("utf-8")
EXAMPLES = re.findall(r"```sh\n(curl (?:(?!```).)*)```\n\n```json\n(.*?)```", PAGE, re.DOTALL)
SERVER = "http://127.0.0.1:8000"
ANYTHING = "…"


@pytest.fixture(scope="module")
def client(sample_workspace, tmp_path_factory):
    """Ask a server of the sample that takes edits; what an example changes stays changed for the next ones."""
    workspace = Path(shutil.copy(sample_workspace, tmp_path_factory.mktemp("page") / "sample.gpkg"))
    with closing(open_store(workspace)) as store:
        app = create_app(Settings(workspace=workspace, allow_local_edits=True, access_log=False), store)
        yield app.test_client()
        app.extensions["lotleaf-edits"].wait_for_join()


def is_as_shown(shown, came):
    """Tell whether an answer is as the page shows it, where … stands for anything, and for further members."""
    if shown == ANYTHING:
        return True
    if isinstance(shown, dict) and isinstance(came, dict):
        named = {name: value for name, value in shown.items() if name != ANYTHING}
        is_whole = ANYTHING in shown or named.keys() == came.keys()
        return is_whole and all(name in came and is_as_shown(named[name], came[name]) for name in named)
    if isinstance(shown, list) and isinstance(came, list):
        return len(shown) == len(came) and all(map(is_as_shown, shown, came))
    if isinstance(shown, str) and isinstance(came, str):
        return re.fullmatch(".*".join(map(re.escape, shown.split(ANYTHING))), came) is not None
    return shown == came


def url_and_body(command):
    """Give the address of a curl command, and what it sends."""
    words = shlex.split(command)
    (url,) = [word for word in words if word.startswith(SERVER)]
    data = words[words.index("-d") + 1] if "-d" in words else None
    return url.removeprefix(SERVER), data


def test_the_page_has_examples_and_each_question_is_beside_its_answer():
    questions = re.findall(r"^curl ", PAGE, re.MULTILINE)

    assert len(EXAMPLES) > 8
    assert len(questions) - len(EXAMPLES) == 2  # a table and the code of an ETag are no JSON


@pytest.mark.parametrize("example", EXAMPLES, ids=[url_and_body(command)[0] for command, _ in EXAMPLES])
def test_an_example_is_answered_as_the_page_shows(client, example):
    (url, data), shown = url_and_body(example[0]), json.loads(example[1])
    options = {"base_url": SERVER}
    if data:
        answer = client.post(url, data=data, content_type="application/json", **options)
    else:
        answer = client.get(url, **options)

    problem_status = shown["status"] if shown.get("type") == "about:blank" else 200
    assert answer.status_code == problem_status
    assert is_as_shown(shown, answer.get_json(force=True)), answer.get_data(as_text=True)[:2_000]


def test_what_is_not_as_shown_is_noticed():
    assert is_as_shown({"a": 1, ANYTHING: ANYTHING}, {"a": 1, "b": 2})
    assert is_as_shown({"a": "/tiles/…"}, {"a": "/tiles/x"})
    assert not is_as_shown({"a": 1}, {"a": 1, "b": 2})
    assert not is_as_shown({"a": [1, 2]}, {"a": [1]})
    assert not is_as_shown({"a": "/tiles/…"}, {"a": "/values/x"})
