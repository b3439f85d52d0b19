"""`serve`: the web, from the command line."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from webmap.cli.common import ending, workspace_option


@click.command(epilog=ending("serve -w county.gpkg --port 8080"))
@workspace_option
@click.option("--host", help="Address to listen on; default: 127.0.0.1, this machine alone.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port; default: 8000.")
@click.option("--workers", type=click.IntRange(1, 64), help="Worker processes; default: 2.")
@click.option(
    "--tls-cert",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Certificate, PEM.",
)
@click.option(
    "--tls-key", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Its key, PEM."
)
@click.option(
    "--allow-local-edits",
    is_flag=True,
    default=None,
    help="Take edits from this machine itself; only on a loopback address.",
)
def serve(workspace: Path, **options: Any) -> int | None:
    """Serve the maps, pages and API of a workspace."""
    from webmap.serving import serve as run
    from webmap.settings import Settings

    told = {name: value for name, value in options.items() if value is not None}
    return run(replace(Settings.from_env(os.environ), workspace=workspace, **told))
