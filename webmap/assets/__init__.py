"""Front-end assets: built, named by content hash, cached for a year."""
