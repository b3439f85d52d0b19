"""Strangers' files in: read in a cage, mapped by profile, cleaned with a note for each change.

The entrance is `geo.sources.read.read_source`. Nothing is imported here: the child in the cage would
load all of it, for each file anew.
"""
