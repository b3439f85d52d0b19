"""Reading: from what was typed to every sensible way to part it; nothing here knows which addresses there are."""
