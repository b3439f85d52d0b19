"""Formats that lotleaf does not read: what a file is, and the command that makes a readable file of it.

`detect_format` calls `describe_foreign_format` before it refuses a file.
"""

import json
import mmap
import re
from pathlib import PurePosixPath

# What a file is by its first bytes, and what to do. `{name}` is the file's name, `{stem}` the name without its ending.
REMEDY_BY_MAGIC = {
    b"%PDF": "a PDF; ask for the data that it was made from, as CSV or GeoPackage",
    b"7z\xbc\xaf": "a 7z archive; unpack it: 7z x {name}",
    b"Rar!": "a RAR archive; unpack it: unrar x {name}",
    b"BZh": "a bzip2 file; unpack it: bunzip2 {name}",
    b"\xfd7zXZ\0": "an xz file; unpack it: unxz {name}",
    b"(\xb5/\xfd": "a Zstandard file; unpack it: unzstd {name}",
    b"\0\x01\0\0Standard Jet DB": "an Access database (MDB); take its table out: mdb-export {name} TABLE > {stem}.csv",
    b"\0\x01\0\0Standard ACE DB": "an Access database (ACCDB); take its table out: mdb-export {name} TABLE > {stem}.csv",
    b"AC10": "an AutoCAD drawing (DWG), which has no attributes; ask for the layer that it was made from, as GeoPackage",
    b"LASF": "a lidar point cloud (LAS or LAZ); make a canopy raster of it first, or ask for the canopy as GeoTIFF",
    b"\x89PNG": "a picture (PNG); ask for the data that it was made from, as CSV or GeoPackage",
    b"\xff\xd8\xff": "a picture (JPEG); ask for the data that it was made from, as CSV or GeoPackage",
    b"GIF8": "a picture (GIF); ask for the data that it was made from, as CSV or GeoPackage",
    b"\x89HDF": "an HDF or netCDF file; take the canopy out of it: gdal_translate {name} {stem}.tif",
    b"RIFF": "a WebP picture or a film; ask for the data that it was made from, as CSV or GeoPackage",
    b"{\\rtf": "a text document (RTF); ask for its table as CSV or XLSX",
}
# The same by the ending of the name, for formats whose beginning says little.
MAP_DOCUMENT = "a map document, which only refers to data; in ArcGIS export the layer: Data > Export Features, as GeoPackage or File Geodatabase"
QGIS_PROJECT = (
    "a QGIS project, which only refers to data; in QGIS export the layer: Export > Save Features As, as GeoPackage"
)
REMEDY_BY_SUFFIX = {
    ".mxd": MAP_DOCUMENT,
    ".aprx": MAP_DOCUMENT,
    ".lyr": MAP_DOCUMENT,
    ".lyrx": MAP_DOCUMENT,
    ".pmf": MAP_DOCUMENT,
    ".mpkx": "a map package of ArcGIS; unpack it, and load the .gdb folder in it: 7z x {name}",
    ".lpkx": "a layer package of ArcGIS; unpack it, and load the .gdb folder in it: 7z x {name}",
    ".mpk": "a map package of ArcGIS; unpack it, and load the .gdb folder in it: 7z x {name}",
    ".lpk": "a layer package of ArcGIS; unpack it, and load the .gdb folder in it: 7z x {name}",
    ".qgz": QGIS_PROJECT,
    ".qgs": QGIS_PROJECT,
    ".qlr": QGIS_PROJECT,
    ".dxf": "a CAD drawing (DXF); convert it: ogr2ogr -f GPKG {stem}.gpkg {name}",
    ".dgn": "a CAD drawing (DGN); convert it: ogr2ogr -f GPKG {stem}.gpkg {name}",
    ".e00": "an ArcInfo exchange file; convert it: ogr2ogr -f GPKG {stem}.gpkg {name}",
    ".sas7bdat": "a SAS table; save it as CSV",
    ".sav": "an SPSS table; save it as CSV",
    ".docx": "a Word document; ask for its table as CSV or XLSX",
    ".pptx": "a presentation; ask for the data that it was made from, as CSV or XLSX",
    ".tar": "a tar archive; unpack it: tar -xf {name}",
    ".dbf": "the table of a Shapefile; load the .shp beside it, or convert the table: ogr2ogr -f CSV {stem}.csv {name}",
    ".shx": "the index of a Shapefile; load the .shp beside it",
    ".prj": "the coordinate system of a Shapefile; load the .shp beside it",
    ".mid": "the table of a MapInfo MIF; load the .mif beside it",
    ".map": "a part of a MapInfo table; load the .tab beside it",
}
OLE_MAGIC = b"\xd0\xcf\x11\xe0"
_OLE_STREAMS = {  # the names of streams in an Office file, in UTF-16
    "EncryptedPackage": "a workbook or document with a password; save it without one, as XLSX",
    "WordDocument": "a Word document; ask for its table as CSV or XLSX",
    "PowerPoint Document": "a presentation; ask for the data that it was made from, as CSV or XLSX",
}
OTHER_OFFICE_FILE = "an Office file, but no workbook; save its table as XLSX or CSV"
_LOGIN_WORDS = re.compile(rb"(?i)type=[\"']?password|log ?in|sign ?in|authenticat")
_HTML_START = re.compile(
    rb"(?i)^\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body|script|table|div)\b", re.DOTALL
)


