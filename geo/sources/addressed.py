"""A table as its file has it, every row and column, with the address that each row names."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from geo.errors import BadFile, NeedsOption
from geo.layers import named
from geo.progress import Progress, quiet
from geo.sources.cage import catch
from geo.sources.columns import text_of
from geo.sources.read import assembled
from geo.sources.reading import Request, called
from geo.sources.values import NOTHING


@dataclass(frozen=True)
class Table:
    """Rows in the order of the file, as text; `address` and `town` are None where a row names none.

    `numbers` are the rows' numbers in their file, `profile` how the columns were told apart, `origin` which of them make the address.
    """

    columns: dict[str, pd.Series]
    address: pd.Series
    town: pd.Series
    numbers: np.ndarray
    profile: str | None
    origin: str

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.numbers)


def read_table(request: Request, *, progress: Progress | None = None) -> Table:
    """Read a file in the cage, and leave every row and cell as it is.

    Raises BadFile for a file that cannot be read or holds no row, NeedsOption where no column is recognised as the address.
    """
    (progress or quiet)("reading", None)
    layer, caught = named(request.layer), catch(request)
    name = called(Path(request.files[0]))
    if not caught.tables:
        raise BadFile(f"{name}: a raster has no addresses; name a table")
    rows, profile, _ = assembled(caught.tables, request, layer)
    if not len(rows):
        raise BadFile(f"{name}: holds no row of data")
    origin = profile.columns.get("address")
    if origin is None:
        there = ", ".join(list(rows.columns)[:20])
        raise NeedsOption(f"{name}: no column is known as the address; say which with --map address=COLUMN (or A+B), of: {there}")  # fmt: skip
    unknown = pd.Series(None, range(len(rows)), dtype="str")
    town = profile.columns.get("town_declared")
    return Table(
        columns={name: text_of(column) for name, column in rows.columns.items()},
        address=_known(rows.text(origin)),
        town=unknown if town is None else _known(rows.text(town)),
        numbers=rows.numbers,
        profile=profile.told(),
        origin=str(origin),
    )


def _known(texts: pd.Series) -> pd.Series:
    """Take blank texts, and words for nothing, for none."""
    bare = texts.str.strip()
    told = bare.fillna("").str.lower()
    return bare.where(~told.isin(["", *NOTHING]), None)
