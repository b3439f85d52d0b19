"""What each page says, ready for its template: records turned into words, with unknown said."""