WEB_PAGE = "a web page, not data; open it in a browser, and download the file that it offers"
LOGIN_PAGE = "a web page that asks for a login, not data; sign in, and download the file itself again"
_REMEDY_BY_TEXT = (
    (
        re.compile(rb"version https://git-lfs\.github\.com/spec/"),
        "a pointer of Git LFS, not the file itself; fetch it: git lfs pull --include {name}",
    ),
    (re.compile(rb"0\r?\nSECTION"), REMEDY_BY_SUFFIX[".dxf"]),
    (re.compile(rb"<!DOCTYPE qgis"), QGIS_PROJECT),
    (
        re.compile(rb"(?s)<\?xml.*(?:ServiceException|ExceptionReport)"),
        "an error of a map service (WFS or WMS), not data; ask for the layer again, as GeoJSON",
    ),
)


def describe_foreign_format(header: bytes, name: str) -> str | None:
    r"""Return what a file is and what to do about it, or None if it may be a format that lotleaf reads.

    >>> describe_foreign_format(b"%PDF-1.7", "trees.pdf")
    'a PDF; ask for the data that it was made from, as CSV or GeoPackage'
    >>> describe_foreign_format(b"7z\xbc\xaf'\x1c", "maps/trees.7z")
    'a 7z archive; unpack it: 7z x trees.7z'
    >>> describe_foreign_format(b"id,species", "trees.csv") is None
    True
    """
    file_name = PurePosixPath(name.rpartition(": ")[2]).name
    remedy = next((text for magic, text in REMEDY_BY_MAGIC.items() if header.startswith(magic)), None)
    if remedy is None:
        remedy = _describe_by_suffix(header, PurePosixPath(file_name).suffix.lower()) or _describe_text(header)
    return remedy and remedy.replace("{name}", file_name).replace("{stem}", PurePosixPath(file_name).stem)


def describe_office_file(data: bytes | mmap.mmap) -> str | None:
    """Return what an OLE file is, or None if it is a workbook.

    >>> describe_office_file("Workbook".encode("utf-16-le")) is None
    True
    >>> describe_office_file("WordDocument".encode("utf-16-le"))
    'a Word document; ask for its table as CSV or XLSX'
    """
    for stream, remedy in _OLE_STREAMS.items():
        if data.find(stream.encode("utf-16-le")) >= 0:
            return remedy
    has_workbook = any(data.find(stream.encode("utf-16-le")) >= 0 for stream in ("Workbook", "Book"))
    return None if has_workbook else OTHER_OFFICE_FILE


def describe_esri_json(data: bytes) -> str | None:
    """Return what an answer of an Esri service is, if it holds no features, else None.

    >>> describe_esri_json(b'{"error": {"code": 499, "message": "Token Required", "details": []}}')
    'an error of an Esri service (499: Token Required), not data; sign in, or ask the owner for a public link, and download it again'
    """
    try:
        answer = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(answer, dict) or "features" in answer:
        return None
    if isinstance(error := answer.get("error"), dict):
        words = " ".join(f"{error.get('code', '')}: {error.get('message', '')}".split())[:120]
        return f"an error of an Esri service ({words}), not data; sign in, or ask the owner for a public link, and download it again"
    if "objectIds" in answer or "count" in answer:
        return "a list of ids or a count of an Esri service, not data; ask its layer for query?where=1=1&outFields=*&f=geojson"
    if {"currentVersion", "fields", "layers", "serviceDescription"} & set(answer):
        return "the description of an Esri service, not data; ask its layer for query?where=1=1&outFields=*&f=geojson"
    return None


def _describe_by_suffix(header: bytes, suffix: str) -> str | None:
    is_archive = header.startswith(b"PK")  # some of these are zip archives, and some zips are merely called so
    if header[257:262] == b"ustar":
        return REMEDY_BY_SUFFIX[".tar"]
    if suffix in REMEDY_BY_SUFFIX and not (is_archive and suffix in {".map", ".mid"}):
        return REMEDY_BY_SUFFIX[suffix]
    return None


def _describe_text(header: bytes) -> str | None:
    text = header.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _HTML_START.match(text):
        return LOGIN_PAGE if _LOGIN_WORDS.search(text) else WEB_PAGE
    return next((remedy for pattern, remedy in _REMEDY_BY_TEXT if pattern.match(text)), None)
