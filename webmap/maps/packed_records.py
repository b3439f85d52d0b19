"""Records of a layer in a short form, for the data block of a map file.

`webmap.maps.file_layers` writes the result as JSON, and `webmap/frontend/src/file/packed-records.js` decodes it.
Shapes are encoded polylines of precision 6, Google's algorithm: about 10 cm, and a fifth of the size of GeoJSON.
In a column a text that many rows share stands once.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import shapely

from webmap.wording import capitalize_first

UNITS_PER_DEGREE = 1_000_000
FIRST_CODE = 63  # "?". Commas, semicolons and spaces come before it, and stand between rings, parts and shapes
MARKUP_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&'"}

Kind = Literal["point", "line", "polygon"]


@dataclass(frozen=True, slots=True)
class MapRecords:
    """The records of one layer, column by column, as a map file draws and tells them.

    `columns` holds the name of each field, as it stands within a sentence, and its texts, None for unknown. `style_rows` names for each record one of
    `styles`, which hold `fill` (a color, "hatch" or None), `opacity` and `line` (the name of a line style).
    """

    kind: Kind
    shapes: Sequence[shapely.Geometry]
    titles: Sequence[str]
    columns: Sequence[tuple[str, Sequence[str | None]]] = ()
    styles: Sequence[Mapping[str, Any]] = ({},)
    style_rows: Sequence[int] = ()
    label_points: Sequence[shapely.Geometry] = ()
    is_listed: bool = False  # in the table of all records

    def __len__(self) -> int:
        return len(self.titles)


def pack_records(records: MapRecords) -> dict[str, Any]:
    """Return the records as JSON values."""
    return {
        "kind": records.kind,
        "shapes": encode_shapes(records.shapes),
        "titles": pack_texts(records.titles),
        "fields": [
            {"name": name, "label": capitalize_first(name), "values": pack_texts(texts)}
            for name, texts in records.columns
        ],
        "styles": list(records.styles),
        "styleRows": list(records.style_rows) if any(records.style_rows) else [],
        "labelPoints": encode_shapes(records.label_points),
        "isListed": records.is_listed,
    }


def to_data_block(values: Any) -> str:
    r"""Return JSON for a `<script type="application/json">`, which no text in it can end.

    >>> print(to_data_block({"name": "</script>"}))
    {"name":"\u003c/script\u003e"}
    """
    return json.dumps(values, separators=(",", ":")).translate(MARKUP_ESCAPES)


def pack_texts(texts: Sequence[str | None]) -> list[str | None] | dict[str, list[Any]]:
    """Return a column of texts. Where many are equal: the different texts, and for each row the number of its text.

    >>> pack_texts(["prune", "prune", None, "prune"])
    {'texts': ['prune', None], 'rows': [0, 0, 1, 0]}
    >>> pack_texts(["1 Oak Ave", "2 Oak Ave"])
    ['1 Oak Ave', '2 Oak Ave']
    """
    numbers = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    if len(numbers) > 0.7 * len(texts):
        return list(texts)
    return {"texts": list(numbers), "rows": [numbers[text] for text in texts]}


def encode_shapes(shapes: Iterable[shapely.Geometry]) -> str:
    """Return shapes as text. Each position is told relative to the one before it, across all shapes.

    >>> encode_shapes([shapely.Point(-90.3, 38.7), shapely.Point(-90.3, 38.700001)])
    '_}`yhA~dnfkD A?'
    """
    last = np.zeros(2, dtype=np.int64)
    shape_texts = []
    for shape in shapes:
        part_texts = []
        for part in _parts_of(shape):
            ring_texts = []
            for ring in part:
                units = _to_units(ring)
                steps = np.diff(units, axis=0, prepend=last[np.newaxis])
                last = units[-1]
                ring_texts.append("".join(_encode_number(int(step)) for step in steps.ravel()))
            part_texts.append(",".join(ring_texts))
        shape_texts.append(";".join(part_texts))
    return " ".join(shape_texts)


def _parts_of(shape: shapely.Geometry) -> Iterator[list[np.ndarray]]:
    """Iterate over the polygons, lines or points of a shape, each as the coordinates of its rings."""
    for part in shapely.get_parts(shape):
        rings = shapely.get_rings(part) if shapely.get_type_id(part) == shapely.GeometryType.POLYGON else [part]
        yield [shapely.get_coordinates(ring) for ring in rings]


def _to_units(coordinates: np.ndarray) -> np.ndarray:
    """Return (lat, lon) in millionths of a degree, without repetitions one after the other."""
    units = np.rint(coordinates[:, ::-1] * UNITS_PER_DEGREE).astype(np.int64)
    is_new = np.ones(len(units), dtype=bool)
    is_new[1:] = (units[1:] != units[:-1]).any(axis=1)
    return units[is_new]


def _encode_number(number: int) -> str:
    value = ~(number << 1) if number < 0 else number << 1
    codes = []
    while value >= 32:
        codes.append((value & 31 | 32) + FIRST_CODE)
        value >>= 5
    return bytes([*codes, value + FIRST_CODE]).decode("ascii")
