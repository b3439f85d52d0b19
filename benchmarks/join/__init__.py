"""Benchmark of the join beside other engines: `make bench-join`."""
