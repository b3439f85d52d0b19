"""The engines of the address search benchmark: lotleaf and its alternatives.

Each module has `open_engine`, which prepares an index and returns its search function.
`build_index` is optional and is not measured.
"""
