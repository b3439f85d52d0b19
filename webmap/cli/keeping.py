"""`status`, `check`, `backup`, `restore`: what keeps a workspace well."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from pyproj import CRS
from rich.table import Table

from geo.store.protocol import OPERATOR
from webmap.cli.common import Screen, ending, in_a_folder, opened, screen, workspace_option
from webmap.cli.main import INTERNAL, shown
from webmap.clock import now


@click.command(epilog=ending("status -w county.gpkg"))
@workspace_option
@click.option("--json", "as_json", is_flag=True, help="As JSON on standard output.")
def status(workspace: Path, as_json: bool) -> None:
    """Tell what the workspace holds, from where, and since when."""
    with opened(workspace) as store:
        told = store.status()
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    console = Screen(highlight=False, soft_wrap=True)
    console.print(_table(told), markup=False)
    console.print(
        f"measures in {told['crs'] or 'no CRS yet'}; version {told['version']}", markup=False
    )
    for conflict in told["conflicts"]:
        console.print(
            f"edit against file: {json.dumps(conflict, ensure_ascii=False)}", markup=False
        )


def _table(told: dict[str, Any]) -> Table:
    """Lay out what there is: a line for each source, and for each layer without one.

    Names stand whole: where the terminal is too narrow for them, they go on in the next line.
    """
    table = Table(box=None, padding=(0, 1))
    for head in ("layer", "rows", "source", "loaded", "file"):
        table.add_column(head, overflow="fold", no_wrap=head in {"layer", "rows", "loaded"})
    for name, layer in told["layers"].items():
        for source in layer["sources"] or [{}]:
            files = ", ".join(str(file.get("name", "")) for file in (source.get("files") or [])[:3])
            rows, grid = f"{source.get('rows', layer['rows']):,}", source.get("raster")
            if grid:
                rows, files = "cells", f"{files}: {_grid(grid)}"
            loaded = str(source.get("loaded_at", ""))[:10]
            table.add_row(name, rows, source.get("name", ""), loaded, files)
    return table


def _grid(told: Mapping[str, Any]) -> str:
    """Tell a raster: how many cells, of what size, of which year.

    >>> _grid({"height": 20, "width": 3000, "cell_x": 2.0, "cell_y": 2.0, "crs": "EPSG:26996", "year": 2020})
    '60,000 cells (3,000 by 20) of 2 by 2 metre, 2020'
    """
    wide, high = told["width"], told["height"]
    unit = CRS.from_user_input(told["crs"]).axis_info[0].unit_name
    size = f"{told['cell_x']:.4g} by {told['cell_y']:.4g} {unit}"
    year = "year unknown" if told["year"] is None else str(told["year"])
    return f"{wide * high:,} cells ({wide:,} by {high:,}) of {size}, {year}"


@click.command(epilog=ending("check -w county.gpkg"))
@workspace_option
def check(workspace: Path) -> int:
    """Look the workspace over: integrity, R-trees, orphans."""
    with opened(workspace) as store:
        faults = store.check()
    for fault in faults:
        click.echo(shown(fault))
    screen.print(f"{workspace}: {'sound' if not faults else f'{len(faults)} faults'}", markup=False)
    return INTERNAL if faults else 0


@click.command(epilog=ending("backup copy.gpkg"))
@click.argument("file", type=click.Path(path_type=Path))
@workspace_option
def backup(file: Path, workspace: Path) -> None:
    """Write a copy of the workspace to FILE; QGIS may work on the copy."""
    with opened(workspace) as store:
        store.backup(file)
    screen.print(f"{file}: a whole copy", markup=False)


@click.command(epilog=ending("restore copy.gpkg"))
@click.argument("file", type=click.Path(path_type=Path))
@workspace_option
def restore(file: Path, workspace: Path) -> None:
    """Put the copy FILE in the place of the workspace."""
    from geo.store import restore as put_back

    put_back(file, in_a_folder(workspace), actor=OPERATOR, at=now())
    screen.print(f"{workspace}: as it was in {file}", markup=False)
