"""The commands `load`, `unload`, `join` and `sample`.

`webmap.cli.main.LazyGroup` imports them. The other commands use `run_join`.
"""

import json
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Literal

import click

from geo.data_folder import requests_from_folder
from geo.errors import BadInput, NeedsOption
from geo.geocode.gazetteer.from_store import load_or_build_index
from geo.ingest.ingest_request import IngestRequest
from geo.ingest.source_overlap import find_source_overlaps
from geo.schema import LAYERS, layer_named
from geo.store import open_new_store
from geo.store.protocol import Store
from geo.store.records import OPERATOR, LoadResult
from geo.workspace import join_workspace, load_source, read_files, remove_source
from webmap.cli.loading.ask_columns import ask_for_columns, is_terminal
from webmap.cli.loading.load_options import parse_classes, parse_mapping, resolve_request_towns, save_profile
from webmap.cli.loading.load_report import print_load_report, print_warnings
from webmap.cli.loading.review_report import review_load
from webmap.cli.options import (
    console,
    help_epilog,
    open_workspace,
    progress_bar,
    require_parent_folder,
    workspace_option,
)
from webmap.clock import now, today

# Options that are fields of `IngestRequest`.
REQUEST_OPTIONS = (
    "profile",
    "town",
    "covers",
    "crs",
    "encoding",
    "table",
    "place_by",
    "method",
    "licence",
    "year",
    "nodata",
    "timezone",
    "max_at_address",
)


@click.command(
    epilog=help_epilog(
        "load parcels Parcels_Current.zip --profile stl-county-parcels",
        "load trees inventory.xlsx --town Pagedale --map dbh_in=Diameter",
        "load --all data",
        layers=True,
    )
)
@click.argument("layer", required=False)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@workspace_option
@click.option(
    "--all",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Load every file of a data folder. It replaces LAYER and FILES.",
)
@click.option("--source", help="The name of the source. Default: town and profile.")
@click.option("--town", help="The town that the files belong to.")
@click.option(
    "--covers",
    multiple=True,
    metavar="TOWN",
    help="A town that the files survey completely: where they have no record, the count is 0. May be repeated.",
)
@click.option(
    "--profile",
    help="The profile that maps columns to fields: a name, or the path of a TOML file. Default: the columns are "
    "recognized, and shown.",
)
@click.option("--yes", is_flag=True, help="Do not ask about unsure columns. Take the best one.")
@click.option("--save-profile", type=click.Path(path_type=Path, dir_okay=False), help="Write the mapping as a profile.")
@click.option(
    "--map",
    "maps",
    multiple=True,
    metavar="FIELD=COLUMN",
    help="The column of a field, such as dbh_in=Diameter, or dbh_in=Diameter[cm] with its unit. address=NUM+STREET "
    "joins columns, status==open gives every row the value open, and status[Lien]=open says that the file's word "
    "Lien means open. May be repeated.",
)
@click.option("--crs", help="The coordinate reference system of the file, such as EPSG:4326 or ESRI:102696.")
@click.option("--encoding", help="The text encoding. Default: UTF-8, else Windows-1252.")
@click.option("--table", help="The layer, sheet, folder or file to read of a file that holds several.")
@click.option(
    "--place-by",
    type=click.Choice(["geometry", "columns"]),
    help="Which to take where the file's own coordinate columns contradict its geometry. Default: geometry.",
)
@click.option("--classes", help="Raster values that are canopy, such as 1 or 23-25,41.")
@click.option("--nodata", type=float, help="Raster value that means unknown.")
@click.option("--method", help="How the canopy was measured.")
@click.option("--licence", help="The license of the files.")
@click.option("--date", "dated", type=click.DateTime(["%Y-%m-%d"]), help="The date of the data.")
@click.option("--year", type=click.IntRange(1800, 2200), help="The year of the canopy.")
@click.option(
    "--timezone",
    envvar="LOTLEAF_TIMEZONE",
    show_envvar=True,
    metavar="ZONE",
    help="The time zone in which an instant becomes a day, such as America/Chicago. Default: that of the towns.",
)
@click.option(
    "--max-at-address",
    type=int,
    default=50,
    show_default=True,
    help="Note an address with more trees than this.",
)
@click.option("--dry-run", is_flag=True, help="Report only. The workspace is not changed.")
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="Write the report as JSON.")
@click.option("--no-join", is_flag=True, help="Do not join after loading.")
def load(layer: str | None, files: tuple[Path, ...], workspace: Path, folder: Path | None, **options: Any) -> None:
    """Load FILES into LAYER.

    Every row is admitted, repaired with a note, or refused with a reason. Loading the same files twice
    changes nothing. New files replace the earlier rows of their source.
    """
    for output_file in filter(None, (workspace, options["report"], options["save_profile"])):
        require_parent_folder(output_file)
    reports = []
    for source, request in _build_requests(layer, files, folder, options):
        report = _load_source(workspace, source, request, options)
        reports.append(report)
    if options["report"]:
        report_json = reports if folder else reports[0]
        options["report"].write_text(json.dumps(report_json, ensure_ascii=False, indent=1), "utf-8")
    if options["dry_run"] or options["no_join"]:
        return
    with open_workspace(workspace) as store:
        if store.status()["joined"]["stale"]:
            run_join(store, today())


