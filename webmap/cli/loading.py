"""`load`, `unload`, `join`, `sample`: what changes a workspace from files."""

import json
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

import click

from geo.addresses.gazetteer.stored import kept_index
from geo.doubles import doubles
from geo.errors import BadInput, BadQuery, NeedsOption
from geo.layers import LAYERS, named
from geo.sources.reading import Reading, Request
from geo.store import begin_store
from geo.store.protocol import OPERATOR, Loaded, Store
from geo.workspace import keep, read, rejoin, requests_of, take_out
from webmap.cli.common import ending, in_a_folder, opened, progress_bar, screen, workspace_option
from webmap.cli.reporting import show_report
from webmap.clock import now, today

# Options that go into a request under their own names.
AS_TOLD = (
    "profile",
    "town",
    "crs",
    "encoding",
    "table",
    "method",
    "licence",
    "year",
    "nodata",
    "max_at_address",
)


@click.command(
    epilog=ending(
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
    help="Load every file of a data folder; takes the place of LAYER and FILES.",
)
@click.option(
    "--source", help="Name of the source that these files are; default: town and profile."
)
@click.option("--town", help="The town whose files these are.")
@click.option("--profile", help="How the columns are called; default: a guess, which is shown.")
@click.option(
    "--map",
    "maps",
    multiple=True,
    metavar="FIELD=COLUMN",
    help="Which column holds a field, as dbh_in=Diameter; address=NUM+STREET joins columns, and "
    "status==open gives every row the value open. May be repeated.",
)
@click.option("--crs", help="Coordinate system of the file, as EPSG:4326 or ESRI:102696.")
@click.option("--encoding", help="Text encoding; default: UTF-8, else Windows-1252.")
@click.option("--table", help="Which table of a GeoPackage, or sheet of a workbook.")
@click.option("--classes", help="Raster values that are canopy, as 1 or 23-25,41.")
@click.option("--nodata", type=float, help="Raster value that means unknown.")
@click.option("--method", help="How the canopy was measured.")
@click.option("--licence", help="Under which terms the files may be used.")
@click.option("--date", "dated", type=click.DateTime(["%Y-%m-%d"]), help="Day of the data.")
@click.option("--year", type=click.IntRange(1800, 2200), help="Year of the canopy.")
@click.option(
    "--max-at-address",
    type=int,
    default=50,
    show_default=True,
    help="More trees than this at one address are remarked.",
)
@click.option("--dry-run", is_flag=True, help="Report, and write nothing.")
@click.option(
    "--report", type=click.Path(path_type=Path, dir_okay=False), help="Write the report as JSON."
)
@click.option("--no-join", is_flag=True, help="Do not join after loading.")
def load(
    layer: str | None, files: tuple[Path, ...], workspace: Path, folder: Path | None, **options: Any
) -> None:
    """Load FILES into LAYER.

    Every row is admitted, mended with a note, or refused with a reason. The same files loaded twice
    change nothing; new files take the place of what their source held before.
    """
    for written in filter(None, (workspace, options["report"])):
        in_a_folder(written)
    reports = []
    for source, request in _requests(layer, files, folder, options):
        report = _load_one(workspace, source, request, dry_run=options["dry_run"])
        reports.append(report)
    if options["report"]:
        told = reports if folder else reports[0]
        options["report"].write_text(json.dumps(told, ensure_ascii=False, indent=1), "utf-8")
    if options["dry_run"] or options["no_join"]:
        return
    with opened(workspace) as store:
        if store.status()["joined"]["stale"]:
            join_now(store, today())


@click.command(epilog=ending("unload trees --source pagedale/inventory", layers=True))
@click.argument("layer")
@workspace_option
@click.option("--source", required=True, help="Which source to take out.")
def unload(layer: str, workspace: Path, source: str) -> None:
    """Take one source out of LAYER; `lotleaf status` names the sources."""
    with opened(workspace) as store:
        rows = take_out(store, named(layer).name, source, actor=OPERATOR, at=now())
        screen.print(f"{layer}: took out {rows:,} rows of {source}", markup=False)
        join_now(store, today())


@click.command(epilog=ending("join --as-of 2016-10-01"))
@workspace_option
@click.option(
    "--as-of", metavar="DATE", help="Towns and districts as they stood on that day; default: today."
)
def join(workspace: Path, as_of: str | None) -> None:
    """Join everything to every parcel, as each load does in the end.

    Towns, districts, trees, canopy and inspections.
    """
    try:
        day = date.fromisoformat(as_of) if as_of else today()
    except ValueError:
        raise BadInput(f"--as-of {as_of}: not a date; write it as 2016-10-01") from None
    with opened(workspace) as store:
        join_now(store, day)


@click.command(epilog=ending("sample county --parcels 1200 --seed 22"))
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--parcels", type=click.IntRange(1, 2_000_000), required=True, help="How many parcels."
)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="The same seed makes the same files."
)
@click.option(
    "--towns", type=click.IntRange(1, 100), default=24, show_default=True, help="How many towns."
)
@click.option("--crowns-per-parcel", type=click.FloatRange(0, 10), default=0.75, show_default=True)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["geojson", "geoparquet"]),
    default="geojson",
    show_default=True,
)
def sample(directory: Path, format_: Literal["geojson", "geoparquet"], **options: Any) -> None:
    """Make the files of an illustrative county in DIRECTORY.

    Nothing in it was surveyed.
    """
    from geo.sample import make_sample

    with progress_bar() as tell:
        counts = make_sample(directory, format=format_, progress=tell, **options)
    for name, rows in counts.items():
        screen.print(f"{name}: {rows:,} rows", markup=False)


