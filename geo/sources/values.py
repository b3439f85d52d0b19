"""Values cleaned, each change told: blanks, words for nothing, numbers in text, codes, bounds."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from geo.fields import Field
from geo.sources.dates import iso_days
from geo.sources.notes import Notes

# Words that stand where nothing is known. Where "none" is an answer (no clearance is wanting), it stays.
NOTHING = (
    "n/a",
    "na",
    "#n/a",
    "null",
    "nan",
    "nil",
    "<null>",
    "(null)",
    "none",
    "-",
    "--",
    "---",
    "?",
)
NONE_IS_AN_ANSWER = {"maintenance", "clearance", "hardscape", "wires", "overhead_wires", "outcome"}
FLAGS = {
    "yes": True,
    "y": True,
    "true": True,
    "t": True,
    "1": True,
    "no": False,
    "n": False,
    "false": False,
    "f": False,
    "0": False,
}
THOUSANDS = r"^[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?$"
UNITS = {
    "in": r'(?:in|in\.|inch|inches|")',
    "ft": r"(?:ft|ft\.|feet|foot|')",
    "m": r"(?:m|metres|meters)",
    "m²": r"(?:m2|m²|sq ?m)",
}


@dataclass(frozen=True)
class Cleaner:
    """Cleans the fields of one table. `loose` tables (CSV, XLSX) have no types of their own."""

    notes: Notes
    loose: bool = False

    def presentable(
        self,
        text: pd.Series,
        name: str,
        *,
        private: bool = False,
        given: pd.Series | None = None,
    ) -> pd.Series:
        """Trim and squeeze blanks; make unknown what is blank or a word for nothing, each told.

        `given` is what the file has, where `text` was made from it: only what is null there is told.
        """
        text = self._without_points(text, name)
        tidy = text.str.replace(r"\s+", " ", regex=True).str.strip()
        blank = (tidy == "").fillna(value=False).astype(bool)
        self.notes.unknown(name, "blank", blank)
        self.notes.unknown(name, "null", text.isna() & (text if given is None else given).isna())
        words = [word for word in NOTHING if word != "none" or name not in NONE_IS_AN_ANSWER]
        nothing = tidy.str.lower().isin(words).astype(bool)
        for said in tidy[nothing].unique():
            self.notes.unknown(name, f"'{said}'", tidy == said)
        clean = tidy.mask(blank | nothing)
        told = clean.where(~(blank | nothing), text)
        if private:
            self.notes.add("mended", (text != told) & text.notna(), f"{name}: blanks trimmed")
        else:
            self.notes.changed(name, "blanks trimmed", text, told)
        return clean.astype("str")

    def _without_points(self, text: pd.Series, name: str) -> pd.Series:
        """Take the ".0" off a column in which every value has one: a float column, written out."""
        filled = text[text.notna() & (text != "")]
        if not self.loose or filled.empty or not filled.str.fullmatch(r"-?[0-9]+\.0+").all():
            return text
        whole = text.str.replace(r"\.0+$", "", regex=True)
        self.notes.add("mended", (whole != text) & text.notna(), f"{name}: '.0' taken off all")
        return whole

    def field(
        self,
        field: Field,
        text: pd.Series,
        *,
        words: Mapping[str, str],
        factor: float = 1.0,
        unknown: tuple[str, ...] = (),
        given: pd.Series | None = None,
    ) -> pd.Series:
        """Turn text into a field's values; doubtful ones become unknown, with a note."""
        clean = self.presentable(text, field.name, private=field.private, given=given)
        if unknown:
            void = clean.isin(unknown).astype(bool)
            self.notes.emptied(field.name, "stands for unknown here", void, clean)
            clean = clean.mask(void)
        if field.kind == "code":
            return self.code(field, clean, words)
        if field.kind == "date":
            return iso_days(clean, field.name, self.notes)
        if field.kind == "flag":
            return self._flag(field, clean)
        if field.kind in ("integer", "real"):
            return self._bounded(field, self.number(field, clean) * factor, clean)
        return clean

    def code(self, field: Field, clean: pd.Series, words: Mapping[str, str]) -> pd.Series:
        """Give the code that a word stands for; an unknown word is told."""
        table = {_plain_word(word): code for word, code in words.items()}
        key = clean.str.lower().str.replace(r"[-_\s]+", " ", regex=True).str.strip()
        codes = key.map(table).astype("str")
        strange = key.notna() & codes.isna()
        self.notes.emptied(field.name, "is no word that this field knows", strange, clean)
        return (codes.fillna("unknown") if "unknown" in field.codes else codes).astype("str")

    def number(self, field: Field, clean: pd.Series) -> pd.Series:
        """Read numbers, thousands separators and the field's own unit taken off and told."""
        bare = clean
        thousands = bare.str.match(THOUSANDS).fillna(value=False).astype(bool)
        bare = bare.mask(thousands, bare.str.replace(",", ""))
        if unit := UNITS.get(field.unit or ""):
            bare = bare.str.replace(rf"(?i)^([-+.0-9]+) ?{unit}$", r"\1", regex=True)
        self.notes.changed(field.name, "number in text", clean, bare.astype("str"))
        values = pd.to_numeric(bare, errors="coerce").astype("float64")
        lost = clean.notna() & values.isna()
        self.notes.emptied(field.name, "is no number", lost, clean)
        return values

    def _bounded(self, field: Field, values: pd.Series, clean: pd.Series) -> pd.Series:
        low, high = field.low, field.high
        beyond = (values < low if low is not None else values.isna() & False) | (
            values > high if high is not None else False
        )
        bounds = (
            f"is not between {low:,g} and {high:,g}"
            if None not in (low, high)
            else "is beyond what is believable"
        )
        self.notes.emptied(
            field.name, f"{bounds}{' ' + field.unit if field.unit else ''}", beyond, clean
        )
        values = values.mask(beyond)
        if field.kind == "real":
            return values.astype("float64")
        broken = values.notna() & (values != values.round())
        self.notes.emptied(field.name, "is no whole number", broken, clean)
        return values.mask(broken).astype("Int64")

    def _flag(self, field: Field, clean: pd.Series) -> pd.Series:
        flags = clean.str.lower().map(FLAGS).astype("boolean")
        self.notes.emptied(field.name, "is neither yes nor no", clean.notna() & flags.isna(), clean)
        return flags


def _plain_word(word: str) -> str:
    return word.lower().replace("-", " ").replace("_", " ").strip()
