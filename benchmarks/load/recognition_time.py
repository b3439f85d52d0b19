"""Prints how many seconds of CPU the recognition of a file's columns takes: `python -m … FILE`."""

import sys
import time
from pathlib import Path

from geo.ingest.ingest_request import IngestRequest
from geo.ingest.mapping.choose_profile import choose_profile
from geo.ingest.mapping.map_rows import stack_tables
from geo.ingest.sandbox.sandbox import read_in_sandbox
from geo.schema import LAYERS


def main() -> None:
    """Read the file of the command line as trees, and time the choice of its columns alone."""
    request = IngestRequest("trees", (Path(sys.argv[1]),))
    tables = read_in_sandbox(request).tables
    rows = stack_tables(tables)
    started = time.process_time()
    choose_profile(request, LAYERS["trees"], rows.columns, has_geometry=any(table.has_geometries for table in tables))
    print(f"{time.process_time() - started:.2f}")


if __name__ == "__main__":
    main()
