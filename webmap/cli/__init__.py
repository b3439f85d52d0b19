"""The command line: one of the two doors. It alone reads the clock, the environment and the terminal."""

from webmap.cli.main import lotleaf, main

__all__ = ["lotleaf", "main"]
