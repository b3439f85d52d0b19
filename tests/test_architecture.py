"""The plan of the house, held up: imports point one way only."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ORDER = [
    "errors", "places", "naming", "progress", "fields", "layers", "rasters", "beside", "mercator", "engine", "store", "spot", "protobuf", "strokes", "tiles", "sources", "join", "addresses",
    "live", "export", "tilesets", "sample", "doubles", "workspace",
]  # fmt: skip
CLOCKS = ("datetime.now(", "date.today(", "time.time(")
GEO = sorted((ROOT / "geo").rglob("*.py"))
WEB = sorted((ROOT / "webmap").rglob("*.py"))


def imports(path: Path) -> set[str]:
    """Name the modules of ours that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written whole"
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def room(path: Path) -> str:
    """Name the room of `geo` in which a file lies."""
    return path.relative_to(ROOT / "geo").parts[0].removesuffix(".py")


def test_every_room_of_geo_stands_in_the_order():
    assert {room(path) for path in GEO} - {"__init__"} <= set(ORDER)


@pytest.mark.parametrize("path", GEO, ids=str)
def test_imports_only_point_back(path):
    if room(path) == "__init__":
        return
    later = {f"geo.{name}" for name in ORDER[ORDER.index(room(path)) + 1 :]}

    found = {".".join(name.split(".")[:2]) for name in imports(path)}

    assert not later & found


@pytest.mark.parametrize("path", sorted((ROOT / "geo" / "addresses").rglob("*/*.py")), ids=str)
def test_reading_knows_no_addresses_and_the_gazetteer_no_finding(path):
    rooms = ("reading", "gazetteer", "finding")
    later = {f"geo.addresses.{name}" for name in rooms[rooms.index(path.parent.name) + 1 :]}

    found = {".".join(name.split(".")[:3]) for name in imports(path)}

    assert not later & found


@pytest.mark.parametrize("path", GEO, ids=str)
def test_the_core_knows_no_web_and_no_clock(path):
    text = path.read_text("utf-8")

    assert not {name.split(".")[0] for name in imports(path)} & {
        "webmap",
        "flask",
        "folium",
        "logging",
    }
    assert not any(clock in text for clock in CLOCKS)
    assert "os.environ" not in text or path.name == "child.py"  # the reader's own process


@pytest.mark.parametrize("path", WEB, ids=str)
def test_the_clock_hangs_in_one_room(path):
    if path.name == "clock.py":
        return

    assert not any(clock in path.read_text("utf-8") for clock in CLOCKS)


@pytest.mark.parametrize("path", WEB, ids=str)
def test_folium_stays_in_its_room(path):
    if path.is_relative_to(ROOT / "webmap" / "maps"):
        return

    assert not {name.split(".")[0] for name in imports(path)} & {"folium", "branca"}


@pytest.mark.parametrize("path", [*GEO, *WEB], ids=str)
def test_a_module_stays_under_300_lines(path):
    assert len(path.read_text("utf-8").splitlines()) <= 300


@pytest.mark.parametrize("path", [*GEO, *WEB], ids=str)
def test_a_function_stays_under_31_lines(path):
    long = [
        f"{node.name}: {size}"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and (size := body_lines(node)) > 30
    ]

    assert not long


def body_lines(function: ast.FunctionDef) -> int:
    """Count a function's lines, its docstring left out."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_the_child_starts_with_no_more_than_reading_takes():
    asked = "import sys, geo.sources.child; print({'pandas', 'geopandas'} & set(sys.modules))"

    told = subprocess.run([sys.executable, "-I", "-c", asked], capture_output=True, check=True)

    assert told.stdout.strip() == b"set()"
