"""The shell that can be installed: its manifest, its icons, and the worker that keeps it where there is no signal."""

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from webmap import params
from webmap.assets import asset, built

bp = Blueprint("shell", __name__)


@bp.get("/manifest.webmanifest")
def manifest() -> ResponseReturnValue:
    """Tell browsers how lotleaf is installed."""
    params.only(request.args)
    icon = {"src": asset("icon.svg"), "sizes": "any", "type": "image/svg+xml"}
    return {
        "name": "lotleaf",
        "short_name": "lotleaf",
        "description": "Trees, canopy and code inspections on every lot.",
        "id": "/",
        "start_url": url_for("pages.map_page", name="maintenance"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#f6f4ee",
        "theme_color": "#1d5a40",
        "icons": [{**icon, "purpose": "any"}, {**icon, "purpose": "maskable"}],
    }, {"Content-Type": "application/manifest+json"}


@bp.get("/sw.js")
def worker() -> Response:
    """Send the service worker: from the root, whose pages it keeps, and asked for anew each time."""
    params.only(request.args)
    files = built()
    response = Response(files.files[files.names["service.js"]], mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(files.names["service.js"])
    response.make_conditional(request)
    return response
