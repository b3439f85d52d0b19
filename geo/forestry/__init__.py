"""Forestry rules: maintenance needs, the work that crews report, and tree diversity."""
