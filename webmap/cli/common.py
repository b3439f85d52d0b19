"""What commands share: the workspace option, the moment, the terminal."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from geo.errors import BadInput
from geo.layers import LAYERS
from geo.store import open_store
from geo.store.protocol import Store
from webmap.cli.main import shown


class Screen(Console):
    """A terminal on which a stranger's words are words, never commands."""

    def render_str(self, text: str, **told: Any) -> Text:
        """Make what is shown of a text, wherever it stands: in a line or in a table's cell."""
        return super().render_str(shown(text), **told)


screen = Screen(
    stderr=True, highlight=False, soft_wrap=True
)  # reports; standard output holds what was asked for

workspace_option = click.option(
    "-w",
    "--workspace",
    type=click.Path(path_type=Path, dir_okay=False),
    default=lambda: Path(os.environ.get("LOTLEAF_WORKSPACE") or "lotleaf.gpkg"),
    show_default="$LOTLEAF_WORKSPACE or ./lotleaf.gpkg",
    help="The workspace: one GeoPackage file.",
)


def ending(*examples: str, layers: bool = False) -> str:
    """Give the end of a command's help: its layers, where it takes one, and how it is called."""
    named = f"Layers: {', '.join(LAYERS)}.\n\n" if layers else ""
    lines = "\n".join(f"  lotleaf {example}" for example in examples)
    return f"{named}\b\n{'Examples' if len(examples) > 1 else 'Example'}:\n{lines}"


def in_a_folder(file: Path) -> Path:
    """Give a file that is to be written, if it has a folder to stand in."""
    if not file.absolute().parent.is_dir():
        raise BadInput(f"{file}: its folder does not exist; make it first, or name another")
    return file


@contextmanager
def opened(workspace: Path) -> Iterator[Store]:
    """Open the workspace for as long as the context lasts."""
    store = open_store(workspace)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def progress_bar() -> Iterator[Callable[[str, float | None], None]]:
    """Show a bar for long work; what is called with (what, share done or None) moves it."""
    columns: tuple[Any, ...] = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task("", total=None)

        def tell(what: str, share: float | None = None) -> None:
            total = None if share is None else 1.0
            bar.update(task, description=what, total=total, completed=share or 0.0)

        yield tell
