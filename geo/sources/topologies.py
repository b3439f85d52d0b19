"""A TopoJSON before GDAL draws it: how many points its arcs come to, wherever they are used."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from geo.errors import BadFile
from geo.sources.archives import BOMB_RATIO, BOMB_SIZE

POINT = 16  # bytes


def refuse_bomb(path: Path, name: str) -> None:
    """Refuse arcs used so often that kilobytes would become gigabytes; raises BadFile."""
    try:
        topology = json.loads(path.read_bytes())
        sizes = [len(arc) for arc in topology["arcs"]]
        objects = list(topology["objects"].values())
        drawn = POINT * sum(sizes[arc if arc >= 0 else ~arc] for arc in _used(objects))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise BadFile(
            f"{name}: cannot be read as TopoJSON ({type(error).__name__}: {str(error)[:200]}); export it again"
        ) from None
    size = path.stat().st_size
    if drawn > BOMB_SIZE and drawn > BOMB_RATIO * size:
        raise BadFile(
            f"{name}: its arcs are used so often that it would be drawn {drawn / size:,.0f} times its size: a bomb"
        )


def _used(objects: list[Any]) -> Iterator[int]:
    """Yield each arc as often as shapes use it; a number below 0 is an arc turned round."""
    open_ = list(objects)
    while open_:
        one = open_.pop()
        if isinstance(one, dict):
            open_ += one.get("geometries") or []
            open_ += [one["arcs"]] if "arcs" in one else []
        elif isinstance(one, list):
            open_ += one
        else:
            yield int(one)