def join_now(store: Store, day: date) -> None:
    """Join, and tell what was joined."""
    with progress_bar() as tell:
        rows = rejoin(store, actor=OPERATOR, at=now(), today=day, progress=tell)
        tell("addresses", 1.0)
        with store.snapshot() as reader:
            kept_index(reader, store.beside)  # so that no look-up has to wait for it
    told = ", ".join(f"{count:,} {name}" for name, count in rows.items())
    screen.print(f"joined as of {day}: {told or 'nothing yet'}", markup=False)


def _requests(
    layer: str | None, files: tuple[Path, ...], folder: Path | None, options: dict[str, Any]
) -> list[tuple[str | None, Request]]:
    """Give what is to be loaded, each with its source's name where that is known."""
    if folder is not None:
        if layer or files:
            raise BadInput(
                "--all takes its layers from the folder: give no LAYER and no FILES with it"
            )
        return list(requests_of(folder))
    if not layer or not files:
        raise NeedsOption(
            f"say which layer and which files: lotleaf load LAYER FILE… (layers: {', '.join(LAYERS)}), or --all DIR"
        )
    request = Request(
        layer=named(layer).name,
        files=files,
        maps=mapped(options["maps"]),
        classes=_classes(options["classes"]),
        dated=options["dated"].date().isoformat() if options["dated"] else None,
        **{name: options[name] for name in AS_TOLD},
    )
    return [(options["source"], request)]


def _load_one(
    workspace: Path, source: str | None, request: Request, *, dry_run: bool
) -> dict[str, Any]:
    """Load one source, show what came of it, and give its report.

    The files are read before the workspace is made: what is refused leaves nothing behind.
    """
    with progress_bar() as tell, ExitStack() as stack:
        there = stack.enter_context(opened(workspace)) if workspace.exists() else None
        request = _of_known_town(there, request)
        reading = read(there, request, progress=tell)
        _refuse_needless_table(request, reading)
        report = reading.report.to_json()
        name = source or reading.source
        twice = doubles(there, named(request.layer), reading, name) if there else []
        report["doubles"] = [one.to_json() for one in twice]
        loaded: tuple[Loaded, ...] = ()
        if not dry_run:
            store = there or stack.enter_context(begin_store(workspace))
            loaded = keep(store, request.layer, reading, source=name, actor=OPERATOR, at=now())
    show_report(name, report, dict(zip((request.layer, *reading.also), loaded, strict=False)))
    return report


def _of_known_town(store: Store | None, request: Request) -> Request:
    """Call the town as the workspace does: a misspelt one would stand beside the towns there are."""
    from webmap.params import town
    from webmap.towns import named_by_slug

    if store is None or request.town is None or request.layer == "municipalities":
        return request
    try:
        return replace(request, town=town(request.town, named_by_slug(store)))
    except BadQuery as error:
        raise BadInput(f"{error}; load the town's limits first, as municipalities") from None


def _refuse_needless_table(request: Request, reading: Reading) -> None:
    archived = any(file.suffix.lower() == ".zip" for file in request.files)
    if request.table and not archived and reading.provenance.get("table") is None:
        raise BadInput(
            f"--table {request.table}: {request.files[0]} has one layer and no tables; leave --table out"
        )


def mapped(pairs: tuple[str, ...]) -> dict[str, str]:
    """Read what `--map` was given; raises BadInput for what is no FIELD=COLUMN."""
    if wrong := [pair for pair in pairs if "=" not in pair]:
        raise BadInput(f"--map {wrong[0]}: write it as FIELD=COLUMN")
    return dict(pair.split("=", 1) for pair in pairs)


def _classes(text: str | None) -> tuple[tuple[int, int], ...]:
    """Read "23-25,41" as ranges of raster values, both ends included."""
    try:
        ends = [part.split("-") for part in (text or "").split(",") if part]
        return tuple((int(end[0]), int(end[-1])) for end in ends)
    except ValueError:
        raise BadInput(
            f"--classes {text}: write whole numbers and ranges, as 1 or 23-25,41"
        ) from None
