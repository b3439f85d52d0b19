"""Rows of a parcel file that are no whole lot: parts of one lot, and streets that are drawn as parcels."""
