"""Facts for the reference pages on layers, commands, settings and profiles, found in the code."""

import ast
import inspect
import re
import types
import typing
from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any

import click

from geo.fields import Field
from geo.formats.geojson import SYSTEM_DESCRIPTIONS
from geo.ingest.mapping import profile as profile_module
from geo.ingest.mapping.profile import EXTRA_FIELDS, TREE_STATUS_FIELDS, Profile, profiles_by_name
from geo.schema import LAYERS, Layer
from tools.reference_sentences import PROFILE_KEYS
from webmap import params
from webmap.cli.main import EXIT_INTERNAL, EXIT_OK, EXIT_REFUSED, lotleaf
from webmap.settings import ENV_PREFIX, NUMBER_BOUNDS, Settings

OLD_PROFILE_KEYS = {"says"}  # read as `description`
TYPE_NAMES = {str: "text", int: "whole number", float: "number", bool: "yes or no"}


def layer_facts() -> dict[str, Any]:
    """Return the facts of `layers.md`: all layers, with one line for each field."""
    return {
        "layers": [_layer_entry(layer) for layer in LAYERS.values()],
        "system_columns": SYSTEM_DESCRIPTIONS,
        "field_count": sum(len(layer.fields_by_name) for layer in LAYERS.values()),
    }


def _layer_entry(layer: Layer) -> dict[str, Any]:
    return {
        "name": layer.name,
        "title": layer.title,
        "description": layer.description,
        "geometry": layer.geometry_types,
        "placed_by": _either([value for value in layer.placed_by if value != "none"]),
        "fields": [_field_entry(field) for field in layer.fields],
        "joined_fields": [_field_entry(field) for field in layer.joined_fields],
        "date_filters": [field.name + params.FROM_SUFFIX for field in params.date_fields(layer)],
    }


def _either(words: list[str]) -> str:
    """Return words as an enumeration.

    >>> _either(["geometry", "parcel", "address"]), _either(["geometry"])
    ('geometry, parcel or address', 'geometry')
    """
    return " or ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def _field_entry(field: Field) -> dict[str, Any]:
    return {
        "name": field.name,
        "traits": ", ".join(_field_traits(field)),
        "description": field.description,
        "codes": field.codes,
    }


def _field_traits(field: Field) -> Iterator[str]:
    """Iterate over what is to know of a field before its sentence.

    >>> list(_field_traits(LAYERS["trees"].fields_by_name["dbh_in"]))
    ['real', 'unit `in`', '0.1 to 120', 'editable']
    """
    yield field.kind
    if field.unit:
        yield f"unit `{field.unit}`"
    if field.low is not None:
        yield f"{field.low:.15g} to {field.high:.15g}"
    yield from (name for name in ("required", "private", "filterable", "editable") if getattr(field, name))


def command_facts() -> dict[str, Any]:
    """Return the facts of `commands.md`: all commands, with their options and examples."""
    group = click.Context(lotleaf, info_name="lotleaf")
    names = lotleaf.list_commands(group)
    return {
        "commands": [_command_entry(name) for name in names],
        "summary": (lotleaf.help or "").strip(),
        "options": _option_entries(lotleaf, group),
        "exits": {"ok": EXIT_OK, "internal": EXIT_INTERNAL, "refused": EXIT_REFUSED},
    }


def _command_entry(name: str) -> dict[str, Any]:
    command = lotleaf.get_command(click.Context(lotleaf), name)
    if command is None:
        raise LookupError(name)
    context = click.Context(command, info_name=f"lotleaf {name}")
    help_text = inspect.cleandoc(command.help or "")
    return {
        "name": name,
        "usage": " ".join(command.collect_usage_pieces(context)),
        "paragraphs": [" ".join(part.split()) for part in help_text.split("\n\n")],
        "options": _option_entries(command, context),
        "examples": re.findall(r"^ +(lotleaf .+)$", command.epilog or "", re.MULTILINE),
    }


def _option_entries(command: click.Command, context: click.Context) -> list[tuple[str, str]]:
    """Return the options of a command with their sentences, without `--help`, which all have."""
    options = [option for option in command.get_params(context) if isinstance(option, click.Option)]
    records = (option.get_help_record(context) for option in options if option.name != "help")
    return [(names.removesuffix(" RANGE"), _as_sentence(text)) for names, text in filter(None, records)]


