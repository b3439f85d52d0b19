"""A table read with every row and column unchanged, and with the address of each row.

`lotleaf geocode` (`webmap/cli/geocode_command.py`) calls `read_address_table`.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from geo.errors import BadFile, NeedsOption
from geo.ingest.assemble_rows import assemble_rows
from geo.ingest.cleaning.field_values import MISSING_WORDS
from geo.ingest.ingest_request import IngestRequest, display_name
from geo.ingest.mapping.column_matching import column_as_text
from geo.ingest.mapping.place_notation import drop_place_text
from geo.ingest.sandbox.sandbox import read_in_sandbox
from geo.progress import Progress, ignore_progress
from geo.schema import layer_named


@dataclass(frozen=True)
class AddressTable:
    """The rows of a file in its order, as text.

    `columns` maps column names to text columns. `address` and `town` are text columns, None where a
    row has no value. `row_numbers` `(n,)` are the rows' numbers in the file. `profile` names the
    profile for a report. `address_columns` are the columns of the address, as `--map` takes them.
    """

    columns: dict[str, pd.Series]
    address: pd.Series
    town: pd.Series
    row_numbers: np.ndarray
    profile: str | None
    address_columns: str

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.row_numbers)


def read_address_table(request: IngestRequest, *, progress: Progress | None = None) -> AddressTable:
    """Return the table of a file, read in the sandbox, with every cell as it is.

    Raises BadFile for a file that cannot be read or has no rows. Raises NeedsOption where no column
    is known to be the address.
    """
    (progress or ignore_progress)("reading", None)
    layer, sandbox_result = layer_named(request.layer), read_in_sandbox(request)
    name = display_name(Path(request.files[0]))
    if not sandbox_result.tables:
        raise BadFile(f"{name}: a raster has no addresses; use a table")
    assembled = assemble_rows(sandbox_result.tables, request, layer)
    rows, profile = assembled.rows, assembled.profile
    if not len(rows):
        raise BadFile(f"{name}: the file has no rows of data; check the export")
    address_origin = profile.columns.get("address")
    if address_origin is None:
        column_names = ", ".join(list(rows.columns)[:20])
        raise NeedsOption(f"{name}: lotleaf does not know which column has the address; name it with --map address=COLUMN (or A+B). The columns are: {column_names}")  # fmt: skip
    no_towns = pd.Series(None, range(len(rows)), dtype="str")
    town_origin = profile.columns.get("town_declared")
    return AddressTable(
        columns={name: column_as_text(column) for name, column in rows.columns.items()},
        address=_mask_missing_words(drop_place_text(rows.origin_text(address_origin))),
        town=no_towns if town_origin is None else _mask_missing_words(rows.origin_text(town_origin)),
        row_numbers=rows.row_numbers,
        profile=profile.report_label(),
        address_columns=str(address_origin),
    )


def _mask_missing_words(texts: pd.Series) -> pd.Series:
    """Return texts without outer spaces, None for blank ones and for words that mean nothing.

    >>> _mask_missing_words(pd.Series([" 4021 Oak Ave ", "N/A", "", None], dtype="str")).tolist()
    ['4021 Oak Ave', nan, nan, nan]
    """
    stripped = texts.str.strip()
    lowered = stripped.fillna("").str.lower()
    return stripped.where(~lowered.isin(["", *MISSING_WORDS]), None)
