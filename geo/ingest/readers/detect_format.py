"""Detection of a file's format from its content. The file name counts only for text tables.

Formats that lotleaf does not read are in `foreign_formats.py`.

`sandbox_worker` and `unzip` call `detect_format`.
"""

import mmap
import re
from pathlib import Path

from geo.errors import BadFile
from geo.ingest.readers.foreign_formats import (
    OLE_MAGIC,
    describe_esri_json,
    describe_foreign_format,
    describe_office_file,
)

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
    b"\x1f\x8b": "gzip",
    b"\0\0'\n": "ESRI Shapefile",
}
ESRI_JSON_PATTERN = re.compile(rb'"geometryType"\s*:\s*"esriGeometry|"attributes"\s*:\s*\{')
MAX_ESRI_ANSWER_BYTES = 1 << 20  # an answer without features is smaller
GPX_PATTERN = re.compile(rb"<(?:\w+:)?gpx\b")
GML_PATTERN = re.compile(rb"opengis\.net/(?:gml|wfs)")
SPREADSHEET_2003 = b"urn:schemas-microsoft-com:office:spreadsheet"
MIF_PATTERN = re.compile(rb"(?i)\s*version\s+[0-9]+\s*[\r\n]+\s*(?:charset|delimiter|unique|index|coordsys|columns)\b")

TEXT_TABLE_SUFFIXES = {
    "",
    ".csv",
    ".tsv",
    ".tab",
    ".txt",
    ".dat",
    ".asc",
    ".prn",
    ".xls",
}  # some programs call text .xls


def detect_format(path: Path, name: str) -> str:
    """Return the format of a file: a GDAL driver name, or `zip`, `gzip`, `CSV`, `KML`, `GeoParquet`, `XLS`.

    A folder is a File Geodatabase or nothing. Raises BadFile for an empty file, an unsupported
    format, or a document that points to other data.
    """
    if path.is_dir():
        return "OpenFileGDB"
    header = _read_header(path)
    if not header.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise BadFile(f"{name}: the file is empty")
    if header.startswith(OLE_MAGIC):
        return _detect_office_format(path, name)
    if remedy := describe_foreign_format(header, name):
        raise BadFile(f"{name}: this is {remedy}")
    for magic, format_name in FORMAT_BY_MAGIC.items():
        if header.startswith(magic):
            return format_name
    return _detect_text_format(path, header, name)


def _read_header(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEADER_BYTES)


def _detect_office_format(path: Path, name: str) -> str:
    """Return `XLS` for an old workbook. Raises BadFile for another Office file."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if remedy := describe_foreign_format(b"", name) or describe_office_file(content):
            raise BadFile(f"{name}: this is {remedy}")
    return "XLS"


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
    if start[:6].lower() == b"!table" or MIF_PATTERN.match(start):
        return "MapInfo File"
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
            return _detect_esri_format(content, name)
        if type_match[1] == b"Topology":
            return "TopoJSON"
        is_sequence = type_match[1] == b"Feature" and NEXT_OBJECT_PATTERN.search(content) is not None
        return "GeoJSONSeq" if is_sequence and b'"FeatureCollection"' not in content[:HEADER_BYTES] else "GeoJSON"


def _detect_esri_format(content: mmap.mmap, name: str) -> str:
    """Return `ESRIJSON` for the features of an Esri service. Raises BadFile for its other answers, and for other JSON."""
    if len(content) <= MAX_ESRI_ANSWER_BYTES and (remedy := describe_esri_json(content[:])):
        raise BadFile(f"{name}: this is {remedy}")
    if ESRI_JSON_PATTERN.search(content):
        return "ESRIJSON"
    raise BadFile(
        f"{name}: JSON, but neither GeoJSON, TopoJSON nor Esri JSON; export it as GeoJSON (from an Esri service: f=geojson)"
    )


def _detect_xml_format(header: bytes, name: str) -> str:
    if b"<kml" in header or b":kml" in header:
        return "KML"
    if GPX_PATTERN.search(header):
        return "GPX"
    if SPREADSHEET_2003 in header:
        raise BadFile(f"{name}: this is an Excel 2003 XML workbook; open it in a spreadsheet, and save it as XLSX")
    if GML_PATTERN.search(header):
        return "GML"
    raise BadFile(f"{name}: XML, but not KML, GPX or GML; export it as GeoPackage, GeoJSON or KML")


SUPPORTED_FORMATS_TEXT = (
    "it reads GeoJSON, TopoJSON, Esri JSON, GeoPackage, File Geodatabase, zipped Shapefile, MapInfo TAB and MIF, "
    "FlatGeobuf, GeoParquet, KML, GPX, GML, CSV, fixed-width text, XLSX, XLSB, XLS, ODS, and GeoTIFF for canopy"
)
