"""Real files of strangers, loaded without an option and held against what a careful reader says of them."""
