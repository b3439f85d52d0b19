"""Gazetteer: every address, parcel number, street, intersection and landmark, as an index of columns."""
