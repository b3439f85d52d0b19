"""Benchmark of loading (`make bench-load`): lotleaf beside ogr2ogr and geopandas, on the same files.

Each run is a process of its own. The engines take turns within each round, and the least of all rounds counts.
lotleaf does more than the others: it recognizes the columns, cleans and reports every row, and joins.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from benchmarks.load.processes import Usage, run_measured
from benchmarks.load.tree_files import FORMATS, write_tree_file

OUT_DIR = Path("benchmarks/out/load")
LOTLEAF = Path(sys.executable).with_name("lotleaf")
CONSOLE = Console()
READ = "import sys, geopandas; geopandas.read_file(sys.argv[1])"
READ_CSV = "import sys, pandas; pandas.read_csv(sys.argv[1])"


@click.command()
@click.option("--trees", default=250_000, show_default=True, help="Rows of the inventory; 0 leaves it out.")
@click.option("--parcels", default=100_000, show_default=True, help="Parcels of the county; 0 leaves it out.")
@click.option("--formats", default=",".join(FORMATS), show_default=True, help="Formats of the inventory.")
@click.option("--repeat", default=3, show_default=True, help="Rounds; the least counts.")
def main(trees: int, parcels: int, formats: str, repeat: int) -> None:
    """Measure the loading of a large inventory, and of a whole county."""
    OUT_DIR.mkdir(parents=True, exist_ok=True)
    rows = []
    for format_name in formats.split(",") if trees else ():
        path = OUT_DIR / f"trees-{trees}.{format_name}"
        if not path.exists():
            with CONSOLE.status(f"writing {path}"):
                write_tree_file(path, trees)
        rows += _measure(
            f"{trees:,} trees, {format_name.upper()}, {path.stat().st_size / 1e6:,.0f} MB", _engines(path), repeat
        )
        rows.append(_measure_recognition(path))
    if parcels:
        rows += _measure(f"county of {parcels:,} parcels", {"lotleaf": _load_county(parcels)}, repeat)
    (OUT_DIR / "load.json").write_text(json.dumps(rows, indent=1) + "\n", "utf-8")
    _print_table(rows)


def _engines(path: Path) -> dict[str, list[object]]:
    """Return each engine's command for an inventory."""
    workspace, package = OUT_DIR / "trees.gpkg", OUT_DIR / "ogr2ogr.gpkg"
    engines: dict[str, list[object]] = {"lotleaf": [LOTLEAF, "load", "trees", path, "-w", workspace]}
    to_points = (
        [] if path.suffix == ".geojson" else ["-oo", "X_POSSIBLE_NAMES=Longitude", "-oo", "Y_POSSIBLE_NAMES=Latitude"]
    )
    if path.suffix != ".xlsx":  # GDAL makes no points from a workbook, and pandas needs minutes for it
        engines["ogr2ogr"] = ["ogr2ogr", "-f", "GPKG", package, path, *to_points]
        engines["geopandas"] = [sys.executable, "-c", READ if path.suffix == ".geojson" else READ_CSV, path]
    return engines


def _load_county(parcels: int) -> list[object]:
    """Return the command that loads and joins a county, once its files are written."""
    folder = OUT_DIR / f"county-{parcels}"
    if not folder.exists():
        with CONSOLE.status(f"making a county of {parcels:,} parcels"):
            subprocess.run([LOTLEAF, "sample", folder, "--parcels", str(parcels)], check=True, capture_output=True)
    return [LOTLEAF, "load", "--all", folder, "-w", OUT_DIR / "county.gpkg"]


def _measure(label: str, engines: dict[str, list[object]], repeat: int) -> list[dict[str, object]]:
    runs: dict[str, list[Usage]] = {engine: [] for engine in engines}
    for round_number in range(repeat):
        for engine, command in engines.items():
            for path in OUT_DIR.glob("*.gpkg*"):  # each load makes its workspace
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            with CONSOLE.status(f"{label}: {engine}, {round_number + 1} of {repeat}"):
                runs[engine].append(run_measured(command, stderr=subprocess.DEVNULL))
            usage = runs[engine][-1]
            CONSOLE.print(f"{label}: {engine}, {usage.cpu_s:.1f} s CPU, {usage.peak_mb:,.0f} MB", highlight=False)
    return [
        {"what": label, "engine": engine, **{name: min(getattr(run, name) for run in used) for name in Usage._fields}}
        for engine, used in runs.items()
    ]


def _measure_recognition(path: Path) -> dict[str, object]:
    command = [sys.executable, "-m", "benchmarks.load.recognition_time", path]
    done = subprocess.run([*map(str, command)], check=True, capture_output=True, text=True)
    return {
        "what": path.name,
        "engine": "recognition alone",
        "cpu_s": float(done.stdout),
        "wall_s": None,
        "peak_mb": None,
    }


def _print_table(rows: Sequence[dict[str, object]]) -> None:
    table = Table("", "engine", "s CPU", "s", "peak MB")
    for row in rows:
        measures = ["" if row[name] is None else f"{row[name]:,.1f}" for name in Usage._fields]
        table.add_row(str(row["what"]), str(row["engine"]), *measures)
    CONSOLE.print(table)


if __name__ == "__main__":
    main()
