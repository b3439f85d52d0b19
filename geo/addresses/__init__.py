"""Addresses: parse, index, find."""
