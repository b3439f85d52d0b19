"""The spatial core of lotleaf: layers, ingest, store, joins, geocoding and tiles.

`webmap` imports `geo`, never the reverse. Its modules do not know HTTP, the clock or the environment.
`geo.workspace` is the entry point: it reads files, loads them and joins the layers.
"""
