"""Fields: what a column of a layer may hold, who may see it, and how it is told to people."""

from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["text", "code", "integer", "real", "date", "flag"]

# How a kind stands in a frame. Dates are ISO text (YYYY-MM-DD): they sort, they travel, and no
# century is out of range.
DTYPES: dict[Kind, str] = {
    "text": "str",
    "code": "str",
    "date": "str",
    "integer": "Int64",
    "real": "float64",
    "flag": "boolean",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its name, kind, sentence, and the promises that it makes.

    `codes` lists what a `code` field may hold, in the order in which people read it. `low` and
    `high` bound what is believable, in `unit`: a value beyond them is doubtful and becomes unknown.
    A `private` field never reaches the web, the API, search or an export without `--private`.
    A field marked `choose` is one that people filter by.
    """

    name: str
    kind: Kind
    says: str
    unit: str | None = None
    codes: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    required: bool = False
    private: bool = False
    choose: bool = False
    editable: bool = False

    @classmethod
    def from_table(cls, name: str, table: dict[str, Any]) -> "Field":
        """Make a field from its table in `layers.toml`."""
        codes = tuple(table.get("codes", ()))
        return cls(name=name, **{**table, "codes": codes})

    @property
    def dtype(self) -> str:
        """The pandas dtype of the column in a frame."""
        return DTYPES[self.kind]
