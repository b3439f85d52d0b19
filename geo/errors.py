"""What can go wrong in `geo`, in one tree.

GeoError
├── BadInput           a file, a row or an option that cannot be used as it is
│   ├── BadFile        a file that cannot be read, or not safely
│   ├── BadLayer       a file that is not what its layer promises
│   └── NeedsOption    something is missing that only the user knows; names the option
├── BadQuery           a question that is not put as it must be
├── NotFound           a question with no answer
│   ├── NoSuchLayer
│   ├── NoSuchRecord
│   └── NoSuchSource
└── StoreError         the workspace cannot serve
    ├── NoWorkspace    there is none at that path
    ├── BadWorkspace   the file there is not a workspace of ours, or is damaged
    └── Busy           another process is writing

Every message says what is wrong, where, and what would be right. `geo` knows no HTTP and no exit
codes: the doors in `webmap` turn these into both.
"""


class GeoError(Exception):
    """The base of all; an error of this house."""


class BadInput(GeoError):
    """A file, a row or an option that cannot be used as it is."""


class BadFile(BadInput):
    """A file that cannot be read, or cannot be read safely."""


class BadLayer(BadInput):
    """A file that isn't what its layer promises."""


class NeedsOption(BadInput):
    """Something is missing that only the user knows; the message names the option."""


class BadQuery(GeoError):
    """A question that isn't put as it must be."""


class NotFound(GeoError):
    """A question with no answer."""


class NoSuchLayer(NotFound):
    """No layer has that name."""


class NoSuchRecord(NotFound):
    """The layer holds no record with that id."""


class NoSuchSource(NotFound):
    """The layer has no source of that name."""


class StoreError(GeoError):
    """The workspace cannot serve."""


class NoWorkspace(StoreError):
    """There is no workspace at that path."""


class BadWorkspace(StoreError):
    """The file is not a workspace of ours, or it is damaged."""


class Busy(StoreError):
    """Another process is writing to the workspace."""
