"""Frontage: compiled kernels that find the parcel that a street tree stands in front of.

`geo.kernels.frontage.assign_frontage.assign_frontage` is the entry point.
"""
