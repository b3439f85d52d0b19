"""Mapbox Vector Tiles 2.1: geometry commands, protocol buffers and the tile encoder.

`geo.mvt.tile_encoder.encode_tile` is the entry point.
"""
