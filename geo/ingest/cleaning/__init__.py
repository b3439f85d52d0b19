"""Checks and repairs of values, ids and geometries, with a note for each change."""
