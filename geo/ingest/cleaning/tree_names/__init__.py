"""Names of trees matched to the roster of species, with notes."""
