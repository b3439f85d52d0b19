"""`find`, `export`, `fields`: what comes out of a workspace."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geo.errors import BadInput
from geo.layers import Layer, named
from geo.store.protocol import OPERATOR, PUBLIC
from webmap.cli.common import ending, opened, screen, workspace_option
from webmap.cli.main import shown

if TYPE_CHECKING:
    from geo.addresses import Answer

# Signs that some readers take for the end of a line, as JSON may write them too: an answer is one line.
ENDS_OF_LINES = {sign: f"\\u{sign:04x}" for sign in (0x85, 0x2028, 0x2029)}


@click.command(
    epilog=ending("find 7201 natural bridge", "find --batch < queries.txt > answers.jsonl")
)
@click.argument("query", nargs=-1)
@workspace_option
@click.option("--json", "as_json", is_flag=True, help="As JSON on standard output.")
@click.option(
    "--batch", is_flag=True, help="One query a line on standard input; one JSON line each."
)
@click.option("--town", help="The town to lean to when several match.")
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True)
def find(
    query: tuple[str, ...],
    workspace: Path,
    as_json: bool,
    batch: bool,
    town: str | None,
    limit: int,
) -> None:
    """Find a parcel from an address, a parcel number or a place's name."""
    from geo.addresses.finding.recorded import Register
    from geo.addresses.gazetteer.stored import kept_index
    from webmap.clock import today
    from webmap.params import town as known_town
    from webmap.towns import named_by_slug

    if not query and not batch:
        raise BadInput(
            "say what to find, as: lotleaf find 7201 natural bridge; or --batch with queries on standard input"
        )
    with opened(workspace) as store:
        leaning = known_town(town, named_by_slug(store)) if town else None
        with store.snapshot() as reader:
            register = Register.of(reader, kept_index(reader, store.beside))
            for text in _lines() if batch else [" ".join(query)]:
                answer = register.find(text, today=today(), limit=limit, town=leaning)
                _tell(answer, as_json=batch or as_json)


def _tell(answer: "Answer", *, as_json: bool) -> None:
    if as_json:
        told = json.dumps(answer.to_json(), ensure_ascii=False).translate(ENDS_OF_LINES)
        click.echo(told.encode("utf-8", "replace"))
    else:
        _show(answer)


def _lines() -> Iterator[str]:
    """Read queries from standard input; what is no UTF-8 becomes �, so that the answers are."""
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", "replace").rstrip("\r\n")


@click.command(
    epilog=ending(
        "export parcels -o parcels.geojson --town Pagedale",
        "export trees -o - --where need=remove,prune > work.geojson",
        layers=True,
    )
)
@click.argument("layer")
@workspace_option
@click.option("-o", "--output", required=True, help="The file to write; - for standard output.")
@click.option(
    "--format", "format_", type=click.Choice(["geojson"]), default="geojson", show_default=True
)
@click.option("--private", is_flag=True, help="With the private fields: for the town alone.")
@click.option("--town", help="Of this town only.")
@click.option("--bbox", help="Within west,south,east,north in degrees.")
@click.option(
    "--where",
    multiple=True,
    metavar="FIELD=VALUE",
    help="Of this value only, as need=prune or need=remove,prune; may be repeated.",
)
@click.option("--limit", type=click.IntRange(1), help="At most so many.")
@click.option("--after", help="Go on behind this id.")
def export(
    layer: str, workspace: Path, output: str, format_: str, private: bool, **filters: Any
) -> None:
    """Write LAYER as GeoJSON, parcels with their joined figures.

    As RFC 7946 has it: degrees, streamed. `ogr2ogr` turns it into other formats.
    """
    from geo.export import geojson, write_geojson
    from webmap.clock import today
    from webmap.params import query_from
    from webmap.towns import named_by_slug

    actor = OPERATOR if private else PUBLIC
    with opened(workspace) as store, store.snapshot() as reader:
        chosen = query_from(
            named(layer),
            _words(named(layer), filters),
            named_by_slug(reader),
            today=today(),
        )
        pieces = geojson(reader, named(layer), chosen, actor=actor)
        if output == "-":
            for piece in pieces:
                sys.stdout.buffer.write(piece)
        else:
            write_geojson(Path(output), pieces)
            rows = reader.count(layer, chosen, actor=actor)
            screen.print(f"{output}: {rows:,} {layer}", markup=False)


@click.command(epilog=ending("fields trees", layers=True))
@click.argument("layer")
def fields(layer: str) -> None:
    """Tell the field dictionary of LAYER."""
    for field in named(layer).by_name.values():
        unit = f" [{field.unit}]" if field.unit else ""
        private = " (private)" if field.private else ""
        codes = f" One of: {', '.join(field.codes)}." if field.codes else ""
        click.echo(f"{field.name}{unit}{private}: {field.says}{codes}")


def _words(layer: Layer, filters: dict[str, Any]) -> list[tuple[str, str]]:
    """Put the options as the query string of the API would have them."""
    pairs = [_pair(layer, told) for told in filters.pop("where")]
    return [(name, str(value)) for name, value in filters.items() if value] + pairs


def _pair(layer: Layer, told: str) -> tuple[str, str]:
    """Read what --where was told; half of it, or a misspelt field, must not widen the export."""
    name, _, value = told.partition("=")
    if not name or not value.strip():
        raise BadInput(
            f"--where {told}: write it as FIELD=VALUE, as need=prune; need=null asks for the unknown"
        )
    names = [field.name for field in layer.choices]
    if name not in names:
        wrong = f"nothing is filtered by {name}" if name in layer.by_name else f"no field {name}"
        raise BadInput(
            f"--where {told}: there is {wrong}; fields to filter by are {', '.join(names)}"
        )
    return name, value


def _show(answer: "Answer") -> None:
    """Show an answer: what holds for every candidate once, then a line for each."""
    click.echo(shown(f"{answer.status}: {answer.reason or answer.query}"))
    for told in answer.shared:
        click.echo(shown(f"  {told}"))
    for one in answer.candidates:
        status = one.status if one.status != answer.status else ""
        own = "; ".join(told for told in one.changes if told not in answer.shared)
        parts = (one.parcel_id, one.address, one.town or "no town", status, own)
        click.echo(shown("  ".join(part for part in parts if part)))
