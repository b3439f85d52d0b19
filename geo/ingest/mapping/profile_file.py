"""Profiles as files of a town: read from any path, and written from what was recognized or chosen.

`choose_profile` calls `read_profile_file` for `--profile PATH`. `lotleaf load --save-profile` writes `profile_to_toml`.
"""

import json
import tomllib
from pathlib import Path
from typing import Any

from geo.errors import BadInput
from geo.ingest.mapping.profile import Profile, parse_profile

PROFILE_KEYS = {
    "description", "says", "layer", "licence", "crs", "marks", "columns", "constants", "codes", "factor", "unit", "unknown",
    "join", "dates",
}  # fmt: skip
MAX_PROFILE_BYTES = 1_000_000


def is_profile_path(name: str) -> bool:
    """Return whether `--profile` names a file, not one of the profiles that come with lotleaf.

    >>> is_profile_path("./bel-nor.toml"), is_profile_path("stl-city-trees")
    (True, False)
    """
    return name.endswith(".toml") or "/" in name or "\\" in name


def read_profile_file(path: Path) -> Profile:
    """Return the profile in a TOML file, named like the file. Raises BadInput with what is wrong and what would be right."""
    try:
        if path.stat().st_size > MAX_PROFILE_BYTES:
            raise BadInput(f"--profile {path}: has more than {MAX_PROFILE_BYTES / 1e6:.0f} MB; this is no profile")
        table: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BadInput(f"--profile {path}: cannot be opened ({error.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"--profile {path}: is not TOML ({error})") from None
    if unknown_keys := sorted(set(table) - PROFILE_KEYS):
        raise BadInput(
            f"--profile {path}: has the unknown key {unknown_keys[0]}; a profile takes {sorted(PROFILE_KEYS)}"
        )
    if "layer" not in table:
        raise BadInput(f'--profile {path}: does not say its layer; add a line such as layer = "trees"')
    try:
        return parse_profile(path.stem, table)
    except (TypeError, AttributeError, ValueError):
        raise BadInput(
            f"--profile {path}: a table has values of the wrong type; see docs/reference/profiles.md"
        ) from None


def profile_to_toml(profile: Profile, description: str) -> str:
    """Return a profile as the text of a TOML file, which `read_profile_file` reads back.

    >>> from geo.ingest.mapping.profile import FieldOrigin
    >>> print(profile_to_toml(Profile("", "trees", columns={"dbh_in": FieldOrigin(("DIAM",))}), "Trees of Bel-Nor"))
    description = "Trees of Bel-Nor"
    layer = "trees"
    marks = ["DIAM"]
    <BLANKLINE>
    [columns]
    dbh_in = "DIAM"
    <BLANKLINE>
    """
    columns = {name: origin.columns for name, origin in profile.columns.items() if origin.constant is None}
    constants = {name: origin.constant for name, origin in profile.columns.items() if origin.constant is not None}
    marks = list(dict.fromkeys(column for names in columns.values() for column in names))
    lines = [
        f"description = {_quote(description)}",
        f"layer = {_quote(profile.layer)}",
        f"marks = {_quote_list(marks)}",
    ]
    lines += [f"crs = {_quote(profile.crs)}"] if profile.crs else []
    lines += ["", "[columns]"]
    lines += [
        f"{_quote_key(name)} = {_quote(names[0]) if len(names) == 1 else _quote_list(names)}"
        for name, names in columns.items()
    ]
    units = {name: origin.unit for name, origin in profile.columns.items() if origin.unit}
    if units:
        lines += ["", "[unit]", *(f"{_quote_key(name)} = {_quote(unit)}" for name, unit in units.items())]
    if constants:
        lines += ["", "[constants]", *(f"{_quote_key(name)} = {_quote(value)}" for name, value in constants.items())]
    for field, words in profile.codes.items():
        lines += ["", f"[codes.{_quote_key(field)}]", *_code_lines(words)]
    return "\n".join(lines) + "\n"


def _code_lines(words: Any) -> list[str]:
    by_code: dict[str, list[str]] = {}
    for word, code in words.items():
        by_code.setdefault(code, []).append(word)
    return [f"{_quote_key(code)} = {_quote_list(code_words)}" for code, code_words in by_code.items()]


def _quote(text: str) -> str:
    """Return a TOML string. JSON writes the same one, but for the delete character.

    >>> print(_quote("Trees of Bel-Nor"))
    "Trees of Bel-Nor"
    """
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _quote_list(texts: Any) -> str:
    return "[" + ", ".join(map(_quote, texts)) + "]"


def _quote_key(name: str) -> str:
    return name if name.replace("_", "").isalnum() and name.isascii() else _quote(name)
