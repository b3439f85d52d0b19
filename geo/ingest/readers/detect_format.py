"""Detection of a file's format from its content. The file name counts only for text tables.

`sandbox_worker` and `unzip` call `detect_format`.
"""

import mmap
import re
from pathlib import Path

from geo.errors import BadFile

HEADER_BYTES = 4096
# Documents that make GDAL open other files. Their drivers are disabled too. Here the error can name the file.
INDIRECT_DOCUMENT_MARKERS = (
    b"<OGRVRTDataSource",
    b"<VRTDataset",
    b"<OGRWFSDataSource",
    b"gdal_virtual_file",
    b"gdal_streamed_alg",
    b"<GDAL_WMS",
    b"<WMS_",
    b"<WCS_GDAL",
    b"<GDALTileIndex",
    b"<OGRCSWDataSource",
    b"<ESRI_TEM",
)
GEOJSON_TYPE_PATTERN = re.compile(
    rb'"type"\s*:\s*"(Topology|FeatureCollection|Feature|GeometryCollection|Point|MultiPoint|'
    rb'LineString|MultiLineString|Polygon|MultiPolygon)"'
)
NEXT_OBJECT_PATTERN = re.compile(rb"\}[ \t\r]*\n[ \t\r\n\x1e]*\{")

FORMAT_BY_MAGIC = {
    b"SQLite format 3\0": "GPKG",
    b"PAR1": "GeoParquet",
    b"fgb\x03": "FlatGeobuf",
    b"II*\0": "GTiff",
    b"MM\0*": "GTiff",
    b"II+\0": "GTiff",
    b"MM\0+": "GTiff",
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"\0\0'\n": "ESRI Shapefile",
}
REFUSAL_BY_MAGIC = {
    b"\xd0\xcf\x11\xe0": "an old Excel workbook or another Office file; save it as XLSX or CSV",
    b"%PDF": "a PDF; ask for the data that it was made from",
    b"\x1f\x8b": "a gzip file; unpack it first",
    b"7z\xbc\xaf": "a 7z archive; repack it as zip",
    b"Rar!": "a RAR archive; repack it as zip",
}

TEXT_TABLE_SUFFIXES = {"", ".csv", ".tsv", ".tab", ".txt", ".dat"}


def detect_format(path: Path, name: str) -> str:
    """Return the format of a file: a GDAL driver name, or `zip`, `CSV`, `KML`, `GeoParquet`.

    Raises BadFile for an empty file, an unsupported format, or a document that points to other
    data.
    """
    header = _read_header(path)
    if not header.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise BadFile(f"{name}: the file is empty")
    for magic, reason in REFUSAL_BY_MAGIC.items():
        if header.startswith(magic):
            raise BadFile(f"{name}: this is {reason}")
    for magic, format_name in FORMAT_BY_MAGIC.items():
        if header.startswith(magic):
            return format_name
    return _detect_text_format(path, header, name)


def _read_header(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEADER_BYTES)


def _detect_text_format(path: Path, header: bytes, name: str) -> str:
    if marker := next((candidate for candidate in INDIRECT_DOCUMENT_MARKERS if candidate in header), None):
        raise BadFile(
            f"{name}: not data but a document that refers to other data ({marker.decode().strip('<')}); "
            "export the layer itself, as GeoPackage or GeoJSON"
        )
    start = header.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\x1e")
    if start[:1] in (b"{", b"["):
        return _detect_json_format(path, name)
    if start[:1] == b"<":
        return _detect_xml_format(header, name)
    if b"\0" in header and not header.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadFile(f"{name}: not a format that lotleaf reads; {SUPPORTED_FORMATS_TEXT}")
    if Path(name).suffix.lower() not in TEXT_TABLE_SUFFIXES:  # any text file would parse as CSV
        raise BadFile(
            f"{name}: not a format that lotleaf reads; {SUPPORTED_FORMATS_TEXT}; a text table needs a name that ends with .csv"
        )
    return "CSV"


def _detect_json_format(path: Path, name: str) -> str:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if b"gdal_virtual_file" in content or b"gdal_streamed_alg" in content:
            raise BadFile(f"{name}: not data but a GDALG document, which runs commands; export the layer itself")
        type_match = GEOJSON_TYPE_PATTERN.search(content)
        if type_match is None:
            raise BadFile(
                f"{name}: JSON, but not GeoJSON or TopoJSON; export it as GeoJSON (from an Esri service: f=geojson)"
            )
        if type_match[1] == b"Topology":
            return "TopoJSON"
        is_sequence = type_match[1] == b"Feature" and NEXT_OBJECT_PATTERN.search(content) is not None
        return "GeoJSONSeq" if is_sequence and b'"FeatureCollection"' not in content[:HEADER_BYTES] else "GeoJSON"


def _detect_xml_format(header: bytes, name: str) -> str:
    if b"<kml" in header or b":kml" in header:
        return "KML"
    raise BadFile(f"{name}: XML, but not KML; export it as GeoPackage, GeoJSON or KML")


SUPPORTED_FORMATS_TEXT = (
    "it reads GeoJSON, TopoJSON, GeoPackage, zipped Shapefile, FlatGeobuf, GeoParquet, KML, CSV, "
    "XLSX, and GeoTIFF for canopy"
)
