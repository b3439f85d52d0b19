"""Checks of files before a library opens them: documents that point elsewhere, computed tables, bombs."""
