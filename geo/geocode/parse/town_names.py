"""Names of the towns and post offices that may end an address, with fast checks by first and last word.

The address parser and the rewrite rules look names up. The gazetteer builds the table.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, lru_cache

from geo.geocode.parse.edit_distance import allowed_edits, similar_names
from geo.geocode.parse.normalize_text import normalize_text, split_words
from geo.geocode.parse.vocabulary import TOWN_ALIASES, expand_name, fold_word, fold_words


class TownNames(dict[str, str]):
    """Spelling of each town and post office by folded name, and other names in `aliases`.

    Most words of an address belong to no town name. The sets of first and last words rule them out quickly.
    """

    def __init__(self, names: Mapping[str, str] | None = None, aliases: Mapping[str, str] | None = None) -> None:
        super().__init__(names or {})
        self.aliases: dict[str, str] = dict(aliases or {})  # folded name of the town by folded alias

    @classmethod
    def from_names(cls, names: Mapping[str, str]) -> "TownNames":
        """Return names as a `TownNames`, the same object if it is one already."""
        return names if isinstance(names, cls) else cls(names)

    @classmethod
    def with_aliases(cls, names: Mapping[str, str], pairs: Iterable[tuple[str, str]] = ()) -> "TownNames":
        """Return names with the aliases of `data/town_aliases.csv` and of `pairs` (alias and town) that fit a name.

        >>> towns = TownNames.with_aliases({"UNIVERSITY CITY": "University City"}, [("The Loop", "University City")])
        >>> sorted(towns.aliases)
        ['THE LOOP', 'U CITY', 'UCITY']
        """
        folded_pairs = [(_fold_text(alias), _fold_text(town)) for alias, town in (*TOWN_ALIASES, *pairs)]
        return cls(names, {alias: town for alias, town in folded_pairs if town in names and alias not in names})

    @cached_property
    def first_words(self) -> frozenset[str]:
        """The first words of all names."""
        return frozenset(name.split()[0] for name in (*self, *self.aliases) if name)

    @cached_property
    def last_words(self) -> frozenset[str]:
        """The last words of all names."""
        return frozenset(name.split()[-1] for name in (*self, *self.aliases) if name)

    def has_name_starting_with(self, word: str) -> bool:
        """Return whether a name starts with a word.

        >>> TownNames({"BEL NOR": "Bel-Nor"}).has_name_starting_with("BEL")
        True
        """
        return fold_word(word) in self.first_words

    def has_name_ending_with(self, word: str) -> bool:
        """Return whether a name ends with a word.

        >>> TownNames({"BEL NOR": "Bel-Nor"}).has_name_ending_with("BEL")
        False
        """
        return fold_word(word) in self.last_words

    def match_words(self, words: list[str]) -> str | None:
        """Return the folded name that all the words form, None if they form none. It may be an alias.

        >>> towns = TownNames({"ST JOHN": "St. John"})
        >>> towns.match_words(["SAINT", "JOHN"]), towns.match_words(["JOHN"])
        ('ST JOHN', None)
        """
        name = fold_words(words)
        return name if name in self or name in self.aliases else None

    def similar_name(self, typed: str) -> str | None:
        """Return the one folded name that a misspelled name means, None for none or several.

        >>> towns = TownNames({"HILLSDALE": "Hillsdale", "BEL NOR": "Bel-Nor", "PAGEDALE": "Pagedale"})
        >>> towns.similar_name("HILLSALE"), towns.similar_name("BELNOR"), towns.similar_name("FERGUSON")
        ('HILLSDALE', 'BEL NOR', None)
        """
        return self._similar_name(expand_name(typed)) if typed else None

    @cached_property
    def _joined_names(self) -> dict[str, str]:
        return {expand_name(name): name for name in self if name}

    @cached_property
    def _similar_name(self) -> Callable[[str], str | None]:
        @lru_cache(1 << 10)  # each table has its own cache
        def find_similar(typed: str) -> str | None:
            if typed in self._joined_names:
                return self._joined_names[typed]
            joined = [name for name in self._joined_names if abs(len(name) - len(typed)) <= allowed_edits(typed)]
            hits = similar_names(typed, joined)
            nearest = [joined[i] for i, edits in hits if edits == hits[0][1]]
            return self._joined_names[nearest[0]] if len(nearest) == 1 else None

        return find_similar


def _fold_text(name: str) -> str:
    return fold_words(split_words(normalize_text(name)))
