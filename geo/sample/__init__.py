"""An illustrative county of any size, with the oddities of real municipal files.

The entry point is `make_sample`, which `lotleaf sample` calls.
"""

from geo.sample.county import make_sample

__all__ = ["make_sample"]
