"""SQLite FTS5 with trigrams: the rows that share most of a query's trigrams, by bm25."""

import sqlite3
from collections.abc import Callable

from benchmarks.find.lists import List
from benchmarks.find.writing import address


def ready(addresses: List) -> Callable[[str, str | None], list[str]]:
    """Index the addresses; what is given finds five parcels for a query, best first (the asker's town is not used)."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE a USING fts5(parcel UNINDEXED, text, tokenize=trigram)")
    rows = ((row.parcel, address(row, town=True, zip_=True)) for row in addresses.rows)
    database.executemany("INSERT INTO a VALUES (?, ?)", rows)

    def find(text: str, _: str | None) -> list[str]:
        words = {text[at : at + 3] for at in range(len(text) - 2)}
        match = " OR ".join('"' + word.replace('"', '""') + '"' for word in sorted(words))
        ask = "SELECT parcel FROM a WHERE a MATCH ? ORDER BY rank LIMIT 5"
        return [one for (one,) in database.execute(ask, (match,))] if words else []

    return find
