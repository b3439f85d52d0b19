"""The words that people read, in their language: the catalog of texts, and how code looks a text up in it."""
