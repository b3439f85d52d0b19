"""Writes of rows: loads, edits, tombstones, joined values, notes, the change log and the audit log."""
