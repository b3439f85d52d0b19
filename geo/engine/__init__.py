"""Geometry as columns, and compiled kernels that measure it: what the join is fast with.

Shapes are numpy arrays of coordinates with offsets (`shapes`), found through a uniform grid (`grid`), and
measured by small kernels (`points`, `overlaps`, `cells`), each with its formula. Shapely is the oracle in the
tests and decides what double precision cannot; it is not the way the work is done.

Rows are spoken of by position. Whoever wants ties to go to the lowest id sorts by id first.
"""
