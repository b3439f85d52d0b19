"""The HTTP API: features, tiles, edits, notes, photos and the health check."""
