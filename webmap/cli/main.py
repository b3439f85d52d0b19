"""The command `lotleaf`: its doorway, its exit codes, and what all its commands share."""

import sys
from importlib import import_module

import click

from geo.errors import BadInput, BadQuery, GeoError, NotFound, NoWorkspace

DONE, INTERNAL, REFUSED = 0, 1, 2

# A command's module is imported when it is called: `lotleaf --help` and `serve` start at once.
COMMANDS = {
    "load": "loading",
    "unload": "loading",
    "join": "loading",
    "sample": "loading",
    "status": "keeping",
    "check": "keeping",
    "backup": "keeping",
    "restore": "keeping",
    "edit": "keeping",
    "find": "asking",
    "export": "asking",
    "fields": "asking",
    "serve": "serving",
}


class Lazy(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name the commands, in the order in which people meet them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"webmap.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="lotleaf")
def lotleaf() -> None:
    """Join trees, canopy and code inspections to every parcel, and serve them as maps."""


def main() -> None:
    """Run the command line: exit 0 when done, 1 on our own failure, 2 when input is refused."""
    sys.exit(run())


def run() -> int:
    """Run the command line and give its exit code."""
    try:
        result = lotleaf.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return REFUSED
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        return INTERNAL
    except BrokenPipeError:  # whoever read our output has had enough
        sys.stderr.close()
        return DONE
    except OSError as error:  # a file that was named cannot be read or written
        click.echo(f"lotleaf: {error.filename or 'the disk'}: {error.strerror or error}", err=True)
        return REFUSED if error.filename else INTERNAL
    except GeoError as error:
        click.echo(f"lotleaf: {error}", err=True)
        refused = isinstance(error, BadInput | BadQuery | NotFound | NoWorkspace)
        return REFUSED if refused else INTERNAL
    return result if isinstance(result, int) else DONE
