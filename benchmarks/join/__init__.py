"""The join measured beside its peers: `make bench-join`."""
