"""The command line. Only this package writes to the terminal.

`main` is the entry point of the console script `lotleaf`.
"""

from webmap.cli.main import lotleaf, main

__all__ = ["lotleaf", "main"]
