"""Recognition of columns, held against files whose truth is known. `make bench-recognise` runs it."""
