"""Readers, one for each file format, that return raw tables or features without cleaning."""
