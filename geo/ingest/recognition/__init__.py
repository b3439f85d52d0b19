"""Recognition of a stranger's columns: which column holds which field, by names and by contents."""
