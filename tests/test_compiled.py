"""What `make setup` compiles is all there is to compile: nobody waits for a kernel later, for that takes seconds."""

import subprocess
import sys
from pathlib import Path

# A process of its own: in this one, other tests have long run every kernel.
USED = """
import importlib, pkgutil, sys
from pathlib import Path

import geo.kernels
from geo.kernels.warmup import compile_kernels
from geo.mvt.geometry_commands import preload_kernels
from crewed import make_county


def signatures():
    found = {}
    for module in pkgutil.walk_packages(geo.kernels.__path__, "geo.kernels."):
        for name, one in vars(importlib.import_module(module.name)).items():
            if hasattr(one, "signatures"):
                found[f"{one.py_func.__module__}.{one.py_func.__name__}"] = list(one.signatures)
    return found


compile_kernels()
before = signatures()
assert before
make_county(Path(sys.argv[1]))  # loaded, joined and edited
preload_kernels()
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
