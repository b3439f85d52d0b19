"""Cleaning of uploaded photos: only the image and its orientation remain.

`webmap.api.edit_service` calls `strip_metadata`, the entry point. A JPEG (ITU-T T.81) or PNG (W3C
PNG) is split into segments or chunks, and rebuilt from those that draw the image. EXIF, XMP,
comments, thumbnails, color profiles and appended images are left out. So no place, time or device
remains.
"""

import re
import struct
import zlib
from collections.abc import Iterator

from geo.errors import BadInput

JPEG_MAGIC, PNG_MAGIC = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
MAX_SIDE_PX = 20_000  # pixels
MAX_PIXELS = 100_000_000  # the most that browsers draw
FRAME_MARKERS = (0xC0, 0xC1, 0xC2)  # the JPEG types that browsers draw: baseline, extended, progressive
TABLE_MARKERS = (0xC4, 0xDB, 0xDD)  # Huffman tables, quantization tables, restart interval
SCAN_MARKER, END_MARKER, EXIF_MARKER = 0xDA, 0xD9, 0xE1
ADOBE_MARKER = 0xEE  # states how colors are encoded
ORIENTATION_TAG = 0x0112  # EXIF's tag for the orientation of the image
JFIF_HEADER = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
# Inside a scan, 0xff is followed by 0 or by a restart marker. Anything else ends the scan.
SCAN_END_PATTERN = re.compile(
    rb"\xff[^\x00\xff\xd0-\xd7]"
)  # no leading run of 0xff: matching one would take quadratic time
# The chunks that draw a PNG, and their valid lengths, so that no other data can hide in them.
PNG_CHUNK_LENGTHS = {
    b"IHDR": range(13, 14), b"PLTE": range(3, 769, 3), b"tRNS": range(257), b"gAMA": range(4, 5), b"cHRM": range(32, 33),
    b"sRGB": range(1, 2), b"IDAT": range(1 << 31), b"IEND": range(1),
}  # fmt: skip
PNG_BIT_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}  # bits by color type
UNREADABLE_PHOTO = "the photo cannot be read; send it as a JPEG or a PNG that a browser can draw"


def photo_mime_type(image: bytes) -> str | None:
    r"""Return the MIME type of a photo by its first bytes. None for other formats.

    >>> photo_mime_type(b"\xff\xd8\xff\xe0"), photo_mime_type(b"GIF89a")
    ('image/jpeg', None)
    """
    if image.startswith(JPEG_MAGIC):
        return "image/jpeg"
    return "image/png" if image.startswith(PNG_MAGIC) else None


def strip_metadata(image: bytes) -> bytes:
    """Return a photo without metadata. Raises BadInput unless it is a valid JPEG or PNG.

    >>> strip_metadata(b"GIF89a")
    Traceback (most recent call last):
        ...
    geo.errors.BadInput: the photo is neither a JPEG nor a PNG; send one of these
    """
    try:
        if image.startswith(JPEG_MAGIC):
            return _strip_jpeg(image)
        if image.startswith(PNG_MAGIC):
            return PNG_MAGIC + b"".join(_needed_png_chunks(image))
    except (struct.error, IndexError) as error:  # truncated inside a segment or chunk
        raise BadInput(UNREADABLE_PHOTO) from error
    raise BadInput("the photo is neither a JPEG nor a PNG; send one of these")


def _strip_jpeg(image: bytes) -> bytes:
    orientation, retained, frame_count, has_scan = 1, [], 0, False
    for marker, segment in _jpeg_segments(image):
        if marker in FRAME_MARKERS:
            height, width = struct.unpack(">HH", segment[5:9])
            _check_dimensions(width, height)
            frame_count += 1
        if marker == EXIF_MARKER and segment[4:10] == b"Exif\x00\x00":
            orientation = _read_orientation(segment[10:])
        has_scan |= marker == SCAN_MARKER
        is_adobe = marker == ADOBE_MARKER and segment[4:9] == b"Adobe" and len(segment) == 16
        if marker in (*FRAME_MARKERS, *TABLE_MARKERS, SCAN_MARKER) or is_adobe:
            retained.append(segment)
    if frame_count != 1 or not has_scan:
        raise BadInput(UNREADABLE_PHOTO)
    return b"".join((b"\xff\xd8", JFIF_HEADER, _orientation_exif(orientation), *retained, b"\xff\xd9"))


