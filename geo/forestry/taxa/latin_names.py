"""Scientific names in any spelling: genus, epithet, sign of a hybrid, author, rank below the species, cultivar.

`match_taxon` calls `find_latin_name` for each part of a text.
"""

import re
from dataclasses import dataclass

from geo.forestry.taxa.misspelt_names import closest_entry, closest_genus
from geo.forestry.taxa.roster import HYBRID_SIGN, RosterEntry, common_key, epithet_key, load_roster

HYBRID_WORDS = {"x", HYBRID_SIGN}
NO_EPITHET_WORDS = {"sp", "spp", "species", "genus", "ssp", "cv", "cvs", "var", "hybrid", "hybrids", "hyb"}
# Words behind a name that are no cultivar.
REMARK_WORDS = {
    "dead", "tree", "trees", "stump", "unknown", "unidentified", "other", "misc", "clump", "multi", "stem", "stems", "multistem",
    "seedling", "seedlings", "cultivar", "cultivars", "variety", "varieties", "hybrid", "hybrids", "species", "sp", "spp", "removed",
    "vacant", "shrub", "young", "new", "old", "large", "small", "sapling", "form", "tag", "unk", "na", "none", "male", "female",
}  # fmt: skip
RANK_WORDS = {"var", "subsp", "ssp", "f", "fo", "forma", "nothosubsp", "nothovar", "subvar", "variety"}
# Authors of names as botanists abbreviate them, as far as they stand without a full stop.
AUTHORS = {
    "l", "linn", "linnaeus", "mill", "miller", "willd", "michx", "michaux", "marsh", "marshall", "wangenh", "nutt", "thunb", "makino",
    "siebold", "sieb", "zucc", "bunge", "ehrh", "muenchh", "munchh", "moench", "koch", "britton", "lam", "walter", "aiton", "ait", "torr",
    "gray", "engelm", "sarg", "sargent", "rehder", "decne", "carriere", "poir", "pursh", "raf", "small", "maxim", "rupr", "medik", "sweet",
    "spach", "gaertn", "borkh", "crantz", "scop", "roth", "dippel", "franch", "hemsl", "oliv", "pax", "koidz", "koehne", "lindl", "hance",
    "wall", "don", "endl", "parl", "wats", "voss", "sudw", "murray", "turcz", "blume", "duroi", "roi", "hort", "auct", "non", "ex", "et", "de",
    "and", "dc", "steud", "vent", "nees", "loisel", "lour", "hook", "swingle", "kuntze", "buckley", "hu", "cheng", "benth", "muell",
    "alph", "wood", "lavallee", "desf", "salisb", "juss", "bl", "fisch", "mey", "mast", "gord", "lamb", "dougl", "douglas", "franco", "karst",
}  # fmt: skip
LATIN_ENDINGS = (
    "us",
    "a",
    "um",
    "is",
    "ii",
    "i",
    "ae",
    "ense",
    "oides",
    "ale",
    "are",
    "ile",
    "ans",
    "ens",
    "osa",
    "yx",
)
# Epithets of ranks below the species that stand without a word for the rank, whatever their case.
LOWER_RANK_EPITHETS = {
    "inermis", "dissectum", "atropurpureum", "heterophylla", "caroliniana", "monilifera", "trichocarpa", "ginnala", "jacquemontii",
    "pekinensis", "texensis", "trilobum", "drummondii", "imbricarium", "nutans", "mandshurica", "szechuanica", "lanceolata",
}  # fmt: skip
JOINING_WORDS = {"or", "and", "&", "+", "vs", "and/or"}
MAX_CULTIVAR_WORDS = 4
SHORTEST_EPITHET = 3  # letters
FORMULA_WORDS = 3  # a formula of a hybrid has at least an epithet, a sign and another epithet


@dataclass(frozen=True, slots=True)
class LatinName:
    """A scientific name that was found in a text.

    `entry` is the species or genus of the roster. `name` is the entry's, or else the name as written in
    its normal form, where the roster has the genus and not the species: then `is_listed` is false.
    `rest` is the text behind the name, without authors and ranks below the species.
    """

    entry: RosterEntry
    name: str
    is_listed: bool
    rest: str


