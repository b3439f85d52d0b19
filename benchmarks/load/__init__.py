"""The speed of loading: `make bench-load`."""
