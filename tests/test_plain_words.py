"""Docstrings and comments are written in plain words, with examples that run."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PYTHON = [
    path
    for package in ("geo", "webmap", "benchmarks")
    for path in sorted((ROOT / package).rglob("*.py"))
    if "node_modules" not in path.parts
]
FRONTEND = sorted((ROOT / "webmap" / "frontend" / "src").rglob("*.js"))
RIDDLE = re.compile(r"\b(what|whatever|whoever|of which|in which|to which|as which|that which)\b", re.IGNORECASE)
MAX_RIDDLES = 3  # in 1,000 words
MIN_EXAMPLES = 250
PARTICIPLE = re.compile(r"[a-z]+ed|told|kept|found|made|held|drawn|known|shown|said|meant|seen|taken|given|gone|built")
MAX_PARTICIPLE_SHARE = 0.02


def docstrings(path: Path) -> list[str]:
    """List the docstrings of a file."""
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module
    return [text for node in nodes if isinstance(node, kinds) and (text := ast.get_docstring(node))]


def prose(docstring: str) -> str:
    """Leave out examples and code."""
    lines = [line for line in docstring.splitlines() if not re.match(r"\s*(>>>|\.\.\.)", line)]
    return re.sub(r"`[^`]*`", "x", "\n".join(lines))


def comments(path: Path) -> str:
    """Join the comments of a JavaScript file, without types and tags."""
    text = path.read_text("utf-8")
    found = re.findall(r"/\*.*?\*/|(?:^|\s)//[^\n]*", text, re.DOTALL)
    return re.sub(r"\{[^{}]*\}|@\w+|`[^`]*`", " ", "\n".join(found))


def riddles_in_1000_words(texts: list[str]) -> float:
    words = sum(len(re.findall(r"[A-Za-z']+", text)) for text in texts)
    return 1000 * sum(len(RIDDLE.findall(text)) for text in texts) / words


def test_docstrings_say_things_plainly():
    assert riddles_in_1000_words([prose(text) for path in PYTHON for text in docstrings(path)]) <= MAX_RIDDLES


def test_comments_of_the_front_end_say_things_plainly():
    assert riddles_in_1000_words([comments(path) for path in FRONTEND]) <= MAX_RIDDLES


def test_docstrings_have_examples_that_run():
    shown = [text for path in PYTHON if path.parts[-2] != "benchmarks" for text in docstrings(path) if ">>>" in text]

    assert len(shown) >= MIN_EXAMPLES


def test_functions_of_the_front_end_are_called_by_verbs_and_whole_nouns():
    pattern = re.compile(
        r"^(?:export )?(?:async )?function\*? (\w+)|^  (?:static |async |get |\*)*#?(\w+)\([^;]*\) \{$", re.MULTILINE
    )
    names = [one or other for path in FRONTEND for one, other in pattern.findall(path.read_text("utf-8"))]

    bare = [name for name in names if PARTICIPLE.fullmatch(name)]

    assert len(names) > 300
    assert len(bare) <= MAX_PARTICIPLE_SHARE * len(names), bare


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_begins_with_a_sentence_on_what_it_is(path):
    first = (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").split("\n\n")[0]

    assert re.match(r"[A-Z`].*[.:]$", first.replace("\n", " "))
