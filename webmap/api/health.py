"""The health check for load balancers and monitors."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from webmap.state.app_state import app_state

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Return status `ok` and the workspace version. An unreadable workspace is an error response."""
    return {"status": "ok", "version": app_state().version}, {"Cache-Control": "no-store"}
