"""What each tree and site needs, by the table in `needs.toml`, and the rule that said so."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

TABLE = tomllib.loads(Path(__file__).with_name("needs.toml").read_text("utf-8"))
PRESSING: tuple[str, ...] = tuple(TABLE["pressing"])  # the most pressing first

Columns = Mapping[str, pd.Series]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what it gives, its sentence, and what must be so in each column."""

    need: str
    says: str
    holds: Mapping[str, Callable[[str], bool]]

    def fits(self, columns: Columns) -> np.ndarray:
        """Mark the rows in which every line of the rule holds; a rule without lines fits all."""
        size = len(next(iter(columns.values())))
        fit = np.ones(size, bool)
        for name, hold in self.holds.items():
            fit &= columns[name].map(hold).to_numpy(bool)
        return fit


def tree_needs(trees: pd.DataFrame) -> pd.DataFrame:
    """Give each tree's `need` and `need_rule` from its maintenance, clearance, condition and risk."""
    return _once(trees[["maintenance", "clearance", "condition", "risk"]], _of_trees)


def site_needs(sites: pd.DataFrame) -> pd.DataFrame:
    """Give the `need` and `need_rule` of each site as if no tree stood in it."""
    return _once(sites[["status"]], _of_sites)


def _once(told: pd.DataFrame, needs: Callable[[pd.DataFrame], pd.DataFrame]) -> pd.DataFrame:
    """Ask about what is told alike once: inventories use few words many times."""
    alike = told.groupby(list(told.columns), sort=False, dropna=False).ngroup().to_numpy()
    first = np.flatnonzero(~pd.Series(alike).duplicated())
    found = needs(told.iloc[first].reset_index(drop=True))
    return found.iloc[alike].set_axis(told.index)


def _of_trees(trees: pd.DataFrame) -> pd.DataFrame:
    asked = _words(trees["maintenance"]).map(_asked)
    columns = {
        "maintenance": asked.where(asked != "nothing", ""),
        "asked": asked,
        "clearance": _words(trees["clearance"]),
        "condition": _known(trees["condition"]),
        "risk": _known(trees["risk"]),
    }
    return _first_rule(columns, TREE_RULES)


def _of_sites(sites: pd.DataFrame) -> pd.DataFrame:
    return _first_rule({"status": _known(sites["status"])}, SITE_RULES)


def _first_rule(columns: Columns, rules: tuple[Rule, ...]) -> pd.DataFrame:
    fits = [rule.fits(columns) for rule in rules]
    needs = np.select(fits, [rule.need for rule in rules], "unknown")
    says = np.select(fits, [rule.says for rule in rules], "")
    return pd.DataFrame({"need": needs, "need_rule": says}, dtype=object)


def _words(column: pd.Series) -> pd.Series:
    """Read free words: small letters, single spaces, empty where unknown."""
    return column.fillna("").str.casefold().str.split().str.join(" ").astype(object)


def _known(column: pd.Series) -> pd.Series:
    """Read a code; empty where unknown, however that is written."""
    return column.fillna("").replace("unknown", "").astype(object)


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
