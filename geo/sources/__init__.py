"""Strangers' files in: read in a cage, mapped by profile, cleaned with a note for each change."""

from geo.sources.profile import profiles
from geo.sources.read import read_source
from geo.sources.reading import Reading, Report, Request

__all__ = ["Reading", "Report", "Request", "profiles", "read_source"]
