"""Reading of municipal files into layers: in a sandbox, mapped by a profile, cleaned with a note for each change.

The entry point is `geo.ingest.read_source.read_source`. This package imports nothing, because the
sandbox worker would load all of it again for each file.
"""