def find_latin_name(text: str) -> LatinName | None:
    """Return the scientific name that a text begins with, None if it begins with no genus.

    >>> find_latin_name("PLATANUS X ACERIFOLIA").name
    'Platanus × acerifolia'
    >>> find_latin_name("Acer rubrum L. var. trilobum October Glory").rest
    'October Glory'
    >>> find_latin_name("Quercus zzyzxa").is_listed, find_latin_name("Red maple") is None
    (False, True)
    """
    words = text.replace(",", " ").split()
    if words and words[0].casefold() in HYBRID_WORDS:
        words = words[1:]
    if not words:
        return None
    first_word = words[0].strip(".").removeprefix(HYBRID_SIGN)
    genus = load_roster().genera.get(first_word.casefold()) or _chimeric_genus(first_word)
    written_genus = first_word.casefold()
    if genus is None:
        genus = closest_genus(first_word, words[1:])
        written_genus = genus.genus.casefold() if genus else ""
    return _name_in_genus(genus, written_genus, words[1:]) if genus else None


def _chimeric_genus(word: str) -> RosterEntry | None:
    """Return the genus of a word with a glued "x", as in "xChitalpa"."""
    return load_roster().genera.get(word[1:].casefold()) if word[:1] in "xX" and word[1:2].isupper() else None


def _name_in_genus(genus: RosterEntry, written_genus: str, words: list[str]) -> LatinName:
    """Return the name whose genus is known. `words` follow the genus."""
    if not words or epithet_key(words[0]) in NO_EPITHET_WORDS:
        return LatinName(genus, genus.name, is_listed=True, rest=" ".join(words[1:]))
    is_hybrid = words[0].casefold() in HYBRID_WORDS or words[0].startswith(HYBRID_SIGN)
    names = words[1:] if words[0].casefold() in HYBRID_WORDS else [words[0].removeprefix(HYBRID_SIGN), *words[1:]]
    if not names:
        return LatinName(genus, genus.name, is_listed=True, rest="")
    species = species_of_genus(genus.genus) | species_of_genus(written_genus)
    parents = _parents(genus, names)
    if parents:
        return _name_of_formula(genus, species, parents)
    entry, following = _species_of_words(species, names, is_hybrid=is_hybrid)
    if entry is None:
        return _unlisted_name(genus, names, is_hybrid=is_hybrid)
    if _has_alternative(species, entry, following):
        return LatinName(genus, genus.name, is_listed=False, rest="")
    return LatinName(entry, entry.name, is_listed=True, rest=_rest_of_name(following))


def species_of_genus(genus: str) -> dict[str, RosterEntry]:
    """Return the species of a genus by key, as in `Roster`.

    >>> len(species_of_genus("Ginkgo")), species_of_genus("Nosuch")
    (1, {})
    """
    return load_roster().species.get(genus.casefold(), {})


def _species_of_words(
    species: dict[str, RosterEntry], names: list[str], *, is_hybrid: bool
) -> tuple[RosterEntry | None, list[str]]:
    """Return the species whose epithet is the first word or two, and the words behind it."""
    for word_count in (2, 1):
        key = "".join(epithet_key(word) for word in names[:word_count])
        entry = _find_entry(species, key, is_hybrid=is_hybrid) if len(names) >= word_count else None
        if entry:
            return entry, names[word_count:]
    return closest_entry(species, epithet_key(names[0]), is_hybrid=is_hybrid), names[1:]


def _has_alternative(species: dict[str, RosterEntry], entry: RosterEntry, words: list[str]) -> bool:
    """Return whether another species may be meant, as in "Tilia cordata or americana", or a hybrid, as in "Quercus alba x"."""
    if words and words[0].casefold() in HYBRID_WORDS:
        return True
    is_joined = any(word.casefold() in JOINING_WORDS for word in words[:-1])
    return is_joined and any(species.get(epithet_key(word), entry) != entry for word in words)