@click.command(epilog=help_epilog("unload trees --source pagedale/inventory", layers=True))
@click.argument("layer")
@workspace_option
@click.option("--source", required=True, help="The source to remove.")
def unload(layer: str, workspace: Path, source: str) -> None:
    """Remove one source from LAYER.

    `lotleaf status` lists the sources.
    """
    with open_workspace(workspace) as store:
        row_count = remove_source(store, layer_named(layer).name, source, actor=OPERATOR, at=now())
        console.print(f"{layer}: removed {row_count:,} rows of {source}", markup=False)
        run_join(store, today())


@click.command(epilog=help_epilog("join --as-of 2016-10-01"))
@workspace_option
@click.option("--as-of", metavar="DATE", help="Use the towns and districts in force on this date. Default: today.")
def join(workspace: Path, as_of: str | None) -> None:
    """Run the full join, as each load does at its end.

    It joins towns, districts, trees, canopy and inspections to every parcel.
    """
    try:
        day = date.fromisoformat(as_of) if as_of else today()
    except ValueError:
        raise BadInput(f"--as-of {as_of}: not a date; write it like 2016-10-01") from None
    with open_workspace(workspace) as store:
        run_join(store, day)


@click.command(epilog=help_epilog("sample county --parcels 1200 --seed 22"))
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option("--parcels", type=click.IntRange(1, 2_000_000), required=True, help="The number of parcels.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same files.")
@click.option("--towns", type=click.IntRange(1, 100), default=24, show_default=True, help="The number of towns.")
@click.option("--crowns-per-parcel", type=click.FloatRange(0, 10), default=0.75, show_default=True)
@click.option("--format", "format_", type=click.Choice(["geojson", "geoparquet"]), default="geojson", show_default=True)
def sample(directory: Path, format_: Literal["geojson", "geoparquet"], **options: Any) -> None:
    """Write the files of an illustrative county to DIRECTORY.

    Nothing in it was surveyed.
    """
    from geo.sample import make_sample

    with progress_bar() as progress:
        counts = make_sample(directory, format=format_, progress=progress, **options)
    for name, row_count in counts.items():
        console.print(f"{name}: {row_count:,} rows", markup=False)


def run_join(store: Store, day: date) -> None:
    """Run the full join with a progress bar, build the address index, and print the row counts."""
    with progress_bar() as progress:
        row_counts = join_workspace(store, actor=OPERATOR, at=now(), today=day, progress=progress)
        progress("addresses", 1.0)
        with store.snapshot() as reader:
            load_or_build_index(reader, store.cache_dir)  # so that no search waits for it
    summary = ", ".join(f"{count:,} {name}" for name, count in row_counts.items())
    console.print(f"joined as of {day}: {summary or 'nothing yet'}", markup=False)


def _build_requests(
    layer: str | None, files: tuple[Path, ...], folder: Path | None, options: dict[str, Any]
) -> list[tuple[str | None, IngestRequest]]:
    """Return the ingest requests, each with the name of its source. None means the default name."""
    if folder is not None:
        if layer or files:
            raise BadInput("--all takes its layers from the folder; leave out LAYER and FILES")
        requests = requests_from_folder(folder)
        return [
            (name, replace(request, timezone=request.timezone or options["timezone"])) for name, request in requests
        ]
    if not layer or not files:
        raise NeedsOption(
            f"name a layer and its files: lotleaf load LAYER FILE… (layers: {', '.join(LAYERS)}), or use --all DIR"
        )
    request = IngestRequest(
        layer=layer_named(layer).name,
        files=files,
        column_mapping=parse_mapping(options["maps"]),
        canopy_ranges=parse_classes(options["classes"]),
        dated=options["dated"].date().isoformat() if options["dated"] else None,
        **{name: options[name] for name in REQUEST_OPTIONS},
    )
    return [(options["source"], request)]


def _load_source(
    workspace: Path, source: str | None, request: IngestRequest, options: dict[str, Any]
) -> dict[str, Any]:
    """Load one source, print its report, and return the report.

    The files are read before a workspace is created. So refused files leave nothing behind.
    """
    with progress_bar() as progress, ExitStack() as stack:
        existing_store = stack.enter_context(open_workspace(workspace)) if workspace.exists() else None
        request = resolve_request_towns(existing_store, request)
        may_ask = is_terminal() and not options["yes"]
        chooser = partial(ask_for_columns, pause=progress.pause) if may_ask else None
        ingest_result = read_files(existing_store, request, choose_columns=chooser, progress=progress)
        report = ingest_result.report.to_json()
        name = source or ingest_result.source
        layer = layer_named(request.layer)
        doubles = find_source_overlaps(existing_store, layer, ingest_result, name) if existing_store else []
        report["doubles"] = [duplicate.to_json() for duplicate in doubles]
        load_results: tuple[LoadResult, ...] = ()
        dry_run = options["dry_run"]
        store = existing_store if dry_run else existing_store or stack.enter_context(open_new_store(workspace))
        if store is not None:
            load_results = load_source(
                store, request.layer, ingest_result, source=name, actor=OPERATOR, at=now(), dry_run=dry_run
            )
        report["affected_edits"] = [dict(edit) for result in load_results for edit in result.affected_edits]
        lines, found = review_load(store, request.layer, name) if store and not dry_run else ([], {})
        if found:
            report["review"] = found
    results_by_layer = dict(zip((request.layer, *ingest_result.extra_layers), load_results, strict=False))
    print_load_report(name, report, results_by_layer, is_dry_run=dry_run)
    print_warnings(*lines)
    if options["save_profile"]:
        save_profile(options["save_profile"], ingest_result, name)
    return report
