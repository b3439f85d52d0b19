"""Fields: the type, limits, visibility and description of one column of a layer.

`geo.schema` builds them from `geo/layers.toml`. Ingest, the store, the API and the pages read them.
"""

from dataclasses import dataclass
from typing import Any, Literal

FieldKind = Literal["text", "code", "integer", "real", "date", "flag"]

# The pandas dtype of each kind. Dates are ISO text (YYYY-MM-DD), because text sorts by day and
# has no range limit.
DTYPES: dict[FieldKind, str] = {
    "text": "str",
    "code": "str",
    "date": "str",
    "integer": "Int64",
    "real": "float64",
    "flag": "boolean",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a layer, as `geo/layers.toml` defines it.

    `codes` lists the allowed values of a `code` field, in reading order. `low` and `high` bound
    plausible values in `unit`, and ingest replaces a value beyond them with unknown. A `private` field
    never reaches the web, the API, search, or an export without `--private`. People filter by a
    `filterable` field and change an `editable` one.

    >>> Field("dbh_in", "real", "Diameter at breast height.", unit="in", low=0.1, high=120).dtype
    'float64'
    """

    name: str
    kind: FieldKind
    description: str
    unit: str | None = None
    codes: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    required: bool = False
    private: bool = False
    filterable: bool = False
    editable: bool = False

    @classmethod
    def from_table(cls, name: str, table: dict[str, Any]) -> "Field":
        """Return a field from its table in `layers.toml`.

        >>> field = Field.from_table("status", {"kind": "code", "description": "State.", "codes": ["open", "closed"]})
        >>> field.codes
        ('open', 'closed')
        """
        codes = tuple(table.get("codes", ()))
        return cls(name=name, **{**table, "codes": codes})

    @property
    def dtype(self) -> str:
        """The pandas dtype of the column in a frame.

        >>> Field("opened_on", "date", "Day of the request.").dtype  # ISO text
        'str'
        """
        return DTYPES[self.kind]