def _jpeg_segments(image: bytes) -> Iterator[tuple[int, bytes]]:
    """Iterate over the segments of a JPEG as (marker, bytes). A scan includes its data.

    Raises BadInput when the file is truncated.
    """
    offset = 2
    while True:
        while image[offset : offset + 2] == b"\xff\xff":  # fill bytes
            offset += 1
        if image[offset] != 0xFF:
            raise BadInput(UNREADABLE_PHOTO)
        marker = image[offset + 1]
        if marker == END_MARKER:
            return
        (length,) = struct.unpack(">H", image[offset + 2 : offset + 4])
        end = offset + 2 + length
        if length < 2 or end > len(image) or not 0xC0 <= marker <= 0xFE or 0xD0 <= marker <= 0xD8:
            raise BadInput(UNREADABLE_PHOTO)
        if marker == SCAN_MARKER:
            scan_end = SCAN_END_PATTERN.search(image, end)
            if scan_end is None:
                raise BadInput(UNREADABLE_PHOTO)
            end = scan_end.start()
        yield marker, image[offset:end]
        offset = end


def _read_orientation(tiff: bytes) -> int:
    """Return the EXIF orientation in a TIFF block, 1 to 8. 1 when it is absent.

    >>> segment = _orientation_exif(6)
    >>> _read_orientation(segment[10:])
    6
    """
    byte_order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if byte_order is None or len(tiff) < 10:
        return 1
    (ifd_offset,) = struct.unpack(f"{byte_order}I", tiff[4:8])
    if ifd_offset + 2 > len(tiff):
        return 1
    (entry_count,) = struct.unpack(f"{byte_order}H", tiff[ifd_offset : ifd_offset + 2])
    for offset in range(ifd_offset + 2, min(ifd_offset + 2 + 12 * entry_count, len(tiff) - 11), 12):
        tag, value_type, value_count, value = struct.unpack(f"{byte_order}HHIH", tiff[offset : offset + 10])
        if (tag, value_type, value_count) == (ORIENTATION_TAG, 3, 1) and 1 <= value <= 8:
            return int(value)
    return 1


def _orientation_exif(orientation: int) -> bytes:
    """Return an EXIF segment that holds only the orientation. Empty for an upright image.

    >>> _orientation_exif(1)
    b''
    """
    if orientation == 1:
        return b""
    tiff = b"MM\x00*" + struct.pack(">IHHHIHHI", 8, 1, ORIENTATION_TAG, 3, 1, orientation, 0, 0)
    body = b"Exif\x00\x00" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _needed_png_chunks(image: bytes) -> Iterator[bytes]:
    """Iterate over the chunks of a PNG that draw the image.

    Raises BadInput for a truncated file, a wrong checksum or an unknown critical chunk.
    """
    offset = len(PNG_MAGIC)
    seen: list[bytes] = []
    while seen[-1:] != [b"IEND"]:
        length, name = struct.unpack(">I4s", image[offset : offset + 8])
        chunk = image[offset : offset + 12 + length]
        (checksum,) = struct.unpack(">I", chunk[8 + length :])
        if zlib.crc32(chunk[4 : 8 + length]) != checksum or (name == b"IHDR") != (not seen):
            raise BadInput(UNREADABLE_PHOTO)
        if name in PNG_CHUNK_LENGTHS and (length not in PNG_CHUNK_LENGTHS[name] or (name != b"IDAT" and name in seen)):
            raise BadInput(UNREADABLE_PHOTO)
        if name == b"IHDR":
            width, height, depth, color_type, *methods = struct.unpack(">IIBBBBB", chunk[8:21])
            _check_dimensions(width, height)
            if depth not in PNG_BIT_DEPTHS.get(color_type, ()) or methods not in ([0, 0, 0], [0, 0, 1]):
                raise BadInput(UNREADABLE_PHOTO)
        seen.append(name)
        offset += len(chunk)
        if name in PNG_CHUNK_LENGTHS:
            yield chunk
        elif name[:1].isupper():  # an unknown critical chunk
            raise BadInput(UNREADABLE_PHOTO)
    if b"IDAT" not in seen:
        raise BadInput(UNREADABLE_PHOTO)


def _check_dimensions(width: int, height: int) -> None:
    if not (0 < width <= MAX_SIDE_PX and 0 < height <= MAX_SIDE_PX and width * height <= MAX_PIXELS):
        raise BadInput(f"the photo is {width} by {height} pixels; the limit is {MAX_PIXELS:,} pixels")
