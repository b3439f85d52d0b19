"""Records that a person should look at: possible doubles of trees, and parcels that overlap.

None of them is a fault of the workspace. `lotleaf load` and `lotleaf check` name them, and `/doubles` lists trees.
"""
