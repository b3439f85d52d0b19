"""The question on a terminal which column holds a main field, where the recognition is not sure.

`lotleaf load` passes `ask_for_columns` to the read. Without a terminal, or with `--yes`, the best column is taken.
"""

import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

import click

from geo.ingest.recognition.recognize import Recognition
from geo.schema import LAYERS
from webmap.cli.main import to_terminal_text
from webmap.cli.options import console

NONE_CHOICE = 0


def is_terminal() -> bool:
    """Return whether somebody can answer a question."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask_for_columns(recognition: Recognition, pause: Callable[[], AbstractContextManager[None]]) -> Mapping[str, str]:
    """Ask for the column of each main field that is not sure. Return the columns as `--map` would name them.

    `pause` hides the progress bar while the question stands.
    """
    samples = {item.column: " | ".join(item.samples) for item in recognition.columns}
    with pause():
        answers = {
            field: _ask_for_column(recognition.layer, field, candidates, samples)
            for field, candidates in recognition.unsure_fields.items()
        }
    return {field: column or "" for field, column in answers.items()}


def _ask_for_column(layer: str, field: str, candidates: tuple[str, ...], samples: Mapping[str, str]) -> str | None:
    fields = LAYERS[layer].fields_by_name
    description = f" ({fields[field].description.rstrip('.')})" if field in fields else ""
    console.print(f"Which column holds {field}{description}?", style="bold", markup=False)
    for number, column in enumerate(candidates, 1):
        console.print(f"  {number}  {column}: {to_terminal_text(samples.get(column, ''))}", markup=False)
    console.print(f"  {NONE_CHOICE}  none of them", markup=False)
    choice: int = click.prompt("Number", type=click.IntRange(NONE_CHOICE, len(candidates)), default=1, err=True)
    return candidates[choice - 1] if choice else None
