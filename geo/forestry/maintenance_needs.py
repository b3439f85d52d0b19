"""Maintenance needs: the work that each tree and planting site asks for, and the rule that says so.

The rules stand in `needs.toml`. `work_requests` reads the text on maintenance. `tree_needs` and `site_needs` take whole columns, for the join.
`tree_need` and `site_need` take one record. See docs/decisions/0013-needs.md.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from geo.forestry.work_requests import read_requests
from geo.projected_layer import Columns

RULE_TABLE = tomllib.loads(Path(__file__).with_name("needs.toml").read_text("utf-8"))
NEEDS_BY_URGENCY: tuple[str, ...] = tuple(RULE_TABLE["pressing"])  # the most urgent first
TREE_NEED_FIELDS = ("maintenance", "clearance", "condition", "risk")  # read by the rules for trees
SITE_NEED_FIELDS = ("status",)  # read by the rules for sites
NO_MATCH = "(?!)"
MAX_CACHED_NEEDS = 1 << 16  # inventories repeat the same few texts


@dataclass(frozen=True, slots=True)
class NeedRule:
    """One rule of `needs.toml`.

    `reason` is its sentence for people. `conditions` holds a test for each column that the rule reads.
    """

    need: str
    reason: str
    conditions: Mapping[str, Callable[[Any], bool]]

    def is_met_by(self, values: Mapping[str, str | frozenset[str]]) -> bool:
        """Return whether all conditions hold. A rule without conditions always holds.

        >>> rule = NeedRule("remove", "The tree is dead.", {"condition": lambda code: code == "dead"})
        >>> rule.is_met_by({"condition": "dead"}), rule.is_met_by({"condition": "fair"})
        (True, False)
        """
        return all(condition(values[name]) for name, condition in self.conditions.items())


def tree_needs(columns: Mapping[str, Iterable[Any]]) -> Columns:
    """Return the `need` and `need_rule` of each tree. `columns` holds the `TREE_NEED_FIELDS`.

    >>> columns = {"maintenance": ["Prune", None], "clearance": [None, None], "condition": ["good", "good"]}
    >>> tree_needs(columns | {"risk": [None, None]})["need"].tolist()
    ['prune', 'none']
    """
    return _need_columns(tree_need(*values) for values in zip(*map(columns.__getitem__, TREE_NEED_FIELDS), strict=True))


def site_needs(columns: Mapping[str, Iterable[Any]]) -> Columns:
    """Return the `need` and `need_rule` of each site, as if no tree stood there.

    >>> site_needs({"status": ["vacant", "stump", None]})["need"].tolist()
    ['plant', 'stump', 'unknown']
    """
    return _need_columns(site_need(*values) for values in zip(*map(columns.__getitem__, SITE_NEED_FIELDS), strict=True))


@lru_cache(MAX_CACHED_NEEDS)
def tree_need(maintenance: Any, clearance: Any, condition: Any, risk: Any) -> tuple[str, str]:
    """Return the need of one tree and the sentence of the first rule that holds.

    >>> tree_need("Treated 24, Remove", None, "good", "low")
    ('remove', 'The inventory asks for removal.')
    >>> tree_need("Do not remove", None, "good", None)[0], tree_need("Deadwood removal", None, "good", None)[0]
    ('none', 'prune')
    >>> tree_need(None, None, "poor", None)[0], tree_need(None, None, None, None)[0]
    ('inspect', 'unknown')
    """
    text = _normalize_text(maintenance)
    text = re.sub(RULE_TABLE.get("done", NO_MATCH), "", text).strip(" ,;")  # a table of an earlier version has "done"
    is_nothing = re.search(RULE_TABLE["nothing"], text) is not None
    values: dict[str, str | frozenset[str]] = {
        "maintenance": "" if is_nothing else text,
        "asked": "nothing" if is_nothing else text,
        "asks": frozenset({"nothing"})
        if is_nothing
        else read_requests(maintenance if isinstance(maintenance, str) else ""),
        "clearance": _normalize_text(clearance),
        "condition": _code_or_empty(condition),
        "risk": _code_or_empty(risk),
    }
    return _first_matching_rule(values, TREE_RULES)


@lru_cache(MAX_CACHED_NEEDS)
def site_need(status: Any) -> tuple[str, str]:
    """Return the need of one site without a tree, and the sentence of the first rule that holds.

    >>> site_need("retired")
    ('none', 'The site is retired.')
    """
    return _first_matching_rule({"status": _code_or_empty(status)}, SITE_RULES)


def _first_matching_rule(values: Mapping[str, str | frozenset[str]], rules: tuple[NeedRule, ...]) -> tuple[str, str]:
    matches = ((rule.need, rule.reason) for rule in rules if rule.is_met_by(values))
    return next(matches, ("unknown", ""))


def _need_columns(needs: Iterable[tuple[str, str]]) -> Columns:
    pairs = list(needs)
    return {
        "need": np.array([need for need, _ in pairs], object),
        "need_rule": np.array([description for _, description in pairs], object),
    }


def _normalize_text(text: Any) -> str:
    r"""Return free text in lower case with single spaces, or "" if unknown.

    >>> _normalize_text("  Remove \n Stump"), _normalize_text(None)
    ('remove stump', '')
    """
    return " ".join(text.casefold().split()) if isinstance(text, str) else ""


def _code_or_empty(code: Any) -> str:
    """Return a code, or "" if it is unknown or the word "unknown".

    >>> _code_or_empty("dead"), _code_or_empty("unknown"), _code_or_empty(None)
    ('dead', '', '')
    """
    return code if isinstance(code, str) and code != "unknown" else ""


def _parse_rule(table: Mapping[str, Any]) -> NeedRule:
    conditions = {name: _parse_condition(name, spec) for name, spec in table.items() if name not in ("need", "reason")}
    return NeedRule(table["need"], table["reason"], conditions)


def _parse_condition(name: str, spec: str | list[str]) -> Callable[[Any], bool]:
    """Return the test for one column: one of a list of requests or codes, or a pattern to be found in the text.

    >>> is_poor, asks_to_prune = _parse_condition("condition", ["poor"]), _parse_condition("asks", ["prune"])
    >>> is_poor("poor"), asks_to_prune(frozenset({"prune", "stump"})), asks_to_prune(frozenset())
    (True, True, False)
    """
    if name == "asks":
        return lambda requests: not requests.isdisjoint(spec)
    if isinstance(spec, list):
        return lambda text: text in spec
    pattern = re.compile(spec)
    return lambda text: pattern.search(text) is not None


TREE_RULES = tuple(map(_parse_rule, RULE_TABLE["tree"]))
SITE_RULES = tuple(map(_parse_rule, RULE_TABLE["site"]))
