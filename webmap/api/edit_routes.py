"""HTTP routes for edits, notes and photos.

`webmap.app.build_app` calls `init_app`. `webmap.auth.local_only` decides who may use the routes.
"""

from typing import TYPE_CHECKING, Any, cast

from flask import Blueprint, Flask, Response, current_app, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden

from geo.errors import BadQuery, NotFound
from geo.store.note import NOTE_LAYERS, Note
from geo.store.protocol import Store
from webmap import param_values, params
from webmap.api import photos
from webmap.auth import local_only
from webmap.settings import Settings
from webmap.state.app_state import app_state

if TYPE_CHECKING:
    from webmap.api.edit_service import EditService

bp = Blueprint("edits", __name__, url_prefix="/api/v1")

DEFAULT_NOTES, MAX_NOTES = 50, 200  # notes of one record in one response
MAX_PHOTO_NUMBER = 1 << 48  # larger photo numbers are not looked up
PHOTO_CSP = "default-src 'none'; sandbox"  # a browser draws the photo and runs nothing in it
PHOTO_CACHE_CONTROL = "private, max-age=31536000, immutable"


def init_app(app: Flask, store: Store, settings: Settings) -> None:
    """Register the routes, and create the app's `EditService` where edits are allowed."""
    app.register_blueprint(bp)
    if settings.allow_local_edits:
        from webmap.api.edit_service import EditService  # noqa: PLC0415 - other servers need no join code

        app.extensions["lotleaf-edits"] = EditService(store)


def edit_service() -> "EditService":
    """Return the `EditService` of the current app."""
    return cast("EditService", current_app.extensions["lotleaf-edits"])


@bp.get("/edits")
def edit_options() -> ResponseReturnValue:
    """Return whether this client may edit, and if so the fields, work orders and limits."""
    params.allow_only(request.args)
    options: dict[str, Any] = {"allowed": True, "why": None}
    try:
        local_only.require_local(app_state().settings)
        options |= edit_service().edit_options()
    except Forbidden as error:
        options = {"allowed": False, "why": error.description}
    return options, {"Cache-Control": "no-store"}


@bp.post("/edits")
def submit_edits() -> ResponseReturnValue:
    """Apply the edits of a request, each on its own, and return one result for each.

    `webmap.http.security` has checked the client and the body size before.
    """
    params.allow_only(request.args)
    results, is_joined = edit_service().apply_edits(request.get_data(cache=False))
    return {"joined": is_joined, "edits": results}, {"Cache-Control": "no-store"}


@bp.get("/notes/<layer>/<path:id_>")
def record_notes(layer: str, id_: str) -> ResponseReturnValue:
    """Return the latest notes on a tree or site, newest first. Deleted records have theirs, too."""
    local_only.require_local(app_state().settings)
    params.allow_only(request.args, "limit")
    if layer not in NOTE_LAYERS:
        raise BadQuery(f"only {' and '.join(NOTE_LAYERS)} have notes")
    limit = param_values.optional_integer(request.args, "limit", low=1, high=MAX_NOTES) or DEFAULT_NOTES
    latest_notes = app_state().reader.read_notes(layer, id_, limit=limit)
    response = {"layer": layer, "id": id_, "notes": [_note_to_json(note) for note in latest_notes]}
    return response, {"Cache-Control": "private, no-cache"}


@bp.get("/photos/<int:number>")
def note_photo(number: int) -> ResponseReturnValue:
    """Return a photo. Its number is never used for another one. Raises NotFound."""
    local_only.require_local(app_state().settings)
    params.allow_only(request.args)
    image = app_state().reader.read_photo(number) if number < MAX_PHOTO_NUMBER else None
    if image is None or (mime_type := photos.photo_mime_type(image)) is None:
        raise NotFound(f"there is no photo {number}")
    headers = {"Cache-Control": PHOTO_CACHE_CONTROL, "Content-Security-Policy": PHOTO_CSP}
    response = Response(image, mimetype=mime_type, headers=headers)
    response.set_etag(f"{number:x}")
    return response.make_conditional(request)


def _note_to_json(note: Note) -> dict[str, Any]:
    photo_url = note.photo_number and url_for("edits.note_photo", number=note.photo_number)
    return {
        "number": note.number,
        "at": note.at,
        "made_at": note.made_at,
        "work": note.work,
        "text": note.text,
        "photo": photo_url,
    }
