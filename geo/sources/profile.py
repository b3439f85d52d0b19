"""Which column holds which field: by a profile, by `--map`, or by a guess that is shown."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from geo.errors import BadInput, NeedsOption
from geo.layers import Layer
from geo.sources.reading import Request

HERE = Path(__file__).parent
# What a file may tell besides a layer's fields: the id, the place, and for trees whether one stands.
PLACES = ("id", "lon", "lat", "x", "y", "wkt")
SPOTS = {"lon", "lat", "x", "y", "wkt"}
TREE_STATE = ("status", "removed_on")
OWN = "lotleaf"  # the profile of our own exports: every field under its own name


@dataclass(frozen=True)
class Origin:
    """Where a field comes from: columns, joined by a blank, or a constant."""

    columns: tuple[str, ...] = ()
    constant: str | None = None

    def __str__(self) -> str:
        """Tell it as `--map` takes it."""
        return "+".join(self.columns) if self.constant is None else f"={self.constant}"


@dataclass(frozen=True)
class Profile:
    """How a vendor's file becomes a layer. `marks` are the columns by which it is recognised."""

    name: str
    layer: str
    says: str = ""
    licence: str | None = None
    crs: str | None = None
    marks: tuple[str, ...] = ()
    columns: Mapping[str, Origin] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    factor: Mapping[str, float] = field(default_factory=dict)
    unknown: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    join: Mapping[str, str] = field(default_factory=dict)
    guessed: bool = False

    def told(self) -> str | None:
        """Name the profile for a report; say when it was guessed."""
        if not self.name:
            return "none fits; columns guessed by their names"
        return f"{self.name} (guessed by its columns)" if self.guessed else self.name


def choose(request: Request, layer: Layer, names: list[str], *, drawn: bool) -> Profile:
    """Find the profile for a table with these columns, `--map` put on top.

    A named profile is taken; without, the one whose marks all stand there; without that, columns are
    recognised by their names. Where the file has no geometry of its own (`drawn`), the columns that
    say where a row is are recognised by their names under any profile. Raises BadInput for a profile or a column that there is not.
    """
    if request.profile is not None:
        profile = _named(request.profile, layer)
    else:
        profile = _recognised(layer, names) or _by_synonyms(layer, names)
    profile = _resolved(profile, layer, names, given=bool(request.maps))
    if drawn:
        bare = {name: one for name, one in profile.columns.items() if name not in SPOTS}
        profile = replace(profile, columns=bare)
    elif layer.geometry and not SPOTS & (set(profile.columns) | set(request.maps)):
        spots = {n: o for n, o in _by_synonyms(layer, names).columns.items() if n in SPOTS}
        profile = replace(profile, columns={**profile.columns, **spots})
    return _mapped(profile, request.maps, layer, names)


def profiles() -> dict[str, Profile]:
    """Give every profile of the repository, by name."""
    return dict(_profiles())


def offered(layer: Layer) -> str:
    """Name the profiles that a layer's files may have, as a refusal tells them; our own comes last."""
    return ", ".join([*(name for name, one in _profiles() if one.layer == layer.name), OWN])


@cache
def _profiles() -> tuple[tuple[str, Profile], ...]:
    paths = sorted((HERE / "profiles").glob("*.toml"))
    return tuple((path.stem, _read(path)) for path in paths)


def _read(path: Path) -> Profile:
    table: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    columns = {
        name: Origin((one,) if isinstance(one, str) else tuple(one))
        for name, one in table.get("columns", {}).items()
    }
    constants = {name: Origin(constant=value) for name, value in table.get("constants", {}).items()}
    return Profile(
        name=path.stem,
        layer=table["layer"],
        says=table["says"],
        licence=table.get("licence"),
        crs=table.get("crs"),
        marks=tuple(table.get("marks", ())),
        columns=columns | constants,
        codes={name: _words(words) for name, words in table.get("codes", {}).items()},
        factor=table.get("factor", {}),
        unknown={name: tuple(words) for name, words in table.get("unknown", {}).items()},
        join=table.get("join", {}),
    )


def _words(codes: Mapping[str, list[str]]) -> dict[str, str]:
    return {word: code for code, words in codes.items() for word in words}


@cache
def code_words() -> dict[str, dict[str, str]]:
    """Give the words that any file may have for a code, by field."""
    tables = tomllib.loads((HERE / "codes.toml").read_text("utf-8"))
    found: dict[str, dict[str, str]] = {name: {} for name in tables}
    for name, codes in tables.items():
        for code, words in codes.items():
            found[name] |= {f"{code}:{word}": code for word in words}
    return found


