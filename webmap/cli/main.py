"""The command group `lotleaf`, its exit codes and its error messages.

The console script calls `main`, the entry point. `LazyGroup` imports each command when it is used.
"""

import sys
import traceback
from importlib import import_module

import click

from geo.errors import BadInput, BadQuery, BadWorkspace, GeoError, NotFound, NoWorkspace

EXIT_OK, EXIT_INTERNAL, EXIT_REFUSED = 0, 1, 2

# A command's module is imported when the command runs, so that `lotleaf --help` and `serve` start fast.
COMMAND_MODULES = {
    "inspect": "inspect_command",
    "load": "load_commands",
    "unload": "load_commands",
    "join": "load_commands",
    "sample": "load_commands",
    "status": "admin_commands",
    "check": "admin_commands",
    "backup": "admin_commands",
    "restore": "admin_commands",
    "edit": "edit_command",
    "find": "query_commands",
    "geocode": "geocode_command",
    "export": "query_commands",
    "fields": "query_commands",
    "map": "map_command",
    "pack": "pack_command",
    "serve": "serve_command",
}


class LazyGroup(click.Group):
    """A click group that imports a command's module on first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of the commands, in the order of the help page."""
        return list(COMMAND_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import and return a command. None if there is no such command."""
        if cmd_name not in COMMAND_MODULES:
            return None
        module = import_module(f"webmap.cli.{COMMAND_MODULES[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run the command. With --debug, print the traceback of any error."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception:
            if ctx.params["debug"]:
                traceback.print_exc()
            raise


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="`lotleaf COMMAND --help` shows a command's options, with examples.",
)
@click.version_option(package_name="lotleaf")
@click.option(
    "--debug",
    is_flag=True,
    envvar="LOTLEAF_DEBUG",
    show_envvar=True,
    help="Show the traceback when something fails.",
)
def lotleaf(debug: bool) -> None:
    """Join trees, canopy and code inspections to every parcel, and serve them as maps."""


def main() -> None:
    """Run the command line and exit: 0 for success, 1 for an internal error, 2 for refused input."""
    sys.exit(run_command_line())


def run_command_line() -> int:
    """Run the command line and return its exit code."""
    try:
        result = lotleaf.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return EXIT_REFUSED
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        return EXIT_INTERNAL
    except BrokenPipeError:  # the reader of our output has closed the pipe
        sys.stderr.close()
        return EXIT_OK
    except (GeoError, OSError, MemoryError) as error:
        return _report_error(error)
    except Exception as error:  # noqa: BLE001 - the last resort: no other code reports it
        click.echo(to_terminal_text(f"lotleaf: {_internal_error_text(error)}"), err=True)
        return EXIT_INTERNAL
    return result if isinstance(result, int) else EXIT_OK


def _report_error(error: Exception) -> int:
    """Print an error in one sentence and return its exit code: 2 for refused input, else 1."""
    if isinstance(error, OSError):  # a file cannot be read or written
        is_refused = bool(error.filename)
        message = f"{error.filename or 'the disk'}: {error.strerror or error}"
    elif isinstance(error, MemoryError):
        is_refused, message = False, "this machine does not have enough memory; load smaller files"
    else:
        is_refused = isinstance(error, BadInput | BadQuery | BadWorkspace | NotFound | NoWorkspace)
        message = str(error)
    click.echo(to_terminal_text(f"lotleaf: {message}"), err=True)
    return EXIT_REFUSED if is_refused else EXIT_INTERNAL


def _internal_error_text(error: Exception) -> str:
    error_text = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    return f"internal error ({error_text}); for the traceback, run it again as `lotleaf --debug …`, or with LOTLEAF_DEBUG=1"


def to_terminal_text(text: str) -> str:
    r"""Return a text that is safe on a terminal. Control and direction characters become �.

    >>> to_terminal_text("oak\x1b[31m\u202e")
    'oak�[31m�'
    """
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() or character in "\n\t" else "\ufffd" for character in text)
