"""Geometries as columns, and the compiled kernels that measure them.

The join, the edits and the tile encoder call these modules. Geometries are numpy arrays of
coordinates with offsets (`geometry_arrays`). A uniform grid finds candidates (`grid_index`), and
small numba kernels measure them. Each kernel states its formula. Shapely is the oracle in the
tests, and decides the few cases that double precision cannot. docs/decisions/0017 has the reasons.

Rows are referred to by position. Sort by id first if ties must go to the lowest id.
"""
