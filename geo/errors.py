"""The exceptions of `geo`, in one tree.

GeoError
├── BadInput           a file, a row or an option that cannot be used as it is
│   ├── BadFile        a file that cannot be read, or not safely
│   ├── BadLayer       a file that breaks a rule of its layer
│   └── NeedsOption    a value that only the user knows is missing, the message names the option
├── BadQuery           a malformed query
├── NotFound           a query without a result
│   ├── NoSuchLayer
│   ├── NoSuchRecord
│   └── NoSuchSource
└── StoreError         the workspace cannot serve
    ├── NoWorkspace    the path holds no workspace
    ├── BadWorkspace   the file is no lotleaf workspace, or is damaged
    └── Busy           another process is writing

Every message says the problem, the place and the remedy. `geo` knows no HTTP status and no exit
code. `webmap.http.errors` and `webmap.cli.main` map these classes to both.
"""


class GeoError(Exception):
    """The base class of all exceptions that `geo` raises on purpose."""


class BadInput(GeoError):
    """A file, a row or an option that cannot be used as it is."""


class BadFile(BadInput):
    """A file that cannot be read, or cannot be read safely."""


class BadLayer(BadInput):
    """A file that breaks a rule of its layer."""


class NeedsOption(BadInput):
    """A value is missing that only the user knows. The message names the option."""


class BadQuery(GeoError):
    """A malformed query."""


class NotFound(GeoError):
    """A query without a result."""


class NoSuchLayer(NotFound):
    """No layer has that name."""


class NoSuchRecord(NotFound):
    """The layer holds no record with that id."""


class NoSuchSource(NotFound):
    """The layer has no source of that name."""


class StoreError(GeoError):
    """The workspace cannot serve."""


class NoWorkspace(StoreError):
    """The path holds no workspace."""


class BadWorkspace(StoreError):
    """The file is no lotleaf workspace, or it is damaged."""


class Busy(StoreError):
    """Another process is writing to the workspace."""
