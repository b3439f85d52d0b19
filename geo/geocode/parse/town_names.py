"""Names of the towns and post offices that may end an address, with fast checks by first and last word.

The address parser and the rewrite rules look names up. The gazetteer builds the table.
"""

from collections.abc import Mapping
from functools import cached_property

from geo.geocode.parse.vocabulary import fold_word, fold_words


class TownNames(dict[str, str]):
    """Spelling of each town and post office by folded name.

    Most words of an address belong to no town name. The sets of first and last words rule them out quickly.
    """

    @classmethod
    def from_names(cls, names: Mapping[str, str]) -> "TownNames":
        """Return names as a `TownNames`, the same object if it is one already."""
        return names if isinstance(names, cls) else cls(names)

    @cached_property
    def first_words(self) -> frozenset[str]:
        """The first words of all names."""
        return frozenset(name.split()[0] for name in self if name)

    @cached_property
    def last_words(self) -> frozenset[str]:
        """The last words of all names."""
        return frozenset(name.split()[-1] for name in self if name)

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
        """Return the folded name that all the words form, None if they form none.

        >>> towns = TownNames({"ST JOHN": "St. John"})
        >>> towns.match_words(["SAINT", "JOHN"]), towns.match_words(["JOHN"])
        ('ST JOHN', None)
        """
        name = fold_words(words)
        return name if name in self else None
