"""The plan of the code, held up: imports point one way, rooms stay small, names say what they are."""

import ast
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Each package or module imports only from those before it.
GEO_ORDER = [
    "errors", "language", "progress", "crs", "degrees", "identifiers", "key_repair", "address_text", "raster", "fields", "schema", "arrow_cache", "web_mercator", "kernels",
    "geometry_column", "projected_layer", "store", "in_force", "reverse_geocode", "mapped_area", "forestry", "mvt", "ingest", "join", "review", "geocode",
    "incremental", "edits", "formats", "tilesets", "sample", "data_folder", "workspace",
]  # fmt: skip
WEB_ORDER = [
    "clock", "settings", "param_values", "params", "measures", "field_labels", "wording", "source_notes", "auth", "state", "http", "api", "assets", "maps", "pages",
    "app", "server", "wsgi", "cli",
]  # fmt: skip
GEOCODE_ORDER = ["parse", "gazetteer", "match"]
MAX_FILES_IN_A_ROOM = 15
CLOCKS = ("datetime.now(", "date.today(", "time.time(")
GEO = sorted((ROOT / "geo").rglob("*.py"))
WEB = sorted(path for path in (ROOT / "webmap").rglob("*.py") if "node_modules" not in path.parts)
FRONTEND = sorted((ROOT / "webmap" / "frontend" / "src").rglob("*.js"))
# Words that are past participles and yet a field's own verb or noun.
IRREGULAR_PARTICIPLES = {
    "told", "kept", "found", "made", "held", "bound", "spelt", "drawn", "known", "cut", "read", "laid", "sent", "shown",
    "said", "meant", "lent", "left", "met", "seen", "written", "taken", "given", "gone", "done", "built", "begun", "hung",
    "run",
}  # fmt: skip
MAX_PARTICIPLE_SHARE = 0.02
# Public names that mean two things. The list may only shrink.
HOMONYMS = {
    "init_app",  # Flask's convention for what sets a part up
    "main",  # the entry point of a process
    "find", "restore", "serve",  # a command of the command line is called like the function that it calls
}  # fmt: skip


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


def room(path: Path, package: str) -> str:
    """Name the part of a package in which a file lies."""
    return path.relative_to(ROOT / package).parts[0].removesuffix(".py")


@pytest.mark.parametrize(("package", "order", "paths"), [("geo", GEO_ORDER, GEO), ("webmap", WEB_ORDER, WEB)])
def test_every_room_stands_in_the_order(package, order, paths):
    assert {room(path, package) for path in paths} - {"__init__"} == set(order)


