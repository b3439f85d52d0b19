"""The roster of trees: genera with their families, species with their common names, and other names for them.

`latin_names`, `common_names` and `match_taxon` look names up here. The data:

- `families.toml`: the genera of each family.
- `species_roster.csv`: `genus`, `species` (empty for the genus itself, `×` before a hybrid), `common`,
  `other_common` (separated by semicolons) and `sources`. FIA is the table REF_SPECIES of the Forest
  Inventory and Analysis of the US Forest Service, UTD its Urban Tree Database
  (doi 10.2737/RDS-2016-0005), both in the public domain. i-Tree Streets means figures of the US Forest
  Service. General knowledge is what these do not have, above all further common names.
- `species_synonyms.csv`: a name as `written`, the `accepted` one, and `why`.
"""

import csv
import re
import tomllib
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

HYBRID_SIGN = "×"
_DATA_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """A genus or species of the roster. `epithet` is empty for a genus, and begins with `×` for a hybrid."""

    genus: str
    epithet: str
    common: str | None

    @property
    def name(self) -> str:
        """The scientific name.

        >>> RosterEntry("Acer", "× freemanii", "Freeman maple").name
        'Acer × freemanii'
        """
        return f"{self.genus} {self.epithet}".strip()


@dataclass(frozen=True, slots=True)
class Roster:
    """All entries by every key under which a name is looked up.

    - `families`: the family of each genus.
    - `genera`: the entry of each genus by its name in lower case, and by its other names.
    - `species`: entries by genus in lower case and `epithet_key`, with "x " before the key of a hybrid.
      Other names for a species are keys, too.
    - `common`: entries by `common_key`. A name that several have is ambiguous.
    """

    families: dict[str, str] = field(default_factory=dict)
    genera: dict[str, RosterEntry] = field(default_factory=dict)
    species: dict[str, dict[str, RosterEntry]] = field(default_factory=lambda: defaultdict(dict))
    common: dict[str, set[RosterEntry]] = field(default_factory=lambda: defaultdict(set))


def epithet_key(text: str) -> str:
    """Return an epithet in lower case without accents, hyphens and other signs.

    >>> epithet_key("Crus-Galli"), epithet_key("× freemanii"), epithet_key("München")
    ('crusgalli', 'freemanii', 'munchen')
    """
    letters = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"[^a-z]", "", letters)


def common_key(text: str) -> str:
    """Return a common name in lower case without blanks, hyphens and other signs.

    >>> common_key("Hill's Oak"), common_key("Sweet-gum") == common_key("sweetgum")
    ('hillsoak', True)
    """
    return re.sub(r"[^a-z0-9]", "", unicodedata.normalize("NFKD", text.casefold()))


@cache
def load_roster() -> Roster:
    """Return the roster, read once.

    >>> load_roster().species["acer"]["x freemanii"].name, load_roster().families["Acer"]
    ('Acer × freemanii', 'Sapindaceae')
    """
    roster = Roster()
    for family, genera in tomllib.loads((_DATA_FOLDER / "families.toml").read_text("utf-8")).items():
        roster.families.update(dict.fromkeys(genera.split(), family))
    for row in _read_rows("species_roster.csv"):
        entry = RosterEntry(row["genus"], row["species"], row["common"] or None)
        _add_entry(roster, entry)
        for common in filter(None, (row["common"], *row["other_common"].split("; "))):
            roster.common[common_key(common)].add(entry)
    for genus in roster.families:
        roster.genera.setdefault(genus.casefold(), RosterEntry(genus, "", None))
    for row in _read_rows("species_synonyms.csv"):
        _add_synonym(roster, row["written"], row["accepted"])
    return roster


def _read_rows(name: str) -> list[dict[str, str]]:
    with (_DATA_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _add_entry(roster: Roster, entry: RosterEntry) -> None:
    if entry.epithet:
        roster.species[entry.genus.casefold()][_species_key(entry.epithet)] = entry
    else:
        roster.genera[entry.genus.casefold()] = entry


def _species_key(epithets: str) -> str:
    """Return the key of one epithet, or of a formula of a hybrid.

    >>> _species_key("rubrum"), _species_key("× freemanii"), _species_key("rubrum × saccharinum")
    ('rubrum', 'x freemanii', 'rubrum x saccharinum')
    """
    return " ".join("x" if word == HYBRID_SIGN else epithet_key(word) for word in epithets.split())


def _add_synonym(roster: Roster, written: str, accepted: str) -> None:
    genus, _, epithets = accepted.partition(" ")
    entry = roster.species[genus.casefold()][_species_key(epithets)] if epithets else roster.genera[genus.casefold()]
    written_genus, _, written_epithets = written.partition(" ")
    if written_epithets:
        roster.species[written_genus.casefold()].setdefault(_species_key(written_epithets), entry)
    else:
        roster.genera[written_genus.casefold()] = entry
