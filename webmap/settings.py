"""Every knob, with its sentence. `Settings.from_env` is called by the doors alone."""

import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any

from geo.errors import BadInput

PREFIX = "LOTLEAF_"


@dataclass(frozen=True, slots=True)
class Settings:
    """How a server behaves. Each value can be set by `LOTLEAF_` and its name in capitals."""

    workspace: Annotated[Path, "The workspace file that is served."] = Path("lotleaf.gpkg")
    host: Annotated[str, "The address to listen at; 127.0.0.1 answers this machine alone."] = (
        "127.0.0.1"
    )
    port: Annotated[int, "The port to listen at."] = 8000
    workers: Annotated[int, "How many processes answer; one that dies is started again."] = 2
    threads: Annotated[int, "Most requests that one process answers at the same time."] = 40
    downloads: Annotated[
        int,
        "Most whole layers that one process sends at the same time; a further one is told to wait.",
    ] = 8
    tls_cert: Annotated[Path | None, "The certificate for https, as a PEM file."] = None
    tls_key: Annotated[Path | None, "The certificate's private key, as a PEM file."] = None
    hosts: Annotated[
        tuple[str, ...],
        "Host names that the server answers to, with commas between; by default this machine's "
        "own names when it listens on a loopback address, else any.",
    ] = ()
    trusted_proxies: Annotated[
        int, "How many proxies stand in front of the server, whose X-Forwarded headers hold."
    ] = 0
    header_read_s: Annotated[float, "How long a client may take to send its headers, in s."] = 10.0
    stall_s: Annotated[
        float,
        "How long a client may take nothing of its answer before it is cut off, in s (Linux).",
    ] = 60.0
    max_header_bytes: Annotated[int, "Most bytes that the head of a request may have."] = 32_768
    max_query_bytes: Annotated[int, "Most bytes that the query of an address may have."] = 32_768
    max_features: Annotated[int, "Most features that one page of an answer may hold."] = 5_000
    max_candidates: Annotated[int, "Most candidates that one look-up may give."] = 50
    near_m: Annotated[
        float, "How far from a parcel a click may fall and still be answered with it, in metres."
    ] = 15.0
    allow_local_edits: Annotated[
        bool,
        "Whether edits are taken from the machine itself; only at a loopback address, and behind no proxy.",
    ] = False
    basemap: Annotated[
        str,
        "A raster basemap under the maps, as https://tiles.example/{z}/{x}/{y}.png; none by default, and no "
        "other host is ever asked for anything.",
    ] = ""
    basemap_credit: Annotated[
        str, "Whose basemap that is, in the words that its owner asks for; shown on the map."
    ] = ""
    access_log: Annotated[bool, "Whether each request leaves one line of JSON in the log."] = True

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the settings from an environment; what it does not name keeps its default.

        Raises BadInput, which names the variable, for a value that cannot be read.

        >>> Settings.from_env({"LOTLEAF_PORT": "8080", "LOTLEAF_HOSTS": "a.example, b.example"}).hosts
        ('a.example', 'b.example')
        """
        kinds = typing.get_type_hints(cls)
        given = {
            field.name: _read(PREFIX + field.name.upper(), environ, kinds[field.name])
            for field in fields(cls)
            if environ.get(PREFIX + field.name.upper(), "").strip()
        }
        return cls(**given)

    @classmethod
    def sentences(cls) -> dict[str, str]:
        """Tell the sentence of each setting, by its name."""
        kinds = typing.get_type_hints(cls, include_extras=True)
        return {name: kind.__metadata__[0] for name, kind in kinds.items()}


# What each number may be, where not every one will do; the others start at 1.
BOUNDS = {"port": (1, 65_535), "trusted_proxies": (0, 10), "near_m": (0, 1_000)}


def _read(variable: str, environ: Mapping[str, str], kind: Any) -> Any:
    text = environ[variable].strip()
    try:
        value = _value(text, kind)
    except ValueError:
        wanted = getattr(kind, "__name__", str(kind))
        raise BadInput(f"{variable} is {text!r}, which cannot be read as {wanted}") from None
    low, high = BOUNDS.get(variable.removeprefix(PREFIX).lower(), (1, 1e9))
    if kind in (int, float) and not low <= value <= high:
        raise BadInput(f"{variable} is {text!r}; it must lie between {low} and {high:g}")
    return value


def _value(text: str, kind: Any) -> Any:
    if isinstance(kind, types.UnionType):  # Path | None: the text is there, so it is a path
        kind = typing.get_args(kind)[0]
    if kind is bool:
        return _flag(text)
    if typing.get_origin(kind) is tuple:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return kind(text)


def _flag(text: str) -> bool:
    words = {"1": True, "true": True, "yes": True, "on": True}
    words |= {"0": False, "false": False, "no": False, "off": False}
    if text.lower() not in words:
        raise ValueError(text)
    return words[text.lower()]
