"""Words of municipal files by their head word: planting sites without a tree, and the status of a case."""
