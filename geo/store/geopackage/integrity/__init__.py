"""Integrity checks, unknown database objects, backup and restore."""
