"""Cleaning of geometries: degrees, valid shapes, and a comparison with the coordinate columns."""
