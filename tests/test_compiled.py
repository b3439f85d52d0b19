"""What `make setup` compiles is all there is to compile: nobody waits for a kernel later, for that takes seconds."""

import subprocess
import sys
from pathlib import Path

# A process of its own: in this one, other tests have long run every kernel.
USED = """
import importlib, pkgutil, sys
from pathlib import Path

import geo.engine
from geo.engine.compiled import compiled
from geo.strokes import prepare
from crewed import make_county


def signatures():
    found = {}
    for module in pkgutil.iter_modules(geo.engine.__path__, "geo.engine."):
        for name, one in vars(importlib.import_module(module.name)).items():
            if hasattr(one, "signatures"):
                found[f"{one.py_func.__module__}.{one.py_func.__name__}"] = list(one.signatures)
    return found


compiled()
before = signatures()
assert before
make_county(Path(sys.argv[1]))  # loaded, joined and edited
prepare()
new = {name: some for name, some in signatures().items() if some != before[name]}
for name, some in sorted(new.items()):
    print(name, *some, "before:", *before[name], sep="\\n    ")
"""


def test_a_county_needs_no_kernel_that_setup_has_not_compiled(tmp_path):
    ran = subprocess.run(
        [sys.executable, "-c", USED, str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == ""