def _find_entry(species: dict[str, RosterEntry], key: str, *, is_hybrid: bool) -> RosterEntry | None:
    """Return the entry of an epithet. A missing sign of a hybrid, or one glued as "x", is added; one too many is not left out."""
    if is_hybrid:
        return species.get(f"x {key}")
    glued = species.get(f"x {key[1:]}") if key.startswith("x") else None
    return species.get(key) or species.get(f"x {key}") or glued


def _parents(genus: RosterEntry, names: list[str]) -> tuple[str, str] | None:
    """Return the two epithets of a formula, such as "robur x alba" and "robur x Quercus alba"."""
    if len(names) < FORMULA_WORDS or names[1].casefold() not in HYBRID_WORDS:
        return None
    second = names[2]
    if len(names) > FORMULA_WORDS and (
        second.casefold() == genus.genus.casefold() or re.fullmatch(r"[A-Za-z]\.", second)
    ):
        second = names[3]
    return epithet_key(names[0]), epithet_key(second)


def _name_of_formula(genus: RosterEntry, species: dict[str, RosterEntry], parents: tuple[str, str]) -> LatinName:
    entry = species.get(" x ".join(parents))
    if entry:
        return LatinName(entry, entry.name, is_listed=True, rest="")
    return LatinName(genus, f"{genus.genus} {f' {HYBRID_SIGN} '.join(parents)}", is_listed=False, rest="")


def _unlisted_name(genus: RosterEntry, names: list[str], *, is_hybrid: bool) -> LatinName:
    """Return a name of which only the genus is known: with a cultivar, an English name, or a strange epithet.

    A word that does not end like Latin is part of a cultivar. In lower case that is not sure, so the name is not listed.
    """
    key = epithet_key(names[0])
    if load_roster().common.get(common_key(" ".join(names))) or key in REMARK_WORDS:
        return LatinName(genus, genus.name, is_listed=True, rest=" ".join(names))
    if len(key) < SHORTEST_EPITHET or not key.endswith(LATIN_ENDINGS):
        is_sure = not names[0].islower()
        return LatinName(genus, genus.name, is_listed=is_sure, rest=" ".join(names) if is_sure else "")
    sign = f"{HYBRID_SIGN} " if is_hybrid else ""
    epithet = re.sub(r"[^\w-]", "", names[0].casefold())
    return LatinName(genus, f"{genus.genus} {sign}{epithet}", is_listed=False, rest=_rest_of_name(names[1:]))


def _rest_of_name(words: list[str]) -> str:
    """Return the words behind a species that are neither its author nor a rank below it.

    >>> _rest_of_name(["Marshall"]), _rest_of_name(["var.", "inermis"]), _rest_of_name(["f.", "inermis", "Skyline"])
    ('', '', 'Skyline')
    >>> _rest_of_name(["inermis", "Willd.", "Shade", "Master"]), _rest_of_name(["cv.", "Pendula"])
    ('Shade Master', 'Pendula')
    """
    kept: list[str] = []
    is_rank = False
    for word in words:
        key = epithet_key(word)
        if key in RANK_WORDS and (word.endswith(".") or key not in {"f", "variety"} or len(words) > 1):
            is_rank = True
        elif is_rank or key in {"", "cv", "cultivar"} or key in AUTHORS | LOWER_RANK_EPITHETS or "." in word:
            is_rank = False
        elif not kept and word.islower() and key.endswith(LATIN_ENDINGS) and key not in REMARK_WORDS:
            continue  # a third word as in "Gleditsia triacanthos inermis"
        else:
            kept.append(word)
    return " ".join(kept)


def cultivar_of_words(text: str) -> str | None:
    """Return words behind a name as a cultivar, None where they say something else.

    >>> cultivar_of_words("OCTOBER GLORY"), cultivar_of_words("Red Sunset"), cultivar_of_words("multi stem")
    ('October Glory', 'Red Sunset', None)
    """
    words = text.split()
    if not 1 <= len(words) <= MAX_CULTIVAR_WORDS or {epithet_key(word) for word in words} & REMARK_WORDS:
        return None
    if not re.fullmatch(r"[^\W_][\w .'&-]*", text) or text.isdigit():
        return None
    return text.title().replace("'S", "'s") if text.isupper() or text.islower() else text