def _as_sentence(text: str) -> str:
    """Return the help of an option as sentences, with click's notes in brackets as the last ones.

    >>> _as_sentence("The year.  [default: (none); 1800<=x<=2200]")
    'The year. Default: `none`. From 1800 to 2200.'
    """
    sentence, _, notes = f"  {text}".partition("  [")
    return " ".join(filter(None, [sentence.strip(), *(_note_sentence(note) for note in notes.rstrip("]").split("; "))]))


def _note_sentence(note: str) -> str:
    if found := re.fullmatch(r"(\S+)<=x<=(\S+)", note):
        return f"From {found[1]} to {found[2]}."
    if found := re.fullmatch(r"x>=(\S+)", note):
        return f"At least {found[1]}."
    name, _, value = note.partition(": ")
    name = {"env var": "Environment variable"}.get(name, name.capitalize())
    return f"{name}: `{value.strip('()')}`." if value else name and f"{name}."


def setting_facts() -> dict[str, Any]:
    """Return the facts of `settings.md`: all settings, in the order of `Settings`."""
    hints, descriptions = typing.get_type_hints(Settings), Settings.descriptions()
    serve = lotleaf.get_command(click.Context(lotleaf), "serve")
    options = {option.name: option.opts[-1] for option in serve.params} if serve else {}
    settings = [
        {
            "name": field.name,
            "variable": ENV_PREFIX + field.name.upper(),
            "type": _type_name(hints[field.name]),
            "default": default_text(field.default),
            "bounds": NUMBER_BOUNDS.get(field.name, (1, None)) if hints[field.name] in (int, float) else None,
            "description": descriptions[field.name],
            "option": options.get(field.name),
        }
        for field in fields(Settings)
    ]
    return {"settings": settings}


def default_text(value: Any) -> str:
    """Return the default of a setting as the page shows it.

    >>> default_text(15.0), default_text(False), default_text(None)
    ('15', 'no', 'none')
    """
    if value in (None, (), ""):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _type_name(hint: Any) -> str:
    if isinstance(hint, types.UnionType):
        hint = typing.get_args(hint)[0]
    if typing.get_origin(hint) is tuple:
        return "texts with commas between them"
    return TYPE_NAMES.get(hint, "path of a file")


def profile_facts() -> dict[str, Any]:
    """Return the facts of `profiles.md`: the keys of a profile, and all bundled profiles."""
    profiles = [_profile_entry(profile) for profile in profiles_by_name().values()]
    return {
        "keys": checked_names(PROFILE_KEYS, keys_read_from("table", profile_module.parse_profile) - OLD_PROFILE_KEYS),
        "profiles": profiles,
        "extra_fields": EXTRA_FIELDS,
        "tree_fields": TREE_STATUS_FIELDS,
        "example": (profile_module.MODULE_DIR / "profiles" / "stl-city-trees.toml").read_text("utf-8").strip(),
    }


def _profile_entry(profile: Profile) -> dict[str, Any]:
    return {
        "name": profile.name,
        "layer": profile.layer,
        "description": profile.description,
        "licence": profile.licence,
        "crs": profile.crs,
        "marks": profile.marks,
        "columns": {name: str(origin) for name, origin in profile.columns.items()},
    }


def keys_read_from(name: str, function: Callable[..., Any]) -> set[str]:
    """Return the keys that a function reads from its dict `name`, as `name["key"]` or `name.get("key")`."""
    keys = set()
    for node in ast.walk(ast.parse(inspect.getsource(function))):
        match node:
            case ast.Subscript(value=ast.Name(id=dict_name), slice=ast.Constant(value=str(key))) if dict_name == name:
                keys.add(key)
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=dict_name), attr="get"), args=[ast.Constant(value=str(key)), *_]
            ) if dict_name == name:
                keys.add(key)
    return keys


def checked_names(sentences: dict[str, str], names: set[str]) -> dict[str, str]:
    """Return `sentences`. Raises LookupError unless they explain exactly the names that the code has."""
    if missing := names - sentences.keys():
        raise LookupError(f"no sentence explains {sorted(missing)}")
    if extra := sentences.keys() - names:
        raise LookupError(f"the code has no {sorted(extra)}")
    return sentences
