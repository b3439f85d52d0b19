"""What each tree and site needs, by the table in `needs.toml`, and the rule that said so."""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from geo.join.measured import Columns

TABLE = tomllib.loads(Path(__file__).with_name("needs.toml").read_text("utf-8"))
PRESSING: tuple[str, ...] = tuple(TABLE["pressing"])  # the most pressing first
OF_TREE = ("maintenance", "clearance", "condition", "risk")  # what is asked of a tree
OF_SITE = ("status",)
KNOWN = 1 << 16  # answers that are kept: inventories use few words many times


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what it gives, its sentence, and what must be so in each column."""

    need: str
    says: str
    holds: Mapping[str, Callable[[str], bool]]

    def fits(self, told: Mapping[str, str]) -> bool:
        """Tell whether every line of the rule holds; a rule without lines fits all."""
        return all(hold(told[name]) for name, hold in self.holds.items())


def tree_needs(told: Mapping[str, Iterable[Any]]) -> Columns:
    """Give each tree's `need` and `need_rule` from its maintenance, clearance, condition and risk."""
    return _columns(
        tree_need(*words) for words in zip(*map(told.__getitem__, OF_TREE), strict=True)
    )


def site_needs(told: Mapping[str, Iterable[Any]]) -> Columns:
    """Give the `need` and `need_rule` of each site as if no tree stood in it."""
    return _columns(
        site_need(*words) for words in zip(*map(told.__getitem__, OF_SITE), strict=True)
    )


@lru_cache(KNOWN)
def tree_need(maintenance: Any, clearance: Any, condition: Any, risk: Any) -> tuple[str, str]:
    """Give a tree's need and the sentence of the rule that said so."""
    asked = _asked(_words(maintenance))
    told = {
        "maintenance": "" if asked == "nothing" else asked,
        "asked": asked,
        "clearance": _words(clearance),
        "condition": _known(condition),
        "risk": _known(risk),
    }
    return _first_rule(told, TREE_RULES)


@lru_cache(KNOWN)
def site_need(status: Any) -> tuple[str, str]:
    """Give the need of a site in which no tree stands, and the rule's sentence."""
    return _first_rule({"status": _known(status)}, SITE_RULES)


def _first_rule(told: Mapping[str, str], rules: tuple[Rule, ...]) -> tuple[str, str]:
    fit = ((rule.need, rule.says) for rule in rules if rule.fits(told))
    return next(fit, ("unknown", ""))


def _columns(needs: Iterable[tuple[str, str]]) -> Columns:
    pairs = list(needs)
    return {
        "need": np.array([need for need, _ in pairs], object),
        "need_rule": np.array([says for _, says in pairs], object),
    }


def _words(text: Any) -> str:
    """Read free words: small letters, single spaces, empty where unknown."""
    return " ".join(text.casefold().split()) if isinstance(text, str) else ""


def _known(code: Any) -> str:
    """Read a code; empty where unknown, however that is written."""
    return code if isinstance(code, str) and code != "unknown" else ""


def _asked(words: str) -> str:
    """Tell what an inventory still asks for: work done struck out; "nothing" where it says so."""
    left = re.sub(TABLE["done"], "", words).strip(" ,;")
    return "nothing" if re.search(TABLE["nothing"], left) else left


def _rule(table: Mapping[str, Any]) -> Rule:
    lines = {name: _hold(line) for name, line in table.items() if name not in ("need", "says")}
    return Rule(table["need"], table["says"], lines)


def _hold(line: str | list[str]) -> Callable[[str], bool]:
    if isinstance(line, list):
        return lambda word: word in line
    pattern = re.compile(line)
    return lambda word: pattern.search(word) is not None


TREE_RULES = tuple(map(_rule, TABLE["tree"]))
SITE_RULES = tuple(map(_rule, TABLE["site"]))
