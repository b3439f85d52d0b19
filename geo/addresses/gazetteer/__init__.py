"""Gazetteer: every address, parcel number, street, crossing and landmark of some towns, as columns to look up in."""
