"""Photos from strangers: only the picture is kept, and how it is turned; place, time and device are cut out.

A JPEG or a PNG is taken apart by its own rules and put together again of the parts that draw it. What stands in no
such part (EXIF, XMP, comments, thumbnails, colour profiles, further pictures behind the first) is left behind.
"""

import re
import struct
import zlib
from collections.abc import Iterator

from geo.errors import BadInput

JPEG, PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
WIDEST = 20_000  # pixels
MOST_PIXELS = 100_000_000  # as many as any browser will draw
FRAMES = (0xC0, 0xC1, 0xC2)  # JPEGs as browsers draw them: baseline, extended, progressive
TABLES = (0xC4, 0xDB, 0xDD)  # Huffman and quantisation tables, restart interval
SCAN, END, COMMENTED = 0xDA, 0xD9, 0xE1
ADOBE = 0xEE  # tells how colours are kept
TURNED = 0x0112  # EXIF's number for how a picture is turned
JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
# Within a scan a byte 0xff is followed by 0 or by a restart marker; anything else ends it.
SCAN_END = re.compile(
    rb"\xff[^\x00\xff\xd0-\xd7]"
)  # without a run of 0xff before it: that would be sought again from each
# The chunks of a PNG that draw it, and how long each may be: nothing else can hide in them.
DRAWN = {
    b"IHDR": range(13, 14), b"PLTE": range(3, 769, 3), b"tRNS": range(257), b"gAMA": range(4, 5), b"cHRM": range(32, 33),
    b"sRGB": range(1, 2), b"IDAT": range(1 << 31), b"IEND": range(1),
}  # fmt: skip
DEPTHS = {
    0: (1, 2, 4, 8, 16),
    2: (8, 16),
    3: (1, 2, 4, 8),
    4: (8, 16),
    6: (8, 16),
}  # bits, by kind of colour
UNSOUND = "the photo cannot be read; send it as a JPEG or a PNG that a browser can draw"


def kind_of(image: bytes) -> str | None:
    """Tell a photo's MIME type by its first bytes; None where it is none of ours."""
    if image.startswith(JPEG):
        return "image/jpeg"
    return "image/png" if image.startswith(PNG) else None


def bare(image: bytes) -> bytes:
    """Give a photo as its picture alone; raises BadInput for what is no sound JPEG or PNG."""
    try:
        if image.startswith(JPEG):
            return _jpeg(image)
        if image.startswith(PNG):
            return PNG + b"".join(_png(image))
    except (struct.error, IndexError) as error:  # it ends within a part
        raise BadInput(UNSOUND) from error
    raise BadInput("the photo is neither a JPEG nor a PNG, by its first bytes")


def _jpeg(image: bytes) -> bytes:
    turned, kept, framed, drawn = 1, [], 0, False
    for marker, part in _segments(image):
        if marker in FRAMES:
            height, width = struct.unpack(">HH", part[5:9])
            _bound(width, height)
            framed += 1
        if marker == COMMENTED and part[4:10] == b"Exif\x00\x00":
            turned = _turned(part[10:])
        drawn |= marker == SCAN
        adobe = marker == ADOBE and part[4:9] == b"Adobe" and len(part) == 16
        if marker in (*FRAMES, *TABLES, SCAN) or adobe:
            kept.append(part)
    if framed != 1 or not drawn:
        raise BadInput(UNSOUND)
    return b"".join((b"\xff\xd8", JFIF, _exif(turned), *kept, b"\xff\xd9"))


def _segments(image: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield each segment of a JPEG with its marker, a scan with its data; raises BadInput where it breaks off."""
    at = 2
    while True:
        while image[at : at + 2] == b"\xff\xff":  # fill bytes
            at += 1
        if image[at] != 0xFF:
            raise BadInput(UNSOUND)
        marker = image[at + 1]
        if marker == END:
            return
        (length,) = struct.unpack(">H", image[at + 2 : at + 4])
        end = at + 2 + length
        if length < 2 or end > len(image) or not 0xC0 <= marker <= 0xFE or 0xD0 <= marker <= 0xD8:
            raise BadInput(UNSOUND)
        if marker == SCAN:
            found = SCAN_END.search(image, end)
            if found is None:
                raise BadInput(UNSOUND)
            end = found.start()
        yield marker, image[at:end]
        at = end


def _turned(tiff: bytes) -> int:
    """Read how a picture is turned, 1 to 8; 1 where it is not told."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 10:
        return 1
    (first,) = struct.unpack(f"{order}I", tiff[4:8])
    if first + 2 > len(tiff):
        return 1
    (count,) = struct.unpack(f"{order}H", tiff[first : first + 2])
    for at in range(first + 2, min(first + 2 + 12 * count, len(tiff) - 11), 12):
        tag, kind, values, value = struct.unpack(f"{order}HHIH", tiff[at : at + 10])
        if (tag, kind, values) == (TURNED, 3, 1) and 1 <= value <= 8:
            return int(value)
    return 1


def _exif(turned: int) -> bytes:
    """Write an EXIF that tells how a picture is turned and nothing else; none where it is upright."""
    if turned == 1:
        return b""
    tiff = b"MM\x00*" + struct.pack(">IHHHIHHI", 8, 1, TURNED, 3, 1, turned, 0, 0)
    body = b"Exif\x00\x00" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _png(image: bytes) -> Iterator[bytes]:
    """Yield the chunks of a PNG that draw it; raises BadInput where it breaks off or a sum is wrong."""
    at = len(PNG)
    seen: list[bytes] = []
    while seen[-1:] != [b"IEND"]:
        length, name = struct.unpack(">I4s", image[at : at + 8])
        chunk = image[at : at + 12 + length]
        (told,) = struct.unpack(">I", chunk[8 + length :])
        if zlib.crc32(chunk[4 : 8 + length]) != told or (name == b"IHDR") != (not seen):
            raise BadInput(UNSOUND)
        if name in DRAWN and (length not in DRAWN[name] or (name != b"IDAT" and name in seen)):
            raise BadInput(UNSOUND)
        if name == b"IHDR":
            width, height, depth, colour, *ways = struct.unpack(">IIBBBBB", chunk[8:21])
            _bound(width, height)
            if depth not in DEPTHS.get(colour, ()) or ways not in ([0, 0, 0], [0, 0, 1]):
                raise BadInput(UNSOUND)
        seen.append(name)
        at += len(chunk)
        if name in DRAWN:
            yield chunk
        elif name[:1].isupper():  # a critical part that is not known
            raise BadInput(UNSOUND)
    if b"IDAT" not in seen:
        raise BadInput(UNSOUND)


def _bound(width: int, height: int) -> None:
    if not (0 < width <= WIDEST and 0 < height <= WIDEST and width * height <= MOST_PIXELS):
        raise BadInput(
            f"the photo is {width} by {height} pixels; at most {MOST_PIXELS:,} are taken"
        )
