"""Server settings: one frozen dataclass with a description of each field.

`webmap.wsgi` and the `serve` command call `Settings.from_env`. `tools/reference.py` writes
`docs/reference/settings.md` from the same descriptions and defaults.
"""

import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any

from geo.errors import BadInput

ENV_PREFIX = "LOTLEAF_"


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one server. `LOTLEAF_` and a field's name in capitals is its environment variable."""

    workspace: Annotated[Path, "The workspace file that the server reads."] = Path("lotleaf.gpkg")
    host: Annotated[str, "The address to listen at. 127.0.0.1 answers only this machine."] = "127.0.0.1"
    port: Annotated[int, "The port to listen at."] = 8000
    workers: Annotated[int, "How many processes answer requests. A process that dies is restarted."] = 2
    threads: Annotated[int, "The most requests that one process answers at the same time."] = 40
    downloads: Annotated[
        int, "The most whole layers that one process sends at the same time. More clients are asked to wait."
    ] = 8
    tls_cert: Annotated[Path | None, "The certificate for HTTPS, as a PEM file."] = None
    tls_key: Annotated[Path | None, "The private key of the certificate, as a PEM file."] = None
    hosts: Annotated[
        tuple[str, ...],
        "The host names that the server answers to. Without any, a server on a loopback address answers to this "
        "machine's own names, and every other server to all names.",
    ] = ()
    trusted_proxies: Annotated[
        int, "How many proxies are in front of the server. Their X-Forwarded headers are trusted."
    ] = 0
    header_read_s: Annotated[float, "How long a client may take to send its headers, in seconds."] = 10.0
    stall_s: Annotated[
        float, "How long a client may read nothing of its response before it is cut off, in seconds (Linux)."
    ] = 60.0
    max_header_bytes: Annotated[int, "The most bytes in the head of a request."] = 32_768
    max_query_bytes: Annotated[int, "The most bytes in the query string of a URL."] = 32_768
    max_features: Annotated[int, "The most features on one page of a response."] = 5_000
    max_candidates: Annotated[int, "The most candidates of one search."] = 50
    near_m: Annotated[float, "How far from a parcel a click may be and still find it, in meters."] = 15.0
    allow_local_edits: Annotated[
        bool, "Whether edits are accepted from this machine. Only at a loopback address, and not behind a proxy."
    ] = False
    basemap: Annotated[
        str,
        "A raster basemap under the maps, such as https://tiles.example/{z}/{x}/{y}.png. Without one, browsers "
        "contact no other host.",
    ] = ""
    basemap_credit: Annotated[str, "The credit of the basemap, in the words of its owner. The map shows it."] = ""
    language: Annotated[
        str, "The language of the pages: en, or the name of a catalog, as in [translate](../howto/translate.md)."
    ] = "en"
    units: Annotated[str, "The units that come first on pages: feet or meters."] = "feet"
    access_log: Annotated[bool, "Whether each request leaves one line of JSON in the log."] = True

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """Return the settings from environment variables. An absent or blank one leaves the default.

        Raises BadInput, which names the variable, for a value that cannot be parsed or is out of range.

        >>> Settings.from_env({"LOTLEAF_PORT": "8080", "LOTLEAF_HOSTS": "a.example, b.example"}).hosts
        ('a.example', 'b.example')
        """
        field_types = typing.get_type_hints(cls)
        values = {
            field.name: _read_variable(ENV_PREFIX + field.name.upper(), environ, field_types[field.name])
            for field in fields(cls)
            if environ.get(ENV_PREFIX + field.name.upper(), "").strip()
        }
        return cls(**values)

    @classmethod
    def descriptions(cls) -> dict[str, str]:
        """Return the description of each setting by its name.

        >>> Settings.descriptions()["port"]
        'The port to listen at.'
        """
        field_types = typing.get_type_hints(cls, include_extras=True)
        return {name: field_type.__metadata__[0] for name, field_type in field_types.items()}


# The ranges of single numbers. All other numbers start at 1.
NUMBER_BOUNDS = {"port": (1, 65_535), "trusted_proxies": (0, 10), "near_m": (0, 1_000)}


def _read_variable(variable: str, environ: Mapping[str, str], field_type: Any) -> Any:
    text = environ[variable].strip()
    try:
        value = _parse_value(text, field_type)
    except ValueError:
        expected = getattr(field_type, "__name__", str(field_type))
        raise BadInput(f"{variable} is {text!r}, which cannot be read as {expected}") from None
    low, high = NUMBER_BOUNDS.get(variable.removeprefix(ENV_PREFIX).lower(), (1, 1e9))
    if field_type in (int, float) and not low <= value <= high:
        raise BadInput(f"{variable} is {text!r}; it must be between {low} and {high:g}")
    return value


def _parse_value(text: str, field_type: Any) -> Any:
    if isinstance(field_type, types.UnionType):  # Path | None: a text that is present is a path
        field_type = typing.get_args(field_type)[0]
    if field_type is bool:
        return _parse_flag(text)
    if typing.get_origin(field_type) is tuple:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return field_type(text)


def _parse_flag(text: str) -> bool:
    flag_words = {"1": True, "true": True, "yes": True, "on": True}
    flag_words |= {"0": False, "false": False, "no": False, "off": False}
    if text.lower() not in flag_words:
        raise ValueError(text)
    return flag_words[text.lower()]
