"""Placement: the parcel of each tree, planting site and inspection, and its display point."""
