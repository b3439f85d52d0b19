"""Dates as files write them: with numbers, with month names, as instants, as numbers of days or seconds."""
