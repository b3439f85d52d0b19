"""Notes about the names of trees: changed, moved to another field, found by a common name, contradictory or unknown.

`geo.ingest.cleaning.tree_names.species` calls `name_notes`.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.ingest.cleaning.tree_names.name_matches import NameMatches
from geo.ingest.report_text import clip_values
from geo.ingest.row_notes import RowNotes, RowOutcome

NOT_IN_ROSTER_NOTE = "species: not in the roster"


@dataclass(frozen=True)
class NameNote:
    """A note about some names. `mask` and `reasons` have one value for each name, `reasons` is None where `kind` says all."""

    outcome: RowOutcome
    kind: str
    mask: pd.Series
    reasons: pd.Series | None
    is_listed: bool = True


def name_notes(matches: NameMatches, accepted: pd.Series, nameless: pd.Series) -> Iterator[NameNote]:
    """Yield the notes on names. `accepted` are the species after cleaning, `nameless` the words that are no species.

    >>> from geo.ingest.cleaning.tree_names.name_matches import match_names
    >>> columns = {"species": ["ACER RUBRUM", "Zzz"], "common": None, "genus": None}
    >>> matches, nothing = match_names(pd.DataFrame(columns, dtype="str")), pd.Series([None, None], dtype="str")
    >>> for note in name_notes(matches, pd.Series(["Acer rubrum", None]), nothing):
    ...     for reason in () if note.reasons is None else note.reasons[note.mask]:
    ...         print(note.outcome, reason)
    mended species: 'ACER RUBRUM' became 'Acer rubrum'
    mended species: 'Zzz' does not begin with a genus; used as the common name, species and genus now unknown
    noted species: 'Zzz' is not in the roster
    """
    species = matches.names["species"]
    quoted = "species: '" + clip_values(species) + "'"
    yield NameNote(
        "mended",
        "species: is not a species; now unknown",
        nameless.notna(),
        "species: '" + clip_values(nameless) + "' is not a species; now unknown",
    )
    is_changed = species.notna() & ~matches.is_moved & ~matches.is_by_common & (species != accepted)
    reasons = quoted + " became '" + accepted.fillna("unknown") + "'"
    yield NameNote(
        "mended", "species: one spelling for each species", is_changed.fillna(value=False).astype(bool), reasons
    )
    yield from _moved_names(matches, quoted)
    yield from _species_by_common_names(matches, quoted)
    yield _contradictions(matches, quoted)
    given = clip_values(species.fillna(matches.names["common"]))
    yield NameNote("noted", NOT_IN_ROSTER_NOTE, _is_stranger(matches), "species: '" + given + "' is not in the roster")


def _moved_names(matches: NameMatches, quoted: pd.Series) -> Iterator[NameNote]:
    is_matched = matches.taxon["rank"] != "none"
    known = "does not begin with a genus; used as the common name, and the species found by it"
    unknown = "does not begin with a genus; used as the common name, species and genus now unknown"
    yield NameNote("mended", f"species: {known}", matches.is_moved & is_matched, quoted + " " + known)
    yield NameNote("mended", f"species: {unknown}", matches.is_moved & ~is_matched, quoted + " " + unknown)


def _species_by_common_names(matches: NameMatches, quoted: pd.Series) -> Iterator[NameNote]:
    """Yield notes on species that the common name tells, and on scientific names in the column of common names."""
    species, common = matches.names["species"], matches.names["common"]
    is_latin = matches.by_common["is_latin"].astype(bool) & common.notna()
    is_found = matches.is_by_common & ~is_latin & ~matches.is_moved
    reasons = quoted + " became '" + matches.taxon["species"].fillna("unknown") + "' by its common name"
    replaced = "species: replaced by what the common name tells"
    yield NameNote("mended", replaced, is_found & species.notna(), reasons)
    yield NameNote("noted", "species: found by the common name", is_found & species.isna(), None, is_listed=False)
    outcome = "is a scientific name, not a common one"
    yield NameNote("mended", f"common: {outcome}", is_latin, "common: '" + clip_values(common) + "' " + outcome)


def _contradictions(matches: NameMatches, quoted: pd.Series) -> NameNote:
    by_species, by_common = matches.by_species, matches.by_common
    is_both = (by_species["rank"] != "none") & (by_common["rank"] != "none")
    has_two_species = (by_species["rank"] == "species") & (by_common["rank"] == "species")
    differs = (by_species["genus"] != by_common["genus"]) | (
        has_two_species & (by_species["species"] != by_common["species"])
    )
    is_contradictory = is_both & differs & ~matches.is_by_common
    common = clip_values(matches.names["common"])
    reasons = quoted + " and the common name '" + common + "' are different trees; the species was taken"
    kind = "species: another tree than the common name says; the species was taken"
    return NameNote("noted", kind, is_contradictory.fillna(value=False).astype(bool), reasons)


def _is_stranger(matches: NameMatches) -> pd.Series:
    """Mark the names that the roster does not have, even if it has the genus."""
    species, by_species = matches.names["species"], matches.by_species
    is_unlisted = by_species["is_latin"].astype(bool) & ~by_species["is_listed"].astype(bool)
    is_unknown_species = species.notna() & ~matches.is_by_common & ((by_species["rank"] == "none") | is_unlisted)
    is_unknown_common = species.isna() & matches.names["common"].notna() & (matches.by_common["rank"] == "none")
    return is_unknown_species | is_unknown_common


def count_strangers(notes: RowNotes) -> list[tuple[str, int]]:
    """Return the names that the roster does not have, with their admitted rows, the most frequent first.

    >>> notes = RowNotes(3)
    >>> notes.add_note("noted", [True] * 3, NOT_IN_ROSTER_NOTE, [f"species: '{name}' is not in the roster" for name in "ABA"])
    >>> count_strangers(notes)
    [('A', 2), ('B', 1)]
    """
    is_refused = notes.rows_with_outcome("refused")
    counts: Counter[str] = Counter()
    for note in notes.entries:
        if note.kind == NOT_IN_ROSTER_NOTE and note.reasons is not None:
            counts.update(np.asarray(note.reasons, dtype=object)[~is_refused[note.positions]])
    return [(reason.split("'", 1)[1].rsplit("'", 1)[0], count) for reason, count in counts.most_common()]
