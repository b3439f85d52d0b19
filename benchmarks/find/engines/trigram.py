"""The engine SQLite FTS5 with trigrams: the rows that share the most trigrams, by bm25.

A bm25 rank is no measure of similarity, so results have no status.
"""

import sqlite3

from benchmarks.find.lists import AddressFolder
from benchmarks.find.said import EngineResult, SearchFunction
from benchmarks.find.writing import write_address


def open_engine(folder: AddressFolder) -> SearchFunction:
    """Index the addresses in memory."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE a USING fts5(parcel UNINDEXED, text, tokenize=trigram)")
    rows = ((row.parcel, write_address(row, with_town=True, with_zip=True)) for row in folder.read_addresses().rows)
    database.executemany("INSERT INTO a VALUES (?, ?)", rows)

    def search(text: str, _: str | None) -> EngineResult:
        trigrams = {text[start : start + 3] for start in range(len(text) - 2)}
        match_expression = " OR ".join('"' + trigram.replace('"', '""') + '"' for trigram in sorted(trigrams))
        sql = "SELECT parcel FROM a WHERE a MATCH ? ORDER BY rank LIMIT 5"
        matches = database.execute(sql, (match_expression,)) if trigrams else ()
        return EngineResult([parcel for (parcel,) in matches])

    return search
