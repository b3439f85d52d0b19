"""The command `inspect`: what a file looks like, and what each of its columns would be taken for.

`webmap.cli.main.LazyGroup` imports it. `geo.ingest.inspect_source` does the work.
"""

from dataclasses import replace
from pathlib import Path

import click

from geo.ingest.ingest_request import IngestRequest, display_name
from geo.ingest.inspect_source import SourceInspection, inspect_source
from geo.ingest.mapping.profile_file import profile_to_toml
from geo.schema import LAYERS, layer_named
from geo.workspace import with_workspace_facts
from webmap.cli.loading.column_table import print_columns, print_missing_fields
from webmap.cli.loading.load_options import parse_mapping
from webmap.cli.options import (
    console,
    help_epilog,
    open_workspace,
    progress_bar,
    require_parent_folder,
    workspace_option,
)

MIN_OTHER_SCORE = 0.8  # share of the best layer's score from which another layer is named, too


@click.command(
    epilog=help_epilog(
        "inspect trees.xlsx",
        "inspect cases.csv --layer inspections --save-profile bel-nor-cases.toml",
        layers=True,
    )
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@workspace_option
@click.option("--layer", help="What the rows are. Default: a guess, which is shown.")
@click.option("--profile", help="The profile that maps columns to fields: a name, or the path of a TOML file.")
@click.option("--map", "maps", multiple=True, metavar="FIELD=COLUMN", help="The column of a field. May be repeated.")
@click.option("--table", help="The table, sheet or layer, in a file with several.")
@click.option("--encoding", help="The text encoding. Default: UTF-8, else Windows-1252.")
@click.option("--save-profile", type=click.Path(path_type=Path, dir_okay=False), help="Write the mapping as a profile.")
def inspect(
    files: tuple[Path, ...],
    workspace: Path,
    layer: str | None,
    profile: str | None,
    maps: tuple[str, ...],
    table: str | None,
    encoding: str | None,
    save_profile: Path | None,
) -> None:
    """Show what each column of FILES would be taken for.

    Nothing is loaded. A workspace helps: its towns and parcels tell coordinates and parcel numbers.
    """
    layer_name = layer_named(layer).name if layer else None
    request = IngestRequest(
        layer=layer_name or "trees",
        files=files,
        profile=profile,
        column_mapping=parse_mapping(maps),
        table=table,
        encoding=encoding,
    )
    if workspace.exists():
        with open_workspace(workspace) as store:
            request = with_workspace_facts(store, request)
    with progress_bar() as progress:
        inspection = inspect_source(request, layer_name, progress=progress)
    _print_inspection(inspection, files, is_guessed=layer_name is None)
    if save_profile:
        text = profile_to_toml(replace(inspection.profile, layer=inspection.layer), f"{display_name(files[0])}")
        require_parent_folder(save_profile).write_text(text, "utf-8")
        console.print(f"profile written: {save_profile}", markup=False)


def _print_inspection(inspection: SourceInspection, files: tuple[Path, ...], *, is_guessed: bool) -> None:
    name = display_name(files[0]) if len(files) == 1 else f"{display_name(files[0])} and {len(files) - 1} more"
    driver, encoding = inspection.metadata.get("driver"), inspection.metadata.get("encoding")
    about = ", ".join(filter(None, (f"{inspection.rows:,} rows", driver, encoding)))
    console.print(f"{name}: {about}", style="bold", markup=False)
    console.print(f"  layer: {_layer_text(inspection, is_guessed=is_guessed)}", markup=False)
    if label := inspection.profile.report_label():
        console.print(f"  profile: {label}", markup=False)
    print_columns(inspection.columns)
    print_missing_fields(inspection.layer, inspection.missing)
    console.print(f"  to load it: lotleaf load {inspection.layer} {name}", markup=False)


def _layer_text(inspection: SourceInspection, *, is_guessed: bool) -> str:
    title = LAYERS[inspection.layer].title
    if not is_guessed:
        return inspection.layer
    best = inspection.layer_scores[inspection.layer]
    others = [
        other
        for other, score in inspection.layer_scores.items()
        if other != inspection.layer and best and score >= MIN_OTHER_SCORE * best
    ]
    if not best:
        return f"{inspection.layer}, but no column tells; name another with --layer"
    text = f"{inspection.layer} ({title.lower()}), by its columns"
    return f"{text}; it may be {' or '.join(others[:3])}, too: use --layer" if others else text
