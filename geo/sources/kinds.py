"""What a file is, told by its content: its name is a stranger's word, heard only where any text would do."""

import mmap
import re
from pathlib import Path

from geo.errors import BadFile

HEAD = 4096
# Documents that make GDAL open something else; the drivers are shut out, and the file is named.
PROGRAMS = (
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
TYPE = re.compile(
    rb'"type"\s*:\s*"(Topology|FeatureCollection|Feature|GeometryCollection|Point|MultiPoint|'
    rb'LineString|MultiLineString|Polygon|MultiPolygon)"'
)
NEXT_LINE = re.compile(rb"\}[ \t\r]*\n[ \t\r\n\x1e]*\{")

MAGIC = {
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
REFUSED = {
    b"\xd0\xcf\x11\xe0": "an old Excel workbook or another Office file; save it as XLSX or CSV",
    b"%PDF": "a PDF; ask for the data behind it",
    b"\x1f\x8b": "packed with gzip; unpack it first",
    b"7z\xbc\xaf": "a 7z archive; pack it as zip",
    b"Rar!": "a RAR archive; pack it as zip",
}

TABLES = {"", ".csv", ".tsv", ".tab", ".txt", ".dat"}  # how tables of text are named


def kind_of(path: Path, name: str) -> str:
    """Name the format of a file, as GDAL's drivers are called, or `zip`, `CSV`, `KML`.

    Raises BadFile for what is empty, what we do not read, and what only points elsewhere.
    """
    head = _head(path)
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise BadFile(f"{name}: the file is empty")
    for magic, why in REFUSED.items():
        if head.startswith(magic):
            raise BadFile(f"{name}: this is {why}")
    for magic, kind in MAGIC.items():
        if head.startswith(magic):
            return kind
    return _text_kind(path, head, name)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD)


def _text_kind(path: Path, head: bytes, name: str) -> str:
    if program := next((word for word in PROGRAMS if word in head), None):
        raise BadFile(
            f"{name}: not data but a document that points elsewhere ({program.decode().strip('<')}); "
            "export the layer itself, as GeoPackage or GeoJSON"
        )
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\x1e")
    if start[:1] in (b"{", b"["):
        return _json_kind(path, name)
    if start[:1] == b"<":
        return _xml_kind(head, name)
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadFile(f"{name}: no format that lotleaf reads; {READS}")
    if Path(name).suffix.lower() not in TABLES:  # any text has lines and commas
        raise BadFile(f"{name}: no format that lotleaf reads; {READS}; name a table of text .csv")
    return "CSV"


def _json_kind(path: Path, name: str) -> str:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        if b"gdal_virtual_file" in text or b"gdal_streamed_alg" in text:
            raise BadFile(
                f"{name}: not data but a GDALG document, which runs commands; export the layer itself"
            )
        found = TYPE.search(text)
        if found is None:
            raise BadFile(
                f"{name}: JSON, but no GeoJSON or TopoJSON; export it as GeoJSON (an Esri service: f=geojson)"
            )
        if found[1] == b"Topology":
            return "TopoJSON"
        several = found[1] == b"Feature" and NEXT_LINE.search(text) is not None
        return "GeoJSONSeq" if several and b'"FeatureCollection"' not in text[:HEAD] else "GeoJSON"


def _xml_kind(head: bytes, name: str) -> str:
    if b"<kml" in head or b":kml" in head:
        return "KML"
    raise BadFile(f"{name}: XML, but no KML; export it as GeoPackage, GeoJSON or KML")


READS = (
    "it reads GeoJSON, TopoJSON, GeoPackage, zipped Shapefile, FlatGeobuf, GeoParquet, KML, CSV, "
    "XLSX, and GeoTIFF for canopy"
)
