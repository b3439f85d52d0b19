"""The web app manifest and the service worker, for installation and offline use.

`webmap.pages.routes` registers the blueprint.
"""

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from geo.language.translate import gettext
from webmap import params
from webmap.assets.bundles import asset_url, current_assets

bp = Blueprint("shell", __name__)


@bp.get("/manifest.webmanifest")
def manifest() -> ResponseReturnValue:
    """Return the web app manifest (W3C Web Application Manifest)."""
    params.allow_only(request.args)
    icon = {"src": asset_url("icon.svg"), "sizes": "any", "type": "image/svg+xml"}
    return {
        "name": "lotleaf",
        "short_name": "lotleaf",
        "description": gettext("Trees, canopy and code inspections on every lot."),
        "id": "/",
        "start_url": url_for("pages.show_map", name="maintenance"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#f6f4ee",
        "theme_color": "#1d5a40",
        "icons": [{**icon, "purpose": "any"}, {**icon, "purpose": "maskable"}],
    }, {"Content-Type": "application/manifest+json"}


@bp.get("/sw.js")
def service_worker() -> Response:
    """Return the service worker. Its URL is at the root, so that it controls all pages.

    Browsers revalidate it each time, so that a new release is used at once.
    """
    params.allow_only(request.args)
    assets = current_assets()
    response = Response(assets.contents[assets.hashed_names["service-worker.js"]], mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(assets.hashed_names["service-worker.js"])
    response.make_conditional(request)
    return response
