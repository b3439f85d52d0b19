"""PostgreSQL's pg_trgm, where it is installed: the rows nearest by trigrams, from a GiST index."""

from benchmarks.find.lists import Folder
from benchmarks.find.said import SURE, Asked, Said
from benchmarks.find.writing import address
from benchmarks.postgres import connection

QUESTION = "SELECT parcel, similarity(text, %s) FROM a ORDER BY text <-> %s LIMIT 5"


def ready(folder: Folder) -> Asked:
    """Copy the addresses into a table and index it."""
    database = connection("pg_trgm")
    database.execute("CREATE UNLOGGED TABLE a (parcel text, text text)")
    with database.cursor() as cursor, cursor.copy("COPY a FROM STDIN") as rows:
        for row in folder.list().rows:
            rows.write_row((row.parcel, address(row)))
    database.execute("CREATE INDEX ON a USING gist (text gist_trgm_ops(siglen=64))")
    database.execute("ANALYZE a")

    def ask(text: str, _: str | None) -> Said:
        found = database.execute(QUESTION, (text, text), prepare=True).fetchall()
        sure = bool(found) and found[0][1] >= SURE
        return Said([parcel for parcel, _ in found], "exact" if sure else "nearest")

    return ask
