"""An illustrative county of any size, with the oddities of real files."""

from geo.sample.county import make_sample

__all__ = ["make_sample"]
