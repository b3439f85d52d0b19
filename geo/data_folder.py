"""The files of a data folder as requests to load, boundaries first.

`lotleaf load --all` calls `requests_from_folder`. `sources.toml` in the folder has the options of its files.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from geo.errors import BadInput
from geo.ingest.ingest_request import IngestRequest, display_name
from geo.schema import LAYERS

# Folders of a data folder that have another name than their layer.
FOLDER_ALIASES = {"boundaries": "municipalities", "canopy-raster": "canopy"}
# Options of `load` that `sources.toml` may set for a file.
SOURCE_OPTIONS = {
    "profile",
    "town",
    "covers",
    "crs",
    "encoding",
    "table",
    "licence",
    "date",
    "method",
    "year",
    "timezone",
}
# Suffixes of documents, and of files that belong to a shapefile or raster.
IGNORED_SUFFIXES = {".md", ".txt", ".toml", ".pdf", ".prj", ".cpg", ".dbf", ".shx", ".tfw", ".xml", ".vat"}


def requests_from_folder(folder: Path) -> Iterator[tuple[str, IngestRequest]]:
    """Yield a source name and an `IngestRequest` for each file of a data folder, boundaries first.

    Each subfolder is a layer and each file is a source, named like the file. Options that a file does
    not hold (profile, crs, town, licence, date) come from `sources.toml` in the folder, by path.

    Raises BadInput if the folder holds no file to load.
    """
    if not folder.is_dir():
        raise BadInput(f"{folder}: no such folder; --all takes a folder like the one that `lotleaf sample` writes")
    options_by_path = _read_sources_toml(folder)
    requests = [
        (
            display_name(path).split(".")[0],
            IngestRequest(layer=layer, files=(path,), **options_by_path.get(f"{name}/{path.name}", {})),
        )
        for layer in LAYERS
        for name in (layer, *(alias for alias, target_layer in FOLDER_ALIASES.items() if target_layer == layer))
        for path in sorted((folder / name).glob("*"))
        if path.is_file() and path.suffix.lower() not in IGNORED_SUFFIXES and not path.name.startswith(".")
    ]
    if not requests:
        names = ", ".join((*FOLDER_ALIASES, *LAYERS))
        raise BadInput(f"{folder}: its folders have no file to load; name the folders after layers: {names}")
    yield from requests


def _read_sources_toml(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the load options in `sources.toml` by file path, empty without that file."""
    path = folder / "sources.toml"
    try:
        tables = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: cannot be read ({error})") from None
    for name, table in tables.items():
        if not isinstance(table, dict) or (unknown_options := set(table) - SOURCE_OPTIONS):
            problem = f"has the unknown keys {sorted(unknown_options)}" if isinstance(table, dict) else "is not a table"
            raise BadInput(f"{path}: {name} {problem}; the table of a file takes {sorted(SOURCE_OPTIONS)}")
    return {name: _request_options(table) for name, table in tables.items()}


def _request_options(table: dict[str, Any]) -> dict[str, Any]:
    """Return the options of a `sources.toml` table as arguments of `IngestRequest`. TOML may hold a date.

    >>> from datetime import date
    >>> _request_options({"town": "Bel-Nor", "year": 2023, "date": date(2023, 6, 1)})
    {'town': 'Bel-Nor', 'year': 2023, 'dated': '2023-06-01'}
    >>> _request_options({"covers": ["Bel-Nor", "Normandy"]}), _request_options({"covers": "Bel-Nor"})
    ({'covers': ('Bel-Nor', 'Normandy')}, {'covers': ('Bel-Nor',)})
    """
    options: dict[str, Any] = {key: str(table[key]) for key in table if key not in {"year", "date", "covers"}}
    if str(table.get("year", "")).isdecimal():
        options["year"] = int(table["year"])
    if "date" in table:
        options["dated"] = str(table["date"])
    if "covers" in table:
        names = table["covers"] if isinstance(table["covers"], list) else [table["covers"]]
        options["covers"] = tuple(map(str, names))
    return options
