"""Matching of parsed addresses with the gazetteer: candidates, their scores and the changes made."""
