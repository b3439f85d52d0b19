"""A county that a crew works in: what stands in it, and the edits that a tablet sends."""

from datetime import UTC, datetime
from uuid import uuid4

from geo.data_folder import requests_from_folder
from geo.edits.edit_request import EditRequest
from geo.sample import make_sample
from geo.store import open_store
from geo.store.records import OPERATOR, PUBLIC, Query
from geo.workspace import join_workspace, load_source, read_files

AT = datetime(2026, 5, 4, 15, tzinfo=UTC)
TODAY = AT.date()


def make_county(folder, *, parcels=150):
    """Load and join a county of three towns; gives its workspace."""
    make_sample(folder / "files", parcels=parcels, seed=5, towns=3)
    path = folder / "county.gpkg"
    store = open_store(path, create=True)
    for source, request in requests_from_folder(folder / "files"):
        load_source(store, request.layer, read_files(store, request), source=source, actor=OPERATOR, at=AT)
    join_workspace(store, actor=OPERATOR, at=AT, today=TODAY)
    store.close()
    return path


def some(store, layer, at=0, **where):
    """Give a record that has such values."""
    asked = {name: (value,) for name, value in where.items()}
    return list(store.query(layer, Query(where=asked), actor=PUBLIC))[at]


def make_request(record, layer, *, seen=(), given=None, key=None, **told):
    """Ask for an edit of a record by somebody who has seen some of its fields."""
    was = {name: record.values[name] for name in (*(given or {}), *seen) if name in record.values}
    return EditRequest(key or str(uuid4()), layer, record.id, was, given or {}, **told)
