"""Of a photo only the picture is kept, and how it is turned."""

import struct
import time
import zlib
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from property_examples import examples
from rasterio.io import MemoryFile

from geo.errors import BadInput
from webmap.api import photos
from webmap.api.photos import photo_mime_type, strip_metadata

# A grey square of 8 by 8 pixels, as libjpeg's baseline writes it: one table of each kind, one scan of one block.
_QUANTS = b"\xff\xdb\x00\x43\x00" + b"\x10" * 64
_FRAME = b"\xff\xc0\x00\x0b\x08\x00\x08\x00\x08\x01\x01\x11\x00"
_CODES = b"\xff\xc4\x00\x14\x00\x01" + b"\x00" * 15 + b"\x00" + b"\xff\xc4\x00\x14\x10\x01" + b"\x00" * 15 + b"\x00"
_SCAN = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\x3f"
CANARY = b"canary: 38.7, -90.3 by Somebody"


def segment(marker, body):
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def exif(turned, *, order=">"):
    """An EXIF as a tablet writes it: a maker, how the picture is turned, and a canary."""
    head = b"MM\x00*" if order == ">" else b"II*\x00"
    entries = struct.pack(f"{order}HHII", 0x010F, 2, 31, 60) + struct.pack(f"{order}HHIHH", 0x0112, 3, 1, turned, 0)
    return segment(0xE1, b"Exif\x00\x00" + head + struct.pack(f"{order}IH", 8, 2) + entries + b"\0" * 4 + CANARY)


def jpeg(*more, frame=_FRAME, scan=_SCAN, behind=b""):
    return b"\xff\xd8" + b"".join(more) + _QUANTS + frame + _CODES + scan + b"\xff\xd9" + behind


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(*more, size=(2, 2), behind=b""):
    rows = b"".join(b"\0" + b"\x80" * min(size[0], 4) for _ in range(min(size[1], 4)))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 0, 0, 0, 0))
    return photos.PNG_MAGIC + head + b"".join(more) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"") + behind


@pytest.mark.parametrize(
    "telling",
    [
        jpeg(exif(1)),
        jpeg(exif(6)),
        jpeg(exif(6, order="<")),
        jpeg(segment(0xFE, CANARY)),
        jpeg(segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\x01\x01" + CANARY)),
        jpeg(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + CANARY)),
        jpeg(segment(0xE2, b"ICC_PROFILE\0\x01\x01" + CANARY)),
        jpeg(segment(0xED, b"Photoshop 3.0\0" + CANARY)),
        jpeg(segment(0xEE, b"Adobe" + CANARY)),
        jpeg(behind=CANARY),
        jpeg(behind=jpeg(segment(0xFE, CANARY))),
        png(chunk(b"tEXt", b"Author\0" + CANARY)),
        png(chunk(b"iTXt", CANARY)),
        png(chunk(b"zTXt", CANARY)),
        png(chunk(b"eXIf", CANARY)),
        png(chunk(b"tIME", CANARY)),
        png(chunk(b"iCCP", CANARY)),
        png(chunk(b"teSt", CANARY)),
        png(behind=CANARY),
    ],
)
def test_what_tells_of_place_time_or_device_is_cut_out(telling):
    kept = strip_metadata(telling)

    assert CANARY not in kept
    assert b"canary" not in kept
    assert photo_mime_type(kept) == photo_mime_type(telling)
    assert strip_metadata(kept) == kept


@pytest.mark.parametrize("order", [">", "<"])
@pytest.mark.parametrize("turned", range(1, 9))
def test_how_a_picture_is_turned_stays(turned, order):
    kept = strip_metadata(jpeg(exif(turned, order=order)))

    assert kept == strip_metadata(jpeg(exif(turned)))
    assert (b"Exif" in kept) == (turned != 1)
    if turned != 1:
        tiff = kept[kept.index(b"Exif\0\0") + 6 :]
        assert photos._read_orientation(tiff) == turned


def test_the_parts_that_draw_stay_as_they_are():
    adobe = segment(0xEE, b"Adobe\0\x64\0\0\0\0\x01")

    assert strip_metadata(jpeg()) == b"\xff\xd8" + photos.JFIF_HEADER + jpeg()[2:]
    assert adobe in strip_metadata(jpeg(adobe))
    assert strip_metadata(png()) == png()
    assert strip_metadata(png(chunk(b"gAMA", b"\0\0\xb1\x8f"))) == png(chunk(b"gAMA", b"\0\0\xb1\x8f"))


