"""The command `pack`: the tiles of towns in one PMTiles file."""

from pathlib import Path

import click

from geo.identifiers import slugify
from webmap.cli.options import console, help_epilog, open_workspace, require_parent_folder, workspace_option


@click.command(epilog=help_epilog("pack pagedale -o pagedale.pmtiles", "pack -o all.pmtiles"))
@click.argument("towns", nargs=-1)
@click.option(
    "-o", "--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The file to write, as PMTiles."
)
@workspace_option
def pack(towns: tuple[str, ...], out: Path, workspace: Path) -> None:
    """Write the map of TOWNS as one PMTiles file.

    TOWNS are names or slugs. Without any, all towns are packed.
    """
    from geo.tilesets import TilesetSnapshot
    from webmap.state.build_pack import build_pack

    require_parent_folder(out)
    with open_workspace(workspace) as store, store.snapshot() as reader:
        with console.status("building the tiles"):
            tilesets = TilesetSnapshot.load(store.cache_dir, reader)
        temp_file = out.with_name(out.name + ".part")
        try:
            with console.status("packing the towns"):
                tile_count = build_pack(
                    reader, tilesets.with_edits(reader), [slugify(town) for town in towns], temp_file
                )
            temp_file.replace(out)
        finally:
            temp_file.unlink(missing_ok=True)
    size_bytes = out.stat().st_size
    console.print(f"{out}: {tile_count:,} tiles, {size_bytes / 1000:,.0f} kB", markup=False)
