"""Where layers live: one GeoPackage behind one protocol."""
