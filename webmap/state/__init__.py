"""State shared by all requests: snapshots of the store and values computed from them."""
