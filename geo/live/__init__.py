"""One edit joined alone: only the rows that it touches are worked out again, in the edit's own transaction."""
