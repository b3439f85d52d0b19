"""Layers written in standard exchange formats."""
