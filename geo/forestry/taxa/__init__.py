"""Names of trees: the roster of species, and every spelling of a name matched to it."""