@pytest.mark.parametrize("path", [*GEO, *WEB], ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_only_point_back(path):
    package = path.relative_to(ROOT).parts[0]
    order = GEO_ORDER if package == "geo" else WEB_ORDER
    if room(path, package) == "__init__":
        return
    later = {f"{package}.{name}" for name in order[order.index(room(path, package)) + 1 :]}

    found = {".".join(name.split(".")[:2]) for name in imports(path)}

    assert not later & found


@pytest.mark.parametrize("path", sorted((ROOT / "geo" / "geocode").rglob("*/*.py")), ids=lambda path: path.stem)
def test_parsing_knows_no_addresses_and_the_gazetteer_no_matching(path):
    later = {f"geo.geocode.{name}" for name in GEOCODE_ORDER[GEOCODE_ORDER.index(path.parent.name) + 1 :]}

    found = {".".join(name.split(".")[:3]) for name in imports(path)}

    assert not later & found


def test_no_module_imports_itself_through_others():
    modules = {module_name(path): path for path in [*GEO, *WEB]}
    graph = {name: imported_modules(path, set(modules)) - {name} for name, path in modules.items()}
    done = set()

    def visit(name, trail):
        assert name not in trail, f"a circle: {' -> '.join([*trail[trail.index(name) :], name])}"
        if name not in done:
            for other in sorted(graph[name]):
                visit(other, [*trail, name])
            done.add(name)

    for name in graph:
        visit(name, [])


def imported_modules(path: Path, modules: set[str]) -> set[str]:
    """Name the modules that a file imports; a package whose module is imported does not count."""
    found = imports(path) & modules
    return {name for name in found if not any(other.startswith(f"{name}.") for other in found)}


def module_name(path: Path) -> str:
    """Write a file as its module."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("suffix", ["py", "js"])
def test_a_room_holds_no_more_files_than_can_be_taken_in(suffix):
    paths = [*GEO, *WEB] if suffix == "py" else FRONTEND
    sizes = Counter(path.parent.relative_to(ROOT) for path in paths if path.stem != "__init__")

    tops = {Path("geo"), Path("webmap")}  # their files are listed in GEO_ORDER and WEB_ORDER
    assert not {str(folder): n for folder, n in sizes.items() if n > MAX_FILES_IN_A_ROOM and folder not in tops}


@pytest.mark.parametrize("paths", [GEO, WEB, FRONTEND], ids=["geo", "webmap", "frontend"])
def test_no_module_name_stands_twice(paths):
    names = Counter(path.stem for path in paths if path.stem != "__init__")

    assert not [name for name, n in names.items() if n > 1]


def functions(path: Path) -> list[str]:
    """Name the functions and methods of a file, without dunder names."""
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    names = [node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [name.strip("_") for name in names if not name.startswith("__")]


def test_functions_are_called_by_verbs_and_whole_nouns_not_by_bare_participles():
    names = [name for path in [*GEO, *WEB] for name in functions(path)]

    bare = [name for name in names if re.fullmatch(r"[a-z]+ed", name) or name in IRREGULAR_PARTICIPLES]

    assert len(bare) <= MAX_PARTICIPLE_SHARE * len(names), sorted(bare)


def test_a_public_name_means_one_thing():
    places = {}
    for path in [*GEO, *WEB]:
        for node in ast.parse(path.read_text("utf-8")).body:
            for name in public_names(node):
                places.setdefault(name, []).append(str(path.relative_to(ROOT)))

    assert not {name: found for name, found in places.items() if len(found) > 1 and name not in HOMONYMS}


def public_names(node: ast.stmt) -> list[str]:
    """Name the public functions and classes that a statement defines at the top of a module."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [] if node.name.startswith("_") else [node.name]
    return []


@pytest.mark.parametrize("path", GEO, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_core_knows_no_web_and_no_clock(path):
    text = path.read_text("utf-8")

    assert not {name.split(".")[0] for name in imports(path)} & {"webmap", "flask", "folium", "logging"}
    assert not any(clock in text for clock in CLOCKS)
    assert "os.environ" not in text or path.name == "fork_server.py"  # the readers' own process


@pytest.mark.parametrize("path", WEB, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_clock_hangs_in_one_room(path):
    if path.name == "clock.py":
        return

    assert not any(clock in path.read_text("utf-8") for clock in CLOCKS)


@pytest.mark.parametrize("path", WEB, ids=lambda path: str(path.relative_to(ROOT)))
def test_folium_stays_in_its_room(path):
    if path.is_relative_to(ROOT / "webmap" / "maps"):
        return

    assert not {name.split(".")[0] for name in imports(path)} & {"folium", "branca"}


@pytest.mark.parametrize("path", [*GEO, *WEB, *FRONTEND], ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_stays_under_300_lines(path):
    assert len(path.read_text("utf-8").splitlines()) <= 300


@pytest.mark.parametrize("path", [*GEO, *WEB], ids=lambda path: str(path.relative_to(ROOT)))
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


def test_the_sandboxed_reader_starts_with_no_more_than_reading_takes():
    asked = (
        "import sys, pyarrow, geo.ingest.sandbox.fork_server as server; sys.meta_path.insert(0, server._NoDataFrames())\n"
        "import geo.ingest.sandbox.sandbox_worker, pyogrio.raw; pyarrow.array(['a']); print({'pandas', 'geopandas'} & set(sys.modules))"
    )

    told = subprocess.run([sys.executable, "-I", "-c", asked], capture_output=True, check=True)

    assert told.stdout.strip() == b"set()"
