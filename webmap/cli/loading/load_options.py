"""The options of `load` that need parsing: columns, raster values, towns, and the profile to write.

`webmap.cli.load_commands` and `webmap.cli.inspect_command` use them.
"""

import re
from dataclasses import replace
from pathlib import Path

from geo.errors import BadInput, BadQuery
from geo.ingest.ingest_request import IngestRequest, IngestResult
from geo.ingest.mapping.profile_file import profile_to_toml
from geo.store.protocol import Store
from webmap.cli.options import console

MAPPING_PAIR = re.compile(r"([^=\[]*\[[^\]]*\]|[^=]*)=(.*)", re.DOTALL)  # a word in brackets may hold a "="


def parse_mapping(pairs: tuple[str, ...]) -> dict[str, str]:
    """Return the options `--map FIELD=COLUMN` as columns by field. Raises BadInput without a `=`.

    >>> parse_mapping(("dbh_in=Diameter[cm]", "status==open", "status[Lien]=open"))
    {'dbh_in': 'Diameter[cm]', 'status': '=open', 'status[Lien]': 'open'}
    """
    if malformed := [pair for pair in pairs if "=" not in pair]:
        raise BadInput(f"--map {malformed[0]}: write it as FIELD=COLUMN")
    return {match[1]: match[2] for pair in pairs if (match := MAPPING_PAIR.fullmatch(pair))}


def parse_classes(text: str | None) -> tuple[tuple[int, int], ...]:
    """Return raster values and ranges as (low, high) pairs, both ends included.

    >>> parse_classes("23-25,41")
    ((23, 25), (41, 41))
    """
    try:
        ranges = [part.split("-") for part in (text or "").split(",") if part]
        return tuple((int(bounds[0]), int(bounds[-1])) for bounds in ranges)
    except ValueError:
        raise BadInput(f"--classes {text}: write whole numbers and ranges, such as 1 or 23-25,41") from None


def resolve_request_towns(store: Store | None, request: IngestRequest) -> IngestRequest:
    """Return the request with the official names of its towns. Raises BadInput for an unknown town."""
    from webmap.params import resolve_town
    from webmap.state.town_list import town_names_by_slug

    if store is None or not (request.town or request.covers) or request.layer == "municipalities":
        return request
    names = town_names_by_slug(store)
    try:
        return replace(
            request,
            town=request.town and resolve_town(request.town, names),
            covers=tuple(resolve_town(town, names) for town in request.covers),
        )
    except BadQuery as error:
        raise BadInput(f"{error}; load the town boundaries first, as municipalities") from None


def save_profile(path: Path, ingest_result: IngestResult, source: str) -> None:
    """Write the mapping of a load as a profile, for the next file of its kind."""
    path.write_text(profile_to_toml(ingest_result.profile, f"{ingest_result.report.layer} of {source}"), "utf-8")
    console.print(f"profile written: {path}; use it with --profile {path}", markup=False)
