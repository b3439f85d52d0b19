"""Whether the server can answer."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from webmap.atlas import atlas

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Tell that the workspace can be read, and which version of it is served."""
    return {"status": "ok", "version": atlas().version}, {"Cache-Control": "no-store"}
