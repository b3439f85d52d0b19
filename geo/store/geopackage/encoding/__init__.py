"""Encoding of values, geometries and rasters in the file, and checks of values that are read back."""
