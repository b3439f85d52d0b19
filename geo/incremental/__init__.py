"""The incremental join: an edit recomputes only the rows that it affects, in its own transaction.

`EditSession` is the entry point. It must have the same result as the full join. See
docs/decisions/0020-incremental-join.md.
"""
