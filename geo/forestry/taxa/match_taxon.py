"""A tree's name in any spelling, matched to the roster.

`geo.ingest.cleaning.tree_names.species` and `geo.forestry.diversity` call `match_taxa`, the recognition of
columns `match_taxon`.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from geo.forestry.taxa.common_names import find_common_name
from geo.forestry.taxa.latin_names import REMARK_WORDS, LatinName, cultivar_of_words, find_latin_name, species_of_genus
from geo.forestry.taxa.roster import RosterEntry, epithet_key, load_roster

TAXON_RANKS = ("species", "genus", "none")
MAX_NAME_LENGTH = 300  # characters; a longer text is no name
_CULTIVAR_PATTERN = re.compile(r"(?<!\w)'\s*([^\W_].*?)\s*'(?!\w)")
_SEPARATOR_PATTERN = re.compile(r"\s*(?:::|[/;|\[\]()]|\s[-–—]+\s|:\s)\s*")
_SIGNS = {
    "Ã—": "×", "&times;": "×", "✕": "×", "✖": "×", "╳": "×", "⨯": "×",
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "`": "'", "´": "'", "′": "'", "“": "'", "”": "'", "„": "'", "″": "'", '"': "'",
    "®": "", "™": "", "(R)": "", "(TM)": "", "©": "", "\u200b": "", "\ufeff": "", "\u00ad": "", "_": " ",
}  # fmt: skip
_SIGN_PATTERN = re.compile("|".join(map(re.escape, _SIGNS)))
TAXON_COLUMNS = ("species", "genus", "family", "cultivar", "common", "written_common", "rank", "is_listed", "is_latin")


@dataclass(frozen=True, slots=True)
class Taxon:
    """The species or genus that a text names.

    `species` is the accepted scientific name without cultivar, of the genus alone where only that is
    known. `rank` is species or genus. `common` is the common name of the roster, `written_common` the
    one in the text. `is_listed` is false where the text has a species that the roster does not have.
    `is_latin` tells whether the text has a scientific name.
    """

    species: str
    genus: str
    family: str | None
    cultivar: str | None
    common: str | None
    written_common: str | None
    rank: str
    is_listed: bool
    is_latin: bool


@lru_cache(maxsize=65_536)
def match_taxon(text: str, *, is_common: bool = False) -> Taxon | None:
    """Return the taxon that a text names, None if it names none or more than one.

    `is_common` says that the text is a common name: then "Ginkgo" is the species, and else the genus.

    >>> match_taxon("PLATANUS X ACERIFOLIA 'Bloodgood'").species, match_taxon("maple, Norway (Acer platanoides)").species
    ('Platanus × acerifolia', 'Acer platanoides')
    >>> match_taxon("Oak").species, match_taxon("Oak").rank, match_taxon("Locust")
    ('Quercus', 'genus', None)
    >>> match_taxon("Acer rubrum :: Red Maple").written_common, match_taxon("Acer rubrum October Glory").cultivar
    ('Red Maple', 'October Glory')
    """
    if not text or len(text) > MAX_NAME_LENGTH:
        return None
    name, cultivar = _split_cultivar(_normalize_signs(text))
    parts = [part.strip(" ,.-'") for part in _SEPARATOR_PATTERN.split(name)]
    parts = [part for part in parts if part]
    whole = find_common_name(" ".join(parts)) if (len(parts) > 1 or is_common) and "/" not in name else None
    if whole is not None:
        return _make_taxon(whole, None, cultivar, name)
    found = {part: _match_part(part) for part in parts}
    return _merge_parts(found, name, cultivar)


def match_taxa(texts: pd.Series, *, is_common: bool = False) -> pd.DataFrame:
    """Return the taxon of each text as columns `TAXON_COLUMNS`, matched once for each distinct text.

    `rank` is "none" where a text names no taxon.

    >>> match_taxa(pd.Series(["ACER RUBRUM", None, "Oak"]))[["species", "rank"]].values.tolist()
    [['Acer rubrum', 'species'], [nan, 'none'], ['Quercus', 'genus']]
    """
    codes, distinct = pd.factorize(texts.astype("str"))
    taxa = [*(match_taxon(text, is_common=is_common) for text in distinct), None]
    table = pd.DataFrame([_taxon_values(taxon) for taxon in taxa], columns=list(TAXON_COLUMNS))
    table = table.astype(dict.fromkeys(TAXON_COLUMNS[:7], "str"))
    return table.iloc[codes].set_axis(texts.index)


def _taxon_values(taxon: Taxon | None) -> tuple[str | bool | None, ...]:
    if taxon is None:
        return (None, None, None, None, None, None, "none", False, False)
    return tuple(getattr(taxon, name) for name in TAXON_COLUMNS)


def _normalize_signs(text: str) -> str:
    """Return a text with plain quotes and signs of a hybrid, without trademarks and doubled blanks.

    >>> _normalize_signs(" Acer  rubrum “Red Sunset®” "), _normalize_signs("Platanus Ã— acerifolia")
    ("Acer rubrum 'Red Sunset'", 'Platanus × acerifolia')
    """
    plain = _SIGN_PATTERN.sub(lambda match: _SIGNS[match[0]], text)
    return " ".join(unicodedata.normalize("NFKC", plain).replace("''", "'").split())


def _split_cultivar(text: str) -> tuple[str, str | None]:
    """Return a name without what stands in quotes, and the first text in quotes.

    >>> _split_cultivar("Malus 'Prairifire' crabapple"), _split_cultivar("'Acer rubrum'")
    (('Malus crabapple', 'Prairifire'), ('Acer rubrum', None))
    """
    quoted = _CULTIVAR_PATTERN.search(text)
    if quoted is None:
        return text, None
    rest = " ".join(_CULTIVAR_PATTERN.sub(" ", text).split())
    return (rest, quoted[1]) if re.search(r"\w", rest) else (quoted[1], None)


@dataclass(frozen=True, slots=True)
class _PartMatch:
    """What one part of a text names, as a scientific name or as a common one."""

    entry: RosterEntry
    latin: LatinName | None


def _match_part(part: str) -> _PartMatch | None:
    """Return the taxon of a text without separators. A species goes before a genus, an exact name before a near one."""
    latin = find_latin_name(part)
    if latin and latin.entry.epithet:
        return _PartMatch(latin.entry, latin)
    common = find_common_name(part)
    is_whole_name = latin is not None and latin.is_listed and not latin.rest
    if common and (latin is None or (common.epithet and not is_whole_name)):
        return _PartMatch(common, None)
    if latin is None:
        return _match_later_words(part)
    return _PartMatch(latin.entry, latin)


def _match_later_words(part: str) -> _PartMatch | None:
    """Return the species whose scientific name stands behind other words, as in "Red Maple Acer rubrum"."""
    words = part.split()
    for start in range(1, len(words) - 1):
        if words[start].casefold() in load_roster().genera:
            latin = find_latin_name(" ".join(words[start:]))
            before = find_common_name(" ".join(words[:start]))
            if latin and latin.entry.epithet and before and before.genus == latin.entry.genus:
                rest = " ".join([*words[:start], latin.rest]).strip()
                return _PartMatch(latin.entry, LatinName(latin.entry, latin.name, latin.is_listed, rest))
    return None


def _merge_parts(found: dict[str, _PartMatch | None], name: str, cultivar: str | None) -> Taxon | None:
    """Return the one taxon of all parts of a name, None where they name several. Scientific names go before common ones.

    Several species of one genus make that genus.
    """
    known = {part: one for part, one in found.items() if one is not None}
    latin = {part: one for part, one in known.items() if one.latin}
    deciding = list((latin or known).values())
    genera = {one.entry.genus for one in deciding}
    if len(genera) != 1:
        return None
    genus = load_roster().genera[genera.pop().casefold()]
    species = {one.entry.name: one for one in deciding if one.entry.epithet}
    if len(species) > 1 or (species and _has_other_epithet(found, genus.genus, set(species))):
        return _make_taxon(genus, None, None, None, is_latin=bool(latin))
    best = next(iter(species.values()), deciding[0])
    common_entries = {part: one.entry for part, one in known.items() if one.latin is None}
    if best.latin and not best.entry.epithet and best.latin.name == best.entry.name:
        best = _refine_genus(best, list(common_entries.values()))
    written = next((part for part, entry in common_entries.items() if entry.genus == genus.genus), None)
    return _make_taxon(best.entry, best.latin, cultivar, written if latin else name, is_latin=bool(latin))


def _has_other_epithet(found: dict[str, _PartMatch | None], genus: str, species: set[str]) -> bool:
    """Return whether a part that names nothing alone is the epithet of another species, as in "Acer rubrum/saccharinum"."""
    entries = [species_of_genus(genus).get(epithet_key(part)) for part, one in found.items() if one is None]
    return any(entry is not None and entry.name not in species for entry in entries)


def _refine_genus(best: _PartMatch, common_entries: list[RosterEntry]) -> _PartMatch:
    """Return the species that a common name in the same text has, where the scientific name is the genus alone."""
    species = {entry for entry in common_entries if entry.epithet and entry.genus == best.entry.genus}
    return _PartMatch(species.pop(), None) if len(species) == 1 else best


def _make_taxon(
    entry: RosterEntry,
    latin: LatinName | None,
    cultivar: str | None,
    written_common: str | None,
    *,
    is_latin: bool = False,
) -> Taxon:
    rest = latin.rest if latin else ""
    if rest and _is_common_name_of(rest, entry):
        written_common, rest = written_common or rest, ""
    if cultivar and _is_common_name_of(cultivar, entry):
        written_common, cultivar = written_common or cultivar, None
    return Taxon(
        species=latin.name if latin else entry.name,
        genus=entry.genus,
        family=load_roster().families.get(entry.genus),
        cultivar=_clean_cultivar(cultivar) or cultivar_of_words(rest),
        common=entry.common,
        written_common=written_common,
        rank="species" if entry.epithet else "genus",
        is_listed=latin.is_listed if latin else True,
        is_latin=is_latin or latin is not None,
    )


def _is_common_name_of(text: str, entry: RosterEntry) -> bool:
    """Return whether a text is a common name of an entry, of its genus, or of another species of that genus."""
    common = find_common_name(text)
    return common is not None and common.genus == entry.genus


def _clean_cultivar(text: str | None) -> str | None:
    if not text or text.casefold() in REMARK_WORDS:
        return None
    return text.title().replace("'S", "'s") if text.isupper() or text.islower() else text
