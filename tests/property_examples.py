"""How many examples a property is tried on: a third in `make test`, all of them in `make proof-properties`."""

import os

SHARE = 1 if "LOTLEAF_ALL_EXAMPLES" in os.environ else 3
MIN_EXAMPLES = 12


def examples(count: int) -> int:
    """Return the number of examples for a property that deserves `count`.

    >>> examples(600) in (200, 600)
    True
    """
    return max(min(count, MIN_EXAMPLES), count // SHARE)
