"""The commands `status`, `check`, `backup` and `restore`, which maintain a workspace.

`webmap.cli.main.LazyGroup` imports them.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from pyproj import CRS
from rich.table import Table

from geo.store.records import OPERATOR
from webmap.cli.loading.review_report import lost_override_lines, review_workspace
from webmap.cli.main import EXIT_INTERNAL, to_terminal_text
from webmap.cli.options import (
    SafeConsole,
    console,
    help_epilog,
    open_workspace,
    require_parent_folder,
    workspace_option,
)
from webmap.clock import now

PLURAL_UNITS = {
    "metre": "meters",
    "foot": "feet",
    "US survey foot": "US survey feet",
}  # units of a CRS, as PROJ names them


@click.command(epilog=help_epilog("status -w county.gpkg"))
@workspace_option
@click.option("--json", "as_json", is_flag=True, help="Write JSON to standard output.")
def status(workspace: Path, as_json: bool) -> None:
    """Show layers, row counts, sources and load dates."""
    with open_workspace(workspace) as store:
        workspace_status = store.status()
    if as_json:
        click.echo(json.dumps(workspace_status, ensure_ascii=False))
        return
    stdout_console = SafeConsole(highlight=False, soft_wrap=True)
    stdout_console.print(_status_table(workspace_status), markup=False)
    stdout_console.print(
        f"coordinate system: {workspace_status['crs'] or 'none yet'}; version: {workspace_status['version']}",
        markup=False,
    )
    for conflict in workspace_status["conflicts"]:
        stdout_console.print(f"edit differs from its file: {json.dumps(conflict, ensure_ascii=False)}", markup=False)
    for line in lost_override_lines(workspace_status["lost_overrides"]):
        stdout_console.print(line, markup=False)


def _status_table(workspace_status: dict[str, Any]) -> Table:
    """Return a table with a row for each source, and for each layer without one.

    Long names are folded, not cut, where the terminal is too narrow for them.
    """
    table = Table(box=None, padding=(0, 1))
    for header in ("layer", "rows", "source", "loaded", "file"):
        table.add_column(header, overflow="fold", no_wrap=header in {"layer", "rows", "loaded"})
    for name, layer in workspace_status["layers"].items():
        for source in layer["sources"] or [{}]:
            files = ", ".join(str(file.get("name", "")) for file in (source.get("files") or [])[:3])
            rows, raster = f"{source.get('rows', layer['rows']):,}", source.get("raster")
            if raster:
                rows, files = "cells", f"{files}: {_describe_raster(raster)}"
            loaded = str(source.get("loaded_at", ""))[:10]
            table.add_row(name, rows, source.get("name", ""), loaded, files)
    return table


def _describe_raster(raster: Mapping[str, Any]) -> str:
    """Return the number, size and year of a raster's cells as text.

    >>> raster = {"height": 20, "width": 3000, "cell_x": 2.0, "cell_y": 2.0, "crs": "EPSG:26996", "year": 2020}
    >>> _describe_raster(raster)
    '60,000 cells (3,000 by 20) of 2 by 2 meters, 2020'
    """
    width, height = raster["width"], raster["height"]
    unit_name = CRS.from_user_input(raster["crs"]).axis_info[0].unit_name
    unit = PLURAL_UNITS.get(unit_name, unit_name)
    size = f"{raster['cell_x']:.4g} by {raster['cell_y']:.4g} {unit}"
    year = "year unknown" if raster["year"] is None else str(raster["year"])
    return f"{width * height:,} cells ({width:,} by {height:,}) of {size}, {year}"


@click.command(epilog=help_epilog("check -w county.gpkg"))
@workspace_option
def check(workspace: Path) -> int:
    """Check integrity, R-trees and orphaned rows.

    It also names what a person should look at: possible doubles of trees, parcels that overlap, and edits
    that name a parcel which is gone. These are no faults.
    """
    with open_workspace(workspace) as store:
        faults = store.check_integrity()
        lines = [] if faults else list(review_workspace(store))
    for line in [*faults, *(f"look at: {line}" for line in lines)]:
        click.echo(to_terminal_text(line))
    console.print(f"{workspace}: {'no faults' if not faults else f'{len(faults)} faults'}", markup=False)
    return EXIT_INTERNAL if faults else 0


@click.command(epilog=help_epilog("backup copy.gpkg"))
@click.argument("file", type=click.Path(path_type=Path))
@workspace_option
def backup(file: Path, workspace: Path) -> None:
    """Write a copy of the workspace to FILE. You can edit the copy in QGIS."""
    with open_workspace(workspace) as store:
        store.backup(file)
    console.print(f"{file}: backup written", markup=False)


@click.command(epilog=help_epilog("restore copy.gpkg"))
@click.argument("file", type=click.Path(path_type=Path))
@workspace_option
def restore(file: Path, workspace: Path) -> None:
    """Replace the workspace with the copy FILE."""
    from geo.store import restore as put_back

    put_back(file, require_parent_folder(workspace), actor=OPERATOR, at=now())
    console.print(f"{workspace}: restored from {file}", markup=False)
