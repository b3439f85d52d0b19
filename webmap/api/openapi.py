"""The HTTP route of the API's description, an OpenAPI 3.1 document.

`webmap.app.build_app` registers the blueprint. `webmap.api.openapi_document` builds the document.
"""

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue

from webmap import params
from webmap.state.app_state import app_state

bp = Blueprint("openapi", __name__, url_prefix="/api/v1")


@bp.get("/openapi.json")
def api_description() -> ResponseReturnValue:
    """Return this description of the API, as an OpenAPI 3.1 document."""
    from webmap.api.openapi_document import describe_api  # noqa: PLC0415 - other responses need no join code

    params.allow_only(request.args)
    return describe_api(current_app, app_state().settings)
