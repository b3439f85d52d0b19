"""Places: the names of towns and post offices that may stand in an address."""

from collections.abc import Mapping
from functools import cached_property

from geo.addresses.reading.words import fold, folded_word


class Places(dict[str, str]):
    """Folded names, each with how it is written; knows with which words they begin and end.

    Most words of an address are neither: whoever reads one asks for whole names only where one is.
    """

    @classmethod
    def of(cls, places: Mapping[str, str]) -> "Places":
        """Take names as they are, or as they were taken before."""
        return places if isinstance(places, cls) else cls(places)

    @cached_property
    def firsts(self) -> frozenset[str]:
        """The words with which names begin."""
        return frozenset(name.split()[0] for name in self if name)

    @cached_property
    def lasts(self) -> frozenset[str]:
        """The words with which names end."""
        return frozenset(name.split()[-1] for name in self if name)

    def begun_by(self, word: str) -> bool:
        """Tell whether a name may begin with a word."""
        return folded_word(word) in self.firsts

    def ended_by(self, word: str) -> bool:
        """Tell whether a name may end with a word."""
        return folded_word(word) in self.lasts

    def named(self, words: list[str]) -> str | None:
        """Give the folded name that words are; None where they are none."""
        name = fold(words)
        return name if name in self else None
