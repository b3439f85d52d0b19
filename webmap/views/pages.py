"""The pages."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from webmap.atlas import atlas

bp = Blueprint("pages", __name__)


@bp.get("/")
def start() -> ResponseReturnValue:
    """Say what is served."""
    return {"version": atlas().version}
