"""Parsing of typed addresses into all sensible parsed addresses. These modules do not know the gazetteer."""
