"""Joins of areas and points: towns, districts, ground parcels, containment and canopy."""
