"""Strangers' files in: read in a cage, mapped by profile, cleaned with a note for each change."""
