"""The commands `find`, `export` and `fields`, which read a workspace.

`webmap.cli.main.LazyGroup` imports them.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geo.errors import BadInput
from geo.formats.export_file import EXPORT_FORMATS, ExportFormat, format_of_file, write_export_file
from geo.schema import Layer, layer_named
from geo.store.records import OPERATOR, PUBLIC, Actor, Query
from webmap.cli.main import to_terminal_text
from webmap.cli.options import console, help_epilog, open_workspace, workspace_option

if TYPE_CHECKING:
    from geo.geocode import GeocodeResult
    from geo.store.protocol import Reader

# Characters that some readers take for a line end. JSON may escape them, and a result must be one line.
LINE_SEPARATOR_ESCAPES = {sign: f"\\u{sign:04x}" for sign in (0x85, 0x2028, 0x2029)}


@click.command(epilog=help_epilog("find 7201 natural bridge", "find --batch < queries.txt > answers.jsonl"))
@click.argument("query", nargs=-1)
@workspace_option
@click.option("--json", "as_json", is_flag=True, help="Write JSON to standard output.")
@click.option("--batch", is_flag=True, help="Read one query a line from standard input. Write one JSON line for each.")
@click.option("--town", help="The town to prefer when several match.")
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True)
def find(query: tuple[str, ...], workspace: Path, as_json: bool, batch: bool, town: str | None, limit: int) -> None:
    """Find a parcel by address, parcel number or place name."""
    from geo.geocode.gazetteer.from_store import load_or_build_index
    from geo.geocode.workspace_search import WorkspaceSearch
    from webmap.clock import today
    from webmap.params import resolve_town as known_town
    from webmap.state.town_list import town_names_by_slug

    if not query and not batch:
        raise BadInput(
            "say what to find, such as: lotleaf find 7201 natural bridge; or use --batch with queries on standard input"
        )
    with open_workspace(workspace) as store:
        preferred_town = known_town(town, town_names_by_slug(store)) if town else None
        with store.snapshot() as reader:
            search = WorkspaceSearch.from_reader(reader, load_or_build_index(reader, store.cache_dir))
            for query_text in _read_queries() if batch else [" ".join(query)]:
                result = search.find(query_text, today=today(), limit=limit, town=preferred_town)
                _print_result(result, as_json=batch or as_json)


def _print_result(result: "GeocodeResult", *, as_json: bool) -> None:
    if as_json:
        line = json.dumps(result.to_json(), ensure_ascii=False).translate(LINE_SEPARATOR_ESCAPES)
        click.echo(line.encode("utf-8", "replace"))
    else:
        _print_candidates(result)


def _read_queries() -> Iterator[str]:
    """Iterate over the lines of standard input. Bytes that are not UTF-8 become �."""
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", "replace").rstrip("\r\n")


@click.command(
    epilog=help_epilog(
        "export parcels -o parcels.geojson --town Pagedale",
        "export trees -o work.xlsx --where need=remove,prune",
        "export trees -o - --format csv > trees.csv",
        layers=True,
    )
)
@click.argument("layer")
@workspace_option
@click.option("-o", "--output", required=True, help="The file to write, or - for standard output.")
@click.option(
    "--format",
    "format_",
    type=click.Choice([*EXPORT_FORMATS]),
    help="The format, if the file's name does not end with it. xlsx goes to a file only.",
)
@click.option("--private", is_flag=True, help="Include private fields. Do not publish the file.")
@click.option("--town", help="Only records of this town.")
@click.option("--bbox", help="Only records within west,south,east,north, in degrees.")
@click.option(
    "--where",
    multiple=True,
    metavar="FIELD=VALUE",
    help="Only records with this value, such as need=prune or need=remove,prune. May be repeated.",
)
@click.option("--limit", type=click.IntRange(1), help="The largest number of records.")
@click.option("--after", help="Start after this id.")
def export(layer: str, workspace: Path, output: str, format_: str | None, private: bool, **filters: Any) -> None:
    """Write LAYER as GeoJSON, CSV or an Excel workbook.

    All three have the same records and values, joined ones included. GeoJSON follows RFC 7946, and
    `ogr2ogr` converts it to other formats. CSV and XLSX have no outlines. They have the columns lon and lat.
    """
    from webmap.clock import today
    from webmap.params import query_from_pairs
    from webmap.state.town_list import town_names_by_slug

    export_format = _export_format(output, format_)
    actor = OPERATOR if private else PUBLIC
    with open_workspace(workspace) as store, store.snapshot() as reader:
        layer_def = layer_named(layer)
        pairs = _query_pairs(layer_def, filters)
        feature_query = query_from_pairs(layer_def, pairs, town_names_by_slug(reader), today=today())
        chunks = _export_chunks(reader, layer_def, feature_query, actor, export_format.name, pairs)
        if output == "-":
            for chunk in chunks:
                sys.stdout.buffer.write(chunk)
        else:
            write_export_file(Path(output), chunks, export_format)
            row_count = reader.count(layer, feature_query, actor=actor)
            console.print(f"{output}: {row_count:,} {layer}", markup=False)


def _export_format(output: str, name: str | None) -> ExportFormat:
    """Return the format of an export: the named one, or that of its file. Raises BadInput for XLSX as `-`.

    >>> _export_format("trees.csv", None).name, _export_format("-", None).name, _export_format("-", "csv").name
    ('csv', 'geojson', 'csv')
    """
    export_format = EXPORT_FORMATS[name] if name else format_of_file(Path(output))
    if output == "-" and export_format.name == "xlsx":
        raise BadInput("-o -: a workbook can only go to a file; name one, such as trees.xlsx, or use --format csv")
    return export_format


def _export_chunks(
    reader: "Reader", layer: Layer, query: Query, actor: Actor, format_name: str, filters: list[tuple[str, str]]
) -> Iterator[bytes]:
    """Return the chunks of an export. Raises BadInput for more records than an Excel sheet holds."""
    from geo.formats.geojson import layer_summary, stream_geojson

    if format_name == "geojson":
        return stream_geojson(reader, layer, query, actor=actor)
    records = reader.query(layer.name, query, actor=actor)
    if format_name == "csv":
        from geo.formats.csv_table import stream_csv

        return stream_csv(layer, records, private=actor.sees_private)
    from geo.formats.xlsx_table import require_sheet_rows, stream_xlsx

    require_sheet_rows(reader.count(layer.name, query, actor=actor), layer.name)
    summary = layer_summary(reader.status(), layer)
    return stream_xlsx(layer, records, summary, filters=filters, private=actor.sees_private)


@click.command(epilog=help_epilog("fields trees", layers=True))
@click.argument("layer")
def fields(layer: str) -> None:
    """Show the field dictionary of LAYER."""
    for field in layer_named(layer).fields_by_name.values():
        unit = f" [{field.unit}]" if field.unit else ""
        private = " (private)" if field.private else ""
        codes = f" One of: {', '.join(field.codes)}." if field.codes else ""
        click.echo(f"{field.name}{unit}{private}: {field.description}{codes}")


def _query_pairs(layer: Layer, filters: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the options as pairs of a query string.

    >>> _query_pairs(layer_named("trees"), {"town": "Pagedale", "limit": None, "where": ("need=remove,prune",)})
    [('town', 'Pagedale'), ('need', 'remove,prune')]
    """
    pairs = [_parse_where(layer, condition) for condition in filters.pop("where")]
    return [(name, str(value)) for name, value in filters.items() if value] + pairs


