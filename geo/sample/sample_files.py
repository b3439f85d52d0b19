"""Writers of the sample's files, table by table: GeoJSON, GeoParquet and CSV.

`geo.sample.county` writes every layer through `SampleFolder`.
"""

import csv
import json
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from geo.sample.sample_tables import Table
from geo.schema import LAYERS

SampleFormat = Literal["geojson", "geoparquet"]
ROW_GROUP_SIZE = 20_000
ARROW_TYPES = {"integer": pa.int64(), "real": pa.float64(), "flag": pa.bool_()}
encode_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


class GeoJSONWriter:
    """A GeoJSON FeatureCollection that is written in parts, one feature a line."""

    suffix = ".geojson"

    def __init__(self, path: Path, layer: str, description: str) -> None:
        self._file = path.open("w", encoding="utf-8", newline="\n")
        header = encode_json({"type": "FeatureCollection", "name": layer, "description": description})
        self._file.write(header[:-1] + ',"features":[')
        self._separator = "\n"

    def add_rows(self, table: Table) -> None:
        """Write the rows of a table as features."""
        names = [name for name in table if name != "geometry"]
        geometries = shapely.to_geojson(table["geometry"])
        columns = zip(*(table[name].tolist() for name in names), strict=True)
        for row, geometry in zip(columns, geometries, strict=True):
            properties = encode_json(dict(zip(names, row, strict=True)))
            feature = f'{{"type":"Feature","properties":{properties},"geometry":{geometry or "null"}}}'
            self._file.write(self._separator + feature)
            self._separator = ",\n"

    def close(self) -> None:
        """Finish the file."""
        self._file.write("\n]}\n")
        self._file.close()


class GeoParquetWriter:
    """A GeoParquet 1.1 file that is written in row groups of at most `ROW_GROUP_SIZE` rows."""

    suffix = ".parquet"

    def __init__(self, path: Path, layer: str, description: str) -> None:
        self._path, self._layer, self._description = path, layer, description
        self._writer: pq.ParquetWriter | None = None
        self._pending: list[pa.Table] = []

    def add_rows(self, table: Table) -> None:
        """Add rows, and write every full row group."""
        self._pending.append(self._to_arrow_table(table))
        if sum(len(chunk) for chunk in self._pending) >= ROW_GROUP_SIZE:
            pending = pa.concat_tables(self._pending)
            full_rows = len(pending) // ROW_GROUP_SIZE * ROW_GROUP_SIZE
            self._write_rows(pending.slice(0, full_rows))
            self._pending = [pending.slice(full_rows)]

    def _to_arrow_table(self, table: Table) -> pa.Table:
        fields = LAYERS[self._layer].fields_by_name
        columns: dict[str, Any] = {}
        for name, values in table.items():
            if name == "geometry":
                columns[name] = pa.array(shapely.to_wkb(values), pa.binary())
            else:
                kind = fields[name].kind if name in fields else "text"
                columns[name] = pa.array(values.tolist(), ARROW_TYPES.get(kind, pa.string()))
        return pa.table(columns)

    def _write_rows(self, rows: pa.Table) -> None:
        if self._writer is None:
            geometry_column = {"encoding": "WKB", "geometry_types": []}
            geo_metadata = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": geometry_column}}
            schema_metadata = {b"geo": encode_json(geo_metadata).encode(), b"description": self._description.encode()}
            self._writer = pq.ParquetWriter(self._path, rows.schema.with_metadata(schema_metadata))
        self._writer.write_table(rows, row_group_size=ROW_GROUP_SIZE)

    def close(self) -> None:
        """Write the remaining rows, and finish the file."""
        if self._pending:
            self._write_rows(pa.concat_tables(self._pending))
        if self._writer is not None:
            self._writer.close()


class CSVWriter:
    """A CSV file that is written in parts, with a header row. None is an empty cell."""

    suffix = ".csv"

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file, lineterminator="\n")
        self._header_written = False

    def add_rows(self, table: Table) -> None:
        """Write the rows of a table."""
        if not self._header_written:
            self._writer.writerow(table)
            self._header_written = True
        self._writer.writerows(zip(*(column.tolist() for column in table.values()), strict=True))

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


LICENSE, SAMPLE_DATE = "Apache-2.0, illustrative", "2026-11-20"
KNOWN_FILE = "districts/known.csv"  # the one file that is not illustrative
KNOWN_OPTIONS = 'licence = "Apache-2.0"\nmethod = "published by the partnership and by Norwood Court"'
SOURCES_TOML_HEADER = "# What the files do not say about themselves. `lotleaf load --all` reads it.\n"

LayerWriter = GeoJSONWriter | GeoParquetWriter | CSVWriter


class SampleFolder:
    """The folder of a sample, with a subfolder for each layer.

    A file is opened when its first rows are added. On exit all files are closed, and `sources.toml`
    is written with their license and date. `row_counts` counts the rows of each layer.
    """

    def __init__(self, directory: Path, file_format: SampleFormat, description: str) -> None:
        self.directory, self._format, self._description = directory, file_format, description
        self._open_writers: dict[str, LayerWriter] = {}
        self._written_paths: list[Path] = []
        self.row_counts: dict[str, int] = {}

    def add_rows(self, layer: str, file_stem: str, table: Table | None, *, as_csv: bool = False) -> None:
        """Write rows of a layer to the file `file_stem` (as "trees/trees"), as CSV if `as_csv` is true."""
        if table is None or not len(next(iter(table.values()))):
            return
        if file_stem not in self._open_writers:
            self._open_writers[file_stem] = self._make_writer(layer, file_stem, as_csv=as_csv)
        self._open_writers[file_stem].add_rows(table)
        self.row_counts[layer] = self.row_counts.get(layer, 0) + len(next(iter(table.values())))

    def prepare_path(self, file_stem: str, suffix: str) -> Path:
        """Return the path of a file, and create its folder. The same file in another format is deleted."""
        path = self.directory / f"{file_stem}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        for other_suffix in (GeoJSONWriter.suffix, GeoParquetWriter.suffix):
            path.with_suffix(other_suffix).unlink(missing_ok=True)
        self._written_paths.append(path)
        return path

    def _make_writer(self, layer: str, file_stem: str, *, as_csv: bool) -> LayerWriter:
        if as_csv:
            return CSVWriter(self.prepare_path(file_stem, CSVWriter.suffix))
        if self._format == "geojson":
            return GeoJSONWriter(self.prepare_path(file_stem, GeoJSONWriter.suffix), layer, self._description)
        return GeoParquetWriter(self.prepare_path(file_stem, GeoParquetWriter.suffix), layer, self._description)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self._open_writers.values():
            file.close()
        self.directory.mkdir(parents=True, exist_ok=True)
        names = sorted(path.relative_to(self.directory).as_posix() for path in self._written_paths)
        options = (KNOWN_OPTIONS if name == KNOWN_FILE else f'licence = "{LICENSE}"' for name in names)
        tables = (f'["{name}"]\n{lines}\ndate = "{SAMPLE_DATE}"\n' for name, lines in zip(names, options, strict=True))
        (self.directory / "sources.toml").write_text("\n".join((SOURCES_TOML_HEADER, *tables)), "utf-8")
