"""Files of the sample, written piece by piece: GeoJSON, GeoParquet and CSV."""

import csv
import json
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from geo.layers import LAYERS
from geo.sample.tables import Table

Format = Literal["geojson", "geoparquet"]
ROW_GROUP = 20_000
TYPES = {"integer": pa.int64(), "real": pa.float64(), "flag": pa.bool_()}
TEXT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


class GeoJSONFile:
    """A FeatureCollection that grows: one feature a line, coordinates as they are given."""

    ending = ".geojson"

    def __init__(self, path: Path, layer: str, says: str) -> None:
        self._file = path.open("w", encoding="utf-8", newline="\n")
        head = TEXT({"type": "FeatureCollection", "name": layer, "description": says})
        self._file.write(head[:-1] + ',"features":[')
        self._comma = "\n"

    def add(self, table: Table) -> None:
        """Write more features."""
        names = [name for name in table if name != "geometry"]
        shapes = shapely.to_geojson(table["geometry"])
        columns = zip(*(table[name].tolist() for name in names), strict=True)
        for row, shape in zip(columns, shapes, strict=True):
            told = TEXT(dict(zip(names, row, strict=True)))
            feature = f'{{"type":"Feature","properties":{told},"geometry":{shape or "null"}}}'
            self._file.write(self._comma + feature)
            self._comma = ",\n"

    def close(self) -> None:
        """Finish the file."""
        self._file.write("\n]}\n")
        self._file.close()


class GeoParquetFile:
    """A GeoParquet 1.1 file that grows, in row groups of at most `ROW_GROUP`."""

    ending = ".parquet"

    def __init__(self, path: Path, layer: str, says: str) -> None:
        self._path, self._layer, self._says = path, layer, says
        self._writer: pq.ParquetWriter | None = None
        self._waiting: list[pa.Table] = []

    def add(self, table: Table) -> None:
        """Add rows; what fills a row group is written."""
        self._waiting.append(self._columns(table))
        if sum(len(part) for part in self._waiting) >= ROW_GROUP:
            whole = pa.concat_tables(self._waiting)
            full = len(whole) // ROW_GROUP * ROW_GROUP
            self._write(whole.slice(0, full))
            self._waiting = [whole.slice(full)]

    def _columns(self, table: Table) -> pa.Table:
        fields = LAYERS[self._layer].by_name
        columns: dict[str, Any] = {}
        for name, values in table.items():
            if name == "geometry":
                columns[name] = pa.array(shapely.to_wkb(values), pa.binary())
            else:
                kind = fields[name].kind if name in fields else "text"
                columns[name] = pa.array(values.tolist(), TYPES.get(kind, pa.string()))
        return pa.table(columns)

    def _write(self, rows: pa.Table) -> None:
        if self._writer is None:
            geo = {"encoding": "WKB", "geometry_types": []}
            meta = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": geo}}
            told = {b"geo": TEXT(meta).encode(), b"description": self._says.encode()}
            self._writer = pq.ParquetWriter(self._path, rows.schema.with_metadata(told))
        self._writer.write_table(rows, row_group_size=ROW_GROUP)

    def close(self) -> None:
        """Write what still waits, and finish the file."""
        if self._waiting:
            self._write(pa.concat_tables(self._waiting))
        if self._writer is not None:
            self._writer.close()


class CSVFile:
    """A table that grows: comma separated, with a header row, missing values empty."""

    ending = ".csv"

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file, lineterminator="\n")
        self._headed = False

    def add(self, table: Table) -> None:
        """Write more rows."""
        if not self._headed:
            self._writer.writerow(table)
            self._headed = True
        self._writer.writerows(zip(*(column.tolist() for column in table.values()), strict=True))

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


LICENCE, DATE = "Apache-2.0, illustrative", "2026-11-20"
HEAD = "# What the files do not say of themselves; `lotleaf load --all` reads it.\n"

File = GeoJSONFile | GeoParquetFile | CSVFile


class Folder:
    """The sample's folder: each layer in its own, files opened when their first rows come."""

    def __init__(self, directory: Path, form: Format, says: str) -> None:
        self.directory, self._form, self._says = directory, form, says
        self._open: dict[str, File] = {}
        self._made: list[Path] = []
        self.rows: dict[str, int] = {}

    def add(self, layer: str, place: str, table: Table | None, *, plain: bool = False) -> None:
        """Write more rows of a layer to `place` (as "trees/trees"); `plain` for a table as CSV."""
        if table is None or not len(next(iter(table.values()))):
            return
        if place not in self._open:
            self._open[place] = self._begin(layer, place, plain=plain)
        self._open[place].add(table)
        self.rows[layer] = self.rows.get(layer, 0) + len(next(iter(table.values())))

    def path(self, place: str, ending: str) -> Path:
        """Name a file, and make its folder; the same file in another format is taken away."""
        path = self.directory / f"{place}{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        for other in (GeoJSONFile.ending, GeoParquetFile.ending):
            path.with_suffix(other).unlink(missing_ok=True)
        self._made.append(path)
        return path

    def _begin(self, layer: str, place: str, *, plain: bool) -> File:
        if plain:
            return CSVFile(self.path(place, CSVFile.ending))
        if self._form == "geojson":
            return GeoJSONFile(self.path(place, GeoJSONFile.ending), layer, self._says)
        return GeoParquetFile(self.path(place, GeoParquetFile.ending), layer, self._says)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for file in self._open.values():
            file.close()
        self.directory.mkdir(parents=True, exist_ok=True)
        names = sorted(path.relative_to(self.directory).as_posix() for path in self._made)
        told = (f'["{name}"]\nlicence = "{LICENCE}"\ndate = "{DATE}"\n' for name in names)
        (self.directory / "sources.toml").write_text("\n".join((HEAD, *told)), "utf-8")
