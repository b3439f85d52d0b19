"""The command `lotleaf`: its doorway, its exit codes, and what all its commands share."""

import sys
import traceback
from importlib import import_module

import click

from geo.errors import BadInput, BadQuery, BadWorkspace, GeoError, NotFound, NoWorkspace

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
    "edit": "editing",
    "find": "asking",
    "geocode": "geocoding",
    "export": "asking",
    "fields": "asking",
    "pack": "packing",
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

    def invoke(self, ctx: click.Context) -> object:
        """Run the command that is named; with --debug, whatever ends it shows where it came from."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception:
            if ctx.params["debug"]:
                traceback.print_exc()
            raise


@click.group(
    cls=Lazy,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="`lotleaf COMMAND --help` tells a command's options, with examples.",
)
@click.version_option(package_name="lotleaf")
@click.option(
    "--debug",
    is_flag=True,
    envvar="LOTLEAF_DEBUG",
    show_envvar=True,
    help="When something fails, show where in the program.",
)
def lotleaf(debug: bool) -> None:
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
    except (GeoError, OSError, MemoryError) as error:
        return _told(error)
    except Exception as error:  # noqa: BLE001 - the last resort: nobody is left to tell but us
        click.echo(shown(f"lotleaf: {_unforeseen(error)}"), err=True)
        return INTERNAL
    return result if isinstance(result, int) else DONE


def _told(error: Exception) -> int:
    """Tell an error in one sentence; 2 when it is what we were given, 1 when it is ours."""
    if isinstance(error, OSError):  # a file that was named cannot be read or written
        refused = bool(error.filename)
        told = f"{error.filename or 'the disk'}: {error.strerror or error}"
    elif isinstance(error, MemoryError):
        refused, told = False, "this machine has not the memory for it; cut the files"
    else:
        refused = isinstance(error, BadInput | BadQuery | BadWorkspace | NotFound | NoWorkspace)
        told = str(error)
    click.echo(shown(f"lotleaf: {told}"), err=True)
    return REFUSED if refused else INTERNAL


def _unforeseen(error: Exception) -> str:
    said = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    return f"internal error ({said}); run it again as `lotleaf --debug …`, or with LOTLEAF_DEBUG=1, for the trace"


def shown(text: str) -> str:
    r"""Give a text as a terminal may have it: what steers a terminal, or turns its lines round, is �.

    >>> shown("oak\x1b[31m\u202e")
    'oak�[31m�'
    """
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() or sign in "\n\t" else "\ufffd" for sign in text)
