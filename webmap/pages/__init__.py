"""Pages for people: the routes, and the texts and tables that each template shows."""
