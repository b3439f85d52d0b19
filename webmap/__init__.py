"""The web of lotleaf: pages, maps, API, and the command line."""
