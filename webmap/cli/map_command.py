"""The command `map`: one of the three maps as a file that opens without a server."""

import os
from contextvars import copy_context
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from geo.errors import BadInput
from webmap.cli.options import console, help_epilog, open_workspace, require_parent_folder, workspace_option

if TYPE_CHECKING:
    from geo.store.protocol import Reader
    from webmap.maps.file_map import FileMap

VIEW_NAMES = ("coverage", "maintenance", "inspections")


@click.command(
    "map",
    epilog=help_epilog(
        "map maintenance --town pagedale -o pagedale.html",
        "map coverage --town Bel-Nor --town Charlack -o canopy.html --max-mb 8",
    ),
)
@click.argument("view", type=click.Choice(VIEW_NAMES))
@click.option(
    "-o", "--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The HTML file to write."
)
@workspace_option
@click.option("--town", "towns", multiple=True, help="A town by name or slug. May be repeated. Without it: all towns.")
@click.option(
    "--max-mb",
    type=click.FloatRange(min=0.1),
    default=3.0,
    show_default=True,
    help="The largest size of the file. What does not fit is left out, and the file says so.",
)
def map_(view: str, out: Path, workspace: Path, towns: tuple[str, ...], max_mb: float) -> None:
    """Write a map as one HTML file, to send by email.

    VIEW is coverage, maintenance or inspections. The file opens in any browser and needs no
    server. It holds public fields only. Its language and units are those of the settings
    LOTLEAF_LANGUAGE and LOTLEAF_UNITS.
    """
    from geo.store.temp_file import temp_file_beside
    from webmap.clock import today
    from webmap.params import resolve_town
    from webmap.settings import Settings
    from webmap.state.town_list import town_names_by_slug

    require_parent_folder(out)
    settings = Settings.from_env(os.environ)
    context = copy_context()  # only the map has this language; reports are English
    context.run(_use_display, settings.language, settings.units)
    with open_workspace(workspace) as store, store.snapshot() as reader:
        names_by_slug = town_names_by_slug(reader)
        town_names = list(dict.fromkeys(resolve_town(town, names_by_slug) for town in towns))
        with console.status("drawing the map"):
            file_map = context.run(_draw_map_file, reader, view, town_names, max_mb, today())
    with temp_file_beside(out) as temp_file:
        temp_file.write_text(file_map.html, "utf-8")
        temp_file.replace(out)
    _print_summary(out, file_map)


map = map_  # noqa: A001 - the name by which LazyGroup finds it


def _use_display(language: str, units: str) -> None:
    from geo.language.catalog import load_language
    from geo.language.translate import use_language
    from webmap.measures import use_units

    use_language(load_language(language))
    use_units(units)


def _draw_map_file(reader: "Reader", view: str, town_names: list[str], max_mb: float, today: date) -> "FileMap":
    from webmap.maps import MAP_VIEWS
    from webmap.maps.file_content import count_main_records, read_content
    from webmap.maps.file_map import fit_file_map, too_many_records_text

    if reason := too_many_records_text(count_main_records(reader, MAP_VIEWS[view], town_names), max_mb):
        raise BadInput(reason)
    content = read_content(reader, MAP_VIEWS[view], town_names, today)
    return fit_file_map(content, reader.status(), max_mb=max_mb, may_leave_out=bool(town_names))


def _print_summary(out: Path, file_map: "FileMap") -> None:
    from webmap.maps.file_notes import omission_texts

    content = file_map.content
    counts = [(len(content.placed_records), content.view.noun), (len(content.parcels), "parcels"), (len(content.streets), "streets")]  # fmt: skip
    parts = ", ".join(f"{count:,} {noun}" for count, noun in counts if count)
    console.print(f"{out}: {out.stat().st_size / 1000:,.0f} kB; {parts}", markup=False)
    if content.omissions:
        console.print(f"left out, to stay under --max-mb: {'; '.join(omission_texts(content))}", markup=False)
    if content.unplaced_count:
        console.print(
            f"not on the map, because they have no location: {content.unplaced_count:,} of the {content.view.noun}",
            markup=False,
        )
