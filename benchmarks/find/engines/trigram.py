"""SQLite FTS5 with trigrams: the rows that share most of a query's trigrams, by bm25, which says not how near they are."""

import sqlite3

from benchmarks.find.lists import Folder
from benchmarks.find.said import Asked, Said
from benchmarks.find.writing import address


def ready(folder: Folder) -> Asked:
    """Index the addresses in memory."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE a USING fts5(parcel UNINDEXED, text, tokenize=trigram)")
    rows = ((row.parcel, address(row, town=True, zip_=True)) for row in folder.list().rows)
    database.executemany("INSERT INTO a VALUES (?, ?)", rows)

    def ask(text: str, _: str | None) -> Said:
        words = {text[at : at + 3] for at in range(len(text) - 2)}
        match = " OR ".join('"' + word.replace('"', '""') + '"' for word in sorted(words))
        question = "SELECT parcel FROM a WHERE a MATCH ? ORDER BY rank LIMIT 5"
        found = database.execute(question, (match,)) if words else ()
        return Said([one for (one,) in found])

    return ask
