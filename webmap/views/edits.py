"""Edits from this machine, and what crews noted: see `webmap.local` for who may."""

from typing import TYPE_CHECKING, Any, cast

from flask import Blueprint, Flask, Response, current_app, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden

from geo.errors import BadQuery, NotFound
from geo.store.noted import NOTED, Note
from geo.store.protocol import Store
from webmap import local, params, photos
from webmap.atlas import atlas
from webmap.settings import Settings

if TYPE_CHECKING:
    from webmap.edits import Hands

bp = Blueprint("edits", __name__, url_prefix="/api/v1")

NOTES, MOST_NOTES = 50, 200  # of one record, in one answer
NUMBERS = 1 << 48  # of photos
SEALED = "default-src 'none'; sandbox"  # a photo is drawn, and does nothing
KEEP = "private, max-age=31536000, immutable"


def register(app: Flask, store: Store, settings: Settings) -> None:
    """Give the app its addresses of edits, and where they are taken the one who edits its store."""
    app.register_blueprint(bp)
    if settings.allow_local_edits:
        from webmap.edits import Hands  # noqa: PLC0415 - a server that only draws maps needs no join

        app.extensions["lotleaf-hands"] = Hands(store)


def hands() -> "Hands":
    """Give the one who edits the store of the app that answers this request."""
    return cast("Hands", current_app.extensions["lotleaf-hands"])


@bp.get("/edits")
def about() -> ResponseReturnValue:
    """Tell whether edits are taken from whoever asks, and if so what may be asked for."""
    params.only(request.args)
    told: dict[str, Any] = {"allowed": True, "why": None}
    try:
        local.permit(atlas().settings)
        told |= hands().offers()
    except Forbidden as refused:
        told = {"allowed": False, "why": refused.description}
    return told, {"Cache-Control": "no-store"}


@bp.post("/edits")
def take() -> ResponseReturnValue:
    """Do edits, each by itself and once; `security` has looked over who sends them."""
    params.only(request.args)
    told, joined = hands().answer(request.get_data(cache=False))
    return {"joined": joined, "edits": told}, {"Cache-Control": "no-store"}


@bp.get("/notes/<layer>/<path:id_>")
def notes(layer: str, id_: str) -> ResponseReturnValue:
    """Tell the latest notes on a tree or a site, the newest first; also of one that has ended."""
    local.permit(atlas().settings)
    params.only(request.args, "limit")
    if layer not in NOTED:
        raise BadQuery(f"notes are on {' and '.join(NOTED)}")
    most = params.whole(request.args, "limit", low=1, high=MOST_NOTES) or NOTES
    found = atlas().reader.notes(layer, id_, most=most)
    told = {"layer": layer, "id": id_, "notes": [_told(note) for note in found]}
    return told, {"Cache-Control": "private, no-cache"}


@bp.get("/photos/<int:number>")
def photo(number: int) -> ResponseReturnValue:
    """Give a photo; there is never another one under its number."""
    local.permit(atlas().settings)
    params.only(request.args)
    image = atlas().reader.photo(number) if number < NUMBERS else None
    if image is None or (kind := photos.kind_of(image)) is None:
        raise NotFound("there is no such photo")
    headers = {"Cache-Control": KEEP, "Content-Security-Policy": SEALED}
    response = Response(image, mimetype=kind, headers=headers)
    response.set_etag(f"{number:x}")
    return response.make_conditional(request)


def _told(note: Note) -> dict[str, Any]:
    shown = note.photo and url_for("edits.photo", number=note.photo)
    return {
        "number": note.n,
        "at": note.at,
        "made_at": note.made_at,
        "work": note.work,
        "text": note.text,
        "photo": shown,
    }