def test_a_scan_with_stuffed_bytes_restarts_and_further_scans_is_kept_whole():
    scan = _SCAN + b"\xff\x00\x12\xff\xd0\x34\xff\xd7\xff\x00" + _CODES + _SCAN

    assert strip_metadata(jpeg(scan=scan)).endswith(scan + b"\xff\xd9")


@pytest.mark.parametrize(
    "image",
    [
        b"", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html>", b"\xff\xd8", b"\xff\xd8\xff",
        photos.PNG_MAGIC, jpeg()[:-20], jpeg()[:-2], jpeg(frame=b""), jpeg(scan=b""), jpeg(frame=_FRAME * 2),
        jpeg(frame=_FRAME[:5] + b"\x00\x00" + _FRAME[7:]), jpeg(frame=_FRAME[:5] + b"\xff\xff\xff\xff" + _FRAME[9:]),
        jpeg(frame=_FRAME.replace(b"\xff\xc0", b"\xff\xc9")), jpeg(b"\xff\xe1\x00\x01"), jpeg(b"\xff\xe1\xff\xff"),
        png()[:-1], png()[:-16], png(size=(0, 1)), png(size=(20_000, 20_000)), png(size=(2**32 - 1, 1)),
        png(chunk(b"IHDR", b"\0" * 13)), png(chunk(b"ABCD", b"")), png().replace(b"IDAT", b"IDAX"),
        photos.PNG_MAGIC + chunk(b"IEND", b""), photos.PNG_MAGIC + b"\xff\xff\xff\xffIHDR",
    ],
)  # fmt: skip
def test_what_is_no_sound_photo_is_refused(image):
    with pytest.raises(BadInput, match="photo"):
        strip_metadata(image)


@settings(max_examples=examples(400), deadline=None)
@given(st.sampled_from([jpeg(exif(6)), png(chunk(b"tEXt", CANARY))]), st.data())
def test_a_photo_that_is_spoilt_anywhere_is_bared_or_refused(image, data):
    spoilt = bytearray(image)
    for _ in range(data.draw(st.integers(1, 4))):
        spoilt[data.draw(st.integers(0, len(image) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(image)))

    for each in (bytes(spoilt), image[:cut]):
        try:
            kept = strip_metadata(each)
        except BadInput:
            continue
        assert strip_metadata(kept) == kept


@pytest.mark.parametrize("fill", [b"\xff" * 400_000, b"\xff\x00" * 200_000, b"\xff\xd0" * 200_000, b"\x00" * 400_000])  # fmt: skip
def test_a_scan_that_is_made_to_be_sought_through_takes_no_time(fill):
    began = time.perf_counter()
    for image in (jpeg(scan=_SCAN + fill), jpeg(scan=_SCAN + fill + b"\x00")[:-2]):
        with suppress(BadInput):
            strip_metadata(image)

    assert time.perf_counter() - began < 2


@pytest.mark.parametrize("hidden", [chunk(b"sBIT", CANARY), chunk(b"bKGD", CANARY)])
def test_a_chunk_that_could_hide_something_is_left_behind(hidden):
    assert CANARY not in strip_metadata(png(hidden))


@pytest.mark.parametrize(
    "image",
    [
        png(chunk(b"gAMA", CANARY)), png(chunk(b"PLTE", b"\0" * 4)), png(chunk(b"tRNS", b"\0" * 300)), png(chunk(b"sRGB", CANARY)),
        png(chunk(b"sRGB", b"\0"), chunk(b"sRGB", b"\0")), png().replace(png()[16:29], struct.pack(">IIBBBBB", 2, 2, 99, 77, 0, 0, 0)),
    ],
)  # fmt: skip
def test_a_chunk_of_another_length_than_its_own_is_refused(image):
    with pytest.raises(BadInput, match="photo"):
        strip_metadata(image)


def test_a_large_photo_is_bared_at_once():
    noise = bytes(range(255)) * 16_000

    assert len(strip_metadata(jpeg(scan=_SCAN + noise))) > 4_000_000


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
@pytest.mark.parametrize("image", [jpeg(exif(6)), png(chunk(b"tEXt", CANARY))], ids=["jpeg", "png"])
def test_another_reader_draws_what_is_kept(image):
    with (
        MemoryFile(image) as whole,
        MemoryFile(strip_metadata(image)) as kept,
        whole.open() as one,
        kept.open() as other,
    ):
        assert (one.read() == other.read()).all()
        assert not [told for told in other.tags().values() if "canary" in told]
