"""Tools for people who work on lotleaf. Nothing here is part of the installed package."""
