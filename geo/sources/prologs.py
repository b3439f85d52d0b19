"""How an XML text begins: a document type is how XML is made to explode or to read other files."""

from typing import IO
from xml.parsers import expat

AT_ONCE = 1 << 20


class _Begun(Exception):
    """The document begins, `typed` or not."""

    def __init__(self, *, typed: bool) -> None:
        self.typed = typed


def has_doctype(file: IO[bytes]) -> bool:
    """Tell whether an XML text has a document type, whatever stands before it and in any encoding.

    Reads up to the first element: no document type comes later. What is no XML has none; the reader,
    which is expat as well, will say so.

    >>> import io
    >>> has_doctype(io.BytesIO(b"<!--" + b" " * 9_000_000 + b"--><!DOCTYPE x><x/>"))
    True
    >>> has_doctype(io.BytesIO(b"<x>&lt;!DOCTYPE x></x>"))
    False
    """
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = lambda *_: _stop(typed=True)
    parser.StartElementHandler = lambda *_: _stop(typed=False)
    try:
        while chunk := file.read(AT_ONCE):
            parser.Parse(chunk)
        parser.Parse(b"", True)
    except _Begun as found:
        return found.typed
    except expat.ExpatError:
        return False
    return False


def _stop(*, typed: bool) -> None:
    raise _Begun(typed=typed)
