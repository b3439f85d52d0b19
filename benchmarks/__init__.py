"""Benchmarks of lotleaf beside the alternatives: the join, address search, and maps."""
