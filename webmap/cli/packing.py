"""`pack`: the tiles of towns in one file."""

from pathlib import Path

import click

from geo.naming import slug
from webmap.cli.common import ending, in_a_folder, opened, screen, workspace_option


@click.command(epilog=ending("pack pagedale -o pagedale.pmtiles", "pack -o all.pmtiles"))
@click.argument("towns", nargs=-1)
@click.option(
    "-o",
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write, as PMTiles.",
)
@workspace_option
def pack(towns: tuple[str, ...], out: Path, workspace: Path) -> None:
    """Write the map of TOWNS as one PMTiles file.

    Towns are named as they call themselves, or by slug; where none is named, all are packed.
    """
    from geo.tilesets import Sets
    from webmap.packing import pack_of

    in_a_folder(out)
    with opened(workspace) as store, store.snapshot() as reader:
        with screen.status("laying out the tiles"):
            sets = Sets.of(store.beside, reader)
        part = out.with_name(out.name + ".part")
        try:
            with screen.status("packing"):
                tiles = pack_of(reader, sets.now(reader), [slug(town) for town in towns], part)
            part.replace(out)
        finally:
            part.unlink(missing_ok=True)
    size = out.stat().st_size
    screen.print(f"{out}: {tiles:,} tiles, {size / 1000:,.0f} kB", markup=False)
