"""Detection of document types in XML. A document type can define exploding entities or read other files.

The KML and XLSX readers call `has_doctype`.
"""

from typing import IO
from xml.parsers import expat

CHUNK_BYTES = 1 << 20


class _DocumentStarted(Exception):
    """Ends the parsing at the first element or at the document type."""

    def __init__(self, *, with_doctype: bool) -> None:
        self.with_doctype = with_doctype


def has_doctype(file: IO[bytes]) -> bool:
    """Return whether an XML text has a document type, in any encoding and after any comment.

    The parser reads up to the first element, because a document type cannot come later. Text that
    is not XML has none. The reader, which uses expat too, reports that error.

    >>> import io
    >>> has_doctype(io.BytesIO(b"<!--" + b" " * 9_000_000 + b"--><!DOCTYPE x><x/>"))
    True
    >>> has_doctype(io.BytesIO(b"<x>&lt;!DOCTYPE x></x>"))
    False
    """
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = lambda *_: _stop_parsing(with_doctype=True)
    parser.StartElementHandler = lambda *_: _stop_parsing(with_doctype=False)
    try:
        while chunk := file.read(CHUNK_BYTES):
            parser.Parse(chunk)
        parser.Parse(b"", True)
    except _DocumentStarted as start:
        return start.with_doctype
    except expat.ExpatError:
        return False
    return False


def _stop_parsing(*, with_doctype: bool) -> None:
    raise _DocumentStarted(with_doctype=with_doctype)
