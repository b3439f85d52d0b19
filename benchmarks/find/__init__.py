"""Benchmark of address search: how often engines find the right parcel, how often they err, and how fast."""