def _parse_where(layer: Layer, condition: str) -> tuple[str, str]:
    """Return the field and value of a `--where` option.

    Raises BadInput for an unknown field or a missing value, which would export too many rows.

    >>> _parse_where(layer_named("trees"), "need=prune")
    ('need', 'prune')
    """
    name, _, value = condition.partition("=")
    if not name or not value.strip():
        raise BadInput(
            f"--where {condition}: write it as FIELD=VALUE, such as need=prune; need=null finds unknown values"
        )
    names = [field.name for field in layer.filter_fields]
    if name not in names:
        problem = f"{name} cannot be filtered" if name in layer.fields_by_name else f"there is no field {name}"
        raise BadInput(f"--where {condition}: {problem}; the fields to filter by are: {', '.join(names)}")
    return name, value


def _print_candidates(result: "GeocodeResult") -> None:
    """Print a geocode result: the reason or the changes shared by all candidates, then a line for each candidate."""
    from geo.geocode import status_label

    click.echo(to_terminal_text(f"{status_label(result.status)}: {result.query}"))
    for change in (result.reason,) if result.reason else result.shared_changes:
        click.echo(to_terminal_text(f"  {change}"))
    for candidate in result.candidates:
        status = status_label(candidate.status) if candidate.status != result.status else ""
        own_changes = " ".join(change for change in candidate.changes if change not in result.shared_changes)
        town = f"/districts/{candidate.id}" if candidate.kind == "district" else candidate.town or "town unknown"
        parts = (candidate.parcel_id, candidate.address, town, status, own_changes)
        click.echo(to_terminal_text("  ".join(part for part in parts if part)))
