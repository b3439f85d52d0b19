"""The command line: one of the two doors. It alone writes to the terminal."""

from webmap.cli.main import lotleaf, main

__all__ = ["lotleaf", "main"]
