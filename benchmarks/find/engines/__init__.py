"""Engines: lotleaf, and what people use instead. Each module has `ready`, which makes an index and gives what asks it."""
