"""Parts that the commands share: the workspace option, the console and the progress bar."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from geo.errors import BadInput
from geo.schema import LAYERS
from geo.store import open_store
from geo.store.protocol import Store
from webmap.cli.main import to_terminal_text


class SafeConsole(Console):
    """A console that prints the control characters of untrusted text as �."""

    def render_str(self, text: str, **options: Any) -> Text:
        """Return a text to print, in a line or in a table cell, without control characters."""
        return super().render_str(to_terminal_text(text), **options)


console = SafeConsole(stderr=True, highlight=False, soft_wrap=True)  # for reports. Results go to standard output

workspace_option = click.option(
    "-w",
    "--workspace",
    type=click.Path(path_type=Path, dir_okay=False),
    default=lambda: Path(os.environ.get("LOTLEAF_WORKSPACE") or "lotleaf.gpkg"),
    show_default="$LOTLEAF_WORKSPACE or ./lotleaf.gpkg",
    help="The workspace: one GeoPackage file.",
)


def help_epilog(*examples: str, layers: bool = False) -> str:
    """Return the end of a command's help: the layers, if it takes one, and examples.

    >>> help_epilog("status -w county.gpkg").splitlines()[1:]
    ['Example:', '  lotleaf status -w county.gpkg']
    """
    layer_list = f"Layers: {', '.join(LAYERS)}.\n\n" if layers else ""
    lines = "\n".join(f"  lotleaf {example}" for example in examples)
    return f"{layer_list}\b\n{'Examples' if len(examples) > 1 else 'Example'}:\n{lines}"


def require_parent_folder(file: Path) -> Path:
    """Return the path of an output file. Raises BadInput unless its folder exists."""
    if not file.absolute().parent.is_dir():
        raise BadInput(f"{file}: its folder does not exist; create it first, or name another")
    return file


@contextmanager
def open_workspace(workspace: Path) -> Iterator[Store]:
    """Open the workspace for the time of the context."""
    store = open_store(workspace)
    try:
        yield store
    finally:
        store.close()


class ProgressBar:
    """A bar on the terminal. Call it with a text and a fraction or None."""

    def __init__(self, bar: Progress) -> None:
        self._bar, self._task = bar, bar.add_task("", total=None)

    def __call__(self, description: str, fraction: float | None = None) -> None:
        """Show the name of a step, and how much of it is done, None if nobody knows."""
        total = None if fraction is None else 1.0
        self._bar.update(self._task, description=description, total=total, completed=fraction or 0.0)

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Hide the bar during the context, so that a question can be asked."""
        self._bar.stop()
        try:
            yield
        finally:
            self._bar.start()


@contextmanager
def progress_bar() -> Iterator[ProgressBar]:
    """Show a progress bar during the context."""
    columns: tuple[Any, ...] = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        yield ProgressBar(bar)