def words_for(profile: Profile, name: str, codes: Iterable[str]) -> dict[str, str]:
    """Give what each word stands for in a field with these codes: the profile's words win."""
    allowed = set(codes)
    common = {
        key.split(":", 1)[1]: code
        for key, code in code_words().get(name, {}).items()
        if code in allowed
    }
    own = {code.replace("_", " "): code for code in allowed}
    return common | own | dict(profile.codes.get(name, {}))


def _named(name: str, layer: Layer) -> Profile:
    if name == OWN:
        return _own(layer)
    known = profiles()
    if name not in known:
        raise BadInput(
            f"--profile {name}: there is no such profile; for {layer.name} there are {offered(layer)}"
        )
    if known[name].layer != layer.name:
        raise BadInput(f"--profile {name} is for {known[name].layer}, not for {layer.name}")
    return known[name]


def _own(layer: Layer) -> Profile:
    names = (*PLACES, *(one.name for one in layer.fields))
    if layer.name == "trees":
        names += TREE_STATE
    return Profile(OWN, layer.name, columns={name: Origin((name,)) for name in names})


def _recognised(layer: Layer, names: list[str]) -> Profile | None:
    held = {name.casefold() for name in names}
    fits = [
        one
        for one in profiles().values()
        if one.layer == layer.name and one.marks and {m.casefold() for m in one.marks} <= held
    ]
    if fits:
        return replace(max(fits, key=lambda one: len(one.marks)), guessed=True)
    ours = {"id", *layer.by_name} - SPOTS  # every file may call those so
    if "id" in names and len(ours & set(names)) >= max(3, 0.7 * len(names)):
        return replace(_own(layer), guessed=True)
    return None


def _by_synonyms(layer: Layer, names: list[str]) -> Profile:
    """Recognise columns by what fields are called; each column serves one field."""
    plain = {_plain(name): name for name in reversed(names)}
    table = tomllib.loads((HERE / "synonyms.toml").read_text("utf-8"))
    fields = [*PLACES, *(one.name for one in layer.fields)]
    fields += [one for one in TREE_STATE if layer.name == "trees"]
    columns: dict[str, Origin] = {}
    used: set[str] = set()
    nothing: dict[str, list[str]] = {}
    for words in (nothing, table.get(layer.name, {}), table["any"]):
        for name in fields:
            # A column called just "id" is often a mere row number: a parcel_id goes before it.
            called = [*([_plain(name)] if name != "id" else []), *words.get(name, [])]
            column = next((plain[w] for w in called if w in plain and plain[w] not in used), None)
            if name not in columns and column is not None:
                columns[name] = Origin((column,))
                used.add(column)
    return Profile("", layer.name, columns=columns, guessed=True)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def _resolved(profile: Profile, layer: Layer, names: list[str], *, given: bool) -> Profile:
    """Turn a profile's columns into the file's own spelling, and leave out those that it has not."""
    held = {name.casefold(): name for name in reversed(names)} | {name: name for name in names}
    columns: dict[str, Origin] = {}
    for name, origin in profile.columns.items():
        found = tuple(held.get(c, held.get(c.casefold(), "")) for c in origin.columns)
        found = tuple(one for one in found if one)
        if found or origin.constant is not None:
            columns[name] = replace(origin, columns=found)
    wanted = [one for one in profile.columns.values() if one.columns]
    if wanted and not any(one.columns for one in columns.values()) and not given:
        raise NeedsOption(
            f"--profile {profile.name}: none of its columns is in the file, which has {names[:30]}; name another profile ({offered(layer)}), or --map field=column"
        )
    return replace(profile, columns=columns)


def _mapped(profile: Profile, maps: Mapping[str, str], layer: Layer, names: list[str]) -> Profile:
    """Put `--map` on top of a profile; raises BadInput for a field or a column that there is not."""
    fields = {*PLACES, *(one.name for one in layer.fields)}
    fields |= set(TREE_STATE) if layer.name == "trees" else set()
    columns = dict(profile.columns)
    for name, told in maps.items():
        if name not in fields:
            raise BadInput(
                f"--map {name}={told}: {layer.name} has no field {name}; it has {', '.join(sorted(fields))}"
            )
        columns[name] = _told_origin(name, told, names)
    return replace(profile, columns=columns)


def _told_origin(name: str, told: str, names: list[str]) -> Origin:
    if told.startswith("="):
        return Origin(constant=told[1:])
    parts = (told,) if told in names else tuple(told.split("+"))
    if missing := [part for part in parts if part not in names]:
        raise BadInput(
            f"--map {name}={told}: the file has no column '{missing[0]}'; it has {', '.join(names[:60])}"
        )
    return Origin(parts)
