"""A check of a TopoJSON before GDAL reads it: how many points its arcs unpack to.

`vector_files.read_vector` calls `refuse_topojson_bomb`.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from geo.errors import BadFile
from geo.ingest.sandbox.zip_guard import BOMB_RATIO, BOMB_SIZE

POINT_BYTES = 16  # two coordinates of 8 bytes


def refuse_topojson_bomb(path: Path, name: str) -> None:
    """Raise BadFile if arcs are used so often that kilobytes would unpack to gigabytes."""
    try:
        topology = json.loads(path.read_bytes())
        arc_lengths = [len(arc) for arc in topology["arcs"]]
        objects = list(topology["objects"].values())
        unpacked_bytes = POINT_BYTES * sum(arc_lengths[arc if arc >= 0 else ~arc] for arc in _arc_references(objects))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise BadFile(
            f"{name}: cannot be read as TopoJSON ({type(error).__name__}: {str(error)[:200]}); export it again"
        ) from None
    file_bytes = path.stat().st_size
    if unpacked_bytes > BOMB_SIZE and unpacked_bytes > BOMB_RATIO * file_bytes:
        raise BadFile(
            f"{name}: its arcs repeat so often that it would unpack to {unpacked_bytes / file_bytes:,.0f} times its size, which is not safe to read; export it again"
        )


def _arc_references(objects: list[Any]) -> Iterator[int]:
    """Yield the number of each arc as often as geometries use it. A negative number is a reversed arc.

    >>> geometry = {"type": "Polygon", "arcs": [[0, -1]]}
    >>> sorted(_arc_references([{"type": "GeometryCollection", "geometries": [geometry]}]))
    [-1, 0]
    """
    pending = list(objects)
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            pending += item.get("geometries") or []
            pending += [item["arcs"]] if "arcs" in item else []
        elif isinstance(item, list):
            pending += item
        else:
            yield int(item)
