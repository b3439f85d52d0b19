"""The engine PostgreSQL with pg_trgm, if it is installed: the nearest rows by trigrams, from a GiST index."""

from benchmarks.find.lists import AddressFolder
from benchmarks.find.said import MIN_SURE_SIMILARITY, EngineResult, SearchFunction
from benchmarks.find.writing import write_address
from benchmarks.postgres import connect

NEAREST_SQL = "SELECT parcel, similarity(text, %s) FROM a ORDER BY text <-> %s LIMIT 5"


def open_engine(folder: AddressFolder) -> SearchFunction:
    """Copy the addresses into a table, and index it."""
    database = connect("pg_trgm")
    database.execute("CREATE UNLOGGED TABLE a (parcel text, text text)")
    with database.cursor() as cursor, cursor.copy("COPY a FROM STDIN") as rows:
        for row in folder.read_addresses().rows:
            rows.write_row((row.parcel, write_address(row)))
    database.execute("CREATE INDEX ON a USING gist (text gist_trgm_ops(siglen=64))")
    database.execute("ANALYZE a")

    def search(text: str, _: str | None) -> EngineResult:
        matches = database.execute(NEAREST_SQL, (text, text), prepare=True).fetchall()
        is_sure = bool(matches) and matches[0][1] >= MIN_SURE_SIMILARITY
        return EngineResult([parcel for parcel, _ in matches], "exact" if is_sure else "nearest")

    return search
