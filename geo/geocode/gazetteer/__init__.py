"""Gazetteer: every address, parcel number, street, intersection, landmark and district, as an index of columns."""
