"""The command `serve`: the HTTP server."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from webmap.cli.options import help_epilog, workspace_option


@click.command(epilog=help_epilog("serve -w county.gpkg --port 8080"))
@workspace_option
@click.option("--host", help="The address to listen on. Default: 127.0.0.1, this machine only.")
@click.option("--port", type=click.IntRange(1, 65535), help="The port. Default: 8000.")
@click.option("--workers", type=click.IntRange(1, 64), help="The number of worker processes. Default: 2.")
@click.option(
    "--tls-cert", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="The TLS certificate, as PEM."
)
@click.option(
    "--tls-key",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The key of the certificate, as PEM.",
)
@click.option(
    "--allow-local-edits",
    is_flag=True,
    default=None,
    help="Accept edits from this machine. Needs a loopback address.",
)
def serve(workspace: Path, **options: Any) -> int | None:
    """Serve the maps, pages and API of a workspace."""
    from webmap.server import serve as run
    from webmap.settings import Settings

    overrides = {name: value for name, value in options.items() if value is not None}
    return run(replace(Settings.from_env(os.environ), workspace=workspace, **overrides))
