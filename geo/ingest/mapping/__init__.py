"""Mapping of a file's columns, coordinates and CRS to a layer's fields."""
